using System.Collections.Immutable;

namespace Dolphin.Domain.Survival;

/// <summary>One layer as a plan names it.</summary>
/// <param name="Kind">Name of a <see cref="ResponseKind"/>.</param>
public sealed record LayerSettings(LayerId Id, LayerCategory Category, string Kind);

/// <summary>One number of the settings, with its path under <c>dolphin.survival</c>.</summary>
public sealed record SettingsEntry(string Path, Knob Knob, double Value);

/// <summary>Raw values under <c>dolphin.survival</c>, before anyone trusts them: layers, and one number per key path.</summary>
/// <remarks>
/// <see cref="Reference"/> holds the figures of the design. A plan overrides single numbers with <see cref="Set"/>, and adds a
/// layer with <see cref="Add"/> and one <see cref="Set"/> per knob of its kind; neither needs code in the controller or the sizer.
/// Durations are in seconds.
/// </remarks>
public sealed record SurvivalSettings(ImmutableArray<LayerSettings> Layers, ImmutableSortedDictionary<string, double> Values)
{
    public const string Root = "dolphin.survival";

    public static SurvivalSettings Reference { get; } = ReferenceSettings.Create();

    /// <summary>This with one number changed. An unknown path is kept and reported by <see cref="ToPolicy"/>.</summary>
    /// <param name="path">Under <see cref="Root"/>, such as <c>layers.L3_MC_FOREWARNER.age-deadband</c> or <c>pulse</c>.</param>
    public SurvivalSettings Set(string path, double value) => this with { Values = Values.SetItem(path, value) };

    public SurvivalSettings Set(string path, TimeSpan value) => Set(path, value.TotalSeconds);

    /// <summary>This with one more layer, multiplied in last. Replaces the category and kind of a layer of the same name.</summary>
    public SurvivalSettings Add(LayerId id, LayerCategory category, string kind)
    {
        var layer = new LayerSettings(id, category, kind);
        for (var i = 0; i < Layers.Length; i++)
            if (Layers[i].Id == id) return this with { Layers = Layers.SetItem(i, layer) };
        return this with { Layers = Layers.Add(layer) };
    }

    /// <summary>Every number these settings may hold, in a fixed order; the value is NaN where none was given.</summary>
    public ImmutableArray<SettingsEntry> Entries(ImmutableArray<ResponseKind> kinds = default)
    {
        var byName = ResponseKind.ByName(kinds.IsDefault ? ResponseKind.Builtin : kinds);
        var entries = ImmutableArray.CreateBuilder<SettingsEntry>();
        foreach (var knob in GeneralKnobs) Add(knob.Key, knob);
        foreach (var category in Enum.GetValues<LayerCategory>())
        {
            if (category == LayerCategory.Invariant) continue;
            foreach (var knob in CategoryKnobs) Add($"categories.{Name(category)}.{knob.Key}", knob);
        }
        foreach (var layer in Layers)
        {
            if (!byName.TryGetValue(layer.Kind, out var kind)) continue;
            foreach (var knob in kind.Knobs) Add($"layers.{layer.Id}.{knob.Key}", knob);
            if (layer.Category == LayerCategory.Capital)
                foreach (var knob in LatchKnobs) Add($"layers.{layer.Id}.{knob.Key}", knob);
            if (layer.Category == LayerCategory.Invariant) continue;
            foreach (var knob in CategoryKnobs) // A layer may differ from its category.
                if (Values.ContainsKey($"layers.{layer.Id}.{knob.Key}")) Add($"layers.{layer.Id}.{knob.Key}", knob);
        }
        return entries.ToImmutable();

        void Add(string path, Knob knob) => entries.Add(new SettingsEntry(path, knob, Values.GetValueOrDefault(path, double.NaN)));
    }

    /// <returns>The policy, or null after adding everything that is wrong to <paramref name="errors"/>.</returns>
    /// <param name="kinds">The response kinds a plan may name; the built-in ones when not given.</param>
    public SurvivalPolicy? ToPolicy(List<string> errors, ImmutableArray<ResponseKind> kinds = default)
    {
        var before = errors.Count;
        var known = kinds.IsDefault ? ResponseKind.Builtin : kinds;
        var byName = ResponseKind.ByName(known);
        var entries = Entries(known);
        CheckLayers(byName, known, errors);
        foreach (var (path, knob, value) in entries)
        {
            if (!Values.ContainsKey(path)) errors.Add($"{Root}.{path} is missing; expected {knob.Meaning}.");
            else if (knob.Check($"{Root}.{path}", value) is { } error) errors.Add(error);
        }
        var paths = entries.Select(entry => entry.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var (path, _) in Values)
            if (!paths.Contains(path)) errors.Add($"{Root}.{path} is not a known key; it would have no effect.");
        if (errors.Count > before) return null;

        CheckTogether(errors);
        if (errors.Count > before) return null;
        return new SurvivalPolicy(
            Span("pulse"), Span("heartbeat-limit"), Span("climb-dwell"), Values["record-move"],
            new PosturePolicy(
                Trigger("apex"), Trigger("stalker"), Trigger("turtle"),
                (decimal)Values["postures.apex.max-leverage"], (decimal)Values["postures.stalker.max-leverage"],
                (decimal)Values["postures.turtle.max-leverage"]),
            [.. Layers.Select(layer => Define(layer, byName[layer.Kind]))]);
    }

    private static readonly ImmutableArray<Knob> GeneralKnobs =
    [
        new("pulse", KnobUnit.Seconds, "how often each sensor reports", Above: 0),
        new("heartbeat-limit", KnobUnit.Seconds, "silence beyond the pulse after which an invariant is 0", Above: 0),
        new("climb-dwell", KnobUnit.Seconds, "least time in a posture before the next step up", Above: 0),
        new("record-move", KnobUnit.Fraction, "change of R_total that is recorded", Above: 0, Most: 1),
        new("postures.apex.fall-below", KnobUnit.Fraction, "R_total that ends APEX", Above: 0, Most: 1),
        new("postures.apex.rise-above", KnobUnit.Fraction, "R_total that begins APEX", Above: 0, Most: 0.9999),
        new("postures.apex.max-leverage", KnobUnit.Number, "times", Least: 0, Most: 125),
        new("postures.stalker.fall-below", KnobUnit.Fraction, "R_total that ends STALKER", Above: 0, Most: 1),
        new("postures.stalker.rise-above", KnobUnit.Fraction, "R_total that begins STALKER", Above: 0, Most: 0.9999),
        new("postures.stalker.max-leverage", KnobUnit.Number, "times", Least: 0, Most: 125),
        new("postures.turtle.fall-below", KnobUnit.Fraction, "R_total that ends TURTLE", Above: 0, Most: 1),
        new("postures.turtle.rise-above", KnobUnit.Fraction, "R_total that begins TURTLE", Above: 0, Most: 0.9999),
        new("postures.turtle.max-leverage", KnobUnit.Number, "times", Least: 0, Most: 125),
    ];

    private static readonly ImmutableArray<Knob> CategoryKnobs =
    [
        new("recovery-per-minute", KnobUnit.PerMinute, "steepest rise of f after a fall", Above: 0, Most: 1000),
        .. ResponseKind.Decay("silence"),
    ];

    private static readonly ImmutableArray<Knob> LatchKnobs =
    [
        new("latch-at", KnobUnit.Fraction, "loss from which on f can only fall", Above: 0, Most: 1),
        new("release-below", KnobUnit.Fraction, "loss under which the latch may open by itself", Least: 0, Most: 1),
        new("release-after", KnobUnit.Seconds, "how long the loss must stay there", Least: 0),
        new("relatch-step", KnobUnit.Fraction, "further loss after an acknowledgement that latches again", Above: 0, Most: 1),
    ];

    private void CheckLayers(IReadOnlyDictionary<string, ResponseKind> byName, ImmutableArray<ResponseKind> known, List<string> errors)
    {
        var seen = new HashSet<LayerId>();
        foreach (var layer in Layers)
        {
            var path = $"{Root}.layers.{layer.Id}";
            if (string.IsNullOrWhiteSpace(layer.Id.Name)) errors.Add($"{Root}.layers has a layer without a name; expected one like L1_QUORUM.");
            else if (layer.Id.Name.Contains('.')) errors.Add($"{path}: the name holds a dot, which separates key paths; expected one like L1_QUORUM.");
            if (!seen.Add(layer.Id)) errors.Add($"{path} is there twice; expected once.");
            if (!byName.ContainsKey(layer.Kind))
                errors.Add($"{path}.kind is '{layer.Kind}'; expected one of {string.Join(", ", known.Select(kind => kind.Name))}.");
            else if ((layer.Category == LayerCategory.Invariant) != (layer.Kind == "invariant"))
                errors.Add($"{path}: category {Name(layer.Category)} and kind {layer.Kind} do not go together; an invariant is 0 or 1 and nothing else is.");
        }
    }

    // What only two numbers together can get wrong.
    private void CheckTogether(List<string> errors)
    {
        foreach (var posture in (ReadOnlySpan<string>)["apex", "stalker", "turtle"])
        {
            var (fall, rise) = Trigger(posture);
            if (rise <= fall)
                errors.Add($"{Root}.postures.{posture}.rise-above is {rise:R}; expected above fall-below ({fall:R}), or the posture would flap.");
        }
        Order("postures.apex.fall-below", "postures.stalker.rise-above");
        Order("postures.stalker.fall-below", "postures.turtle.rise-above");
        foreach (var layer in Layers)
        {
            var path = $"layers.{layer.Id}";
            if (layer.Category == LayerCategory.Capital && Values[$"{path}.release-below"] >= Values[$"{path}.latch-at"])
                errors.Add($"{Root}.{path}.release-below is {Values[$"{path}.release-below"]:R}; expected under latch-at ({Values[$"{path}.latch-at"]:R}).");
            if (layer.Kind == "confidence" && Values[$"{path}.threshold"] + Values[$"{path}.sensitivity"] < 1)
                errors.Add($"{Root}.{path}: threshold plus sensitivity is under 1, so full confidence would still cost something; expected 1 or more.");
        }
        foreach (var (path, value) in Values)
        {
            if (!path.EndsWith("-midpoint", StringComparison.Ordinal)) continue;
            var steepness = Values[string.Concat(path.AsSpan(0, path.Length - "midpoint".Length), "steepness")];
            if (value * steepness > 700)
                errors.Add($"{Root}.{path} times its steepness is {value * steepness:R}; expected at most 700, or the sigmoid is a cliff.");
        }

        void Order(string upper, string lower)
        {
            if (Values[upper] < Values[lower])
                errors.Add($"{Root}.{upper} is {Values[upper]:R}; expected at least {lower} ({Values[lower]:R}), or the postures overlap.");
        }
    }

    private LayerDefinition Define(LayerSettings layer, ResponseKind kind)
    {
        var path = $"layers.{layer.Id}";
        var response = kind.Create(key => Values[$"{path}.{key}"]);
        if (layer.Category == LayerCategory.Invariant)
            return new LayerDefinition(layer.Id, layer.Category, response, new Damping(double.PositiveInfinity, Latch: null), default);
        var latch = layer.Category == LayerCategory.Capital
            ? new CapitalLatch(
                Values[$"{path}.latch-at"], Values[$"{path}.release-below"], Values[$"{path}.release-after"], Values[$"{path}.relatch-step"])
            : null;
        return new LayerDefinition(
            layer.Id, layer.Category, response, new Damping(OfCategory("recovery-per-minute") / 60.0, latch),
            ResponseKind.ReadDecay(OfCategory, "silence"));

        double OfCategory(string key) =>
            Values.TryGetValue($"{path}.{key}", out var own) ? own : Values[$"categories.{Name(layer.Category)}.{key}"];
    }

    private SchmittTrigger Trigger(string posture) => new(Values[$"postures.{posture}.fall-below"], Values[$"postures.{posture}.rise-above"]);
    private TimeSpan Span(string path) => TimeSpan.FromSeconds(Values[path]);
    internal static string Name(LayerCategory category) => category.ToString().ToLowerInvariant();
}
