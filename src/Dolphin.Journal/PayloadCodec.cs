using System.Runtime.Serialization;
using System.Text;

namespace Dolphin.Journal;

/// <summary>How a runtime's serializers are asked: of events and snapshots, from several threads at once.</summary>
internal interface IPayloadCodec
{
    /// <summary>True if no serializer is configured at all; an in-memory journal then keeps objects as they are.</summary>
    bool IsEmpty { get; }

    /// <summary>True if there is a serializer for objects of <paramref name="type"/>.</summary>
    bool Knows(Type type);

    /// <exception cref="SerializationException">No serializer, or it refuses; whatever else the serializer throws.</exception>
    SerializedPayload Serialize(object payload);

    /// <exception cref="SerializationException">No serializer has that identifier, or it refuses; whatever else the serializer throws.</exception>
    object Deserialize(byte[] bytes, int serializerId, string manifest);
}

/// <summary>What a serializer made of an event or a snapshot.</summary>
/// <param name="Manifest">The serializer's name for it; at most 500 characters.</param>
internal readonly record struct SerializedPayload(int SerializerId, string Manifest, byte[] Bytes);

/// <summary>A serialized event or snapshot as a row takes it.</summary>
/// <param name="Manifest">UTF-8.</param>
internal readonly record struct EncodedEvent(int SerializerId, byte[] Manifest, byte[] Message);

/// <summary>Serializes for one thread; remembers the manifests, of which there are few.</summary>
internal sealed class EventEncoder(IPayloadCodec codec)
{
    private readonly Dictionary<string, byte[]> _manifests = [];

    /// <exception cref="SerializationException">No serializer, or it refuses; whatever else the serializer throws.</exception>
    public EncodedEvent Encode(object payload)
    {
        var (serializer, manifest, bytes) = codec.Serialize(payload);
        if (!_manifests.TryGetValue(manifest, out var utf8))
        {
            if (manifest.Length > 500)
                throw new SerializationException(
                    $"The manifest of {payload.GetType().Name} has {manifest.Length} characters; expected at most 500.");
            _manifests.Add(manifest, utf8 = Encoding.UTF8.GetBytes(manifest));
        }

        return new EncodedEvent(serializer, utf8, bytes);
    }
}
