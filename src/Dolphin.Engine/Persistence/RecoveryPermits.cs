using Dolphin.Engine.Actor;

namespace Dolphin.Engine.Persistence;

/// <summary>Lets only so many actors recover at the same time, in the order in which they asked.</summary>
internal sealed class RecoveryPermits(int limit)
{
    private readonly object _gate = new();
    private readonly HashSet<Eventsourced> _recovering = [];
    private readonly LinkedList<(Eventsourced Instance, IActorRef Actor)> _waiting = [];

    public void Request(Eventsourced instance, IActorRef actor)
    {
        lock (_gate)
        {
            if (_recovering.Count >= limit)
            {
                _waiting.AddLast((instance, actor));
                return;
            }

            _recovering.Add(instance);
        }

        actor.Tell(new RecoveryPermitted(instance), actor);
    }

    /// <summary>Gives a permit back, or the place in the queue; does nothing for who has neither.</summary>
    public void Return(Eventsourced instance)
    {
        (Eventsourced Instance, IActorRef Actor) next;
        lock (_gate)
        {
            if (!_recovering.Remove(instance))
            {
                for (var node = _waiting.First; node is not null; node = node.Next)
                {
                    if (!ReferenceEquals(node.Value.Instance, instance))
                        continue;
                    _waiting.Remove(node);
                    return;
                }

                return;
            }

            if (_waiting.First is not { } first)
                return;
            next = first.Value;
            _waiting.RemoveFirst();
            _recovering.Add(next.Instance);
        }

        next.Actor.Tell(new RecoveryPermitted(next.Instance), next.Actor);
    }
}
