using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.Hermes;

namespace Dolphin.Actors.Hermes;

/// <summary>What an asset's strategies say of its legs (<see cref="LegObjection"/>), asked once as long as the legs stay as they are.</summary>
/// <remarks>Legs change by fills, looks come with every bar, and a refusal's words cost more than the rest of a look. For one thread: it belongs to the actor that asks.</remarks>
public sealed class RememberedObjections(AssetPlan plan)
{
    private readonly Dictionary<LegHolder, Refusal?> _answers = [];
    private (LegPosition Long, LegPosition Short) _legs;

    public Refusal? Of(LegHolder heir, in HermesBook book)
    {
        if (_legs != (book.Long, book.Short))
        {
            _legs = (book.Long, book.Short);
            _answers.Clear();
        }
        if (!_answers.TryGetValue(heir, out var answer)) _answers.Add(heir, answer = plan.Objection(heir, book));
        return answer;
    }
}
