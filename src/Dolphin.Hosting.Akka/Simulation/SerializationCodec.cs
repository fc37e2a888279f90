using System.Runtime.Serialization;
using Dolphin.Journal;

namespace Dolphin.Hosting.Akka.Simulation;

/// <summary>The serializers of an actor system, as the journal asks for them.</summary>
internal sealed class SerializationCodec(global::Akka.Serialization.Serialization serialization) : IPayloadCodec
{
    public bool IsEmpty => !Knows(typeof(object));

    // Akka.NET's default stores the CLR names of types, which no version of the code could ever change.
    public bool Knows(Type type) => serialization.FindSerializerForType(type) is not NewtonSoftJsonSerializer;

    public SerializedPayload Serialize(object payload)
    {
        if (!Knows(payload.GetType()))
            throw new SerializationException($"No serializer is bound to {payload.GetType().FullName}, to a base class or to an interface of it.");
        var serializer = serialization.FindSerializerFor(payload);
        return new SerializedPayload(
            serializer.Identifier, global::Akka.Serialization.Serialization.ManifestFor(serializer, payload), serializer.ToBinary(payload));
    }

    public object Deserialize(byte[] bytes, int serializerId, string manifest) => serialization.Deserialize(bytes, serializerId, manifest);
}
