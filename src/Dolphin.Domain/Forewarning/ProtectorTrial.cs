using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Forewarning;

/// <summary>A protector of two uneven legs, together of the size of two openings.</summary>
internal sealed class ProtectorTrial : StrategyTrial<ProtectorState, ProtectorEvent>
{
    private readonly ProtectorPolicy _policy;
    private readonly decimal _feeRate;
    private long _tick;

    /// <param name="capital">Quote; the asset's.</param>
    /// <param name="leg">Quote; half of what both legs are worth.</param>
    /// <param name="longShare">Of both, 0 to 1.</param>
    public ProtectorTrial(TrialTerms terms, ProtectorPolicy policy, decimal capital, Money leg, decimal longShare)
        : base(terms, capital, ProtectorState.Initial)
    {
        (_policy, _feeRate) = (policy, terms.MakerFee);
        var start = Price.Of(MarketPath.Start);
        var longQuantity = Quantizer.FloorToLot(TrialTerms.Instrument, Quantizer.Wanted(leg * (2m * longShare), start));
        var shortQuantity = Quantizer.FloorToLot(TrialTerms.Instrument, Quantizer.Wanted(leg * (2m * (1m - longShare)), start));
        if (longQuantity.Base == 0m || shortQuantity.Base == 0m) return; // Nothing to protect.
        var legs = Inherit(start, longQuantity, start, shortQuantity);
        Take(ProtectorDecider.Decide(policy, TrialTerms.Instrument, State, new ProtectorInput.Adopt("trial", 1, legs, start, default)), start, default);
        Take(ProtectorDecider.Decide(policy, TrialTerms.Instrument, State,
            new ProtectorInput.Enable("trial", 1, RiskPosture.Balanced, HolderPriority.Normal, default)), start, default);
    }

    protected override Decision<ProtectorEvent> LookAt(Price close, long openTimeMs, DateTimeOffset at) =>
        ProtectorDecider.Decide(_policy, TrialTerms.Instrument, State, new ProtectorMarket(close, at, ++_tick, Free, _feeRate));

    protected override ProtectorState Evolve(ProtectorState state, ProtectorEvent @event) => ProtectorDecider.Evolve(state, @event);
    protected override LegTargets? OrdersOf(ProtectorEvent @event) => @event.Orders;

    protected override Decision<ProtectorEvent> OnFilled(long sequence, Fill fill) =>
        ProtectorDecider.Decide(_policy, TrialTerms.Instrument, State, new ProtectorInput.OrderFilled(sequence, fill));

    protected override Decision<ProtectorEvent> OnClosed(long sequence, PositionSide leg, Quantity cumulative, DateTimeOffset at) =>
        ProtectorDecider.Decide(_policy, TrialTerms.Instrument, State, new ProtectorInput.OrderClosed(sequence, leg, cumulative, at));
}
