namespace Dolphin.Testing;

/// <summary>A message that a test actor took, and who sent it.</summary>
public sealed record MessageEnvelope(object Message, IActorRef Sender);

/// <summary>What a test actor has received and a test has not yet looked at.</summary>
internal sealed class TestQueue
{
    private readonly LinkedList<MessageEnvelope> _messages = [];
    internal object Gate { get; } = new();
    internal Func<object, bool>? Ignore { get; set; }

    internal void Add(object message, IActorRef sender)
    {
        lock (Gate)
        {
            if (Ignore?.Invoke(message) ?? false) return;
            _messages.AddLast(new MessageEnvelope(message, sender));
            Monitor.PulseAll(Gate);
        }
    }

    internal int Count
    {
        get
        {
            lock (Gate) return _messages.Count;
        }
    }

    internal MessageEnvelope? TryTake()
    {
        lock (Gate)
        {
            if (_messages.First is not { } first) return null;
            _messages.RemoveFirst();
            return first.Value;
        }
    }

    internal MessageEnvelope? TryPeek()
    {
        lock (Gate) return _messages.First?.Value;
    }

    internal void Wake()
    {
        lock (Gate) Monitor.PulseAll(Gate);
    }
}

/// <summary>Reacts to each message of a test actor before the test sees it.</summary>
public abstract class AutoPilot
{
    /// <returns>The pilot for the next message; null is none.</returns>
    public abstract AutoPilot? Run(IActorRef sender, object message);
}

/// <summary>Queues all it is told. Watching and parenting are done on behalf of the test, by control messages.</summary>
internal sealed class TestActor(TestQueue queue) : ActorBase
{
    private AutoPilot? _pilot;

    internal sealed record SetPilot(AutoPilot? Pilot) : INoSerializationVerificationNeeded;
    internal sealed record DoWatch(IActorRef Subject, Action Done);
    internal sealed record DoUnwatch(IActorRef Subject, Action Done);
    internal sealed record DoSpawn(Props Props, string? Name, Action<IActorRef> Done);

    protected override SupervisorStrategy SupervisorStrategy() => Usual.Strategy;

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case SetPilot set:
                _pilot = set.Pilot;
                break;
            case DoWatch watch:
                Context.Watch(watch.Subject);
                watch.Done();
                break;
            case DoUnwatch unwatch:
                Context.Unwatch(unwatch.Subject);
                unwatch.Done();
                break;
            case DoSpawn spawn:
                spawn.Done(Context.ActorOf(spawn.Props, spawn.Name));
                break;
            default:
                if (_pilot is not null) _pilot = _pilot.Run(Sender, message);
                queue.Add(message, Sender);
                break;
        }

        return true;
    }
}

file static class Usual
{
    internal static SupervisorStrategy Strategy => SupervisorStrategy.DefaultStrategy;
}
