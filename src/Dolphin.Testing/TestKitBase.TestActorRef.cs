namespace Dolphin.Testing;

public abstract partial class TestKitBase
{
    public TestActorRef<TActor> ActorOfAsTestActorRef<TActor>(Props props, string? name = null) where TActor : ActorBase =>
        new(this, Ambient().Sys.ActorOf(props, name));

    public TestActorRef<TActor> ActorOfAsTestActorRef<TActor>(string? name = null) where TActor : ActorBase, new() =>
        ActorOfAsTestActorRef<TActor>(Props.Create<TActor>(), name);

    public TestActorRef<TActor> ActorOfAsTestActorRef<TActor>(
        System.Linq.Expressions.Expression<Func<TActor>> factory, string? name = null) where TActor : ActorBase =>
        ActorOfAsTestActorRef<TActor>(Props.Create(factory), name);
}
