namespace Dolphin.Node.Running;

/// <summary>Watches what a run cannot do without. What it is told of stays down: nothing at the top is restarted on a state it may have broken.</summary>
internal sealed class WatchdogActor : ReceiveActor
{
    private readonly IReadOnlyList<IActorRef> _watched;

    public WatchdogActor(IReadOnlyList<IActorRef> watched, Action<string> ended)
    {
        _watched = watched;
        Receive<Terminated>(terminated => ended(terminated.ActorRef.Path.Name));
    }

    protected override void PreStart()
    {
        foreach (var actor in _watched) Context.Watch(actor);
    }
}
