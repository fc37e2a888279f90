using System.Runtime.Serialization;
using System.Text;

namespace Dolphin.EngineTests.Persistence;

/// <summary>An event or a snapshot that is nothing but a text.</summary>
public sealed record Noted(string Text);
/// <summary>An event whose serializer throws.</summary>
public sealed record Unwritable(string Text);
/// <summary>An event that no serializer is bound to.</summary>
public sealed record Unknown(string Text);

/// <summary>Serializes the events of these tests under hand-written names.</summary>
public sealed partial class TestSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => 901;
    public override string Manifest(object o) => o switch
    {
        Noted { Text: var text } when text.StartsWith("old ", StringComparison.Ordinal) => "noted.v0", // As an earlier program wrote it.
        Noted { Text: var text } when text.StartsWith("later ", StringComparison.Ordinal) => "noted.v2", // As a later program writes it; nobody here reads it.
        Noted => "noted.v1",
        Unwritable => "unwritable.v1",
        _ => throw new SerializationException($"No manifest for {o.GetType().Name}."),
    };

    public override byte[] ToBinary(object obj) => obj switch
    {
        Noted noted => Encoding.UTF8.GetBytes(noted.Text),
        _ => throw new SerializationException($"{obj.GetType().Name} cannot be written."),
    };

    public override object FromBinary(byte[] bytes, string manifest) => manifest switch
    {
        "noted.v1" => new Noted(Encoding.UTF8.GetString(bytes)),
        "noted.v0" => new Noted($"{Encoding.UTF8.GetString(bytes)}, made new"),
        _ => throw new SerializationException($"No reader for '{manifest}'."),
    };
}
