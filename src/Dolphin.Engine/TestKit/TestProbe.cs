using Dolphin.Engine.Actor;

namespace Dolphin.Engine.TestKit;

/// <summary>One more test actor, usable as a reference, that can also send, reply and forward.</summary>
public class TestProbe : TestKitBase, IActorRef, IWrappedActorRef, INoImplicitSender
{
    internal TestProbe(ActorSystem system, bool manualClock, string? name, long[] counter)
        : base(system, manualClock, name is null ? null : $"{name}{Interlocked.Increment(ref counter[0])}", counter) { }

    public IActorRef Ref => TestActor;
    public IActorRef Sender => LastSender;
    public ActorPath Path => TestActor.Path;
    IActorRef IWrappedActorRef.Wrapped => TestActor;

    /// <summary>Tells <paramref name="actor"/>, with this probe as the sender.</summary>
    public void Send(IActorRef actor, object message) => actor.Tell(message, TestActor);
    public void Forward(IActorRef actor) => actor.Tell(LastMessage ?? throw NothingYet(), LastSender);
    public void Forward(IActorRef actor, object message) => actor.Tell(message, LastSender);
    /// <summary>Tells the sender of the last message that was looked at.</summary>
    public void Reply(object message) => LastSender.Tell(message, TestActor);
    public void Tell(object message, IActorRef? sender) => TestActor.Tell(message, sender);

    private static InvalidOperationException NothingYet() => new("The probe has looked at no message yet; there is none to forward.");

    public bool Equals(IActorRef? other) => TestActor.Equals(other);
    public override bool Equals(object? obj) => TestActor.Equals(obj);
    public override int GetHashCode() => TestActor.GetHashCode();
    public int CompareTo(IActorRef? other) => TestActor.CompareTo(other);
    public int CompareTo(object? obj) => TestActor.CompareTo(obj);
    public override string ToString() => $"TestProbe({TestActor})";
}

/// <summary>A reference through which a test sees the actor behind it.</summary>
public sealed class TestActorRef<TActor> : IActorRef, IWrappedActorRef where TActor : ActorBase
{
    private readonly LocalActorRef _actor;

    internal TestActorRef(TestKitBase kit, IActorRef actor)
    {
        _actor = (LocalActorRef)actor;
        kit.AwaitCondition(() => _actor.Cell.Instance is not null || _actor.IsTerminated);
    }

    /// <exception cref="InvalidOperationException">There is no instance: it failed to start, or has ended.</exception>
    public TActor UnderlyingActor => _actor.Cell.Instance as TActor
        ?? throw new InvalidOperationException($"{_actor} has no instance of {typeof(TActor).Name} now; has it stopped?");

    public IActorRef Ref => _actor;
    public ActorPath Path => _actor.Path;
    IActorRef IWrappedActorRef.Wrapped => _actor;
    public void Tell(object message, IActorRef? sender) => _actor.Tell(message, sender);
    public bool Equals(IActorRef? other) => _actor.Equals(other);
    public override bool Equals(object? obj) => _actor.Equals(obj);
    public override int GetHashCode() => _actor.GetHashCode();
    public int CompareTo(IActorRef? other) => _actor.CompareTo(other);
    public int CompareTo(object? obj) => _actor.CompareTo(obj);
    public override string ToString() => _actor.ToString();
}
