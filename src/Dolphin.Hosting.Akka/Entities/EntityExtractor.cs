using Akka.Cluster.Sharding;

namespace Dolphin.Hosting.Akka.Entities;

/// <summary>Finds an entity's shard by a hash of its id, the same on every node and in every version.</summary>
internal sealed class EntityExtractor(int shards) : HashCodeMessageExtractor(shards)
{
    public override string? EntityId(object message) => (message as EntityEnvelope)?.Entity;
    public override object? EntityMessage(object message) => (message as EntityEnvelope)?.Message;
}
