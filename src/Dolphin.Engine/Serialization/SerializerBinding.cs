namespace Dolphin.Engine.Serialization;

/// <summary>
/// All objects of <paramref name="Type"/>, and of types derived from it or implementing it, go through <paramref name="Serializer"/>.
/// Where several bindings fit, the most derived type wins, then the earlier binding.
/// </summary>
public sealed record SerializerBinding(Type Type, Serializer Serializer);
