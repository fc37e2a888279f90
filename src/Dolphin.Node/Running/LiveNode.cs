using System.Collections.Immutable;
using Dolphin.Actors;
using Dolphin.Actors.Books;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Hedging;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Sensors;
using Dolphin.Actors.Venue;
using Dolphin.Backtest;
using Dolphin.Backtest.Report;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;
using Dolphin.Node.Cli;
using Dolphin.Venues.Paper;
using Serilog;
using static Dolphin.Actors.Journal.DurableProtocol;

namespace Dolphin.Node.Running;

/// <summary>
/// A node in real time on a simulated market: the outside world (market and venue) and everything that trades, in one actor system.
/// It can be killed at any instant; the next start on the same folder goes on where the market is by then.
/// </summary>
internal sealed class LiveNode : IRunningNode
{
    private static readonly TimeSpan SnapshotsEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CatchUpPatience = TimeSpan.FromMinutes(5); // A month of one-second bars takes about twenty seconds.
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2); // Of each step; a stop takes less than five seconds.
    private const int TellAgainAtMost = 256; // Newest funding and liquidations: each has one fact for all legs, or one a leg.

    private readonly LiveOptions _options;
    private readonly ILogger _log;
    private readonly StateFolderLock _lock;
    private readonly ActorSystem _system;
    private readonly JournalSet _journal = null!; // Opened after the view exists.
    private readonly RunBoard _board;
    private readonly InvariantLedger _invariants = new();
    private readonly RiskBoard _risk;
    private readonly BoardView _view;
    private readonly LastFailure _failure = new();
    private readonly TaskCompletionSource<RunReport> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _began = TimeProvider.System.GetTimestamp();
    private readonly long _epoch, _eventsBefore;
    private IActorRef _venue = ActorRefs.Nobody, _world = ActorRefs.Nobody, _node = ActorRefs.Nobody, _operator = ActorRefs.Nobody;
    private int _stopping;
    private long _barsAtStart;

    public IRunView View => _view;
    public IRunControl Control { get; private set; } = null!; // Until started.
    public Task<RunReport> Completion => _completion.Task;

    /// <summary>Takes the folder, recovers, lets the market catch up, and flies.</summary>
    /// <exception cref="StateFolderInUseException">Another process runs on the folder.</exception>
    /// <exception cref="InvalidDataException">The folder belongs to another run.</exception>
    /// <exception cref="JournalException">A journal cannot be opened.</exception>
    /// <exception cref="CliException">It does not start for another reason.</exception>
    public static async Task<LiveNode> StartAsync(LiveOptions options, ILogger log, CancellationToken cancellation)
    {
        var node = new LiveNode(options, log);
        try
        {
            await node.FlyAsync(cancellation);
            return node;
        }
        catch (AskTimeoutException e)
        {
            await node.AbandonAsync();
            throw new CliException(ExitCode.Fault, $"The node did not come up: {node._failure.Text}. {e.Message} Nothing is lost; start again.");
        }
        catch
        {
            await node.AbandonAsync();
            throw;
        }
    }

    private LiveNode(LiveOptions options, ILogger log)
    {
        (_options, _log) = (options, log);
        RunSnapshot? past;
        _lock = StateFolderLock.Acquire(options.Folder.Path);
        try
        {
            options.Folder.Claim(options.Identity);
            _epoch = FencingEpoch.Raise(options.Folder); // Before there is a journal that it could be missing from.
            _board = new RunBoard(options.Plan.Hedges.Select(h => (h.StrategyId, h.Symbol)));
            _risk = new RiskBoard(options.Plan.Survival.Pulse, options.Plan.Survival.HeartbeatLimit);
            past = ReadPast();
            var settings = EngineSettings.RealTime with { GuardianStrategy = new OneForOneStrategy(_ => Directive.Stop) };
            _system = ActorSystem.Create("dolphin", settings.StoredIn(options.Folder, options.Journal.ToSettings(), DurabilityMode.Durable));
        }
        catch
        {
            _lock.Dispose();
            throw;
        }

        _view = new BoardView(_board, _risk, _invariants, options.Folder, options.Identity.Market, options.Identity.Seed,
            () => _board.Bars, null, () => _eventsBefore + (_journal?.RowsWritten ?? 0));
        if (past is not null)
        {
            _eventsBefore = past.Counts.EventsPersisted;
            _board.Restore(past.Postures);
        }

        try
        {
            var failure = _failure;
            _system.EventStream.Subscribe(_system.ActorOf(Props.Create(() => new LogBridgeActor(log, failure)), "log"), typeof(LogEvent));
            _journal = _system.Journal()!;
        }
        catch
        {
            _ = _system.Terminate();
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>Asks for a graceful stop: the market rests, everybody stores what he knows, and the report says what a restart would find.</summary>
    public void Stop()
    {
        if (Interlocked.Exchange(ref _stopping, 1) != 0) return;
        _view.Phase = RunPhase.Stopping;
        _ = StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Stop();
        await _completion.Task.ContinueWith(static _ => { }, TaskScheduler.Default);
        await EndAsync();
        _lock.Dispose();
    }

    // What no actor keeps: the timeline of postures, the best equity, how many events there are. For eyes only.
    private RunSnapshot? ReadPast()
    {
        try
        {
            return StoredRun.Open(_options.Folder.Path)?.Snapshot();
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or ArgumentException)
        {
            _log.Warning("What earlier lives showed cannot be read, and the view begins anew: {Reason:l} Whether the state itself is whole is checked next", e.Message);
            return null;
        }
    }

    // Streamed, because a journal may be years long; only the newest can have been on their way when the last life ended.
    private static ImmutableArray<PaperFact> NewestIncome(StateFolder folder)
    {
        var file = Path.Combine(folder.Path, StateFolder.VenueJournal);
        if (!File.Exists(file)) return [];
        using var journal = new JournalReader(file);
        var newest = new Queue<PaperFact>();
        foreach (var row in journal.Events("paper-venue"))
        {
            if (row.Manifest is not ("paper.funding-settled.v1" or "paper.leg-liquidated.v1")) continue;
            newest.Enqueue(row.As<PaperFact>());
            if (newest.Count > TellAgainAtMost) newest.Dequeue();
        }

        return [.. newest];
    }

    private async Task FlyAsync(CancellationToken cancellation)
    {
        var (plan, options, board, risk, invariants) = (_options.Plan, _options, _board, _risk, _invariants);
        var epoch = _epoch;
        ShowDamage();

        var exchange = new PaperExchange(options.Venue, plan.Hedges.Select(h => h.Instrument), []);
        var venue = _venue = _system.ActorOf(Props.Create(() => new PaperVenueActor(exchange, "venue", false)), "venue");
        _world = _system.ActorOf(Props.Create(() => new SimulatedWorldActor(options.World, venue, board, "venue")), "world");
        // What can end the run is watched from the start, so that a start that cannot succeed does not wait for its time to pass.
        Watch(_venue, _world);
        var market = await AskAsync<WorldProtocol.Open>(_world, new WorldProtocol.Begin(), CatchUpPatience, cancellation);
        _barsAtStart = board.Bars;

        var ground = new NodeGround(new OpenDoor(new PaperVenue(venue)), new InProcessCluster(epoch), risk, board, invariants, WireWasLost: true);
        _node = _system.ActorOf(Props.Create(() => new NodeActor(plan, ground)), "node");
        Watch(_node);
        var started = await AskAsync<NodeProtocol.Started>(_node, new NodeProtocol.GetStarted(), StartPatience, cancellation);

        var strategies = plan.Hedges.ToImmutableDictionary(h => h.StrategyId, h => h.Symbol, StringComparer.Ordinal);
        _operator = _system.ActorOf(Props.Create(() => new OperatorActor(started, strategies)), "operator");
        Watch(started.Execution); // Without it nothing can be sent, not even a cancel: another start can do what this one cannot.
        Control = new LiveControl(_operator, strategies, _system.Scheduler);

        _venue.Tell(new PaperVenueProtocol.TellAgain(NewestIncome(options.Folder)), ActorRefs.NoSender);
        _venue.Tell(new PaperVenueProtocol.Connect(started.Execution), ActorRefs.NoSender);
        _world.Tell(new WorldProtocol.Connect(started.Feed), ActorRefs.NoSender);
        foreach (var durable in Durable)
            _system.Scheduler.ScheduleTellRepeatedly(SnapshotsEvery, SnapshotsEvery, durable, TakeSnapshot.Now, ActorRefs.NoSender);
        if (options.To is { } end) _system.Scheduler.Advanced.ScheduleOnce(Later(end - _system.Scheduler.Now), Stop);
        _ = _system.WhenTerminated.ContinueWith(_ => Fail($"The actor system ended by itself: {_failure.Text}"), TaskScheduler.Default);

        _view.Phase = RunPhase.Running;
        if (epoch == 1) _log.Information("A new market begins at {Began:u}; seed {Seed}, {Assets} assets, bars of {Seconds} s", market.Began, options.Identity.Seed, plan.Hedges.Length, options.World.Interval.TotalSeconds);
        else _log.Information("Start {Epoch} on this folder: the market is {Seconds:0} s on from where it was last stored", epoch, market.Missed.TotalSeconds);
        if (market.Closed > TimeSpan.Zero) _log.Warning("Nobody was here for so long that the market was closed for {Days:0.0} days: it goes on from the prices it had then", market.Closed.TotalDays);
    }

    private ImmutableArray<IActorRef> Durable => [_node, _venue, _operator, _world];

    // Survival, execution and the operator; venue and world; sensors; a strategy and a book for each symbol. Who has halted says nothing.
    private int DurableCount
    {
        get
        {
            var halted = _board.Halted.Select(h => h.Entity).ToHashSet(StringComparer.Ordinal);
            var core = new[] { "survival", "execution", OperatorActor.Id, "paper-venue", "world" }.Count(id => !halted.Contains(id));
            var sensors = halted.Contains("sensors") ? 0 : NodeActor.InstalledLayers.Count(layer => !halted.Contains(SensorsActor.IdOf(layer)));
            return core + sensors + _options.Plan.Hedges.Sum(Answering);

            int Answering(HedgePlan hedge) => halted.Contains(NodeActor.AssetIdOf(hedge.Symbol)) || halted.Contains(PositionBookActor.IdOf(hedge.Symbol))
                ? 0 // A book takes its strategy with it.
                : halted.Contains(HedgeStrategyActor.IdOf(hedge.StrategyId)) ? 1 : 2;
        }
    }

    private void ShowDamage()
    {
        foreach (var row in _journal.Damage) _log.Error("{Damage:l} The entity stays halted", row.ToString());
        foreach (var damaged in _journal.Damage.GroupBy(d => d.PersistenceId, StringComparer.Ordinal))
            _board.Halt(new HaltedEntity(damaged.Key, damaged.First().ToString(), _system.Scheduler.Now));
    }

    private void Watch(params IActorRef[] actors)
    {
        IReadOnlyList<IActorRef> watched = actors;
        Action<string> ended = name => Fail($"The {name} of this run has stopped: {_failure.Text}");
        _system.ActorOf(Props.Create(() => new WatchdogActor(watched, ended)));
    }

    // Not waited for longer than what it needs: whatever ends the run ends the question too.
    private async Task<T> AskAsync<T>(IActorRef actor, object question, TimeSpan patience, CancellationToken cancellation)
    {
        var answer = actor.Ask<T>(question, patience, cancellation);
        if (await Task.WhenAny(answer, _completion.Task) != answer) await _completion.Task;
        return await answer;
    }

    private async Task StopAsync()
    {
        try
        {
            await _world.Ask<WorldProtocol.Resting>(new WorldProtocol.Rest(), StopPatience);
            var collector = _system.ActorOf(Props.Create(() => new StateCollectorActor()));
            var collect = new StateCollectorActor.Collect(Durable, DurableCount, StopPatience);
            var states = (await collector.Ask<StateCollectorActor.Collected>(collect, StopPatience * 2)).States;
            _journal.Flush();
            await EndAsync();
            _view.Phase = RunPhase.Stopped;
            _completion.TrySetResult(Report(states));
        }
        catch (Exception e) when (e is AskTimeoutException or JournalException)
        {
            _completion.TrySetException(StorageFailed() ?? new CliException(ExitCode.Fault,
                $"The stop was not graceful: {e.Message} What was durable stays so, and the next start goes on from there."));
        }
    }

    private RunReport Report(ImmutableArray<StoredState> states) => ReportBuilder.Build(_options.Plan.Hedges, states, new RunFacts(
        Edition.Name, _options.Identity.Seed, _board.Bars, _board.Bars - _barsAtStart, TimeProvider.System.GetElapsedTime(_began).TotalSeconds,
        _board.Postures, _invariants.Counts, _board.Halted));

    private void Fail(string reason)
    {
        if (Interlocked.Exchange(ref _stopping, 1) != 0) return;
        _completion.TrySetException(StorageFailed() ?? new CliException(ExitCode.Fault, $"{reason} The state folder is as it was stored; start again to go on."));
    }

    private CliException? StorageFailed() => StorageFailure.Of(_journal.Fault, _options.Folder, _options.Journal.MaxFileBytes);

    private async Task AbandonAsync()
    {
        Interlocked.Exchange(ref _stopping, 1);
        await EndAsync();
        _lock.Dispose();
    }

    private Task EndAsync() => CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance);

    private static TimeSpan Later(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.Zero;
}
