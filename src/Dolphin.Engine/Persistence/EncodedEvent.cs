using System.Text;

namespace Dolphin.Engine.Persistence;

/// <summary>What a serializer made of an event or a snapshot.</summary>
/// <param name="Manifest">UTF-8.</param>
internal readonly record struct EncodedEvent(int SerializerId, byte[] Manifest, byte[] Message);

/// <summary>Serializes for one thread; remembers the manifests, of which there are few.</summary>
internal sealed class EventEncoder(Serialization.Serialization serialization)
{
    private readonly Dictionary<string, byte[]> _manifests = [];

    /// <exception cref="System.Runtime.Serialization.SerializationException">No serializer, or it refuses; whatever else the serializer throws.</exception>
    public EncodedEvent Encode(object payload)
    {
        var serializer = serialization.FindSerializerFor(payload);
        var manifest = Serialization.Serialization.ManifestOf(serializer, payload);
        if (!_manifests.TryGetValue(manifest, out var utf8))
        {
            if (manifest.Length > 500)
                throw new System.Runtime.Serialization.SerializationException(
                    $"The manifest of {payload.GetType().Name} has {manifest.Length} characters; expected at most 500.");
            _manifests.Add(manifest, utf8 = Encoding.UTF8.GetBytes(manifest));
        }

        return new EncodedEvent(serializer.Identifier, utf8, serializer.ToBinary(payload));
    }
}
