namespace Dolphin.Hosting.Akka.Entities;

/// <summary>Reaches an entity wherever it lives. It lives in this process only, and never ends.</summary>
internal sealed class EntityRef(IActorRef region, string id, IActorRefProvider provider) : MinimalActorRef
{
    private readonly string _entity = EntityIds.ToEntity(id);

    public override ActorPath Path { get; } = region.Path / EntityIds.ToEntity(id);
    public override IActorRefProvider Provider => provider;

    protected override void TellInternal(object message, IActorRef sender) => region.Tell(new EntityEnvelope(_entity, message), sender);
}
