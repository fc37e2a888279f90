using Dolphin.Engine.Event;

namespace Dolphin.Engine.Actor;

/// <summary>Ends a system in phases: the tasks of a phase run together, the next phase begins when they are done or out of time.</summary>
/// <remarks>A task that fails or is late is logged and does not keep the others from running: a shutdown always comes to its end.</remarks>
public sealed class CoordinatedShutdown : IExtension
{
    public const string PhaseBeforeServiceUnbind = "before-service-unbind";
    public const string PhaseServiceUnbind = "service-unbind";
    public const string PhaseServiceRequestsDone = "service-requests-done";
    public const string PhaseServiceStop = "service-stop";
    public const string PhaseBeforeClusterShutdown = "before-cluster-shutdown";
    public const string PhaseClusterShardingShutdownRegion = "cluster-sharding-shutdown-region";
    public const string PhaseClusterLeave = "cluster-leave";
    public const string PhaseClusterExiting = "cluster-exiting";
    public const string PhaseClusterExitingDone = "cluster-exiting-done";
    public const string PhaseClusterShutdown = "cluster-shutdown";
    public const string PhaseBeforeActorSystemTerminate = "before-actor-system-terminate";
    public const string PhaseActorSystemTerminate = "actor-system-terminate";

    public class Reason
    {
        protected Reason() { }
    }

    public class UnknownReason : Reason
    {
        public static readonly Reason Instance = new UnknownReason();
    }

    public class ActorSystemTerminateReason : Reason
    {
        public static readonly Reason Instance = new ActorSystemTerminateReason();
    }

    public class ClrExitReason : Reason
    {
        public static readonly Reason Instance = new ClrExitReason();
    }

    // In this order. Times are those of Akka.NET's reference configuration.
    private static readonly (string Name, TimeSpan Timeout)[] Phases =
    [
        (PhaseBeforeServiceUnbind, TimeSpan.FromSeconds(5)),
        (PhaseServiceUnbind, TimeSpan.FromSeconds(5)),
        (PhaseServiceRequestsDone, TimeSpan.FromSeconds(5)),
        (PhaseServiceStop, TimeSpan.FromSeconds(5)),
        (PhaseBeforeClusterShutdown, TimeSpan.FromSeconds(5)),
        (PhaseClusterShardingShutdownRegion, TimeSpan.FromSeconds(10)),
        (PhaseClusterLeave, TimeSpan.FromSeconds(5)),
        (PhaseClusterExiting, TimeSpan.FromSeconds(10)),
        (PhaseClusterExitingDone, TimeSpan.FromSeconds(5)),
        (PhaseClusterShutdown, TimeSpan.FromSeconds(5)),
        (PhaseBeforeActorSystemTerminate, TimeSpan.FromSeconds(5)),
        (PhaseActorSystemTerminate, TimeSpan.FromSeconds(10)),
    ];

    private readonly LocalActorSystem _system;
    private readonly Lock _gate = new();
    private readonly List<(string Phase, string Name, Func<Task<Done>> Work)> _tasks = [];
    private Task<Done>? _run;

    private CoordinatedShutdown(LocalActorSystem system)
    {
        _system = system;
        AddTask(PhaseActorSystemTerminate, "terminate-system", async () =>
        {
            await system.Terminate().ConfigureAwait(false);
            return Done.Instance;
        });
    }

    public ExtendedActorSystem System => _system;
    /// <summary>Why the system ends; null while it does not.</summary>
    public Reason? ShutdownReason { get; private set; }

    public static CoordinatedShutdown Get(ActorSystem sys) => new Provider().Apply(sys);

    /// <summary>Adds work to a phase. Work added to a phase that has begun is not run.</summary>
    /// <exception cref="ConfigurationException">There is no such phase.</exception>
    /// <exception cref="ArgumentException">The task has no name.</exception>
    public void AddTask(string phase, string taskName, Func<Task<Done>> task)
    {
        _ = TimeoutOf(phase);
        if (string.IsNullOrEmpty(taskName)) throw new ArgumentException($"A task of phase '{phase}' has no name; not added.", nameof(taskName));
        lock (_gate) _tasks.Add((phase, taskName, task));
    }

    /// <summary>How long a phase may take.</summary>
    public TimeSpan Timeout(string phase) => TimeoutOf(phase);

    public TimeSpan TotalTimeout => Phases.Aggregate(TimeSpan.Zero, static (sum, p) => sum + p.Timeout);

    /// <summary>Runs all phases, or those from <paramref name="fromPhase"/> on. Only the first call does; later ones get the same task.</summary>
    public Task<Done> Run(Reason reason, string? fromPhase = null)
    {
        if (fromPhase is not null) _ = TimeoutOf(fromPhase);
        TaskCompletionSource<Done> promise;
        lock (_gate)
        {
            if (_run is not null) return _run;
            promise = new TaskCompletionSource<Done>(
                _system.Virtual is null ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None);
            ShutdownReason = reason;
            _run = promise.Task;
        }

        _ = RunPhases(fromPhase, promise);
        return _run;
    }

    private async Task RunPhases(string? fromPhase, TaskCompletionSource<Done> promise)
    {
        var first = fromPhase is null ? 0 : Array.FindIndex(Phases, p => p.Name == fromPhase);
        for (var i = first; i < Phases.Length; i++)
        {
            var (phase, timeout) = Phases[i];
            (string Phase, string Name, Func<Task<Done>> Work)[] tasks;
            lock (_gate) tasks = [.. _tasks.Where(t => t.Phase == phase)];
            if (tasks.Length == 0) continue;
            await RunPhase(phase, timeout, tasks).ConfigureAwait(false);
        }

        promise.TrySetResult(Done.Instance);
    }

    private async Task RunPhase(string phase, TimeSpan timeout, (string Phase, string Name, Func<Task<Done>> Work)[] tasks)
    {
        var all = Task.WhenAll(tasks.Select(t => Recovered(phase, t.Name, t.Work)));
        var late = new TaskCompletionSource();
        var timer = new Cancelable(_system.Scheduler);
        _system.EngineScheduler.ScheduleOnce(timeout, () => late.TrySetResult(), timer);
        if (await Task.WhenAny(all, late.Task).ConfigureAwait(false) != all)
            _system.Log.Warning("Shutdown phase {0} was not done after {1}; the next one begins.", phase, timeout);
        timer.Cancel();
    }

    private async Task Recovered(string phase, string name, Func<Task<Done>> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _system.Log.Warning(e, "Task {0} of shutdown phase {1} failed; the shutdown goes on: {2}", name, phase, e.Message);
        }
    }

    private static TimeSpan TimeoutOf(string phase)
    {
        var found = Array.FindIndex(Phases, p => p.Name == phase);
        return found >= 0
            ? Phases[found].Timeout
            : throw new ConfigurationException($"There is no shutdown phase '{phase}'; expected one of {string.Join(", ", Phases.Select(static p => p.Name))}.");
    }

    private sealed class Provider : ExtensionIdProvider<CoordinatedShutdown>
    {
        public override CoordinatedShutdown CreateExtension(ExtendedActorSystem system) => new((LocalActorSystem)system);
    }
}
