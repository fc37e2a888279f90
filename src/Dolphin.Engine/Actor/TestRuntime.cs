using Dolphin.Simulation;

namespace Dolphin.Engine.Actor;

/// <summary>What the test kit needs of a runtime that actors do not see. The Cluster edition has one with the same members.</summary>
internal static class TestRuntime
{
    /// <summary>Null in real time.</summary>
    internal static VirtualTime? VirtualOf(ActorSystem system) => ((LocalActorSystem)system).Virtual;

    /// <summary>From now on this thread tells in the name of an actor; null is nobody.</summary>
    internal static void SpeakAs(IActorRef? actor) => ActorCell.Current = (actor as LocalActorRef)?.Cell;

    /// <summary>Creates an actor outside the application's.</summary>
    internal static IActorRef Start(ActorSystem system, Props props, string name) => ((ExtendedActorSystem)system).SystemActorOf(props, name);

    /// <summary>A reference to a function, for the event stream.</summary>
    internal static IActorRef Listener(ActorSystem system, Action<object> hear) =>
        new FunctionRef(((LocalActorSystem)system).NextTemporaryPath(), (message, _) => hear(message));

    internal static ActorBase? InstanceOf(IActorRef actor) => ((LocalActorRef)actor).Cell.Instance;
    internal static bool HasEnded(IActorRef actor) => ((LocalActorRef)actor).IsTerminated;
}
