using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Tests.TwoLegs;

/// <summary>A strategy of two legs and its venue: feeds inputs, folds events, answers orders.</summary>
/// <param name="feeRate">Fraction of notional that the venue takes.</param>
internal abstract class StrategyRun<TState, TEvent, TInput>(Instrument instrument, TState initial, decimal feeRate = 0.0005m)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    public Instrument Instrument { get; } = instrument;
    public PretendVenue Venue { get; } = new(instrument) { FeeRate = feeRate };
    public TState State { get; private set; } = initial;
    public DateTimeOffset Now { get; set; } = Start;
    public LegRisk Risk { get; set; } = new(RTotal: 1d, EntriesAllowed: true, ExitsAllowed: true);
    public List<TEvent> Events { get; } = [];
    /// <summary>Called with the state before and after each event.</summary>
    public Action<TState, TEvent, TState>? Watch { get; set; }
    /// <summary>Events that came of sending every input a second time.</summary>
    public int NewFromRepeats { get; private set; }
    public bool HoldOrders { get; set; }

    protected abstract Decision<TEvent> Decide(TInput input);
    protected abstract TState Evolve(TState state, TEvent @event);
    protected abstract LegTargets? OrdersOf(TEvent @event);
    protected abstract TInput Filled(long sequence, Fill fill);
    protected abstract TInput Closed(long sequence, PositionSide leg, Quantity cumulative, DateTimeOffset at);
    protected abstract TInput External(Fill fill);

    public IEnumerable<T> All<T>() where T : TEvent => Events.OfType<T>();

    public Decision<TEvent> Send(TInput input)
    {
        var decision = Decide(input);
        foreach (var e in decision.Events)
        {
            var before = State;
            State = Evolve(State, e);
            Events.Add(e);
            Watch?.Invoke(before, e, State);
        }
        NewFromRepeats += Decide(input).Events.Length;
        foreach (var e in decision.Events)
            if (OrdersOf(e) is { } targets && !HoldOrders) Execute(targets);
        return decision;
    }

    public void Execute(LegTargets targets)
    {
        foreach (var (leg, fills, cumulative) in Venue.Execute(targets, Now))
        {
            foreach (var fill in fills) Send(Filled(targets.Sequence, fill));
            Send(Closed(targets.Sequence, leg, cumulative, Now));
        }
    }

    /// <summary>A liquidation of a part of one leg, at the venue and in the strategy.</summary>
    public void Liquidate(PositionSide leg, decimal price, decimal quantity) =>
        Send(External(Venue.Take(Venue.FillOf("autoclose-1", leg, leg.Reducing(), price, quantity, Now))));
}
