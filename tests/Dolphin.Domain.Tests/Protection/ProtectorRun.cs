using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;
using Dolphin.Domain.Tests.TwoLegs;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Tests.Protection;

/// <summary>A protector, its market and its venue: feeds inputs, folds events, answers orders.</summary>
internal sealed class ProtectorRun(ProtectorPolicy policy, Instrument instrument)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    public ProtectorPolicy Policy { get; } = policy;
    public Instrument Instrument { get; } = instrument;
    public PretendVenue Venue { get; } = new(instrument) { FeeRate = 0.0002m };
    public ProtectorState State { get; private set; } = ProtectorState.Initial;
    public LegRisk Risk { get; set; } = new(RTotal: 1d, EntriesAllowed: true, ExitsAllowed: true);
    public List<ProtectorEvent> Events { get; } = [];
    public Action<ProtectorState, ProtectorEvent, ProtectorState>? Watch { get; set; }
    /// <summary>Events that came of sending every input a second time.</summary>
    public int NewFromRepeats { get; private set; }
    public bool HoldOrders { get; set; }
    public DateTimeOffset Now { get; set; } = Start;
    public long Tick { get; set; } = 1_000;

    public IEnumerable<T> All<T>() where T : ProtectorEvent => Events.OfType<T>();
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

    public Decision<ProtectorEvent> Send(ProtectorInput input)
    {
        var decision = ProtectorDecider.Decide(Policy, Instrument, State, input);
        foreach (var e in decision.Events)
        {
            var before = State;
            State = ProtectorDecider.Evolve(State, e);
            Events.Add(e);
            Watch?.Invoke(before, e, State);
        }
        NewFromRepeats += ProtectorDecider.Decide(Policy, Instrument, State, input).Events.Length;
        foreach (var e in decision.Events)
            if (e.Orders is { } targets && !HoldOrders) Execute(targets);
        return decision;
    }

    public void Execute(LegTargets targets)
    {
        foreach (var (leg, fills, cumulative) in Venue.Execute(targets, Now))
        {
            foreach (var fill in fills) Send(new ProtectorInput.OrderFilled(targets.Sequence, fill));
            Send(new ProtectorInput.OrderClosed(targets.Sequence, leg, cumulative, Now));
        }
    }

    public void Liquidate(PositionSide leg, decimal price, decimal quantity) =>
        Send(new ProtectorInput.ExternalFill(Venue.Take(Venue.FillOf("autoclose-1", leg, leg.Reducing(), price, quantity, Now))));
}
