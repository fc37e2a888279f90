namespace Dolphin.Testing;

/// <summary>One more test actor, usable as a reference, that can also send, reply and forward.</summary>
public partial class TestProbe : TestKitBase, IActorRef, INoImplicitSender
{
    internal TestProbe(ActorSystem system, bool manualClock, string? name, long[] counter)
        : base(system, manualClock, name is null ? null : $"{name}{Interlocked.Increment(ref counter[0])}", counter) { }

    public IActorRef Ref => TestActor;
    public IActorRef Sender => LastSender;
    public ActorPath Path => TestActor.Path;

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
