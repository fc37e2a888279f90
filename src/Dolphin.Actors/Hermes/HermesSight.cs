using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;

namespace Dolphin.Actors.Hermes;

/// <summary>What Hermes last saw of one asset and thought of it. Put into words only when somebody looks, and not with every bar.</summary>
/// <param name="At">When.</param>
/// <param name="Look">Null before the first in this life.</param>
public sealed record HermesSight(HermesPolicy Policy, Symbol Symbol, DateTimeOffset At, HermesState State, HermesWatch Watch, HermesLook? Look)
{
    public HermesExplanation Explain() => Look is { } look
        ? HermesExplanation.Of(Policy, Symbol, State, Watch, look)
        : HermesExplanation.Unseen(Symbol, State, At, "It has not looked at the asset since this process began: it waits for a bar, the book and the holder.");
}
