using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Forewarning;

/// <summary>A band-limited hedge that opens by itself, at the size that the bet sizer gives it.</summary>
internal sealed class HedgeTrial : StrategyTrial<HedgeState, HedgeEvent>
{
    private readonly HedgePolicy _policy;
    private readonly HedgeRisk _risk;
    private StructureMonitor _monitor = StructureMonitor.Empty;

    public HedgeTrial(TrialTerms terms, HedgePolicy policy) : base(terms, policy.Settings.Capital, HedgeState.Initial)
    {
        _policy = policy;
        _risk = new HedgeRisk(RTotal: 1, EntriesAllowed: true, ExitsAllowed: true,
            TrialTerms.LegOf(policy.Settings.Capital, policy.Settings.Fraction, policy.Settings.Leverage), policy.Settings.Leverage, terms.TakerFee);
        Take(HedgeDecider.Decide(policy, TrialTerms.Instrument, State, new HedgeInput.Start("trial", 1, default)), Price.Of(MarketPath.Start), default);
    }

    protected override Decision<HedgeEvent> LookAt(Price close, long openTimeMs, DateTimeOffset at)
    {
        _monitor = StructureMonitor.Observe(_policy, _monitor, close, openTimeMs);
        return HedgeDecider.Decide(_policy, TrialTerms.Instrument, State, new HedgeMarket(close, at, _monitor, _risk));
    }

    protected override HedgeState Evolve(HedgeState state, HedgeEvent @event) => HedgeDecider.Evolve(state, @event);
    protected override LegTargets? OrdersOf(HedgeEvent @event) => @event.Orders;

    protected override Decision<HedgeEvent> OnFilled(long sequence, Fill fill) =>
        HedgeDecider.Decide(_policy, TrialTerms.Instrument, State, new HedgeInput.OrderFilled(sequence, fill));

    protected override Decision<HedgeEvent> OnClosed(long sequence, PositionSide leg, Quantity cumulative, DateTimeOffset at) =>
        HedgeDecider.Decide(_policy, TrialTerms.Instrument, State, new HedgeInput.OrderClosed(sequence, leg, cumulative, at));
}
