using System.Collections.Immutable;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Venue;
using Dolphin.Backtest;
using Dolphin.Node.Cli;
using Dolphin.Venues.Paper;
using Dolphin.Venues.Remote;
using Dolphin.Web;
using Serilog;
using Serilog.Extensions.Logging;
using static Dolphin.Actors.Journal.DurableProtocol;

namespace Dolphin.Node.Running;

/// <summary>
/// A paper venue and the market it plays, in a process of their own, that nodes trade against over sockets. It can be killed at any instant:
/// its journal is its truth, and the next start on the same folder goes on where the market is by then.
/// </summary>
internal sealed class VenueNode : IRunningVenue
{
    private static readonly TimeSpan SnapshotsEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CatchUpPatience = TimeSpan.FromMinutes(5); // A month of one-second bars takes about twenty seconds.
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2); // Of each step; a stop takes less than ten seconds.
    private const int FactsAtOnce = 4_096;

    private readonly VenueSetup _setup;
    private readonly ILogger _log;
    private readonly StateFolderLock _lock;
    private readonly ActorSystem _system;
    private readonly JournalSet _journal = null!; // Until the system is whole.
    private readonly LastFailure _failure = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IActorRef _venue = ActorRefs.Nobody, _world = ActorRefs.Nobody;
    private VenueDesk? _desk;
    private VenueServer? _server;
    private int _stopping;

    public string Url => _server!.Url;
    public Task Completion => _completion.Task;

    /// <exception cref="StateFolderInUseException">Another process runs on the folder.</exception>
    /// <exception cref="InvalidDataException">The folder belongs to another run.</exception>
    /// <exception cref="JournalException">A journal cannot be opened.</exception>
    /// <exception cref="CliException">It does not start for another reason.</exception>
    public static async Task<VenueNode> StartAsync(VenueSetup setup, ILogger log, CancellationToken cancellation)
    {
        var node = new VenueNode(setup, log);
        try
        {
            await node.OpenAsync(cancellation);
            return node;
        }
        catch (Exception e)
        {
            Interlocked.Exchange(ref node._stopping, 1);
            await node.EndAsync();
            node._lock.Dispose();
            if (e is AddressUnavailableException) throw new CliException(ExitCode.HttpUnavailable, e.Message);
            if (e is AskTimeoutException) throw new CliException(ExitCode.Fault, $"The venue did not come up: {node._failure.Text}. {e.Message} Nothing is lost; start again.");
            throw;
        }
    }

    private VenueNode(VenueSetup setup, ILogger log)
    {
        (_setup, _log) = (setup, log);
        _lock = StateFolderLock.Acquire(setup.Folder.Path);
        try
        {
            setup.Folder.Claim(setup.Identity);
            _system = ActorSystem.Create("venue", (EngineSettings.RealTime with
            {
                GuardianStrategy = new OneForOneStrategy(_ => Directive.Stop),
            }).StoredIn(setup.Folder, setup.Journal.ToSettings(), DurabilityMode.Durable));
        }
        catch
        {
            _lock.Dispose();
            throw;
        }

        try
        {
            var failure = _failure;
            _system.EventStream.Subscribe(_system.ActorOf(Props.Create(() => new LogBridgeActor(log, failure)), "log"), typeof(LogEvent));
            _journal = _system.Journal()!;
            // A book with a hole in it is no book: unlike a node, a venue has nothing that could go on beside it.
            if (_journal.Damage.FirstOrDefault() is { } damage) throw new InvalidDataException($"{damage} Nothing was started; restore the file, or choose another folder.");
        }
        catch
        {
            _ = _system.Terminate();
            _lock.Dispose();
            throw;
        }
    }

    public Task<OracleReport> OracleAsync(CancellationToken cancellation) => _desk!.OracleAsync(newest: 0, cancellation);

    public void Stop()
    {
        if (Interlocked.Exchange(ref _stopping, 1) != 0) return;
        _ = StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Stop();
        await _completion.Task.ContinueWith(static _ => { }, TaskScheduler.Default);
        await EndAsync();
        _lock.Dispose();
    }

    private async Task OpenAsync(CancellationToken cancellation)
    {
        var setup = _setup;
        var exchange = new PaperExchange(setup.Policy, setup.Instruments, []);
        var venue = _venue = _system.ActorOf(Props.Create(() => new PaperVenueActor(exchange, "venue", false)), "venue");
        var policy = new VenueGatePolicy(VenueSetup.Account, setup.Deposit, setup.Fence);
        var gate = _system.ActorOf(Props.Create(() => new VenueGateActor(policy, venue, TimeProvider.System)), "gate");
        var desk = _system.ActorOf(Props.Create(() => new MarketDeskActor(gate)), "market-desk");
        var (market, board) = (setup.World, new RunBoard([]));
        _world = _system.ActorOf(Props.Create(() => new WorldActor(market, venue, board, "venue")), "world");
        Watch(_venue, _world, gate, desk);

        // The gate hears of every fact once: of earlier lives' from the journal, to which nobody has added yet, and of this one's from the venue.
        foreach (var facts in StoredFacts.Of(setup.Folder).Chunk(FactsAtOnce)) gate.Tell(new VenueGateProtocol.Past([.. facts]), ActorRefs.NoSender);
        _venue.Tell(new PaperVenueProtocol.Connect(gate, Auditor: gate), ActorRefs.NoSender);
        _world.Tell(new WorldProtocol.Connect(desk, Watcher: desk), ActorRefs.NoSender);
        var opening = _world.Ask<WorldProtocol.Open>(new WorldProtocol.Begin(), CatchUpPatience, cancellation);
        if (await Task.WhenAny(opening, _completion.Task) != opening) await _completion.Task;
        var open = await opening;

        var name = setup.NameOf(open.Began);
        gate.Tell(new VenueGateProtocol.Open(name), ActorRefs.NoSender);
        _desk = new VenueDesk(setup.HelloOf(name), gate, desk);
        _server = await VenueServer.StartAsync(
            _desk, setup.Listen, new VenueGuard(setup.Secret), TimeProvider.System, (who, why) => _log.Information("{Session:l} has ended: {Reason:l}", who, why),
            new SerilogLoggerProvider(_log), cancellation);
        foreach (var durable in Durable)
            _system.Scheduler.ScheduleTellRepeatedly(SnapshotsEvery, SnapshotsEvery, durable, TakeSnapshot.Now, ActorRefs.NoSender);
        _ = _system.WhenTerminated.ContinueWith(_ => Fail($"The actor system ended by itself: {_failure.Text}"), TaskScheduler.Default);

        _log.Information("Venue {Venue:l} listens on {Url:l}; market {Market:l} of {Symbols} symbols since {Began:u}, bars of {Bar:l}, {Missed:0} s on from where it was last stored",
            name, _server.Url, setup.Identity.Market, setup.Listed.Length, open.Began, setup.World.Interval.ToString(), open.Missed.TotalSeconds);
        if (open.Closed > TimeSpan.Zero) _log.Warning("Nobody was here for so long that the market was closed for {Days:0.0} days: it goes on from the prices it had then", open.Closed.TotalDays);
    }

    private ImmutableArray<IActorRef> Durable => [_venue, _world];

    private void Watch(params IActorRef[] actors)
    {
        IReadOnlyList<IActorRef> watched = actors;
        Action<string> ended = name => Fail($"The {name} of this venue has stopped: {_failure.Text}");
        _system.ActorOf(Props.Create(() => new WatchdogActor(watched, ended)), "watchdog");
    }

    // First nobody is heard any more, then nothing moves, then everything is stored.
    private async Task StopAsync()
    {
        try
        {
            if (_server is { } server) await server.DisposeAsync();
            await _world.Ask<WorldProtocol.Resting>(new WorldProtocol.Rest(), StopPatience);
            var collector = _system.ActorOf(Props.Create(() => new StateCollectorActor()));
            await collector.Ask<StateCollectorActor.Collected>(new StateCollectorActor.Collect(Durable, Durable.Length, StopPatience), StopPatience * 2);
            _journal.Flush();
            _completion.TrySetResult();
        }
        catch (Exception e) when (e is AskTimeoutException or JournalException or OperationCanceledException)
        {
            _completion.TrySetException(StorageFailed() ?? new CliException(ExitCode.Fault,
                $"The stop was not graceful: {e.Message} What was durable stays so, and the next start goes on from there."));
        }
    }

    private void Fail(string reason)
    {
        if (Interlocked.Exchange(ref _stopping, 1) != 0) return;
        _completion.TrySetException(StorageFailed() ?? new CliException(ExitCode.Fault, $"{reason} The state folder is as it was stored; start again to go on."));
    }

    private CliException? StorageFailed() => StorageFailure.Of(_journal.Fault, _setup.Folder, _setup.Journal.MaxFileBytes);

    private async Task EndAsync()
    {
        if (_server is { } server) await server.DisposeAsync();
        await CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance);
    }
}
