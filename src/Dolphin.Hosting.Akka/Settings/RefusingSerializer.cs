using Akka.Configuration;

namespace Dolphin.Hosting.Akka.Settings;

/// <summary>
/// Sits where Akka.NET's defaults have Newtonsoft's serializer, which makes an object of whatever type a message names. It has that one's
/// number, so that a message written so somewhere else is refused with a reason.
/// </summary>
public sealed class RefusingSerializer : Serializer
{
    /// <summary>Of Newtonsoft's serializer in Akka.NET.</summary>
    public const int Id = 1;

    /// <param name="unused">What the defaults say to the one it replaces: whoever has its name is given it.</param>
    public RefusingSerializer(ExtendedActorSystem system, Config unused) : base(system) => ArgumentNullException.ThrowIfNull(unused);

    public override int Identifier => Id;
    public override bool IncludeManifest => true;

    public override byte[] ToBinary(object obj) =>
        throw new ArgumentException($"{obj.GetType()} was to be written with its type name; nothing was written. Give it a name in WireTypes or StoredTypes.", nameof(obj));

    public override object FromBinary(byte[] bytes, Type type) =>
        throw new ArgumentException("A message names the type that it wants to become; it was dropped. Expected the names in WireTypes: see who sends it, for it is no node of this program.", nameof(bytes));
}
