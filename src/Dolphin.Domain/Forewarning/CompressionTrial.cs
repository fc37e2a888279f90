using Dolphin.Domain.Compression;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Forewarning;

/// <summary>A compression of two equal legs under water, each of the size of an opening.</summary>
internal sealed class CompressionTrial : StrategyTrial<CompressionState, CompressionEvent>
{
    private readonly CompressionPolicy _policy;
    private readonly decimal _feeRate;
    private CompressionMonitor _monitor;

    /// <param name="leg">Quote; of one leg.</param>
    /// <param name="underWater">Relative distance of each leg's average from where the path begins, above zero.</param>
    public CompressionTrial(TrialTerms terms, CompressionPolicy policy, Money leg, decimal underWater)
        : base(terms, policy.Settings.Capital, CompressionState.Initial)
    {
        (_policy, _feeRate) = (policy, terms.TakerFee);
        var start = Price.Of(MarketPath.Start);
        var quantity = Quantizer.FloorToLot(TrialTerms.Instrument, Quantizer.Wanted(leg, start));
        if (quantity.Base == 0m) return; // Nothing to compress.
        var legs = Inherit(Price.Of(MarketPath.Start * (1m + underWater)), quantity, Price.Of(MarketPath.Start * (1m - underWater)), quantity);
        Take(CompressionDecider.Decide(policy, TrialTerms.Instrument, State, new CompressionInput.Adopt("trial", 1, legs, start, default)), start, default);
    }

    protected override Decision<CompressionEvent> LookAt(Price close, long openTimeMs, DateTimeOffset at)
    {
        _monitor = CompressionMonitor.Observe(_policy, _monitor, State.Gap, close, openTimeMs);
        return CompressionDecider.Decide(_policy, TrialTerms.Instrument, State, new CompressionMarket(close, at, _monitor, Free, RegimeGate.Open, _feeRate));
    }

    protected override CompressionState Evolve(CompressionState state, CompressionEvent @event) => CompressionDecider.Evolve(state, @event);
    protected override LegTargets? OrdersOf(CompressionEvent @event) => @event.Orders;

    protected override Decision<CompressionEvent> OnFilled(long sequence, Fill fill) =>
        CompressionDecider.Decide(_policy, TrialTerms.Instrument, State, new CompressionInput.OrderFilled(sequence, fill));

    protected override Decision<CompressionEvent> OnClosed(long sequence, PositionSide leg, Quantity cumulative, DateTimeOffset at) =>
        CompressionDecider.Decide(_policy, TrialTerms.Instrument, State, new CompressionInput.OrderClosed(sequence, leg, cumulative, at));
}
