using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Actors.Tests.Hermes;

/// <summary>A strategy that nobody starts; it keeps what it was asked about.</summary>
/// <param name="Takes">Which legs it could do something with.</param>
internal sealed record ChoosyPlan(Instrument Instrument, LegHolder Kind, Func<Legs, bool> Takes) : StrategyPlan("choosy", Instrument.Symbol, Instrument)
{
    public List<Legs> Asked { get; } = [];
    public override LegHolder Holder => Kind;

    public override Refusal? Objection(HandOver legs)
    {
        Asked.Add(legs.Legs);
        return Takes(legs.Legs) ? null : new Refusal("choosy.large", "I would rather not");
    }

    public override Props ToProps(StrategyContext context, StrategyProtocol.Stance stance) => throw new NotSupportedException("Nobody starts it.");
}
