using System.Buffers.Binary;
using System.Text;
using Dolphin.Actors.Wire;

namespace Dolphin.Hosting.Akka.Entities;

/// <summary>An envelope on the wire: what is in it keeps its own serializer and name.</summary>
/// <remarks>Form: length of the entity's id, the id; serializer of the message, length of its manifest, the manifest; the message. UTF-8, little-endian.</remarks>
public sealed class EnvelopeSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Stands in every envelope: never change it.</summary>
    public const int Id = 7_033;
    private const string Form = "entity.envelope.v1";

    public override int Identifier => Id;

    public override string Manifest(object o) => Form;

    public override byte[] ToBinary(object obj)
    {
        var envelope = (EntityEnvelope)obj;
        var serializer = system.Serialization.FindSerializerFor(envelope.Message);
        var (entity, manifest) = (Encoding.UTF8.GetBytes(envelope.Entity), Encoding.UTF8.GetBytes(global::Akka.Serialization.Serialization.ManifestFor(serializer, envelope.Message)));
        var message = serializer.ToBinary(envelope.Message);
        var bytes = new byte[12 + entity.Length + manifest.Length + message.Length];
        var rest = bytes.AsSpan();
        Put(ref rest, entity);
        BinaryPrimitives.WriteInt32LittleEndian(rest, serializer.Identifier);
        rest = rest[4..];
        Put(ref rest, manifest);
        message.CopyTo(rest);
        return bytes;
    }

    /// <exception cref="UnknownMessageException">A newer version wrote the envelope, or what is in it.</exception>
    /// <exception cref="ArgumentException">It is cut off.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (!string.Equals(manifest, Form, StringComparison.Ordinal))
            throw new UnknownMessageException($"Another node sent a '{manifest}'; this version knows '{Form}': a newer one runs there. The message was dropped; finish the upgrade.");
        try
        {
            var rest = bytes.AsSpan();
            var entity = Take(ref rest);
            var serializer = BinaryPrimitives.ReadInt32LittleEndian(rest);
            rest = rest[4..];
            var name = Take(ref rest);
            return new EntityEnvelope(entity, system.Serialization.Deserialize(rest.ToArray(), serializer, name));
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new ArgumentException($"An envelope of {bytes.Length} bytes is cut off; the message was dropped.", nameof(bytes), e);
        }
    }

    private static void Put(ref Span<byte> rest, byte[] text)
    {
        BinaryPrimitives.WriteInt32LittleEndian(rest, text.Length);
        text.CopyTo(rest[4..]);
        rest = rest[(4 + text.Length)..];
    }

    private static string Take(ref Span<byte> rest)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        var text = Encoding.UTF8.GetString(rest.Slice(4, length));
        rest = rest[(4 + length)..];
        return text;
    }
}
