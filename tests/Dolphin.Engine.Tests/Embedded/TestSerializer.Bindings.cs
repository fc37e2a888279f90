namespace Dolphin.EngineTests.Persistence;

/// <summary>The bindings that the Cluster edition has in HOCON.</summary>
public sealed partial class TestSerializer
{
    public static IEnumerable<SerializerBinding> Bindings(ExtendedActorSystem system)
    {
        var serializer = new TestSerializer(system);
        return [new SerializerBinding(typeof(Noted), serializer), new SerializerBinding(typeof(Unwritable), serializer)];
    }
}
