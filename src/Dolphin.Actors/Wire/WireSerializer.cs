namespace Dolphin.Actors.Wire;

/// <summary>Gives messages between nodes names of their own instead of CLR type names, and refuses what it does not know.</summary>
/// <remarks>Bound to everything that nothing more special is bound to, so that no serializer that trusts type names is ever asked.</remarks>
public sealed class WireSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Stands in every message: never change it.</summary>
    public const int Id = 7_032;

    public override int Identifier => Id;

    public override string Manifest(object o) => WireTypes.NameOf.TryGetValue(o.GetType(), out var name)
        ? name
        : throw new ArgumentException($"{o.GetType()} does not cross between nodes; it was not sent. Give it a name in WireTypes, or keep it on its node.", nameof(o));

    public override byte[] ToBinary(object obj) => WireJson.Write(obj);

    public override object FromBinary(byte[] bytes, string manifest) => WireJson.Read(bytes, WireTypes.TypeOf(manifest));
}
