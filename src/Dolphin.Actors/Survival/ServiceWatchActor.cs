using Dolphin.Actors.Cluster;
using Dolphin.Actors.Node;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Survival;

/// <summary>Asks the actors of this process for a sign of life, and tells the controller at each pulse who has not given one.</summary>
/// <remarks>
/// The question goes through the mailbox like any other message, so an answer proves that the actor still comes round. What an actor waits for in its journal it
/// does not prove: that has a limit of its own (<c>write-timeout</c>), after which the actor has ended. Who recovers has not begun yet.
/// What is told is a level and comes at every pulse: one that is lost on its way to another node is made good by the next.
/// </remarks>
public sealed class ServiceWatchActor : ReceiveActor, IWithTimers
{
    private readonly Roll _roll;
    private readonly IClusterPort _cluster;
    private readonly TimeSpan _pulse;
    private readonly Identify _question = new(QuorumWatchState.Watcher);

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="roll">Outlives a failure: nobody enrols a second time.</param>
    public ServiceWatchActor(Roll roll, TimeSpan pulse, IClusterPort cluster)
    {
        (_roll, _pulse, _cluster) = (roll, pulse, cluster);
        Receive<ActorIdentity>(answer =>
        {
            if (answer.Subject is { } service && _roll.Names.TryGetValue(service, out var entity)) _roll.Call.Answered(entity);
        });
        Receive<Pulse>(_ => Ask());
        Receive<NodeProtocol.Enrolled>(begun => OnEnrolled(begun.Service, begun.Entity));
        Receive<Terminated>(ended => OnEnded(ended.ActorRef));
    }

    protected override void PreStart()
    {
        foreach (var service in _roll.Names.Keys) Context.Watch(service); // After a failure.
        Timers.StartPeriodicTimer(Pulse.Key, Pulse.Beat, Grid.Until(Context.System.Scheduler.Now, _pulse), _pulse);
    }

    // A service that ended and came back has another address, and its end may be heard after its beginning.
    private void OnEnrolled(IActorRef service, string entity)
    {
        if (_roll.Addresses.TryGetValue(entity, out var before) && !before.Equals(service)) OnEnded(before);
        if (!_roll.Names.TryAdd(service, entity)) return;
        _roll.Addresses.Add(entity, service);
        _roll.Call.Enrol(entity);
        Context.Watch(service);
    }

    private void OnEnded(IActorRef service)
    {
        if (!_roll.Names.Remove(service, out var entity)) return;
        _roll.Addresses.Remove(entity);
        _roll.Call.Leave(entity);
    }

    private void Ask()
    {
        foreach (var entity in _roll.Call.Call(Context.System.Scheduler.Now)) _roll.Addresses[entity].Tell(_question, Self);
        var node = _cluster.Node;
        _cluster.Publish(Topics.Services, new NodeProtocol.SignsOfLife(node, [.. _roll.Call.Silent.Select(s => new SilentService(s.Entity, node, s.Since))]));
    }

    /// <summary>Who lives in this process, by address and by name.</summary>
    public sealed class Roll(TimeSpan patience)
    {
        public RollCall Call { get; } = new(patience);
        internal Dictionary<IActorRef, string> Names { get; } = [];
        internal Dictionary<string, IActorRef> Addresses { get; } = new(StringComparer.Ordinal);
    }

    private sealed record Pulse
    {
        public const string Key = "pulse";
        public static readonly Pulse Beat = new();
    }
}
