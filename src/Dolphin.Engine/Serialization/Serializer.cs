using Dolphin.Engine.Actor;

namespace Dolphin.Engine.Serialization;

/// <summary>Turns objects of some types into bytes and back. Called from several threads at once: keep no state.</summary>
public abstract class Serializer
{
    protected readonly ExtendedActorSystem system;

    protected Serializer(ExtendedActorSystem system) => this.system = system;

    /// <summary>Stored with every row, for ever; unique among the serializers of a system. 0 to 16 are Akka's own.</summary>
    public abstract int Identifier { get; }

    /// <summary>True if <see cref="FromBinary(byte[], Type)"/> needs the type.</summary>
    public abstract bool IncludeManifest { get; }

    public abstract byte[] ToBinary(object obj);
    public abstract object FromBinary(byte[] bytes, Type type);
    public T FromBinary<T>(byte[] bytes) => (T)FromBinary(bytes, typeof(T));
}

/// <summary>
/// A serializer that names what it wrote by a hand-written string ("survival.halted.v1"), so that types can be renamed and events can
/// have versions.
/// </summary>
public abstract class SerializerWithStringManifest : Serializer
{
    protected SerializerWithStringManifest(ExtendedActorSystem system) : base(system) { }

    public sealed override bool IncludeManifest => true;

    /// <summary>The name to store beside the bytes of <paramref name="o"/>; at most 500 characters.</summary>
    public abstract string Manifest(object o);

    /// <exception cref="System.Runtime.Serialization.SerializationException">Nobody here knows that manifest, or the bytes are not of it.</exception>
    public abstract object FromBinary(byte[] bytes, string manifest);

    public sealed override object FromBinary(byte[] bytes, Type type) =>
        throw new NotSupportedException($"{GetType().Name} reads by manifest, not by CLR type {type.FullName}.");
}
