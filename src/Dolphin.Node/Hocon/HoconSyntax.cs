using System.Collections.Immutable;

namespace Dolphin.Node.Hocon;

/// <summary>A value as parsed, before substitution. Compared by identity: the resolver marks the very node it is working on.</summary>
internal abstract class HoconSyntax(HoconPosition at)
{
    public HoconPosition At { get; } = at;
}

internal sealed class TextSyntax(HoconPosition at, string text, bool quoted) : HoconSyntax(at)
{
    public string Text { get; } = text;
    public bool Quoted { get; } = quoted;
}

internal sealed class ArraySyntax(HoconPosition at, ImmutableArray<HoconSyntax> items) : HoconSyntax(at)
{
    public ImmutableArray<HoconSyntax> Items { get; } = items;
}

/// <summary><c>${a.b}</c> or <c>${?a.b}</c>.</summary>
/// <param name="path">Segments as written.</param>
/// <param name="prefix">Where the file that says it was included; the path is tried below it first.</param>
/// <param name="optional">With the question mark: no value means the field is not there.</param>
internal sealed class SubstitutionSyntax(HoconPosition at, ImmutableArray<string> path, ImmutableArray<string> prefix, bool optional)
    : HoconSyntax(at)
{
    public ImmutableArray<string> Path { get; } = path;
    public ImmutableArray<string> Prefix { get; } = prefix;
    public bool Optional { get; } = optional;
    public override string ToString() => (Optional ? "${?" : "${") + string.Join('.', Path) + "}";
}

/// <summary>Several pieces on one line that make one value: text joined, arrays appended or objects merged.</summary>
internal sealed class ConcatSyntax(HoconPosition at, ImmutableArray<HoconSyntax> pieces) : HoconSyntax(at)
{
    public ImmutableArray<HoconSyntax> Pieces { get; } = pieces;
}

/// <summary>Fields in order of first appearance, each with every value it was given, oldest first.</summary>
/// <remarks>Old values are kept because a later one may refer to them (<c>path = ${path}":more"</c>) or merge into them.</remarks>
internal sealed class ObjectSyntax(HoconPosition at) : HoconSyntax(at)
{
    private readonly Dictionary<string, List<HoconSyntax>> _layers = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    public IReadOnlyList<string> Names => _names;
    public IReadOnlyList<HoconSyntax> Layers(string name) => _layers.TryGetValue(name, out var found) ? found : [];

    public void Add(string name, HoconSyntax value)
    {
        if (!_layers.TryGetValue(name, out var layers))
        {
            _layers.Add(name, layers = []);
            _names.Add(name);
        }
        layers.Add(value);
    }

    /// <summary>Takes over every field of an included file, as if its text stood here.</summary>
    public void AddAll(ObjectSyntax other)
    {
        foreach (var name in other._names)
        {
            foreach (var layer in other._layers[name]) Add(name, layer);
        }
    }
}
