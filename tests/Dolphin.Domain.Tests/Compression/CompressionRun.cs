using Dolphin.Domain.Compression;
using Dolphin.Domain.Market;
using Dolphin.Domain.Tests.TwoLegs;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Tests.Compression;

/// <summary>A compression, its market and its venue: feeds inputs, folds events, answers orders.</summary>
internal sealed class CompressionRun(CompressionPolicy policy, Instrument instrument)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private int _minute;

    public CompressionPolicy Policy { get; } = policy;
    public Instrument Instrument { get; } = instrument;
    public PretendVenue Venue { get; } = new(instrument);
    public CompressionState State { get; private set; } = CompressionState.Initial;
    public CompressionMonitor Monitor { get; set; }
    public LegRisk Risk { get; set; } = new(RTotal: 1d, EntriesAllowed: true, ExitsAllowed: true);
    public RegimeGate Regime { get; set; } = RegimeGate.Open;
    public List<CompressionEvent> Events { get; } = [];
    /// <summary>Called with the state before and after each event.</summary>
    public Action<CompressionState, CompressionEvent, CompressionState>? Watch { get; set; }
    /// <summary>Events that came of sending every input a second time.</summary>
    public int NewFromRepeats { get; private set; }
    public bool HoldOrders { get; set; }
    public DateTimeOffset Now => Start.AddMinutes(_minute);

    public IEnumerable<T> All<T>() where T : CompressionEvent => Events.OfType<T>();
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
        _minute++;
        Monitor = CompressionMonitor.Observe(Policy, Monitor, State.Gap, Price.Of(close), Now.ToUnixTimeMilliseconds() - 60_000);
        return Look(close).Events;
    })];

    public Decision<CompressionEvent> Look(decimal close) => Send(new CompressionInput.Market(
        new CompressionMarket(Price.Of(close), Now, Monitor, Risk, Regime, Venue.FeeRate)));

    public Decision<CompressionEvent> Send(CompressionInput input)
    {
        var decision = CompressionDecider.Decide(Policy, Instrument, State, input);
        foreach (var e in decision.Events)
        {
            var before = State;
            State = CompressionDecider.Evolve(State, e);
            Events.Add(e);
            Watch?.Invoke(before, e, State);
        }
        NewFromRepeats += CompressionDecider.Decide(Policy, Instrument, State, input).Events.Length;
        foreach (var e in decision.Events)
            if (e.Orders is { } targets && !HoldOrders) Execute(targets);
        return decision;
    }

    public void Execute(LegTargets targets)
    {
        foreach (var (leg, fills, cumulative) in Venue.Execute(targets, Now))
        {
            foreach (var fill in fills) Send(new CompressionInput.OrderFilled(targets.Sequence, fill));
            Send(new CompressionInput.OrderClosed(targets.Sequence, leg, cumulative, Now));
        }
    }

    /// <summary>A liquidation of a part of one leg, at the venue and in the strategy.</summary>
    public void Liquidate(PositionSide leg, decimal price, decimal quantity) =>
        Send(new CompressionInput.ExternalFill(Venue.Take(Venue.FillOf("autoclose-1", leg, leg.Reducing(), price, quantity, Now))));
}
