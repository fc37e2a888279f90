namespace Dolphin.Hosting.Akka.Entities;

/// <summary>A message on its way to one entity.</summary>
/// <param name="Entity">As the cluster knows it: see <see cref="EntityIds"/>.</param>
internal sealed record EntityEnvelope(string Entity, object Message);

/// <summary>An entity's id stands in actor paths and in the journal, so it is written with the characters that both allow.</summary>
internal static class EntityIds
{
    public static string ToEntity(string id) => Uri.EscapeDataString(id);
    public static string ToId(string entity) => Uri.UnescapeDataString(entity);
}
