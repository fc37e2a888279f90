using System.Collections.Immutable;
using Dolphin.Actors;
using Dolphin.Actors.Node;
using Dolphin.Backtest.Report;
using Dolphin.Domain.Reporting;
using Dolphin.Hosting.Akka;
using Dolphin.Hosting.Akka.Cmd;
using Dolphin.Hosting.Akka.Journal;
using Dolphin.Hosting.Akka.Settings;
using Dolphin.Node.Cli;
using Serilog;
using static Dolphin.Actors.Journal.DurableProtocol;

namespace Dolphin.Node.Running;

/// <summary>A node of a cluster, seen and controlled as any other run. It leaves on request, and the others take over what it had.</summary>
internal sealed class ClusterRun : IRunningNode
{
    private static readonly TimeSpan CollectPatience = TimeSpan.FromSeconds(2); // Of a graceful stop: the others wait for our part.

    private readonly LiveOptions _options;
    private readonly ClusterDatabase _database;
    private readonly ClusterNode _node;
    private readonly RemoteFeed _feed;
    private readonly BoardView _view;
    private readonly StateFolderLock _lock;
    private readonly LastFailure _failure;
    private readonly TaskCompletionSource<RunReport> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _began = TimeProvider.System.GetTimestamp();
    private int _stopping;

    public IRunView View => _view;
    public IRunControl Control { get; }
    public Task<RunReport> Completion => _completion.Task;

    /// <summary>Takes the folder, joins, and connects to the market.</summary>
    /// <exception cref="StateFolderInUseException">Another process runs on the folder.</exception>
    /// <exception cref="InvalidDataException">The folder belongs to another run.</exception>
    /// <exception cref="ClusterNotJoinedException">There is no cluster that takes it.</exception>
    public static async Task<IRunningNode> StartAsync(
        ClusterSettings cluster, LiveOptions options, ClusterDatabase database, ILogger log, CancellationToken cancellation)
    {
        var outside = (OutsidePlan.Remote)options.Outside;
        var folder = StateFolderLock.Acquire(options.Folder.Path);
        try
        {
            options.Folder.Claim(options.Identity);
            var (seed, failure) = ((ulong)options.Identity.Seed, new LastFailure());
            var door = TrapDoor.Around(new RemoteDoor(outside, options.Plan.Assets.Select(a => a.Symbol), cluster.Tenure.VenueWindow, seed, log));
            var node = await ClusterNode.StartAsync(
                options.Plan, cluster, AkkaConfig.Of(cluster, ClusterSettings.TraderRole), database.Tenures, door, SteadyClock.Machine,
                Props.Create(() => new LogBridgeActor(log, failure)), cancellation);
            return new ClusterRun(cluster, options, database, node, new RemoteFeed(outside, seed + 1, node.Board, log), folder, failure, log);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private ClusterRun(ClusterSettings cluster, LiveOptions options, ClusterDatabase database, ClusterNode node, RemoteFeed feed, StateFolderLock folder, LastFailure failure, ILogger log)
    {
        (_options, _database, _node, _feed, _lock, _failure) = (options, database, node, feed, folder, failure);
        _view = new BoardView(node.Board, node.Risk, node.Invariants, options.Folder, options.Identity.Market, options.Identity.Seed,
            () => node.Board.Bars, null, () => 0,
            () => node.Grid.Grid is { } grid ? GridPicture.Of(node.Port.Node, grid) : null);
        Control = new LiveControl(node.Operator, options.Plan, node.System.Scheduler);
        _feed.Connect(node.Started.Feed);
        if (database.Roster is { } roster) node.System.ActorOf(RosterActor.Props(roster, node.Grid, node.Port.Node, Guid.NewGuid()), "roster");
        CommandDoor.Open(node.System, cluster.Cmd, new PaletteCommands(_view, Control));
        ClockWatch.Begin(node.System, SteadyClock.Machine, node.Board, log);
        _view.Phase = RunPhase.Running;
        _ = node.Terminated.ContinueWith(_ => Fail($"This node has left the cluster without being asked: {_failure.Text}"), TaskScheduler.Default);
    }

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
        await _feed.DisposeAsync();
        await _node.DisposeAsync();
        await _database.DisposeAsync();
        _lock.Dispose();
    }

    private async Task StopAsync()
    {
        try
        {
            var states = await StatesAsync();
            await _feed.DisposeAsync();
            await _node.LeaveAsync();
            _view.Phase = RunPhase.Stopped;
            _completion.TrySetResult(Report(states));
        }
        catch (Exception e)
        {
            _completion.TrySetException(new CliException(ExitCode.Fault, $"The node did not leave gracefully: {e.Message} What was stored stays so; the others go on."));
        }
    }

    // Of the whole cluster: what the others have is asked as well, and whoever does not answer in time is left out.
    private async Task<ImmutableArray<StoredState>> StatesAsync()
    {
        var collector = _node.System.ActorOf(Props.Create(() => new StateCollectorActor()));
        var everybody = _options.Plan.Assets.Sum(a => a.Strategies.Length + 1 + (a.Hermes is null ? 0 : 1)) + _options.Plan.Sensors.Length + 3 + _options.Plan.OptionalSingletons.Length;
        var collect = new StateCollectorActor.Collect([_node.Parts, _node.Operator], everybody, CollectPatience);
        return (await collector.Ask<StateCollectorActor.Collected>(collect, CollectPatience * 2)).States;
    }

    private RunReport Report(ImmutableArray<StoredState> states) => ReportBuilder.Build(_options.Plan.Assets, states, new RunFacts(
        Edition.Name, _options.Identity.Seed, _node.Board.Bars, _node.Board.Bars, TimeProvider.System.GetElapsedTime(_began).TotalSeconds,
        _node.Board.Postures, _node.Invariants.Counts, _node.Board.Halted, Learning: _options.Plan.Sizing?.Policy.Learning, Alpha: _node.Board.Alpha, Interval: _options.Outside.Interval));

    private void Fail(string reason)
    {
        if (Interlocked.Exchange(ref _stopping, 1) != 0) return;
        _completion.TrySetException(new CliException(ExitCode.Fault, $"{reason} It trades no more, the others go on; start it again to come back."));
    }
}
