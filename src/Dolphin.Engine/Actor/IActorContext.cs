namespace Dolphin.Engine.Actor;

/// <summary>Handles one message; false says "not mine", and the message counts as unhandled.</summary>
public delegate bool Receive(object message);
/// <summary>As <see cref="Receive"/>, for untyped actors: handling is taken for granted.</summary>
public delegate void UntypedReceive(object message);

/// <summary>Makes actors, and finds them.</summary>
public interface IActorRefFactory
{
    /// <exception cref="InvalidActorNameException">The name is malformed or taken.</exception>
    IActorRef ActorOf(Props props, string? name = null);
    ActorSelection ActorSelection(ActorPath actorPath);
    ActorSelection ActorSelection(string actorPath);
}

public interface ICanWatch
{
    /// <summary>Asks for one <see cref="Terminated"/> when the subject ends, at once if it already has.</summary>
    IActorRef Watch(IActorRef subject);
    /// <summary>As Watch, with a message of one's own in place of Terminated.</summary>
    IActorRef WatchWith(IActorRef subject, object message);
    /// <summary>After this no Terminated of the subject is delivered, not even one already in the mailbox.</summary>
    IActorRef Unwatch(IActorRef subject);
}

/// <summary>What an actor can do and see while it handles a message. Valid only on the actor's own thread of control.</summary>
public interface IActorContext : IActorRefFactory, ICanWatch
{
    IActorRef Self { get; }
    Props Props { get; }
    /// <summary>Who sent the message being handled; the dead letters if nobody did.</summary>
    IActorRef Sender { get; }
    ActorSystem System { get; }
    IActorRef Parent { get; }
    TimeSpan? ReceiveTimeout { get; }
    void Become(Receive receive);
    void BecomeStacked(Receive receive);
    void UnbecomeStacked();
    /// <summary>The child of that name, or <see cref="ActorRefs.Nobody"/>.</summary>
    IActorRef Child(string name);
    /// <summary>The living children, oldest first.</summary>
    IEnumerable<IActorRef> GetChildren();
    void SetReceiveTimeout(TimeSpan? timeout);
    void Stop(IActorRef child);
}

public interface IUntypedActorContext : IActorContext
{
    void Become(UntypedReceive receive);
    void BecomeStacked(UntypedReceive receive);
}

public static class ActorRefFactoryExtensions
{
    public static IActorRef ActorOf<TActor>(this IActorRefFactory factory, string? name = null) where TActor : ActorBase, new() =>
        factory.ActorOf(Props.Create<TActor>(), name);

    public static ActorSelection ActorSelection(this IActorRefFactory factory, IActorRef anchorRef, string actorPath) =>
        factory.ActorSelection(anchorRef.Path + "/" + actorPath);
}
