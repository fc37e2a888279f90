using System.Collections.Immutable;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;
using Dolphin.Domain.TwoLegs;
using Dolphin.Venues;

namespace Dolphin.Actors.Tests.Stage;

/// <summary>What an actor of a node finds around it, each part seen by the test: journal, venue, cluster, boards.</summary>
public abstract class ActorStage : TestKit
{
    public static readonly Symbol Btc = new("BTCUSDT");
    public static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    public const string Strategy = "hedge-BTCUSDT";

    protected ActorStage() : this(new InMemoryJournal()) { }

    private ActorStage(InMemoryJournal journal) : base(EngineSettings.VirtualTime with
    {
        AskDrivesTime = true,
        Persistence = new JournalSettings { InMemory = journal, Files = [new("node"), new("venue")] },
        Serializers = system => [new SerializerBinding(typeof(object), new DolphinSerializer(system))],
    })
    {
        Journal = journal;
        Board = new RunBoard([Hedging.Hedges.Asset]);
        Risk = new RiskBoard(Minute, TimeSpan.FromSeconds(10));
        Cluster = new InProcessCluster(epoch: 3);
    }

    protected InMemoryJournal Journal { get; }
    protected RunBoard Board { get; }
    protected RiskBoard Risk { get; }
    protected InvariantLedger Invariants { get; } = new();
    private protected InProcessCluster Cluster { get; }
    protected DateTimeOffset Clock => Sys.Scheduler.Now;

    protected void Settle() => Sys.VirtualTime().RunUntilIdle();
    protected void Wait(TimeSpan time) => Sys.VirtualTime().RunFor(time);

    public static VenueFees Fees { get; } = new(Maker: 0.0002m, Taker: 0.0005m);

    public static Instrument Instrument { get; } =
        new(Btc, TickSize: 0.1m, LotSize: 0.001m, new Quantity(0.001m), new Money(5m), PercentPrice: 0.05m, Instruments.UsualBrackets);

    /// <summary>An assessment of every layer at once, published where everybody listens.</summary>
    protected RiskSnapshot Assess(Posture posture, double rTotal = 1, bool invariantFailed = false, long sequence = 0, long epoch = 3)
    {
        _sequence = sequence > 0 ? sequence : _sequence + 1;
        var snapshot = new RiskSnapshot(
            epoch, _sequence, Clock, rTotal, posture, Clock, posture == Posture.Apex ? 6m : 1m, invariantFailed, null, null, []);
        Risk.Publish(snapshot);
        Cluster.Publish(Topics.Risk, snapshot);
        Settle();
        return snapshot;
    }

    private long _sequence;

    /// <summary>An execution that serves at once.</summary>
    private protected IActorRef StartExecution(string name, ExecutionPolicy policy, IVenue venue, AssetDirectory assets, bool wireWasLost, Func<Symbol, ChangedRules?>? changed = null)
    {
        var instruments = new Dictionary<Symbol, Instrument> { [Btc] = Instrument };
        var (peers, cluster, risk, invariants) = (new ExecutionPeers(new OpenDoor(venue), assets, Board) { ChangedRules = changed }, Cluster, Risk, Invariants);
        var execution = Sys.ActorOf(Props.Create(() => new ExecutionActor(policy, instruments, peers, cluster, cluster.Tenure, risk, invariants)), name);
        execution.Tell(new ExecutionProtocol.Begin(wireWasLost));
        Settle();
        return execution;
    }

    private protected static OrderDeskState DeskOf(IActorRef execution) =>
        (OrderDeskState)execution.Ask<DurableProtocol.StoredState>(DurableProtocol.GetStored.Now).GetAwaiter().GetResult().State;

    /// <returns>What a probe has been told since it was last asked.</returns>
    protected List<T> Heard<T>(TestProbe probe)
    {
        Settle();
        var heard = new List<T>();
        while (probe.HasMessages)
            if (probe.ReceiveOne(TimeSpan.Zero) is T message) heard.Add(message);
        return heard;
    }

    /// <returns>The first violation of each invariant that did not hold.</returns>
    protected ImmutableArray<string> Violations => [.. Invariants.Counts.Where(c => c.Violated > 0).Select(c => $"{c.Name}: {c.FirstViolation}")];

    protected static Fill FillOf(NewOrder order, long trade, decimal quantity, decimal cumulative, decimal price = 100m) => new(
        order.Id, trade, order.Symbol, order.Leg, order.Side, Price.Of(price), new Quantity(quantity), new Money(price * quantity * 0.0005m), IsMaker: false,
        new Quantity(cumulative), DateTimeOffset.UnixEpoch);

    protected static LegTargets Targets(long sequence, decimal longTo, decimal shortTo, decimal longFrom = 0m, decimal shortFrom = 0m) => new(
        sequence, new Domain.Market.Legs(new Quantity(longFrom), new Quantity(shortFrom)), new Domain.Market.Legs(new Quantity(longTo), new Quantity(shortTo)), Price.Of(100m));

    /// <summary>A venue that notes what it is asked, and what the journal held at that moment.</summary>
    protected sealed class NotedVenue(InMemoryJournal journal) : IVenue
    {
        public List<(VenueCommand Command, int EventsStored)> Noted { get; } = [];
        public void Send(VenueCommand command) => Noted.Add((command, journal.Events.Length));
        public IEnumerable<NewOrder> Submits => Noted.Select(n => n.Command).OfType<VenueCommand.Submit>().Select(s => s.Order);
        public IEnumerable<T> Of<T>() where T : VenueCommand => Noted.Select(n => n.Command).OfType<T>();
    }

    public static ExecutionPolicy Policy { get; } = new(
        CareEvery: TimeSpan.FromSeconds(15), OrderLife: TimeSpan.FromMinutes(10), AnswerTimeout: TimeSpan.FromSeconds(10),
        NotFoundAfter: TimeSpan.FromSeconds(40), ExpectedTakerSlippageBps: 1.5, PassiveOffset: new Bps(1), FlattenOnPanic: false);
}
