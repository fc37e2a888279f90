using Akka.Actor.Internal;
using Dolphin.Simulation;

namespace Dolphin.Hosting.Akka.Simulation;

/// <summary>What the test kit needs of a runtime that actors do not see. The default edition's engine has one with the same members.</summary>
internal static class TestRuntime
{
    /// <summary>Null in real time.</summary>
    internal static VirtualTime? VirtualOf(ActorSystem system) => (system.Scheduler as VirtualScheduler)?.Time;

    /// <summary>From now on this thread tells in the name of an actor; null is nobody.</summary>
    internal static void SpeakAs(IActorRef? actor) =>
        InternalCurrentActorCellKeeper.Current = actor is ActorRefWithCell { Underlying: ActorCell cell } ? cell : null!;

    /// <summary>Creates an actor outside the application's, and lets it start.</summary>
    internal static IActorRef Start(ActorSystem system, Props props, string name)
    {
        var actor = ((ExtendedActorSystem)system).SystemActorOf(props, name);
        var time = VirtualOf(system);
        var waiting = new SpinWait();
        while (actor is IRepointableRef { IsStarted: false })
        {
            if (time is null) waiting.SpinOnce();
            else if (!time.Step(time.Now)) throw new InvalidOperationException($"{actor} did not start; is '{system.Name}' terminated?");
        }

        return actor;
    }

    /// <summary>A reference to a function, for the event stream.</summary>
    internal static IActorRef Listener(ActorSystem system, Action<object> hear)
    {
        var provider = ((ExtendedActorSystem)system).Provider;
        return new FunctionRef(provider, provider.TempPath(), hear);
    }

    private sealed class FunctionRef(IActorRefProvider provider, ActorPath path, Action<object> hear) : MinimalActorRef
    {
        public override IActorRefProvider Provider { get; } = provider;
        public override ActorPath Path { get; } = path;
        protected override void TellInternal(object message, IActorRef sender) => hear(message);
    }
}
