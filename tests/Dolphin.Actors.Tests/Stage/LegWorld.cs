using Dolphin.Actors.Books;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Domain.Survival;
using Dolphin.Domain.TwoLegs;
using static Dolphin.Actors.Execution.ExecutionProtocol;

namespace Dolphin.Actors.Tests.Stage;

/// <summary>One symbol with its execution and its book, a strategy that stores what it takes, and wires between them that lose what a test says.</summary>
internal sealed class LegWorld : IDisposable
{
    private readonly ActorSystem _system;
    private readonly InProcessCluster _cluster = new(epoch: 3);
    private readonly RiskBoard _risk = new(ActorStage.Minute, TimeSpan.FromSeconds(10));
    private readonly InvariantLedger _invariants = new();
    private readonly AssetDirectory _assets = new();
    private readonly IActorRef _asset;
    private IActorRef _execution = ActorRefs.Nobody;
    private long _sequence, _assessed;
    private int _lives;

    private readonly ExecutionPolicy _policy;

    /// <param name="placement">Null: orders go as they are.</param>
    public LegWorld(PlacementPlan? placement = null)
    {
        _policy = ActorStage.Policy with { Placement = placement };
        _system = ActorSystem.Create("legs", EngineSettings.VirtualTime with
        {
            AskDrivesTime = true, Persistence = new JournalSettings { InMemory = Journal },
            Serializers = system => [new SerializerBinding(typeof(object), new DolphinSerializer(system))],
        });
        Venue = new FactVenue(() => _system.Scheduler.Now);
        var (wires, strategy) = (Wires, Strategy);
        _asset = _system.ActorOf(Props.Create(() => new Asset(wires, strategy)), "asset");
        _assets.Open([KeyValuePair.Create(ActorStage.Btc, _asset)]);
        StartBook();
        StartExecution();
    }

    public InMemoryJournal Journal { get; } = new();
    public FactVenue Venue { get; }
    public Wires Wires { get; } = new();
    public StoringStrategy Strategy { get; } = new();
    public RunBoard Board { get; } = new([Hedging.Hedges.Asset]);

    /// <summary>The book is not there, as while its asset moves to another node.</summary>
    public void StopBook()
    {
        _system.Stop(Wires.Book);
        Settle();
        Wires.Book = ActorRefs.Nobody;
    }

    public void StartBook()
    {
        if (!Wires.Book.IsNobody()) return;
        var (cluster, invariants, slot) = (_cluster, _invariants, Board.Of(ActorStage.Btc));
        Wires.Book = _system.ActorOf(Props.Create(() => new PositionBookActor(ActorStage.Btc, cluster, invariants, slot)), $"book-{++_lives}");
        Settle();
    }

    /// <summary>kill -9 of the gateway's node; another one opens a session of its own.</summary>
    public void ReplaceExecution()
    {
        _system.Stop(_execution);
        Settle();
        StartExecution();
    }

    private void StartExecution()
    {
        var instruments = new Dictionary<Symbol, Instrument> { [ActorStage.Btc] = ActorStage.Instrument };
        var (policy, peers, cluster, risk, invariants) = (_policy, new ExecutionPeers(Venue, _assets, Board), _cluster, _risk, _invariants);
        Assess();
        _execution = Wires.Execution =
            _system.ActorOf(Props.Create(() => new ExecutionActor(policy, instruments, peers, cluster, cluster.Tenure, risk, invariants)), $"execution-{++_lives}");
        _execution.Tell(new Begin(WireWasLost: true), ActorRefs.NoSender);
        Settle();
    }

    /// <summary>A decision about one leg, unless the last one is not over or asks for nothing that is there.</summary>
    /// <param name="change">Base: above zero makes the leg larger.</param>
    public void Decide(PositionSide leg, decimal change)
    {
        if (Strategy.Waits) return;
        var held = new Domain.Market.Legs(Venue.Truth.Long.Quantity, Venue.Truth.Short.Quantity);
        var wanted = new Quantity(Math.Max(0m, held[leg].Base + change));
        if (wanted == held[leg]) return;
        var to = leg == PositionSide.Long ? held with { Long = wanted } : held with { Short = wanted };
        Strategy.Ask(++_sequence, leg);
        _execution.Tell(new Execute(ActorStage.Strategy, ActorStage.Btc, new LegTargets(_sequence, held, to, Price.Of(100m))), _asset);
        Settle();
    }

    /// <summary>The book is shown: its middle is at 100 and so many tenths.</summary>
    public void ShowBook(int tenths)
    {
        var (at, middle) = (_system.Scheduler.Now, 100m + tenths / 10m);
        var book = new BookSummary(
            ActorStage.Btc, at, true, new BestQuote(Price.Of(middle), new Quantity(5m)), new BestQuote(Price.Of(middle + 0.1m), new Quantity(5m)), 1e6, 1e6, at, 1, 1, 0.1, 0);
        _cluster.Publish(Topics.OrderBooks, new MarketProtocol.BooksSeen([book]));
        Settle();
    }

    /// <summary>Lets the venue speak, and everybody work it off.</summary>
    public void Flow(int count = int.MaxValue)
    {
        Venue.Flow(count);
        Settle();
    }

    public void Open(PositionSide leg, decimal quantity)
    {
        Decide(leg, quantity);
        Flow();
        Venue.Fill(leg, quantity, 100m);
        Flow();
    }

    public void Wait(TimeSpan time)
    {
        _system.VirtualTime().RunFor(time);
        Assess();
    }

    /// <summary>Everything works again, and all have time enough.</summary>
    public void Heal()
    {
        Wires.Heal();
        StartBook();
        Venue.Reconnect();
        for (var round = 0; round < 40 && (round < 8 || Board.Orders.Open > 0 || Strategy.Waits || Venue.HasSomethingToSay); round++)
        {
            Flow();
            Venue.CancelAll();
            Flow();
            Wait(ActorStage.Policy.CareEvery);
        }
    }

    public OrderDeskState Desk() =>
        (OrderDeskState)_execution.Ask<DurableProtocol.StoredState>(DurableProtocol.GetStored.Now).GetAwaiter().GetResult().State;

    /// <summary>The book is what the venue's facts make, to the last digit and in their order, and the strategy has taken each fill once, in order.</summary>
    public void AssertAgrees()
    {
        var book = Board.Of(ActorStage.Btc).Book ?? HedgedBook.Empty(ActorStage.Btc); // One that never stored anything has shown nothing.
        foreach (var leg in (ReadOnlySpan<PositionSide>)[PositionSide.Long, PositionSide.Short])
        {
            Assert.Equal(Venue.Truth[leg], book[leg]);
            Assert.Equal(Venue.Fills.Where(f => f.Leg == leg).Select(f => f.TradeId), Strategy.Taken.Where(f => f.Leg == leg).Select(f => f.TradeId));
        }

        var booked = Journal.EventsOf(PositionBookActor.IdOf(ActorStage.Btc)).OfType<BookEvent.FillBooked>().ToList();
        Assert.Equal(Venue.Fills.Count, booked.Count);
        Assert.All(booked, b => Assert.Equal(b.Fill.Order.Value.StartsWith("autoclose-", StringComparison.Ordinal) || b.Fill.Order.Value.StartsWith("web_", StringComparison.Ordinal), b.IsExternal));
        Assert.Equal(booked.Count(b => b.IsExternal), book.ExternalFills);
        Assert.Equal(0, Board.Orders.Open);
        Assert.Null(Desk().Unstored);
        Assert.Empty(Board.Halted);
        Assert.All(_invariants.Counts, c => Assert.True(c.Violated == 0, $"{c.Name}: {c.FirstViolation}"));
    }

    private void Assess()
    {
        var now = _system.Scheduler.Now;
        var snapshot = new RiskSnapshot(3, ++_assessed, now, 1, Posture.Apex, now, 6m, InvariantFailed: false, null, null, []);
        _risk.Publish(snapshot);
        _cluster.Publish(Topics.Risk, snapshot);
        Settle();
    }

    private void Settle() => _system.VirtualTime().RunUntilIdle();

    public void Dispose() => _system.End().GetAwaiter().GetResult();

    /// <summary>Stands where the asset stands: hands on what is not lost, both ways.</summary>
    private sealed class Asset : ReceiveActor
    {
        public Asset(Wires wires, StoringStrategy strategy)
        {
            Receive<FillStored>(stored => ToExecution(stored));
            Receive<BookProtocol.FundingStored>(stored => ToExecution(stored));
            Receive<BookProtocol.BookFill>(ToBook);
            Receive<BookProtocol.BookFunding>(ToBook);
            ReceiveAny(message =>
            {
                if (wires.StrategyIsAway || wires.Lose(ref wires.ToStrategy)) return;
                if (strategy.Take(message) is { } answer) ToExecution(answer);
            });

            void ToExecution(object answer)
            {
                if (!wires.Lose(ref wires.ToExecution)) wires.Execution.Tell(answer, Self);
            }

            void ToBook(object message)
            {
                wires.Told.Add(message);
                if (!wires.Lose(ref wires.ToBook)) wires.Book.Tell(message, Self);
            }
        }
    }
}

/// <summary>How many of the next messages are lost, each way.</summary>
internal sealed class Wires
{
    public int ToBook, ToStrategy, ToExecution;
    public bool StrategyIsAway { get; set; }
    public IActorRef Book { get; set; } = ActorRefs.Nobody;
    public IActorRef Execution { get; set; } = ActorRefs.Nobody;

    /// <summary>Everything that was told to the book, lost or not.</summary>
    public List<object> Told { get; } = [];

    public void Heal() => (ToBook, ToStrategy, ToExecution, StrategyIsAway) = (0, 0, 0, false);

    public bool Lose(ref int left)
    {
        if (left == 0) return false;
        left--;
        return true;
    }
}

/// <summary>What a strategy does with fills, and nothing else: takes each trade id of a leg once, in order, and says so.</summary>
internal sealed class StoringStrategy
{
    private (long Sequence, PositionSide Leg)? _asked;
    private Quantity _filled;
    private Quantity? _final;

    public List<Fill> Taken { get; } = [];

    /// <summary>Its last decision is not over.</summary>
    public bool Waits => _asked is not null;

    public void Ask(long sequence, PositionSide leg) => (_asked, _filled, _final) = ((sequence, leg), Quantity.Zero, null);

    public object? Take(object message)
    {
        switch (message)
        {
            case OrderFilled m:
                return Take(m.Fill, m.After, m.Sequence);
            case ExternalFill m:
                return Take(m.Fill, m.After, sequence: 0);
            case LegDone m when _asked == (m.Sequence, m.Leg):
                _final = m.Cumulative;
                End();
                return Waits ? null : new LegStored(m.StrategyId, m.Sequence, m.Leg);
            case LegDone m:
                return new LegStored(m.StrategyId, m.Sequence, m.Leg);
            default:
                return null;
        }
    }

    private FillTaken? Take(Fill fill, long after, long sequence)
    {
        var last = Taken.LastOrDefault(f => f.Leg == fill.Leg)?.TradeId ?? 0;
        if (last < after) return null;
        if (fill.TradeId > last)
        {
            Taken.Add(fill);
            if (_asked == (sequence, fill.Leg)) _filled += fill.Quantity;
            End();
        }

        return new FillTaken(fill.Symbol, fill.Leg, fill.TradeId);
    }

    private void End()
    {
        if (_final is { } final && _filled >= final) _asked = null;
    }
}
