using System.Collections.Immutable;
using Dolphin.Actors;
using Dolphin.Actors.Balancing;
using Dolphin.Actors.Books;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Hermes;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;
using Dolphin.Actors.Sensors;
using Dolphin.Actors.Strategies;
using Dolphin.Backtest;
using Dolphin.Backtest.Report;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;
using Dolphin.Node.Cli;
using Serilog;
using static Dolphin.Actors.Journal.DurableProtocol;

namespace Dolphin.Node.Running;

/// <summary>
/// A node in real time: everything that trades, and the outside world (market and venue) beside it in the same process, or in another one.
/// It can be killed at any instant; the next start on the same folder goes on where the market is by then.
/// </summary>
internal sealed class LiveNode : IRunningNode
{
    private static readonly TimeSpan SnapshotsEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CatchUpPatience = TimeSpan.FromMinutes(5); // A month of one-second bars takes about twenty seconds.
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2); // Of each step; a stop takes less than five seconds.

    private readonly LiveOptions _options;
    private readonly ILogger _log;
    private readonly StateFolderLock _lock;
    private readonly SteadyClock _clock;
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
    private IOutside? _outside; // Null until the node begins to fly.
    private IActorRef _node = ActorRefs.Nobody, _operator = ActorRefs.Nobody;
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
        await ClockLag.EndAsync(options.Folder, SteadyClock.Machine, log, cancellation);
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
            _board = new RunBoard(options.Plan.Assets);
            _risk = new RiskBoard(options.Plan.Survival.Pulse, options.Plan.Survival.HeartbeatLimit);
            past = ReadPast();
            _clock = SteadyClock.Machine;
            var settings = EngineSettings.RealTime with { Clock = _clock, GuardianStrategy = new OneForOneStrategy(_ => Directive.Stop) };
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
        if (_outside is { } outside) await outside.DisposeAsync();
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

    private async Task FlyAsync(CancellationToken cancellation)
    {
        var (plan, options, board, risk, invariants) = (_options.Plan, _options, _board, _risk, _invariants);
        var epoch = _epoch;
        ShowDamage();

        var outside = _outside = Outside();
        // What can end the run is watched from the start, so that a start that cannot succeed does not wait for its time to pass.
        if (!outside.Actors.IsEmpty) Watch([.. outside.Actors]);
        var opening = outside.OpenAsync(CatchUpPatience, cancellation);
        if (await Task.WhenAny(opening, _completion.Task) != opening) await _completion.Task;
        await opening;
        _barsAtStart = board.Bars;

        var ground = new NodeGround(outside.Door, new InProcessCluster(epoch), risk, board, invariants, WireWasLost: true) { ChangedRules = outside.RulesOf, AsksServices = true };
        _node = _system.ActorOf(Props.Create(() => new NodeActor(plan, ground)), "node");
        Watch(_node);
        var started = await AskAsync<NodeProtocol.Started>(_node, new NodeProtocol.GetStarted(), StartPatience, cancellation);

        foreach (var actor in outside.Actors) _system.EventStream.Publish(new NodeProtocol.Enrolled(actor, actor.Path.Name)); // They began before anybody kept watch.

        var strategies = plan.Strategies.ToImmutableDictionary(h => h.StrategyId, h => h.Symbol, StringComparer.Ordinal);
        _operator = _system.ActorOf(Props.Create(() => new OperatorActor(started, strategies)), "operator");
        Watch(started.Execution); // Without it nothing can be sent, not even a cancel: another start can do what this one cannot.
        Control = new LiveControl(_operator, plan, _system.Scheduler);

        outside.Connect(started.Execution, started.Feed);
        foreach (var durable in Durable)
            _system.Scheduler.ScheduleTellRepeatedly(SnapshotsEvery, SnapshotsEvery, durable, TakeSnapshot.Now, ActorRefs.NoSender);
        if (options.To is { } end) _system.Scheduler.Advanced.ScheduleOnce(Later(end - _system.Scheduler.Now), Stop);
        _ = _system.WhenTerminated.ContinueWith(_ => Fail($"The actor system ended by itself: {_failure.Text}"), TaskScheduler.Default);

        ClockWatch.Begin(_system, _clock, board, _log);
        _view.Phase = RunPhase.Running;
        if (epoch > 1) _log.Information("Start {Epoch} on this folder", epoch);
    }

    private IOutside Outside() => _options.Outside switch
    {
        OutsidePlan.Simulated plan => new SimulatedOutside(
            _system, plan, [.. _options.Plan.Assets.Select(a => a.Instrument)], _options.Folder, _board, isNew: _epoch == 1, _log),
        OutsidePlan.Binance plan => new BinanceOutside(
            _system, plan, [.. _options.Plan.Assets.Select(a => a.Instrument)], _options.Folder, (ulong)_options.Identity.Seed, _clock, _board, _log),
        OutsidePlan.Remote plan => new RemoteOutside(plan, _options.Plan.Assets.Select(a => a.Symbol), (ulong)_options.Identity.Seed, _board, _log),
        var other => throw new System.Diagnostics.UnreachableException($"Nothing is known of {other}."),
    };

    private ImmutableArray<IActorRef> Durable => [_node, .. _outside!.Actors, _operator];

    // Survival, execution and the operator; venue and world; sensors; a strategy and a book for each symbol. Who has halted, or hangs, says nothing.
    private int DurableCount
    {
        get
        {
            var halted = _board.Halted.Select(h => h.Entity).Concat((_board.Quorum?.Hanging ?? []).Select(h => h.Entity)).ToHashSet(StringComparer.Ordinal);
            string[] ids = ["survival", "execution", OperatorActor.Id, .. _outside!.PersistenceIds, .. _options.Plan.OptionalSingletons];
            var core = ids.Count(id => !halted.Contains(id));
            var sensors = halted.Contains("sensors") ? 0 : _options.Plan.Sensors.Count(layer => !halted.Contains(SensorsActor.IdOf(layer)));
            return core + sensors + _options.Plan.Assets.Sum(Answering);

            int Answering(AssetPlan asset) => halted.Contains(NodeActor.AssetIdOf(asset.Symbol)) || halted.Contains(PositionBookActor.IdOf(asset.Symbol))
                ? 0 // A book takes its strategies with it.
                : 1 + asset.Strategies.Count(s => !halted.Contains(StrategyIds.PersistenceIdOf(s.StrategyId)))
                    + (asset.Hermes is null || halted.Contains(AssetHermesActor.IdOf(asset.Symbol)) ? 0 : 1);
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
            await _outside!.RestAsync(StopPatience);
            var collector = _system.ActorOf(Props.Create(() => new StateCollectorActor()));
            var collect = new StateCollectorActor.Collect(Durable, DurableCount, StopPatience);
            var states = (await collector.Ask<StateCollectorActor.Collected>(collect, StopPatience * 2)).States;
            _journal.Flush();
            await EndAsync();
            _view.Phase = RunPhase.Stopped;
            _completion.TrySetResult(Report(states));
        }
        catch (Exception e) when (e is AskTimeoutException or TimeoutException or JournalException)
        {
            _completion.TrySetException(StorageFailed() ?? new CliException(ExitCode.Fault,
                $"The stop was not graceful: {e.Message} What was durable stays so, and the next start goes on from there."));
        }
    }

    private RunReport Report(ImmutableArray<StoredState> states) => ReportBuilder.Build(_options.Plan.Assets, states, new RunFacts(
        Edition.Name, _options.Identity.Seed, _board.Bars, _board.Bars - _barsAtStart, TimeProvider.System.GetElapsedTime(_began).TotalSeconds,
        _board.Postures, _invariants.Counts, _board.Halted, Learning: _options.Plan.Sizing?.Policy.Learning, Alpha: _board.Alpha, Interval: _options.Outside.Interval)) with { Feed = _board.Feed };

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
        if (_outside is { } outside) await outside.DisposeAsync();
        _lock.Dispose();
    }

    private Task EndAsync() => CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance);

    private static TimeSpan Later(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.Zero;
}
