using Dolphin.Actors.Cluster;

namespace Dolphin.Actors.Node;

/// <summary>One durable child: what people know it by, the name of its actor, and how to make it.</summary>
public sealed record ChildPlace(string Entity, string Name, Props Props);

/// <summary>Parent of durable actors that hold no money: one that fails starts again from its journal, and one that stays down is put on the board.</summary>
/// <remarks>In a cluster a journal may be away for a while: a child that lost it is started again after <see cref="JournalPause"/>.</remarks>
public abstract class RevivingParent : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan JournalPause = TimeSpan.FromSeconds(5); // As for entities: long enough for a database that restarts.
    private readonly IReadOnlyList<ChildPlace> _places;
    private readonly IClusterPort _cluster;
    private readonly Casualties _casualties;
    private readonly string _entity, _consequence;
    private readonly IActorRef[] _children;

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="entity">What people know the parent by.</param>
    /// <param name="consequence">A sentence: what the rest goes without while a child stays down.</param>
    protected RevivingParent(string entity, IReadOnlyList<ChildPlace> places, string consequence, IClusterPort cluster, RunBoard board)
    {
        (_entity, _places, _consequence, _cluster, _casualties) = (entity, places, consequence, cluster, new Casualties(board, cluster));
        _children = new IActorRef[places.Count];
        Array.Fill(_children, ActorRefs.Nobody);
        Receive<Terminated>(OnTerminated);
        Receive<Revive>(revive =>
        {
            Start(revive.Number);
            OnRevived();
        });
    }

    /// <summary>The child of a place; nobody while it is down.</summary>
    protected IActorRef Child(int number) => _children[number];

    protected void ForwardToAll(object message)
    {
        foreach (var child in _children) child.Forward(message);
    }

    /// <summary>A child that had lost its journal is there again, and has heard nothing meanwhile.</summary>
    protected virtual void OnRevived() { }

    protected override void PreStart()
    {
        Context.Enrol(_entity);
        for (var number = 0; number < _places.Count; number++) Start(number);
    }

    protected override SupervisorStrategy SupervisorStrategy() =>
        Supervision.Sensors(Context, (failure, directive) => _casualties.Note(Sender, failure, directive));

    private void Start(int number)
    {
        var (entity, name, props) = _places[number];
        _children[number] = Context.Watch(Context.ActorOf(props, name));
        if (_cluster.RevivesEntities) _cluster.Publish(Topics.Services, new NodeProtocol.ServiceBegun(entity));
    }

    private void OnTerminated(Terminated terminated)
    {
        var number = Array.IndexOf(_children, terminated.ActorRef);
        var place = _places[number];
        _children[number] = ActorRefs.Nobody;
        if (_cluster.RevivesEntities && !_casualties.WasStopped(terminated.ActorRef))
        {
            Context.GetLogger().Warning("{0} has lost its journal; it starts again in {1} s.", place.Entity, JournalPause.TotalSeconds);
            _casualties.Forget(terminated.ActorRef);
            Timers.StartSingleTimer(place.Name, new Revive(number), JournalPause);
            return;
        }

        _casualties.Tell(terminated.ActorRef, place.Entity, _consequence, Context.GetLogger(), Context.System.Scheduler.Now);
    }

    private sealed record Revive(int Number);
}
