using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;
using Dolphin.Domain.Tests.TwoLegs;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Tests.Protection;

/// <summary>A protector, its market and its venue: feeds inputs, folds events, answers orders.</summary>
internal sealed class ProtectorRun(ProtectorPolicy policy, Instrument instrument)
    : StrategyRun<ProtectorState, ProtectorEvent, ProtectorInput>(instrument, ProtectorState.Initial, feeRate: 0.0002m)
{
    public ProtectorPolicy Policy { get; } = policy;
    public long Tick { get; set; } = 1_000;

    public (decimal Long, decimal Short) Legs => (State.Long.Quantity.Base, State.Short.Quantity.Base);

    public static ProtectorPolicy PolicyOf(ProtectorSettings settings)
    {
        var errors = new List<string>();
        return ProtectorPolicy.Create(settings, "protection", errors) ?? throw new Xunit.Sdk.XunitException(string.Join('\n', errors));
    }

    public Decision<ProtectorEvent> Adopt(decimal longQuantity, decimal shortQuantity) => Send(new ProtectorInput.Adopt(
        "hermes", State.Incarnation + 1, Venue.Open(longQuantity, 100m, shortQuantity, 100m), Price.Of(100m), Now));

    public Decision<ProtectorEvent> Enable(RiskPosture posture = RiskPosture.Balanced, HolderPriority priority = HolderPriority.Normal) =>
        Send(new ProtectorInput.Enable("hermes", State.Incarnation, posture, priority, Now));

    /// <summary>Lets time pass, in ticks of the given length, and looks at the price.</summary>
    public ProtectorEvent[] At(decimal price, int ticks = 1, double seconds = 60)
    {
        (Tick, Now) = (Tick + ticks, Now.AddSeconds(seconds * ticks));
        return [.. Send(new ProtectorInput.Market(new ProtectorMarket(Price.Of(price), Now, Tick, Risk, Venue.FeeRate))).Events];
    }

    protected override Decision<ProtectorEvent> Decide(ProtectorInput input) => ProtectorDecider.Decide(Policy, Instrument, State, input);
    protected override ProtectorState Evolve(ProtectorState state, ProtectorEvent @event) => ProtectorDecider.Evolve(state, @event);
    protected override LegTargets? OrdersOf(ProtectorEvent @event) => @event.Orders;
    protected override ProtectorInput Filled(long sequence, Fill fill) => new ProtectorInput.OrderFilled(sequence, fill);
    protected override ProtectorInput Closed(long sequence, PositionSide leg, Quantity cumulative, DateTimeOffset at) => new ProtectorInput.OrderClosed(sequence, leg, cumulative, at);
    protected override ProtectorInput External(Fill fill) => new ProtectorInput.ExternalFill(fill);
}
