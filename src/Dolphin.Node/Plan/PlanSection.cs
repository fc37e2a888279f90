using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Dolphin.Domain.Market;
using Dolphin.Node.Hocon;

namespace Dolphin.Node.Plan;

/// <summary>One object of the plan while it is being read: every value asked for is checked, every mistake is noted, reading goes on.</summary>
/// <remarks>
/// A value that is wrong is answered with another of its type (<c>otherwise</c> where a caller checks further), so that the rest can be
/// checked too; the plan is thrown away if any error was noted. Keys that nobody asked for are reported by <see cref="RejectUnknown"/>.
/// </remarks>
internal sealed class PlanSection
{
    private readonly HoconObject _object;
    private readonly PlanSection? _fallback;
    private readonly List<PlanProblem> _problems;
    private readonly SortedSet<string> _asked = new(StringComparer.Ordinal);
    private readonly List<PlanSection> _children = [];
    private readonly Dictionary<string, PlanSection> _sections = new(StringComparer.Ordinal);

    public string Path { get; }
    public HoconPosition At => _object.At;

    /// <param name="fallback">Where a key is read that is not here: a symbol's own section falls back to the defaults.</param>
    public PlanSection(string path, HoconObject @object, List<PlanProblem> problems, PlanSection? fallback = null) =>
        (Path, _object, _problems, _fallback) = (path, @object, problems, fallback);

    public decimal Number(string key, Range range, string meaning, decimal otherwise = 0m) =>
        Read(key, $"a number{range.Describe()} ({meaning})", t => HoconUnits.TryNumber(t, out var v) && range.Contains(v) ? v : (decimal?)null, otherwise);

    /// <summary>A part of a whole: <c>0.1</c> or <c>10 %</c>.</summary>
    public decimal Fraction(string key, Range range, string meaning, decimal otherwise = 0m) =>
        Read(key, $"a fraction or a percentage{range.Describe()} ({meaning})", t => HoconUnits.TryFraction(t, out var v) && range.Contains(v) ? v : (decimal?)null, otherwise);

    /// <summary>Like <see cref="Fraction"/>, or the given word for "none".</summary>
    public decimal? FractionOr(string word, string key, Range range, string meaning) =>
        Read<Optional<decimal>>(key, $"'{word}', or a fraction or a percentage{range.Describe()} ({meaning})", t =>
            t == word ? new Optional<decimal>(null) : HoconUnits.TryFraction(t, out var v) && range.Contains(v) ? new Optional<decimal>(v) : null).Value;

    /// <summary>Like <see cref="Number"/>, or the given word for "none".</summary>
    public decimal? NumberOr(string word, string key, Range range, string meaning) =>
        Read<Optional<decimal>>(key, $"'{word}', or a number{range.Describe()} ({meaning})", t =>
            t == word ? new Optional<decimal>(null) : HoconUnits.TryNumber(t, out var v) && range.Contains(v) ? new Optional<decimal>(v) : null).Value;

    public T Whole<T>(string key, T least, T most, string meaning, T otherwise = default) where T : struct, IBinaryInteger<T> =>
        Read(key, $"a whole number, {least} to {most} ({meaning})", t =>
            T.TryParse(t, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var v) && v >= least && v <= most ? v : (T?)null, otherwise);

    public TimeSpan Duration(string key, TimeSpan least, TimeSpan most, string meaning, TimeSpan otherwise = default) =>
        Read(key, $"a time with its unit, {Show(least)} to {Show(most)} ({meaning})", t => HoconUnits.TryDuration(t, out var v) && v >= least && v <= most ? v : (TimeSpan?)null, otherwise);

    /// <summary>Like <see cref="Duration"/>, or the given word for "none".</summary>
    public TimeSpan? DurationOr(string word, string key, TimeSpan least, TimeSpan most, string meaning) =>
        Read<Optional<TimeSpan>>(key, $"'{word}', or a time with its unit, {Show(least)} to {Show(most)} ({meaning})", t =>
            t == word ? new Optional<TimeSpan>(null) : HoconUnits.TryDuration(t, out var v) && v >= least && v <= most ? new Optional<TimeSpan>(v) : null).Value;

    /// <summary>A moment: ISO 8601, UTC unless it says otherwise. It needs quotes, for the colons in it.</summary>
    public DateTimeOffset Time(string key, string meaning) =>
        Read(key, $"a time such as \"2026-01-05T00:00:00Z\" ({meaning})", t =>
            DateTimeOffset.TryParse(t, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var v) ? v : (DateTimeOffset?)null,
            DateTimeOffset.UnixEpoch);

    public long Size(string key, long least, long most, string meaning) =>
        Read(key, $"a size in bytes or with its unit, {least} to {most} ({meaning})", t => HoconUnits.TrySize(t, out var v) && v >= least && v <= most ? v : (long?)null);

    public bool Flag(string key) => Read(key, "true or false", t => HoconUnits.TryBoolean(t, out var v) ? v : (bool?)null);

    /// <summary>One of a few words, each meaning a value.</summary>
    public T Choice<T>(string key, params ReadOnlySpan<(string Word, T Value)> choices) where T : struct
    {
        var known = choices.ToArray();
        return Read(key, $"one of {string.Join(", ", known.Select(c => c.Word))}", t =>
        {
            foreach (var (word, value) in known)
            {
                if (word == t) return value;
            }
            return (T?)null;
        });
    }

    /// <summary>For a key of which two values in one file are two wishes that exclude each other, and not a correction.</summary>
    public void RejectSecond(string key)
    {
        if (_object.TryGet(key, out var node) && node is HoconText { Hides: { } first } text)
            Error(key, $"is {text.Text} here and {first.Text} at {first.At}; expected one");
    }

    public string Text(string key, string meaning, Func<string, bool> good)
    {
        var node = Find(key);
        if (node is HoconText text && good(text.Text)) return text.Text;
        Wrong(key, node, meaning);
        return "";
    }

    /// <summary>A list of texts; or, where <paramref name="all"/> is given and stands there instead of a list, null.</summary>
    public ImmutableArray<string>? Texts(string key, string? all, string meaning, Func<string, bool> good)
    {
        var node = Find(key);
        if (all is not null && node is HoconText { Text: var word } && word == all) return null;
        if (node is not HoconArray array)
        {
            Wrong(key, node, $"{(all is null ? "" : $"'{all}', or ")}a list of {meaning}");
            return [];
        }
        foreach (var item in array.Items)
        {
            if (item is not HoconText text || !good(text.Text)) Error($"{Path}.{key}", item.At, $"{Path}.{key} has {item.Describe()}; expected {meaning}");
        }
        return [.. array.Items.OfType<HoconText>().Select(t => t.Text)];
    }

    public HoconArray? List(string key, string meaning)
    {
        var node = Find(key);
        if (node is HoconArray array) return array;
        Wrong(key, node, $"a list of {meaning}");
        return null;
    }

    /// <summary>The object of that name; asked for twice it is the same, and knows what it was asked both times.</summary>
    public PlanSection Section(string key)
    {
        if (!_sections.TryGetValue(key, out var section)) _sections.Add(key, section = Open(key));
        return section;
    }

    private PlanSection Open(string key)
    {
        _asked.Add(key);
        var inherited = _fallback?.Section(key);
        if (!_object.TryGet(key, out var node) && inherited is not null) return inherited;
        if (node is HoconObject o) return Child(key, o, inherited);
        Wrong(key, node, "an object");
        // One report says it all: what would be inside is read for its types only.
        return new PlanSection($"{Path}.{key}", new HoconObject(node?.At ?? At, []), [], inherited);
    }

    /// <summary>
    /// Every named object in here, in the order written; values read from them may fall back to <paramref name="fallback"/>. A name set to
    /// null has been taken out.
    /// </summary>
    public IEnumerable<(string Name, PlanSection Section)> Each(PlanSection? fallback = null)
    {
        foreach (var name in _object.Names)
        {
            _asked.Add(name);
            _object.TryGet(name, out var node);
            if (node is HoconObject o) yield return (name, Child(name, o, fallback));
            else if (node is not HoconNull) Wrong(name, node, "an object, or null to take it out");
        }
    }

    /// <summary>The same, of settings by symbol: one that the plan does not trade is warned of. Misspelt, it leaves the one that was meant to the defaults.</summary>
    /// <param name="listed">Null: all that the market has.</param>
    public IEnumerable<(string Name, PlanSection Section)> EachSymbol(ImmutableArray<Symbol>? listed, PlanSection fallback)
    {
        foreach (var (name, section) in Each(fallback))
        {
            if (listed is { } symbols && !symbols.Contains(new Symbol(name))) section.WarnHere("is for a symbol that is not in dolphin.universe.symbols, so it has no effect");
            yield return (name, section);
        }
    }

    /// <summary>An item of a list as a section.</summary>
    public PlanSection? Item(string key, int index, HoconValue item)
    {
        if (item is HoconObject o) return Child($"{key}[{index}]", o, null);
        Error($"{Path}.{key}[{index}]", item.At, $"{Path}.{key}[{index}] is {item.Describe()}; expected an object");
        return null;
    }

    public bool Has(string key) => _object.TryGet(key, out _);

    /// <summary>The place of a key, or of the section if the key is not there.</summary>
    public HoconPosition PlaceOf(string key) => _object.TryGet(key, out var node) ? node.At : _fallback?.PlaceOf(key) ?? At;

    public void Error(string path, HoconPosition at, string message) => _problems.Add(new PlanProblem(IsError: true, path, at, message + "."));
    public void Error(string key, string message) => Error($"{Path}.{key}", PlaceOf(key), $"{Path}.{key} {message}");

    public void WarnHere(string message) => _problems.Add(new PlanProblem(IsError: false, Path, At, $"{Path} {message}."));

    /// <summary>Notes a mistake that the domain found: a sentence that begins with the path of the key. What is inherited is left to its own place.</summary>
    public void ErrorAtItsKey(string sentence) => NoteAtItsKey(sentence, isError: true);
    public void WarnAtItsKey(string sentence) => NoteAtItsKey(sentence, isError: false);

    /// <summary>Notes all that the domain found, each at its key.</summary>
    public void NoteAtTheirKeys(IEnumerable<string> errors, IEnumerable<string>? warnings = null)
    {
        foreach (var error in errors) ErrorAtItsKey(error);
        foreach (var warning in warnings ?? []) WarnAtItsKey(warning);
    }

    /// <summary>Notes what the domain found, unless the same was noted already while the keys were read.</summary>
    public void ErrorsHereUnlessOthers(IEnumerable<string> sentences)
    {
        if (_problems.Exists(p => p.IsError && p.Path.StartsWith(Path + ".", StringComparison.Ordinal))) return;
        foreach (var sentence in sentences) _problems.Add(new PlanProblem(IsError: true, Path, At, $"{Path}: {sentence}"));
    }

    private void NoteAtItsKey(string sentence, bool isError)
    {
        var path = sentence[..sentence.AsSpan().IndexOfAny(' ', ':')];
        HoconValue? here = _object;
        if (path.Length > Path.Length)
        {
            foreach (var name in path[(Path.Length + 1)..].Split('.'))
            {
                if (here is not HoconObject o || !o.TryGet(name, out var next)) break;
                here = next;
            }
        }
        if (_fallback is not null && ReferenceEquals(here, _object)) return;
        _problems.Add(new PlanProblem(isError, path, here!.At, sentence));
    }

    /// <summary>Leaves the unknown keys of this section, and of those below, to somebody who knows them better.</summary>
    public void AcceptAll()
    {
        foreach (var name in _object.Names) _asked.Add(name);
        _children.Clear();
    }

    /// <summary>Reports keys that nobody asked for, here and below: a setting that is misspelt must not be a setting that is ignored.</summary>
    public void RejectUnknown()
    {
        foreach (var name in _object.Names)
        {
            if (_asked.Contains(name)) continue;
            _object.TryGet(name, out var node);
            var near = NearestName.Find(name, _asked);
            var hint = near is not null ? $"; did you mean '{near}'?" : $"; known here: {string.Join(", ", _asked)}.";
            _problems.Add(new PlanProblem(IsError: true, $"{Path}.{name}", node!.At, $"{Path}.{name} is not a known key{hint}"));
        }
        foreach (var child in _children) child.RejectUnknown();
    }

    public static string Show(TimeSpan span) => span switch
    {
        _ when span == TimeSpan.Zero => "0s",
        { TotalDays: >= 1 } when span.Ticks % TimeSpan.TicksPerDay == 0 => $"{span.TotalDays:0}d",
        { TotalHours: >= 1 } when span.Ticks % TimeSpan.TicksPerHour == 0 => $"{span.TotalHours:0}h",
        { TotalMinutes: >= 1 } when span.Ticks % TimeSpan.TicksPerMinute == 0 => $"{span.TotalMinutes:0}m",
        { TotalSeconds: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.###}s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0.####}ms"),
    };

    private readonly record struct Optional<T>(T? Value) where T : struct;

    private PlanSection Child(string key, HoconObject o, PlanSection? fallback)
    {
        var child = new PlanSection($"{Path}.{key}", o, _problems, fallback);
        _children.Add(child);
        return child;
    }

    private T Read<T>(string key, string expected, Func<string, T?> read, T otherwise = default) where T : struct
    {
        var node = Find(key);
        if (node is HoconText text && read(text.Text.Trim()) is { } value) return value;
        Wrong(key, node, expected);
        return otherwise;
    }

    private HoconValue? Find(string key)
    {
        _asked.Add(key);
        if (_object.TryGet(key, out var node)) return node;
        return _fallback?.Find(key);
    }

    private void Wrong(string key, HoconValue? found, string expected)
    {
        // What is inherited is reported once, where it stands.
        if (!_object.TryGet(key, out _) && _fallback?.Find(key) is not null) return;
        Error($"{Path}.{key}", found?.At ?? At, $"{Path}.{key} is {found?.Describe() ?? "missing"}; expected {expected}");
    }
}
