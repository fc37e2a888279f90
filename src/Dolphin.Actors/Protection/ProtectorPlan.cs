using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Actors.Protection;

/// <summary>One exposure protector of a plan.</summary>
public sealed record ProtectorPlan(string StrategyId, Symbol Symbol, ProtectorPolicy Policy, Instrument Instrument) : StrategyPlan(StrategyId, Symbol, Instrument)
{
    public override LegHolder Holder => LegHolder.ExposureProtector;

    public override Refusal? Objection(HandOver legs) => legs.Check("protector", Instrument) ?? Policy.Check(Instrument) ?? Policy.Check(Instrument, legs.Legs) ?? Policy.CheckOrders(Instrument, legs);

    public override Props ToProps(StrategyContext context, StrategyProtocol.Stance stance) => Props.Create(() => new ProtectorActor(this, context, stance));
}

/// <summary>What is stored of a protector: what it decided, and the newest bar it saw.</summary>
/// <param name="LastClose">Quote per base; 0 before the first bar.</param>
/// <param name="LastOpenTimeMs">Unix milliseconds; meaningless before the first bar.</param>
public sealed record ProtectorSnapshot(ProtectorState State, double LastClose, long LastOpenTimeMs);
