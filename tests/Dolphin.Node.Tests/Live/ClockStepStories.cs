using System.Collections.Immutable;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Sensors;
using Dolphin.Actors.Survival;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;
using Dolphin.Node.Running;
using Dolphin.Venues.Binance.Live;
using FsCheck;
using FsCheck.Fluent;
using Serilog;

namespace Dolphin.Node.Tests.Live;

/// <summary>The survival controller, its sensors and a feed in real time, while somebody sets the wall clock or the machine sleeps.</summary>
public sealed class ClockStepStories : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 12, 0, 0, 400, TimeSpan.Zero);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly Symbol Btc = new("BTCUSDT");

    private readonly HeldClock _machine = new(Start);
    private readonly SteadyClock _clock;
    private readonly FeedClock _feed;
    private readonly ActorSystem _system;
    private readonly InProcessCluster _cluster = new(epoch: 1);
    private readonly InvariantLedger _invariants = new();
    private readonly RunBoard _board = new([]);
    private readonly RiskBoard _risk;
    private readonly IActorRef _survival, _quorum, _books, _listener;
    private readonly List<RiskSnapshot> _seen = [];
    private bool _booksMove = true, _quorumIsThere = true;

    public ClockStepStories()
    {
        var policy = Policy();
        _clock = new SteadyClock(_machine, _machine.Awake);
        _feed = new FeedClock(_clock);
        _risk = new RiskBoard(policy.Pulse, policy.HeartbeatLimit);
        _system = ActorSystem.Create("steps", EngineSettings.RealTime with
        {
            Clock = _clock,
            Persistence = new JournalSettings { InMemory = new InMemoryJournal() },
            Serializers = system => [new SerializerBinding(typeof(object), new DolphinSerializer(system))],
        });
        var (cluster, invariants, board, risk) = (_cluster, _invariants, _board, _risk);
        ImmutableArray<LayerId> installed = [LayerId.Quorum, LayerId.ObStreamer];
        _survival = _system.ActorOf(Props.Create(() => new SurvivalActor(policy, installed, false, cluster, cluster.Tenure, invariants, board)), "survival");
        var context = new SensorContext(_survival, policy.Pulse);
        ImmutableArray<Symbol> symbols = [Btc];
        _quorum = _system.ActorOf(Props.Create(() => new QuorumSensor(context, policy.HeartbeatLimit, cluster)), "quorum");
        _books = _system.ActorOf(Props.Create(() => new BookSensor(context, symbols, cluster)), "books");
        _listener = _system.ActorOf(Props.Create(() => new RiskListenerActor(risk, cluster)), "listener");
    }

    public void Dispose() => _system.Dispose();

    [Theory(DisplayName = "Setting the wall clock ages nothing, fails no invariant and takes no posture, forward or back")]
    [InlineData(120)]
    [InlineData(-120)]
    public async Task Only_a_set_clock(int seconds)
    {
        await PassAsync(60);
        Assert.Equal((1.0, Posture.Apex), (Newest.RTotal, Newest.Posture));
        _seen.Clear();

        _machine.SetWall(TimeSpan.FromSeconds(seconds));
        await PassAsync(60);
        Assert.True(_seen.Count >= 60, $"{_seen.Count} snapshots in 60 pulses");
        Assert.All(_seen, s => Assert.Equal((1.0, Posture.Apex, false), (s.RTotal, s.Posture, s.InvariantFailed)));
        Assert.DoesNotContain(_invariants.Counts, c => c.Violated > 0);
    }

    [Theory(DisplayName = "A sensor that dies as the clock is set is missed as soon as without: the invariant fails within pulse and heartbeat limit")]
    [InlineData(0)]
    [InlineData(120)]
    [InlineData(-120)]
    public async Task A_dying_sensor(int seconds)
    {
        await PassAsync(60);
        (_, _quorumIsThere) = (await _quorum.GracefulStop(TimeSpan.FromMinutes(1)), false);
        _machine.SetWall(TimeSpan.FromSeconds(seconds));
        await PassAsync(9);
        Assert.False(Newest.InvariantFailed);
        await PassAsync(4);
        Assert.Equal((0.0, Posture.Hibernate, true), (Newest.RTotal, Newest.Posture, Newest.InvariantFailed));
    }

    [Theory(DisplayName = "Books that stand still as the clock is set cost what they cost without, and books that move cost nothing")]
    [InlineData(0)]
    [InlineData(120)]
    [InlineData(-120)]
    public async Task Dying_books(int seconds)
    {
        await PassAsync(60);
        _booksMove = false;
        await PassAsync(5);
        _machine.SetWall(TimeSpan.FromSeconds(seconds));
        await PassAsync(25);
        Assert.InRange(Newest.RTotal, 0.0, 0.2);
        Assert.False(Newest.InvariantFailed);

        _booksMove = true;
        _machine.SetWall(TimeSpan.FromSeconds(seconds));
        await PassAsync(300);
        Assert.Equal((1.0, Posture.Apex), (Newest.RTotal, Newest.Posture));
    }

    [Fact(DisplayName = "A machine that slept has heard nothing meanwhile: the invariants fail at once, and what is heard again comes back by itself")]
    public async Task Slept()
    {
        await PassAsync(60);
        var before = Newest;
        _seen.Clear();
        _machine.Sleep(TimeSpan.FromHours(1));
        await SettleAsync();
        Assert.Contains(_seen, s => s is { InvariantFailed: true, RTotal: 0.0, Posture: Posture.Hibernate });
        Assert.True(Newest.At - before.At >= TimeSpan.FromHours(1));

        await PassAsync(600);
        Assert.Equal((1.0, Posture.Apex), (Newest.RTotal, Newest.Posture));
        Assert.Equal(_machine.GetUtcNow(), _clock.GetUtcNow()); // Nothing is left to be set right.
    }

    [Fact(DisplayName = "What the feed stamps is the actors' time, whatever the wall clock does")]
    public void One_base()
    {
        foreach (var seconds in (int[])[120, -600, 3])
        {
            _machine.SetWall(TimeSpan.FromSeconds(seconds));
            _machine.Pass(Second);
            Assert.Equal(_system.Scheduler.Now, _feed.Now);
        }
        _machine.Sleep(TimeSpan.FromHours(2));
        Assert.Equal(Start.AddHours(2).AddSeconds(3), _feed.Now);
        Assert.Equal(_system.Scheduler.Now, _feed.Now);
    }

    [Fact(DisplayName = "A set clock and a sleep are each told once, with how far the clocks are apart; a slow drift is told when it is a second")]
    public void Told_once()
    {
        var board = new RunBoard([]);
        var watch = new ClockWatch(_clock, board, new LoggerConfiguration().CreateLogger());
        watch.Look();
        Assert.Null(board.Clock);

        _machine.SetWall(TimeSpan.FromSeconds(-120));
        for (var i = 0; i < 5; i++)
        {
            _machine.Pass(Second);
            watch.Look();
        }
        Assert.Equal(new ClockPicture(1, -120, 0, 0), board.Clock);
        Assert.Contains("set back by 120 s", Assert.Single(board.News).Text, StringComparison.Ordinal);

        _machine.Sleep(TimeSpan.FromHours(1));
        watch.Look();
        watch.Look();
        Assert.Equal(new ClockPicture(1, -120, 1, 3_600), board.Clock);
        Assert.Contains("slept for 3,600 s", board.News[1].Text, StringComparison.Ordinal);
        Assert.Equal("clock: the wall clock was set once and is 120 s behind this node's time; the machine slept once, 3,600 s in all", board.Clock!.ToLine());

        for (var i = 0; i < 9; i++)
        {
            _machine.SetWall(TimeSpan.FromSeconds(0.1));
            watch.Look();
        }
        Assert.Equal(2, board.News.Length);
        _machine.SetWall(TimeSpan.FromSeconds(0.1));
        watch.Look();
        Assert.Equal((3, -119.0), (board.News.Length, board.Clock!.WallAheadSeconds));
    }

    private sealed record Moment(int Milliseconds, int Layer, int Reading, int WallSeconds);

    [Fact(DisplayName = "However the wall clock is set between reports, R_total at each instant that passes is the same as without")]
    public void Steps_change_nothing()
    {
        var moments = (from ms in Gen.Elements(0, 50, 500, 1_000, 1_000, 2_500, 15_000, 70_000)
                       from layer in Gen.Choose(0, 3)
                       from reading in Gen.Choose(0, 9)
                       from wall in Gen.Elements(0, 0, 120, -120, 1, -1, 86_400, -86_400)
                       select new Moment(ms, layer, reading, wall)).ListOf(60).ToArbitrary();
        Prop.ForAll(moments, history => Play(history, steps: true).SequenceEqual(Play(history, steps: false))).QuickCheckThrowOnFailure();
    }

    private static List<(double, Posture, string)> Play(IEnumerable<Moment> history, bool steps)
    {
        LayerId[] layers = [LayerId.Quorum, LayerId.ObStreamer, LayerId.ExfService, LayerId.PortfolioDrawdown];
        var machine = new HeldClock(Start);
        var clock = SteadyClock.Of(machine);
        var controller = new SurvivalController(Policy(), layers, clock.GetUtcNow(), epoch: 1);
        var seen = new List<(double, Posture, string)>();
        foreach (var moment in history)
        {
            machine.Pass(TimeSpan.FromMilliseconds(moment.Milliseconds));
            if (steps) machine.SetWall(TimeSpan.FromSeconds(moment.WallSeconds));
            var now = clock.GetUtcNow();
            controller.Report(new LayerReport(LayerId.Quorum, LayerReading.Invariant.Ok, now), now); // Mostly alive, or nothing else would be seen.
            LayerReading reading = moment.Layer switch
            {
                0 => new LayerReading.Invariant(moment.Reading < 9, ""),
                1 => new LayerReading.Book(TimeSpan.FromSeconds(moment.Reading), TimeSpan.Zero, moment.Reading / 10.0),
                2 => new LayerReading.Environment(moment.Reading > 7 ? now : null, TimeSpan.FromSeconds(moment.Reading * 200)),
                _ => new LayerReading.Drawdown(moment.Reading / 80.0),
            };
            var outcome = controller.Report(new LayerReport(layers[moment.Layer], reading, now), now);
            seen.Add((controller.Assess(now).RTotal, controller.Posture, outcome.ToString()));
        }
        return seen;
    }

    private RiskSnapshot Newest => _risk.Latest!;

    private static SurvivalPolicy Policy()
    {
        List<string> errors = [];
        var policy = SurvivalSettings.Reference.ToPolicy(errors);
        Assert.Empty(errors);
        return policy!;
    }

    private async Task PassAsync(int seconds)
    {
        await SettleAsync(); // Who has not recovered has no timer yet.
        for (var i = 0; i < seconds; i++)
        {
            _machine.Pass(Second);
            var movedAt = _booksMove ? _feed.Now : Newest.At - TimeSpan.FromHours(1);
            ImmutableArray<BookSummary> books = [new(Btc, _feed.Now, true, null, null, 1e6, 1e6, movedAt, 10, 10, 0.1, 0.0)];
            _books.Tell(new MarketProtocol.BooksSeen(books), ActorRefs.NoSender);
            await SettleAsync();
        }
    }

    // Whoever answers has handled all that it was told before.
    private async Task SettleAsync()
    {
        IActorRef[] sensors = _quorumIsThere ? [_quorum, _books] : [_books];
        foreach (var actor in (IActorRef[])[.. sensors, _survival, _listener, .. sensors, _survival, _listener])
        {
            if (actor == _listener) await actor.Ask<ActorIdentity>(new Identify(1), Timeout.InfiniteTimeSpan);
            else await actor.Ask<DurableProtocol.StoredState>(DurableProtocol.GetStored.Now, Timeout.InfiniteTimeSpan);
            if (_risk.Latest is { } newest && (_seen.Count == 0 || newest.Supersedes(_seen[^1]))) _seen.Add(newest);
        }
    }
}
