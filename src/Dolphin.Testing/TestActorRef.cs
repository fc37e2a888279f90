namespace Dolphin.Testing;

/// <summary>A reference through which a test sees the actor behind it.</summary>
public sealed class TestActorRef<TActor> : IActorRef, IWrappedActorRef where TActor : ActorBase
{
    private readonly IActorRef _actor;

    internal TestActorRef(TestKitBase kit, IActorRef actor)
    {
        _actor = actor;
        kit.AwaitCondition(() => TestRuntime.InstanceOf(_actor) is not null || TestRuntime.HasEnded(_actor));
    }

    /// <exception cref="InvalidOperationException">There is no instance: it failed to start, or has ended.</exception>
    public TActor UnderlyingActor => TestRuntime.InstanceOf(_actor) as TActor
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
    public override string ToString() => _actor.ToString() ?? "";
}
