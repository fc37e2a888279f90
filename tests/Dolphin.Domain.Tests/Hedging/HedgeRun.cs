using Dolphin.Domain.Books;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Tests.TwoLegs;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Tests.Hedging;

/// <summary>How the pretended venue answers one order: the share it fills, in how many fills. A share of 0 is a refusal.</summary>
internal readonly record struct Answer(decimal Share, int Fills)
{
    public static readonly Answer Full = new(1m, 1);
    public static readonly Answer Refusal = new(0m, 0);
}

/// <summary>A strategy, a market and a venue in one hand: feeds inputs, folds events, answers orders, keeps the books beside it.</summary>
internal sealed class HedgeRun(HedgePolicy policy, Instrument instrument)
{
    private readonly PretendVenue _venue = new(instrument);

    public HedgePolicy Policy { get; } = policy;
    public Instrument Instrument { get; } = instrument;
    public HedgeState State { get; private set; } = HedgeState.Initial;
    public StructureMonitor Monitor { get; set; } = StructureMonitor.Empty;
    public HedgedBook Book => _venue.Book;
    public List<HedgeEvent> Events { get; } = [];
    public HedgeRisk Risk { get; set; } = new(RTotal: 1d, EntriesAllowed: true, ExitsAllowed: true, new Money(1_000m), Leverage: 3m, FeeRate: 0.0005m);
    /// <summary>Fraction of notional the venue takes.</summary>
    public decimal FeeRate { get => _venue.FeeRate; set => _venue.FeeRate = value; }
    public Func<LegOrder, Answer> Answers { get => _venue.Answers; set => _venue.Answers = value; }
    /// <summary>Called with the state before and after every decision, and its events.</summary>
    public Action<HedgeState, HedgeState, Decision<HedgeEvent>>? Watch { get; set; }
    /// <summary>Events that came of sending every input a second time.</summary>
    public int NewFromRepeats { get; private set; }
    /// <summary>Leaves orders unanswered, so that a test can answer them itself.</summary>
    public bool HoldOrders { get; set; }

    public IEnumerable<T> All<T>() where T : HedgeEvent => Events.OfType<T>();
    public T Last<T>() where T : HedgeEvent => All<T>().Last();

    /// <summary>Observes a bar and lets the strategy look at its close.</summary>
    public Decision<HedgeEvent> Bar(long openTimeMs, Price close)
    {
        Monitor = StructureMonitor.Observe(Policy, Monitor, close, openTimeMs);
        return Look(close, DateTimeOffset.FromUnixTimeMilliseconds(openTimeMs + 60_000));
    }

    /// <summary>Lets the strategy look at a price without touching the monitor.</summary>
    public Decision<HedgeEvent> Look(Price price, DateTimeOffset at) => Send(new HedgeInput.Market(new HedgeMarket(price, at, Monitor, Risk)), price, at);

    public Decision<HedgeEvent> Send(HedgeInput input, Price? price = null, DateTimeOffset at = default)
    {
        var decision = Take(HedgeDecider.Decide(Policy, Instrument, State, input), price, at);
        NewFromRepeats += HedgeDecider.Decide(Policy, Instrument, State, input).Events.Length;
        return decision;
    }

    public Fill FillOf(PositionSide leg, OrderSide side, decimal price, decimal quantity, DateTimeOffset at, decimal? fee = null) =>
        _venue.FillOf($"t.{State.Sequence}", leg, side, price, quantity, at, fee);

    public void BookOutside(Fill fill) => _venue.Take(fill);

    private Decision<HedgeEvent> Take(Decision<HedgeEvent> decision, Price? price, DateTimeOffset at)
    {
        var before = State;
        foreach (var e in decision.Events)
        {
            State = HedgeDecider.Evolve(State, e);
            Events.Add(e);
        }
        Watch?.Invoke(before, State, decision);
        foreach (var e in decision.Events)
            if (e.Orders is { } targets && !HoldOrders) Execute(targets, price ?? targets.DecisionPrice, at);
        return decision;
    }

    public void Execute(LegTargets targets, Price price, DateTimeOffset at)
    {
        foreach (var (leg, fills, cumulative) in _venue.Execute(targets, at, price))
        {
            foreach (var fill in fills) Send(new HedgeInput.OrderFilled(targets.Sequence, fill), price, at);
            Send(new HedgeInput.OrderClosed(targets.Sequence, leg, cumulative, at), price, at);
        }
    }

    public static HedgePolicy PolicyOf(HedgeSettings settings)
    {
        var errors = new List<string>();
        return HedgePolicy.Create(settings, "hedge", errors) ?? throw new Xunit.Sdk.XunitException(string.Join('\n', errors));
    }
}
