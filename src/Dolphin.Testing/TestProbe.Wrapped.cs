namespace Dolphin.Testing;

public partial class TestProbe : IWrappedActorRef
{
    IActorRef IWrappedActorRef.Wrapped => TestActor;
}
