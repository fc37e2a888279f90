using System.Collections.Immutable;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Sensors;
using Dolphin.Actors.Survival;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;

namespace Dolphin.Node.Tests.Live;

/// <summary>On threads and a clock that stands until it is moved: a feed whose handler blocks on a gate, beside the controller and who keeps watch.</summary>
public sealed class HangingServiceStories : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1), Long = TimeSpan.FromMinutes(5);

    private readonly HeldClock _machine = new(Start);
    private readonly ActorSystem _system;
    private readonly InMemoryJournal _journal = new();
    private readonly InProcessCluster _cluster = new(epoch: 1);
    private readonly GatedPort _gated;
    private readonly RunBoard _board = new([]);
    private readonly RiskBoard _risk;
    private readonly IActorRef _survival, _quorum, _heartbeat, _listener, _feed, _watch;
    private bool _feedAnswers = true;

    public HangingServiceStories()
    {
        List<string> errors = [];
        var policy = SurvivalSettings.Reference.ToPolicy(errors)!;
        _system = ActorSystem.Create("hanging", EngineSettings.RealTime with
        {
            Clock = _machine,
            Persistence = new JournalSettings { InMemory = _journal },
            Serializers = system => [new SerializerBinding(typeof(object), new DolphinSerializer(system))],
        });
        _risk = new RiskBoard(policy.Pulse, policy.HeartbeatLimit);
        _gated = new GatedPort(_cluster);
        var (cluster, gated, invariants, board, risk, roll) = (_cluster, _gated, new InvariantLedger(), _board, _risk, new ServiceWatchActor.Roll(policy.Patience));
        _watch = _system.ActorOf(Props.Create(() => new ServiceWatchActor(roll, policy.Pulse, cluster)), "service-watch");
        _system.EventStream.Subscribe(_watch, typeof(NodeProtocol.Enrolled));
        ImmutableArray<LayerId> installed = [LayerId.Quorum, LayerId.AlgoHeartbeat];
        _survival = _system.ActorOf(Props.Create(() => new SurvivalActor(policy, installed, false, cluster, cluster.Tenure, invariants, board)), "survival");
        var context = new SensorContext(_survival, policy.Pulse);
        _quorum = _system.ActorOf(Props.Create(() => new QuorumSensor(context, policy.HeartbeatLimit, cluster)), "quorum");
        _heartbeat = _system.ActorOf(Props.Create(() => new HeartbeatSensor(context, false, cluster)), "heartbeat");
        _listener = _system.ActorOf(Props.Create(() => new RiskListenerActor(risk, cluster)), "listener");
        _feed = _system.ActorOf(Props.Create(() => new FeedActor(gated)), "feed");
        _system.EventStream.Publish(new NodeProtocol.Enrolled(_feed, "feed"));
    }

    public void Dispose()
    {
        _gated.Gate.Set();
        _system.Dispose();
    }

    [Fact(DisplayName = "A feed that blocks in its handler is known as silent when its patience is over, stored with since when, and R_total falls; when it goes on it is heard")]
    public async Task Blocks()
    {
        await PassAsync(60);
        Assert.Equal((1.0, null), (_risk.Latest!.RTotal, _board.Quorum!.Hanging));
        await BlockAsync();
        await PassAsync(11);
        Assert.Null(_board.Quorum!.Hanging);
        await PassAsync(2);
        var silent = Assert.Single(_board.Quorum!.Hanging!.Value);
        Assert.Equal(("feed", Start.AddSeconds(61)), (silent.Entity, silent.Since)); // Asked with the first pulse after it.
        await PassAsync(287);
        Assert.InRange(_risk.Latest!.RTotal, 0.5, 0.9);
        Assert.Single(Stored);

        _gated.Gate.Set();
        _feedAnswers = true;
        await PassAsync(2);
        Assert.Null(_board.Quorum!.Hanging);
        Assert.Equal([typeof(QuorumEvent.ServicesSilent), typeof(QuorumEvent.ServicesHeard)], Stored.Select(e => e.GetType()));
    }

    [Fact(DisplayName = "A feed that blocks costs exactly what a feed that has ended costs, pulse by pulse")]
    public async Task As_if_it_had_ended()
    {
        using var other = new HangingServiceStories();
        await Task.WhenAll(PassAsync(60), other.PassAsync(60));
        await BlockAsync();
        other._feedAnswers = false;
        Assert.True(await other._feed.GracefulStop(Long));
        for (var pulse = 0; pulse < 200; pulse++)
        {
            await Task.WhenAll(PassAsync(1), other.PassAsync(1));
            Assert.Equal((other._risk.Latest!.RTotal, other._risk.Latest.Posture), (_risk.Latest!.RTotal, _risk.Latest.Posture));
        }

        Assert.True(_risk.Latest!.RTotal < 1.0);
    }

    private QuorumEvent[] Stored => [.. _journal.EventsOf("survival").OfType<QuorumEvent>()];

    private async Task BlockAsync()
    {
        (_gated.IsClosed, _feedAnswers) = (true, false);
        Slice();
        await _gated.HasBlocked.Task.WaitAsync(Long);
    }

    private void Slice() => _feed.Tell(new MarketProtocol.SliceClosed(new MarketSlice((_machine.GetUtcNow() - Second).ToUnixTimeMilliseconds(), Second, ReadOnlyMemory<SymbolBar>.Empty)), ActorRefs.NoSender);

    private async Task PassAsync(int seconds)
    {
        await SettleAsync(); // Who has not recovered has no timer yet.
        for (var i = 0; i < seconds; i++)
        {
            _machine.Pass(Second);
            if (_feedAnswers) Slice();
            await SettleAsync();
        }
    }

    // Whoever answers has handled all that it was told before: the watch its pulse, the others its question, and the watch their answers.
    private async Task SettleAsync()
    {
        IActorRef[] answering = [_watch, .. _feedAnswers ? (IActorRef[])[_feed] : [], _quorum, _heartbeat, _survival, _listener];
        foreach (var actor in (IActorRef[])[.. answering, .. answering, .. answering])
        {
            if (actor == _survival || actor == _quorum || actor == _heartbeat) await actor.Ask<DurableProtocol.StoredState>(DurableProtocol.GetStored.Now, Timeout.InfiniteTimeSpan);
            else await actor.Ask<ActorIdentity>(new Identify(1), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>A cluster in which whoever publishes a slice waits for a gate, on its own thread, while it is closed.</summary>
    private sealed class GatedPort(IClusterPort inner) : IClusterPort
    {
        public ManualResetEventSlim Gate { get; } = new();
        public TaskCompletionSource HasBlocked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public volatile bool IsClosed;

        public bool RevivesEntities => inner.RevivesEntities;
        public string Node => inner.Node;
        public IActorRef Singleton(IActorRefFactory parent, string name, Func<ITenure, Props> props) => inner.Singleton(parent, name, props);
        public IReadOnlyList<IActorRef> Entities(IActorRefFactory parent, string kind, IReadOnlyList<string> ids, Func<string, Props> props) => inner.Entities(parent, kind, ids, props);
        public void Subscribe(Topic topic, IActorRef subscriber) => inner.Subscribe(topic, subscriber);

        public void Publish(Topic topic, object message)
        {
            if (IsClosed && topic == Topics.Slices)
            {
                HasBlocked.TrySetResult();
                Gate.Wait();
            }

            inner.Publish(topic, message);
        }
    }
}
