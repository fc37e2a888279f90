using System.Collections.Immutable;
using Akka.Configuration;
using Akka.Hosting;
using Dolphin.Actors;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Node;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Hosting.Akka.Fencing;
using Dolphin.Hosting.Akka.Health;
using Dolphin.Hosting.Akka.Joining;
using Dolphin.Hosting.Akka.Settings;
using Dolphin.Hosting.Akka.Upgrades;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dolphin.Hosting.Akka;

/// <summary>One trading node of a cluster: joins, takes its part, and leaves so that the others take over at once.</summary>
public sealed class ClusterNode : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(1);

    private readonly IHost _host;

    public ActorSystem System { get; }
    public ClusterPort Port { get; }
    public RunBoard Board { get; }
    public RiskBoard Risk { get; }
    public InvariantLedger Invariants { get; } = new();
    public GridBoard Grid { get; } = new();

    /// <summary>Where the parts of this node are; set once it has joined.</summary>
    public NodeProtocol.Started Started { get; private set; } = null!;

    /// <summary>Parent of this node's parts, which hands a question for what is stored on to everybody.</summary>
    public IActorRef Parts { get; private set; } = ActorRefs.Nobody;

    /// <summary>Takes down what operators ask, wherever in the cluster it runs.</summary>
    public IActorRef Operator { get; private set; } = ActorRefs.Nobody;

    /// <summary>Completes when the node has ended: it left, was taken down by the others, or failed.</summary>
    public Task Terminated { get; }

    private ClusterNode(IHost host, NodePlan plan, ClusterSettings settings, ITenures tenures, TimeProvider clock)
    {
        _host = host;
        System = host.Services.GetRequiredService<ActorSystem>();
        Terminated = System.WhenTerminated; // Once: while a system ends, Akka.NET has another task there, and for a moment none.
        Removal.Ends(System);
        Port = new ClusterPort(System, settings, tenures, clock);
        Board = new RunBoard(plan.Assets);
        Risk = new RiskBoard(plan.Survival.Pulse, plan.Survival.HeartbeatLimit);
    }

    /// <summary>Joins the cluster and starts this node's part; returns when both have happened.</summary>
    /// <param name="config">Of the actor system.</param>
    /// <param name="log">An actor that hears whatever actors and the cluster log, as <see cref="LogEvent"/>.</param>
    /// <param name="cancellation">Gives up waiting for the cluster.</param>
    public static async Task<ClusterNode> StartAsync(
        NodePlan plan, ClusterSettings settings, Config config, ITenures tenures, IVenueDoor door, TimeProvider clock, Props? log, CancellationToken cancellation)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.Services.AddAkka(settings.SystemName, akka =>
        {
            akka.AddHocon(config, HoconAddMode.Replace);
            akka.AddStartup((system, _) => system.ActorOf(JoinWatch.Props(settings), "join-watch"));
            if (log is not null) akka.AddStartup((system, _) => system.EventStream.Subscribe(system.ActorOf(UnreadMessagesActor.Props(system.ActorOf(log, "log")), "log-of-the-wire"), typeof(LogEvent)));
        });
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellation);
            var node = new ClusterNode(host, plan, settings, tenures, clock);
            await node.JoinedAsync(cancellation);
            await node.TakePartAsync(plan, settings, door, cancellation);
            return node;
        }
        catch (Exception e) when (e is InvalidOperationException or AskTimeoutException && IsEnding(host))
        {
            await StopAsync(host);
            throw new ClusterNotJoinedException("This node was taken out while it was starting; the log says why. Nothing was traded; start it again.");
        }
        catch
        {
            await StopAsync(host);
            throw;
        }
    }

    private static bool IsEnding(IHost host) => CoordinatedShutdown.Get(host.Services.GetRequiredService<ActorSystem>()).ShutdownReason is not null;

    /// <summary>Leaves: hands singletons and entities over, and ends when the others know.</summary>
    public Task LeaveAsync() => CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClusterLeavingReason.Instance);

    public async ValueTask DisposeAsync()
    {
        await LeaveAsync();
        await StopAsync(_host);
    }

    private async Task JoinedAsync(CancellationToken cancellation)
    {
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        global::Akka.Cluster.Cluster.Get(System).RegisterOnMemberUp(() => up.TrySetResult());
        var first = await Task.WhenAny(up.Task, Terminated).WaitAsync(cancellation);
        if (first != up.Task) throw new ClusterNotJoinedException("The actor system ended before it had joined; the log says why. Nothing was traded.");
    }

    private async Task TakePartAsync(NodePlan plan, ClusterSettings settings, IVenueDoor door, CancellationToken cancellation)
    {
        var ground = new NodeGround(door, Port, Risk, Board, Invariants, WireWasLost: true) { AsksServices = true };
        var node = Parts = System.ActorOf(Props.Create(() => new NodeActor(plan, ground)), "node");
        // The first phase of any end, also of one that the others decided: singletons and shards stop after it.
        CoordinatedShutdown.Get(System).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "node-leaves", () =>
        {
            node.Tell(NodeProtocol.Leaving.Now, ActorRefs.NoSender);
            return Task.FromResult(global::Akka.Done.Instance);
        });
        Started = await node.Ask<NodeProtocol.Started>(new NodeProtocol.GetStarted(), StartPatience, cancellation);
        var (started, strategies) = (Started, plan.Strategies.ToImmutableDictionary(h => h.StrategyId, h => h.Symbol, StringComparer.Ordinal));
        Operator = Port.Singleton(System, OperatorActor.Id, _ => Props.Create(() => new OperatorActor(started, strategies)));
        var (port, board, risk, grid, healthEvery, snapshotsEvery) = (Port, Board, Risk, Grid, settings.HealthEvery, settings.SnapshotsEvery);
        System.ActorOf(Props.Create(() => new HealthGridActor(port, board, risk, grid, healthEvery)), "health");
        System.ActorOf(Props.Create(() => new SnapshotPacerActor(node, port, snapshotsEvery)), "snapshot-pacer");
    }

    private static async Task StopAsync(IHost host)
    {
        await host.StopAsync();
        if (host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        else host.Dispose();
    }
}

/// <summary>The node could not join its cluster.</summary>
public sealed class ClusterNotJoinedException(string message) : Exception(message);
