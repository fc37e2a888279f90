using Dolphin.Hosting.Akka.Joining;
using Dolphin.Hosting.Akka.Settings;
using ClusterExtension = Akka.Cluster.Cluster;

namespace Dolphin.Lighthouse;

/// <summary>A member of the cluster that does nothing but be there.</summary>
internal sealed class LighthouseNode : IAsyncDisposable
{
    // More than all phases of the coordinated shutdown together may take: whoever hangs beyond is left behind.
    private static readonly TimeSpan LeavePatience = TimeSpan.FromSeconds(25);

    private readonly ActorSystem _system;
    private readonly ClusterExtension _cluster;
    private readonly TaskCompletionSource _removed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _terminated;
    private volatile bool _leaving;

    public ActorSystem System => _system;
    public bool IsAlive => !_terminated.IsCompleted && !_cluster.IsTerminated;
    public bool IsMember => IsAlive && _cluster.SelfMember.Status == Akka.Cluster.MemberStatus.Up;

    private LighthouseNode(ActorSystem system)
    {
        (_system, _cluster) = (system, ClusterExtension.Get(system));
        _terminated = system.WhenTerminated; // Once: while a system ends, Akka.NET has another task there, and for a moment none.
        _cluster.RegisterOnMemberRemoved(() => _removed.TrySetResult());
    }

    public static LighthouseNode Start(ClusterSettings settings, TextWriter log)
    {
        var system = ActorSystem.Create(settings.SystemName, AkkaConfig.Of(settings, ClusterSettings.LighthouseRole));
        var lines = system.ActorOf(Props.Create(() => new LogLinesActor(log)), "log");
        system.EventStream.Subscribe(lines, typeof(LogEvent));
        system.ActorOf(JoinWatch.Props(settings), "join-watch");
        return new LighthouseNode(system);
    }

    /// <summary>Waits until asked to leave, or until the others have taken this node out.</summary>
    public async Task<LighthouseExit> UntilEndAsync(CancellationToken stop)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var _ = stop.Register(() => asked.TrySetResult());
        var first = await Task.WhenAny(asked.Task, _removed.Task, _terminated);
        if (first != asked.Task) return LighthouseExit.TakenOut;
        await LeaveAsync();
        return LighthouseExit.Ok;
    }

    public async Task LeaveAsync()
    {
        _leaving = true;
        var left = CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClusterLeavingReason.Instance);
        await Task.WhenAny(left, Task.Delay(LeavePatience));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_leaving) await LeaveAsync();
    }
}
