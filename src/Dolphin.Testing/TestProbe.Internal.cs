using Akka.Dispatch.SysMsg;
using Akka.Util;

namespace Dolphin.Testing;

public partial class TestProbe : IInternalActorRef
{
    private IInternalActorRef Wrapped => (IInternalActorRef)TestActor;

    bool IActorRefScope.IsLocal => Wrapped.IsLocal;
    IInternalActorRef IInternalActorRef.Parent => Wrapped.Parent;
    IActorRefProvider IInternalActorRef.Provider => Wrapped.Provider;
#pragma warning disable CS0618 // The interface has them still.
    bool IInternalActorRef.IsTerminated => Wrapped.IsTerminated;
    void IInternalActorRef.SendSystemMessage(ISystemMessage message, IActorRef sender) => Wrapped.SendSystemMessage(message, sender);
#pragma warning restore CS0618
    IActorRef IInternalActorRef.GetChild(IReadOnlyList<string> name) => Wrapped.GetChild(name);
    void IInternalActorRef.Resume(Exception causedByFailure) => Wrapped.Resume(causedByFailure);
    void IInternalActorRef.Start() => Wrapped.Start();
    void IInternalActorRef.Stop() => Wrapped.Stop();
    void IInternalActorRef.Restart(Exception cause) => Wrapped.Restart(cause);
    void IInternalActorRef.Suspend() => Wrapped.Suspend();
    void IInternalActorRef.SendSystemMessage(ISystemMessage message) => Wrapped.SendSystemMessage(message);
    ISurrogate ISurrogated.ToSurrogate(ActorSystem system) => TestActor.ToSurrogate(system);
}
