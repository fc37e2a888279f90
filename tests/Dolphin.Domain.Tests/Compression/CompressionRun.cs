using Dolphin.Domain.Compression;
using Dolphin.Domain.Market;
using Dolphin.Domain.Tests.TwoLegs;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Tests.Compression;

/// <summary>A compression, its market and its venue: feeds inputs, folds events, answers orders.</summary>
internal sealed class CompressionRun(CompressionPolicy policy, Instrument instrument)
    : StrategyRun<CompressionState, CompressionEvent, CompressionInput>(instrument, CompressionState.Initial)
{
    public CompressionPolicy Policy { get; } = policy;
    public CompressionMonitor Monitor { get; set; }
    public RegimeGate Regime { get; set; } = RegimeGate.Open;

    public (decimal Long, decimal Short) Legs => (State.Long.Quantity.Base, State.Short.Quantity.Base);

    public static CompressionPolicy PolicyOf(CompressionSettings settings)
    {
        var errors = new List<string>();
        return CompressionPolicy.Create(settings, "compression", errors) ?? throw new Xunit.Sdk.XunitException(string.Join('\n', errors));
    }

    /// <summary>Takes over a locked book. The mark is the middle of its gap.</summary>
    public Decision<CompressionEvent> Adopt(decimal longQuantity, decimal longPrice, decimal shortQuantity, decimal shortPrice) => Send(new CompressionInput.Adopt(
        "ada", State.Incarnation + 1, Venue.Open(longQuantity, longPrice, shortQuantity, shortPrice), Price.Of((longPrice + shortPrice) / 2m), Now));

    /// <summary>One bar a minute, and a look at its close.</summary>
    public CompressionEvent[] At(params decimal[] closes) => [.. closes.SelectMany(close =>
    {
        Now = Now.AddMinutes(1);
        Monitor = CompressionMonitor.Observe(Policy, Monitor, State.Gap, Price.Of(close), Now.ToUnixTimeMilliseconds() - 60_000);
        return Look(close).Events;
    })];

    public Decision<CompressionEvent> Look(decimal close) => Send(new CompressionInput.Market(
        new CompressionMarket(Price.Of(close), Now, Monitor, Risk, Regime, Venue.FeeRate)));

    protected override Decision<CompressionEvent> Decide(CompressionInput input) => CompressionDecider.Decide(Policy, Instrument, State, input);
    protected override CompressionState Evolve(CompressionState state, CompressionEvent @event) => CompressionDecider.Evolve(state, @event);
    protected override LegTargets? OrdersOf(CompressionEvent @event) => @event.Orders;
    protected override CompressionInput Filled(long sequence, Fill fill) => new CompressionInput.OrderFilled(sequence, fill);
    protected override CompressionInput Closed(long sequence, PositionSide leg, Quantity cumulative, DateTimeOffset at) => new CompressionInput.OrderClosed(sequence, leg, cumulative, at);
    protected override CompressionInput External(Fill fill) => new CompressionInput.ExternalFill(fill);
}
