using System.Collections.Immutable;
using System.Text;

namespace Dolphin.Node.Hocon;

/// <summary>Does the substitutions and merges, lazily: a field is looked at only when it, or something that refers to it, is needed.</summary>
/// <remarks>
/// Every field is a stack of the values it was given. Reading one goes from the newest down: an object merges with the objects below it,
/// anything else hides them. A reference met while one value of a stack is being worked out sees only what lies below that value,
/// which gives <c>a = ${a}" more"</c> its meaning and turns a true circle into an error instead of a loop.
/// </remarks>
internal sealed class HoconResolver
{
    private readonly HoconSyntax[] _root;
    private readonly Func<string, string?> _environment;
    private readonly HoconLimits _limits;
    private readonly HashSet<HoconSyntax> _working = new(ReferenceEqualityComparer.Instance);
    private int _values;
    private int _depth;
    private int _nesting;
    private bool _metItself;

    private HoconResolver(HoconSyntax[] root, Func<string, string?> environment, HoconLimits limits) =>
        (_root, _environment, _limits) = (root, environment, limits);

    /// <param name="layers">Whole files, the weakest first.</param>
    /// <param name="environment">The value of an environment variable, or null. Asked only for what no file has.</param>
    public static HoconObject Resolve(IReadOnlyList<ObjectSyntax> layers, Func<string, string?> environment, HoconLimits limits)
    {
        var resolver = new HoconResolver([.. layers], environment, limits);
        return (HoconObject)resolver.Finish(new Outcome(null, [.. layers]))!;
    }

    /// <summary>What a stack of values comes to: one value, or objects still to be merged (oldest first), or nothing.</summary>
    private readonly record struct Outcome(HoconValue? Value, ImmutableArray<ObjectSyntax> Objects)
    {
        public static readonly Outcome Nothing = new(null, []);
        public bool IsNothing => Value is null && Objects.IsDefaultOrEmpty;
        public bool IsObject => Value is null && !Objects.IsDefaultOrEmpty;
    }

    private HoconValue? Finish(Outcome outcome)
    {
        if (!outcome.IsObject) return outcome.Value;
        Count(outcome.Objects[^1].At);
        if (++_nesting > _limits.MaxDepth)
            throw new HoconException(outcome.Objects[^1].At, $"objects come to be nested more than {_limits.MaxDepth} deep; does one refer to an object it is in?");
        var fields = new List<KeyValuePair<string, HoconValue>>();
        foreach (var name in outcome.Objects.SelectMany(o => o.Names).Distinct(StringComparer.Ordinal))
        {
            if (Finish(Reduce(LayersOf(outcome.Objects, name))) is { } value) fields.Add(new(name, value));
        }
        _nesting--;
        return new HoconObject(outcome.Objects[^1].At, fields);
    }

    private static List<HoconSyntax> LayersOf(ImmutableArray<ObjectSyntax> objects, string name) =>
        objects.Length == 1 ? [.. objects[0].Layers(name)] : [.. objects.SelectMany(o => o.Layers(name))];

    private Outcome Reduce(List<HoconSyntax> layers)
    {
        var objects = new Stack<ImmutableArray<ObjectSyntax>>();
        for (var i = layers.Count - 1; i >= 0; i--)
        {
            var outcome = Evaluate(layers[i]);
            if (outcome.IsNothing) continue; // An optional reference to nothing leaves what was there before.
            if (outcome.Value is { } value)
            {
                if (objects.Count == 0) return new Outcome(value is HoconText text && HiddenBy(layers, i) is { } hidden ? new HoconText(text.At, text.Text, text.Quoted) { Hides = hidden } : value, []);
                break;
            }
            objects.Push(outcome.Objects);
        }
        return new Outcome(null, [.. objects.SelectMany(o => o)]);
    }

    // A value from another file, such as an included one, is meant to be hidden, and so is one that the newer refers to.
    private static HoconText? HiddenBy(List<HoconSyntax> layers, int newest)
    {
        if (layers[newest] is not TextSyntax winner) return null;
        for (var i = newest - 1; i >= 0; i--)
        {
            if (layers[i] is TextSyntax other && other.At.File == winner.At.File && other.Text != winner.Text) return new HoconText(other.At, other.Text, other.Quoted);
        }
        return null;
    }

    private Outcome Evaluate(HoconSyntax node)
    {
        if (node is ObjectSyntax o) return new Outcome(null, [o]);
        if (!_working.Add(node))
        {
            _metItself = true;
            return Outcome.Nothing;
        }
        if (++_depth > _limits.MaxDepth) throw new HoconException(node.At, $"references lead through more than {_limits.MaxDepth} others");
        Count(node.At);
        try
        {
            return node switch
            {
                TextSyntax t => new Outcome(t is { Quoted: false, Text: "null" } ? new HoconNull(t.At) : new HoconText(t.At, t.Text, t.Quoted), []),
                ArraySyntax a => new Outcome(new HoconArray(a.At, [.. a.Items.Select(i => Finish(Evaluate(i))).OfType<HoconValue>()]), []),
                SubstitutionSyntax s => Follow(s),
                ConcatSyntax c => Join(c),
                _ => throw new System.Diagnostics.UnreachableException($"No rule for {node.GetType().Name}."),
            };
        }
        finally
        {
            _working.Remove(node);
            _depth--;
        }
    }

    private Outcome Follow(SubstitutionSyntax reference)
    {
        var met = _metItself;
        _metItself = false;
        var found = Outcome.Nothing;
        if (!reference.Prefix.IsEmpty) found = Lookup(reference.Prefix.AddRange(reference.Path));
        if (found.IsNothing) found = Lookup(reference.Path);
        var circle = _metItself;
        _metItself = met;
        if (!found.IsNothing) return found;
        var name = string.Join('.', reference.Path);
        if (_environment(name) is { } value) return new Outcome(new HoconText(reference.At, value, quoted: true), []);
        if (reference.Optional) return Outcome.Nothing;
        throw new HoconException(reference.At, circle
            ? $"the reference {reference} leads back to itself"
            : $"the reference {reference} names nothing: there is no such key and no environment variable \"{name}\"");
    }

    private Outcome Lookup(ImmutableArray<string> path)
    {
        var layers = new List<HoconSyntax>(_root);
        foreach (var name in path)
        {
            var outcome = Reduce(layers);
            if (!outcome.IsObject) return Outcome.Nothing;
            layers = LayersOf(outcome.Objects, name);
            var self = layers.FindIndex(_working.Contains);
            if (self >= 0)
            {
                _metItself |= self == 0;
                layers.RemoveRange(self, layers.Count - self);
            }
        }
        return Reduce(layers);
    }

    private Outcome Join(ConcatSyntax concat)
    {
        var parts = concat.Pieces.Select(p => (Piece: p, Outcome: Evaluate(p))).Where(p => !p.Outcome.IsNothing).ToList();
        if (parts.Exists(p => p.Outcome.IsObject || p.Outcome.Value is HoconArray))
            parts.RemoveAll(p => p.Piece is TextSyntax { Quoted: false } t && string.IsNullOrWhiteSpace(t.Text));
        if (parts.Count == 0) return Outcome.Nothing;
        if (parts.TrueForAll(p => p.Outcome.IsObject)) return new Outcome(null, [.. parts.SelectMany(p => p.Outcome.Objects)]);
        if (parts.TrueForAll(p => p.Outcome.Value is HoconArray))
            return new Outcome(new HoconArray(concat.At, [.. parts.SelectMany(p => ((HoconArray)p.Outcome.Value!).Items)]), []);
        if (parts.Find(p => p.Outcome.Value is not (HoconText or HoconNull)) is { Piece: not null } odd)
            throw new HoconException(odd.Piece.At, $"expected pieces of one kind on one line, found {(odd.Outcome.IsObject ? "an object" : "an array")} next to another kind");

        // A value that was only a reference with blanks around it is that reference, not text.
        var written = parts.Where(p => !(p.Piece is TextSyntax { Quoted: false } t && string.IsNullOrWhiteSpace(t.Text))).ToList();
        if (written.Count == 1 && parts.Count != concat.Pieces.Length) return written[0].Outcome;
        var text = new StringBuilder();
        foreach (var (piece, outcome) in parts)
        {
            text.Append(outcome.Value is HoconText t ? t.Text : "null");
            if (text.Length > _limits.MaxFileChars) throw new HoconException(piece.At, $"the joined text is longer than the limit of {_limits.MaxFileChars} characters");
        }
        var quoted = written.Exists(p => p.Outcome.Value is HoconText { Quoted: true });
        return new Outcome(new HoconText(concat.At, text.ToString(), quoted), []);
    }

    private void Count(HoconPosition at)
    {
        if (++_values > _limits.MaxValues) throw new HoconException(at, $"the configuration comes to more than {_limits.MaxValues} values");
    }
}
