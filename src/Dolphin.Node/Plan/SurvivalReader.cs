using System.Collections.Immutable;
using Dolphin.Domain.Survival;
using Dolphin.Node.Hocon;

namespace Dolphin.Node.Plan;

/// <summary>Reads <c>dolphin.survival</c>. Which keys there are depends on the layers a plan names, so the domain's own list is followed.</summary>
internal sealed class SurvivalReader(HoconObject root, List<PlanProblem> problems)
{
    private readonly Dictionary<string, Knob> _knobs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Knob> _perLayer = new(StringComparer.Ordinal);
    private SurvivalSettings _settings = new([], ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal));

    /// <returns>Null after adding what is wrong to the problems.</returns>
    public SurvivalPolicy? Read(PlanSection section)
    {
        ReadLayers(section.Section("layers"));
        foreach (var entry in _settings.Entries())
        {
            _knobs[entry.Path] = entry.Knob;
            // A layer may differ from its category in what the category says.
            if (entry.Path.StartsWith("categories.", StringComparison.Ordinal)) _perLayer[entry.Knob.Key] = entry.Knob;
        }
        section.AcceptAll();
        Walk("", (HoconObject)root.Find(SurvivalSettings.Root)!);

        var errors = new List<string>();
        var policy = _settings.ToPolicy(errors);
        if (policy is null)
        {
            // The domain compares numbers with each other only once each is good by itself; to have all mistakes at once, the
            // bad ones are looked away from.
            var healed = SurvivalSettings.Reference.Values
                .Where(v => _settings.Values.ContainsKey(v.Key) is false || errors.Exists(e => e.StartsWith($"{SurvivalSettings.Root}.{v.Key} ", StringComparison.Ordinal)))
                .Aggregate(_settings, (all, v) => all.Set(v.Key, v.Value));
            if (healed != _settings) healed.ToPolicy(errors);
        }
        // What could not be read is missing to the domain; one report for one mistake is enough.
        foreach (var error in errors.Where(e => !problems.Exists(p => p.IsError && e.StartsWith(p.Path + " ", StringComparison.Ordinal)))) section.ErrorAtItsKey(error);
        return policy;
    }

    private void ReadLayers(PlanSection layers)
    {
        foreach (var (name, layer) in layers.Each())
        {
            var category = layer.Choice("category", [.. Enum.GetValues<LayerCategory>().Select(c => (c.ToString().ToLowerInvariant(), c))]);
            var kind = layer.Choice("kind", [.. ResponseKind.Builtin.Select((k, i) => (k.Name, i))]);
            _settings = _settings.Add(new LayerId(name), category, ResponseKind.Builtin[kind].Name);
            layer.AcceptAll();
        }
    }

    private void Walk(string path, HoconObject here)
    {
        foreach (var name in here.Names)
        {
            here.TryGet(name, out var node);
            var at = path.Length == 0 ? name : $"{path}.{name}";
            if (at is "decay" || (IsLayer(path) && name is "category" or "kind")) continue;
            if (node is HoconObject inner) Walk(at, inner);
            else ReadKnob(at, node!);
        }
    }

    private void ReadKnob(string path, HoconValue node)
    {
        var full = $"{SurvivalSettings.Root}.{path}";
        var (parent, key) = path.LastIndexOf('.') is >= 0 and var dot ? (path[..dot], path[(dot + 1)..]) : ("", path);
        if (!_knobs.TryGetValue(path, out var knob) && !(IsLayer(parent) && _perLayer.TryGetValue(key, out knob)))
        {
            var siblings = _knobs.Keys.Where(k => k.StartsWith(parent.Length == 0 ? "" : parent + ".", StringComparison.Ordinal)).Select(k => k[(parent.Length == 0 ? 0 : parent.Length + 1)..])
                .Concat(IsLayer(parent) ? _perLayer.Keys : []).Order(StringComparer.Ordinal).ToList();
            var hint = NearestName.Find(key, siblings) is { } near ? $"; did you mean '{near}'?" : siblings.Count > 0 ? $"; known here: {string.Join(", ", siblings)}." : ".";
            problems.Add(new PlanProblem(IsError: true, full, node.At, $"{full} is not a known key{hint}"));
            return;
        }
        if (node is HoconText text && TryRead(knob!.Unit, text.Text.Trim(), out var value)) _settings = _settings.Set(path, value);
        else problems.Add(new PlanProblem(IsError: true, full, node.At, $"{full} is {node.Describe()}; expected {Expected(knob!.Unit)} ({knob.Meaning})."));
    }

    private static bool TryRead(KnobUnit unit, string text, out double value)
    {
        value = 0;
        switch (unit)
        {
            case KnobUnit.Seconds when HoconUnits.TryDuration(text, out var span):
                value = span.TotalSeconds;
                return true;
            case KnobUnit.Fraction or KnobUnit.PerMinute when HoconUnits.TryFraction(text, out var part):
                value = (double)part;
                return true;
            case KnobUnit.Number or KnobUnit.PerSecond or KnobUnit.Bps when HoconUnits.TryNumber(text, out var number):
                value = (double)number;
                return true;
            default:
                return false;
        }
    }

    private static string Expected(KnobUnit unit) => unit switch
    {
        KnobUnit.Seconds => "a time with its unit, such as 30s",
        KnobUnit.Fraction => "a fraction or a percentage",
        KnobUnit.PerMinute => "a fraction or a percentage, per minute",
        KnobUnit.PerSecond => "a number, per second",
        KnobUnit.Bps => "a number of basis points",
        _ => "a number",
    };

    private static bool IsLayer(string path) => path.StartsWith("layers.", StringComparison.Ordinal) && path.IndexOf('.', "layers.".Length) < 0;
}
