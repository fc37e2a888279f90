using System.Collections.Concurrent;
using System.Runtime.Serialization;
using Dolphin.Journal;

namespace Dolphin.Engine.Serialization;

/// <summary>Which serializer writes which type, and which one reads which identifier. Safe to use from any thread.</summary>
public sealed class Serialization : IPayloadCodec
{
    private readonly SerializerBinding[] _bindings;
    private readonly SortedDictionary<int, Serializer> _byIdentifier = [];
    private readonly ConcurrentDictionary<Type, Serializer?> _byType = new();

    /// <exception cref="ArgumentException">Two different serializers with one identifier.</exception>
    public Serialization(IEnumerable<SerializerBinding> bindings)
    {
        _bindings = bindings.ToArray();
        foreach (var (type, serializer) in _bindings)
        {
            if (_byIdentifier.TryGetValue(serializer.Identifier, out var other) && other.GetType() != serializer.GetType())
                throw new ArgumentException(
                    $"Serializers {other.GetType().Name} and {serializer.GetType().Name} (bound to {type.Name}) both have identifier "
                    + $"{serializer.Identifier}; rows could not be read back. Give one of them another.", nameof(bindings));
            _byIdentifier.TryAdd(serializer.Identifier, serializer);
        }
    }

    bool IPayloadCodec.IsEmpty => _bindings.Length == 0;
    bool IPayloadCodec.Knows(Type type) => TryFind(type) is not null;

    SerializedPayload IPayloadCodec.Serialize(object payload)
    {
        var serializer = FindSerializerFor(payload);
        return new SerializedPayload(serializer.Identifier, ManifestOf(serializer, payload), serializer.ToBinary(payload));
    }

    /// <exception cref="SerializationException">No binding fits.</exception>
    public Serializer FindSerializerFor(object obj) => FindSerializerForType(obj.GetType());

    /// <exception cref="SerializationException">No binding fits.</exception>
    public Serializer FindSerializerForType(Type objectType) => TryFind(objectType) ?? throw new SerializationException(
        $"No serializer is bound to {objectType.FullName}, to a base class or to an interface of it.");

    /// <summary>Null if no binding fits.</summary>
    internal Serializer? TryFind(Type type) => _byType.GetOrAdd(type, static (t, bindings) =>
    {
        SerializerBinding? best = null;
        foreach (var binding in bindings)
        {
            if (binding.Type.IsAssignableFrom(t) && (best is null || (binding.Type != best.Type && best.Type.IsAssignableFrom(binding.Type))))
                best = binding;
        }

        return best?.Serializer;
    }, _bindings);

    /// <summary>What <paramref name="serializer"/> calls <paramref name="obj"/>.</summary>
    internal static string ManifestOf(Serializer serializer, object obj) => serializer switch
    {
        SerializerWithStringManifest named => named.Manifest(obj),
        { IncludeManifest: true } => throw new SerializationException(
            $"{serializer.GetType().Name} would store the CLR name of {obj.GetType().FullName}; derive it from SerializerWithStringManifest."),
        _ => "",
    };

    /// <exception cref="SerializationException">No serializer has that identifier, or the serializer refuses the manifest or the bytes.</exception>
    public object Deserialize(byte[] bytes, int serializerId, string manifest)
    {
        if (!_byIdentifier.TryGetValue(serializerId, out var serializer))
            throw new SerializationException(
                $"No serializer has identifier {serializerId} (manifest '{manifest}'); known: {string.Join(", ", _byIdentifier.Keys)}.");
        return serializer is SerializerWithStringManifest named
            ? named.FromBinary(bytes, manifest)
            : serializer.FromBinary(bytes, typeof(object));
    }
}
