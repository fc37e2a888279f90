using System.Collections.Immutable;
using Dolphin.Actors;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Venue;
using Dolphin.Backtest.Report;
using Dolphin.Data;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;
using Dolphin.Venues;
using Dolphin.Venues.Paper;
using static Dolphin.Actors.Journal.DurableProtocol;

namespace Dolphin.Scenarios.Stage;

/// <summary>A node and its venue in virtual time, put together by hand: every part within reach of the story, and journals in memory.</summary>
internal sealed class StagedNode : IDisposable
{
    private readonly ActorSystem _system;
    private readonly VirtualTime _time;
    private readonly NodePlan _plan;
    private readonly IActorRef _venue, _node, _operator, _collector;
    private readonly NodeProtocol.Started _started;
    private readonly List<StoredState> _states = [];
    private readonly List<object> _answers = [];
    private readonly List<RiskSnapshot> _risk = [];
    private readonly PaperExchange _exchange;
    private readonly InProcessCluster _cluster;
    private long _bars;

    /// <param name="explore">With a seed, actors that have messages take turns by chance instead of first come, first served.</param>
    public StagedNode(IMarketSource market, NodePlan plan, PaperPolicy venue, int bars, ulong? explore = null)
    {
        (Market, _plan, Bars) = (market, plan, bars);
        _system = ActorSystem.Create("staged", EngineSettings.VirtualTime with
        {
            VirtualStart = Plans.Start, AskDrivesTime = true, ExplorationSeed = explore,
            Persistence = new JournalSettings { InMemory = Journal, Files = [new("node"), new("venue")] },
            Serializers = system => [new SerializerBinding(typeof(object), new DolphinSerializer(system))],
        });
        _time = _system.VirtualTime();
        Board = new RunBoard(plan.Assets);
        Risk = new RiskBoard(plan.Survival.Pulse, plan.Survival.HeartbeatLimit);
        var exchange = _exchange = new PaperExchange(venue, plan.Assets.Select(a => a.Instrument), market.Funding(From, To));
        _venue = _system.ActorOf(Props.Create(() => new PaperVenueActor(exchange, "venue", true)), "venue");
        Door = new WatchedVenue(new PaperVenue(_venue), _time);
        var cluster = _cluster = new InProcessCluster(epoch: 1);
        var ground = new NodeGround(new OpenDoor(Door), cluster, Risk, Board, Invariants, WireWasLost: true) { ChangedRules = symbol => Rules.GetValueOrDefault(symbol) };
        _node = _system.ActorOf(Props.Create(() => new NodeActor(plan, ground)), "node");
        var (states, risk, answers) = (_states, _risk, _answers);
        _collector = _system.ActorOf(Props.Create(() => new NoteActor<StoredState>(states)), "collector");
        cluster.Subscribe(Topics.Risk, _system.ActorOf(Props.Create(() => new NoteActor<RiskSnapshot>(risk)), "risk-recorder"));
        Desk = _system.ActorOf(Props.Create(() => new NoteActor<object>(answers)), "desk");
        var started = _started = _node.Ask<NodeProtocol.Started>(new NodeProtocol.GetStarted()).GetAwaiter().GetResult();
        var strategies = plan.Strategies.ToImmutableDictionary(h => h.StrategyId, h => h.Symbol, StringComparer.Ordinal);
        _operator = _system.ActorOf(Props.Create(() => new OperatorActor(started, strategies)), "operator");
        _venue.Tell(new PaperVenueProtocol.Connect(started.Execution), ActorRefs.NoSender);
        _time.RunUntilIdle();
    }

    public IMarketSource Market { get; }
    public int Bars { get; }
    public InMemoryJournal Journal { get; } = new();
    public RunBoard Board { get; }
    public RiskBoard Risk { get; }
    public InvariantLedger Invariants { get; } = new();
    public WatchedVenue Door { get; }
    public DateTimeOffset Now => _time.Now;

    /// <summary>Every assessment that was published, in order.</summary>
    public IReadOnlyList<RiskSnapshot> Published => _risk;
    public IEnumerable<PaperFact> VenueFacts => Journal.EventsOf("paper-venue").OfType<PaperFact>();

    /// <summary>By how much later than they close bars reach the feed.</summary>
    public TimeSpan FeedDelay { get; set; }

    /// <summary>A book of every symbol is shown every three seconds.</summary>
    public bool ShowsBooks { get; init; }

    /// <summary>What the venue says now of symbols whose rules have changed.</summary>
    public Dictionary<Symbol, ChangedRules> Rules { get; } = [];

    private IActorRef Desk { get; }
    private long From => Plans.Start.ToUnixTimeMilliseconds();
    private long To => From + Bars * (long)Market.Interval.TotalMilliseconds;

    /// <summary>Plays the whole market, and a minute more in which what is on the wire arrives.</summary>
    /// <param name="before">What the story does before the slice of this number opens.</param>
    public StagedNode Play(Action<int>? before = null)
    {
        var number = 0;
        foreach (var slice in Market.Slices(From, To))
        {
            before?.Invoke(number++);
            if (slice.OpensAt > _time.Now) _time.RunUntil(slice.OpensAt);
            _venue.Tell(new MarketProtocol.SliceOpened(slice), ActorRefs.NoSender);
            for (var at = slice.OpensAt; ShowsBooks && at < slice.ClosesAt; at += TimeSpan.FromSeconds(3))
            {
                _time.RunUntil(at);
                _cluster.Publish(Topics.OrderBooks, new MarketProtocol.BooksSeen([.. slice.Bars.ToArray().Select(BookOf)]));
            }

            _time.RunUntil(slice.ClosesAt);
            var closed = new MarketProtocol.SliceClosed(slice);
            if (FeedDelay > TimeSpan.Zero) _system.Scheduler.ScheduleTellOnce(FeedDelay, _started.Feed, closed, ActorRefs.NoSender);
            else _started.Feed.Tell(closed, ActorRefs.NoSender);
            _time.RunUntilIdle();
            _bars += slice.Bars.Length;
        }

        _time.RunFor(TimeSpan.FromMinutes(1));
        return this;
    }

    // On the way from the bar's open to its close, two ticks wide.
    private BookSummary BookOf(SymbolBar bar)
    {
        var instrument = _plan.Assets.First(a => a.Symbol == bar.Symbol).Instrument;
        var share = (decimal)((Now.ToUnixTimeMilliseconds() - bar.Bar.OpenTimeMs) / Market.Interval.TotalMilliseconds);
        var middle = Math.Round((bar.Bar.Open.QuotePerBase + share * (bar.Bar.Close.QuotePerBase - bar.Bar.Open.QuotePerBase)) / instrument.TickSize) * instrument.TickSize;
        var size = new Quantity(1_000 * instrument.LotSize);
        return new BookSummary(
            bar.Symbol, Now, true, new BestQuote(Price.Of(middle - instrument.TickSize), size), new BestQuote(Price.Of(middle + instrument.TickSize), size), 1e6, 1e6, Now, 1, 1, 0.1, 0,
            BidsTaken: (double)size.Base, AsksTaken: (double)size.Base);
    }

    /// <summary>Ends an actor of the node for good.</summary>
    /// <param name="path">Below the node, such as <c>sensors/heartbeat</c>.</param>
    public void Poison(string path)
    {
        _system.ActorSelection($"/user/node/{path}").Tell(PoisonPill.Instance);
        _time.RunUntilIdle();
    }

    /// <summary>Makes an actor of the node fail: its parent starts it again.</summary>
    /// <param name="path">As for <see cref="Poison"/>.</param>
    public void Fail(string path)
    {
        _system.ActorSelection($"/user/node/{path}").Tell(Kill.Instance);
        _time.RunUntilIdle();
    }

    public void SetFaults(params ImmutableArray<PaperFault> faults) => _exchange.SetFaults(faults);

    /// <summary>As an operator does; answered at once, without time passing.</summary>
    public object AskOperator(string verb) => AskOperator(new OperatorProtocol.Asked(verb, null, "ada", Now));

    /// <inheritdoc cref="AskOperator(string)"/>
    public object AskOperator(OperatorProtocol.Asked asked)
    {
        _answers.Clear();
        _operator.Tell(asked, Desk);
        _time.RunUntilIdle();
        return Assert.Single(_answers);
    }

    public RunEnd End()
    {
        _states.Clear();
        foreach (var durable in (ReadOnlySpan<IActorRef>)[_node, _venue, _operator]) durable.Tell(GetStored.Now, _collector);
        _time.RunUntilIdle();
        var states = _states.OrderBy(s => s.PersistenceId, StringComparer.Ordinal).ToList();
        var report = ReportBuilder.Build(_plan.Assets, states, new RunFacts(
            Edition.Name, 0, _bars, _bars, 1, Board.Postures, Invariants.Counts, Board.Halted));
        return new RunEnd(Finished: true, report, states, 0, [.. Invariants.Counts.Where(c => c.Violated > 0).Select(c => $"{c.Name}: {c.FirstViolation}")]);
    }

    public void Dispose() => _system.End().GetAwaiter().GetResult();

    private sealed class NoteActor<T> : ReceiveActor
    {
        public NoteActor(List<T> notes) => Receive<T>(notes.Add);
    }
}

/// <summary>The door to the venue, with a list of what went through it and when.</summary>
internal sealed class WatchedVenue(IVenue venue, VirtualTime time) : IVenue
{
    public List<(DateTimeOffset At, VenueCommand Command)> Sent { get; } = [];

    public IEnumerable<(DateTimeOffset At, T Command)> Of<T>() where T : VenueCommand =>
        Sent.Where(s => s.Command is T).Select(s => (s.At, (T)s.Command));

    public void Send(VenueCommand command)
    {
        Sent.Add((time.Now, command));
        venue.Send(command);
    }

    public void Reopened() => venue.Reopened();
}
