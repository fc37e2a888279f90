using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Dolphin.Node.Hocon;

/// <summary>A value with all substitutions done. It remembers where the text that decided it stands.</summary>
public abstract class HoconValue(HoconPosition at)
{
    public HoconPosition At { get; } = at;

    /// <summary>What the value is, for a message: <c>"the text 'ten'"</c>, <c>"an object"</c>.</summary>
    public abstract string Describe();
}

/// <summary>Text as written, or joined from several pieces. Whether it means a number is decided by who reads it.</summary>
public sealed class HoconText(HoconPosition at, string text, bool quoted) : HoconValue(at)
{
    public string Text { get; } = text;
    public bool Quoted { get; } = quoted;

    /// <summary>Another text that the same file gives the same key further up; the last one counts. Null: there is none.</summary>
    public HoconText? Hides { get; init; }

    public override string Describe()
    {
        var shown = Text.Length <= 60 ? Text : Text[..57] + "...";
        return Quoted ? $"the text \"{shown}\"" : $"'{shown}'";
    }
}

/// <summary>The word <c>null</c>: present, and deliberately without a value.</summary>
public sealed class HoconNull(HoconPosition at) : HoconValue(at)
{
    public override string Describe() => "null";
}

public sealed class HoconArray(HoconPosition at, ImmutableArray<HoconValue> items) : HoconValue(at)
{
    public ImmutableArray<HoconValue> Items { get; } = items;
    public override string Describe() => $"an array of {Items.Length}";
}

/// <summary>Named values in the order in which their names first appeared.</summary>
public sealed class HoconObject : HoconValue
{
    private readonly Dictionary<string, HoconValue> _byName;
    public ImmutableArray<string> Names { get; }

    public HoconObject(HoconPosition at, IEnumerable<KeyValuePair<string, HoconValue>> fields) : base(at)
    {
        var ordered = fields.ToImmutableArray();
        Names = [.. ordered.Select(f => f.Key)];
        _byName = ordered.ToDictionary(f => f.Key, f => f.Value, StringComparer.Ordinal);
    }

    public bool TryGet(string name, [NotNullWhen(true)] out HoconValue? value) => _byName.TryGetValue(name, out value);

    /// <summary>The value at a dotted path without quoted segments, or null.</summary>
    public HoconValue? Find(string path)
    {
        HoconValue? here = this;
        foreach (var name in path.Split('.'))
        {
            if (here is not HoconObject o || !o.TryGet(name, out here)) return null;
        }
        return here;
    }

    public override string Describe() => "an object";
}
