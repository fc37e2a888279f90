namespace Dolphin.Actors.Journal;

/// <summary>Gives the journal names of its own instead of CLR type names, and refuses what it does not know.</summary>
public sealed class DolphinSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Written into every row: never change it.</summary>
    public const int Id = 7_031;

    public override int Identifier => Id;

    public override string Manifest(object o) => StoredTypes.NameOf.TryGetValue(o.GetType(), out var name)
        ? name
        : throw new ArgumentException($"{o.GetType()} has no stored name; nothing was written. Give it one in StoredTypes.", nameof(o));

    public override byte[] ToBinary(object obj) => StoredJson.Write(obj);

    public override object FromBinary(byte[] bytes, string manifest) => StoredJson.Read(bytes, StoredTypes.TypeOf(manifest));
}
