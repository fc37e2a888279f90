using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Hedging;

/// <summary>One band-limited hedge of a plan.</summary>
public sealed record HedgePlan(string StrategyId, Symbol Symbol, HedgePolicy Policy, Instrument Instrument) : StrategyPlan(StrategyId, Symbol, Instrument)
{
    public override LegHolder Holder => LegHolder.BandLimitedHedging;

    public override Props ToProps(StrategyContext context, StrategyProtocol.Stance stance) => Props.Create(() => new HedgeStrategyActor(this, context, stance));
}

/// <summary>What is stored of a strategy: what it decided, and what it has measured of its market.</summary>
public sealed record StrategySnapshot(HedgeState State, StructureMonitor Monitor);

/// <summary>The notional of one leg of an opening, sized anew only when the risk has changed.</summary>
internal sealed class OpeningSize(HedgePlan plan)
{
    private RiskView _sizedAt;
    private Money _size;
    private bool _sized;

    public Money At(in RiskView risk)
    {
        if (_sized && risk.RTotal == _sizedAt.RTotal && risk.Posture == _sizedAt.Posture) return _size;
        (_sizedAt, _sized) = (risk, true);
        var settings = plan.Policy.Settings;
        return _size = BetSizer.Size(new BetRequest(
            new Money(settings.Capital), settings.Fraction, settings.Leverage, EnvelopeCap: null, plan.Instrument.Brackets, Money.Zero), risk).Notional;
    }
}
