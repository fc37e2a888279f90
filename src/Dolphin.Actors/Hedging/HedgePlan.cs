using System.Text.Json.Serialization;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Actors.Hedging;

/// <summary>One band-limited hedge of a plan.</summary>
public sealed record HedgePlan(string StrategyId, Symbol Symbol, HedgePolicy Policy, Instrument Instrument) : StrategyPlan(StrategyId, Symbol, Instrument)
{
    public override LegHolder Holder => LegHolder.BandLimitedHedging;

    public override bool GrowsWhenAsked => true;

    /// <summary>What one leg of an opening asks for.</summary>
    public BetRequest Request => new(
        new Money(Policy.Settings.Capital), Policy.Settings.Fraction, Policy.Settings.Leverage, EnvelopeCap: null, Instrument.Brackets, Money.Zero);

    /// <summary>It takes whatever a market can give: one leg, both, or none.</summary>
    public override Refusal? Objection(HandOver legs) => legs.Check("hedge", Instrument);

    public override Props ToProps(StrategyContext context, StrategyProtocol.Stance stance) => Props.Create(() => new HedgeStrategyActor(this, context, stance));
}

/// <summary>What is stored of a strategy: what it decided, and what it has measured of its market.</summary>
/// <param name="Episodes">Null where nobody learns sizes.</param>
/// <param name="Sizing">Of the newest opening; null where plan and R_total size alone.</param>
public sealed record StrategySnapshot(
    HedgeState State, StructureMonitor Monitor, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EpisodeDesk? Episodes = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] OpeningSizing? Sizing = null);

/// <summary>The notional of one leg of an opening by plan and R_total alone, sized anew only when the risk has changed.</summary>
internal sealed class OpeningSize(HedgePlan plan)
{
    private double _sizedAtRTotal = double.NaN; // Equal to nothing: not sized yet.
    private Posture _sizedAtPosture;
    private (Money, decimal) _size;

    public (Money Notional, decimal Leverage) At(in RiskView risk)
    {
        if (risk.RTotal == _sizedAtRTotal && risk.Posture == _sizedAtPosture) return _size;
        (_sizedAtRTotal, _sizedAtPosture) = (risk.RTotal, risk.Posture);
        var bet = BetSizer.Size(plan.Request, risk);
        return _size = (bet.Notional, bet.Leverage);
    }
}
