using Dolphin.Actors.Journal;

namespace Dolphin.Hosting.Akka.Health;

/// <summary>From time to time everybody stores what he is; the node that runs the controller says when, so that nobody is asked twice.</summary>
public sealed class SnapshotPacerActor : ReceiveActor, IWithTimers
{
    private readonly TimeSpan _every;

    public ITimerScheduler Timers { get; set; } = null!;

    public SnapshotPacerActor(IActorRef node, ClusterPort port, TimeSpan every)
    {
        _every = every;
        Receive<Tick>(_ =>
        {
            if (port.Acting.Names.Contains("survival")) node.Tell(DurableProtocol.TakeSnapshot.Now);
        });
    }

    protected override void PreStart() => Timers.StartPeriodicTimer(Tick.Key, Tick.Now, _every);

    private sealed record Tick
    {
        public const string Key = "tick";
        public static readonly Tick Now = new();
    }
}
