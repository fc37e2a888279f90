using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Dolphin.Domain.Survival;

/// <summary>What a number in a plan counts. Durations are kept in seconds.</summary>
public enum KnobUnit
{
    Number,
    Seconds,
    PerSecond,
    PerMinute,
    Bps,
    Fraction,
}

/// <summary>One number a plan may set, and what it may be.</summary>
/// <param name="Key">The last part of the key path, such as <c>age-deadband</c>.</param>
/// <param name="Above">Exclusive lower bound, or null.</param>
/// <param name="Least">Inclusive lower bound, or null.</param>
/// <param name="Most">Inclusive upper bound, or null.</param>
/// <param name="Meaning">A phrase for error messages and <c>config check</c>.</param>
public sealed record Knob(string Key, KnobUnit Unit, string Meaning, double? Above = null, double? Least = null, double? Most = null)
{
    /// <returns>What is wrong with <paramref name="value"/> at <paramref name="path"/>, or null.</returns>
    public string? Check(string path, double value)
    {
        if (double.IsFinite(value) && !(value <= Above) && !(value < Least) && !(value > Most)) return null;
        List<string> bounds = [];
        if (Above is { } above) bounds.Add($"above {above:R}");
        if (Least is { } least) bounds.Add($"at least {least:R}");
        if (Most is { } most) bounds.Add($"at most {most:R}");
        var expected = bounds.Count == 0 ? "a finite number" : string.Join(", ", bounds);
        return $"{path} is {value:R}{UnitText}; expected {expected}{UnitText} ({Meaning}).";
    }

    private string UnitText => Unit switch
    {
        KnobUnit.Seconds => " s",
        KnobUnit.PerSecond => "/s",
        KnobUnit.PerMinute => "/min",
        KnobUnit.Bps => " bps",
        _ => "",
    };
}

/// <summary>A kind of response a plan can name, with the numbers it needs.</summary>
/// <param name="Create">Called with one valid value per knob, asked for by key.</param>
public sealed record ResponseKind(string Name, ImmutableArray<Knob> Knobs, Func<Func<string, double>, LayerResponse> Create)
{
    private static readonly Knob Filter = Seconds("filter", "time constant of the low-pass filter; 0 is none", least: 0);

    /// <summary>The kinds that come with Dolphin. Code adds its own by <c>Builtin.Add(...)</c>.</summary>
    public static ImmutableArray<ResponseKind> Builtin { get; } =
    [
        new("invariant", [], _ => new InvariantResponse()),
        new("envelope", [.. Decay("age"), new("well-inside", KnobUnit.Number, "distance from which on the envelope costs nothing", Above: 0)],
            v => new EnvelopeResponse(ReadDecay(v, "age"), v("well-inside"))),
        new("scan", [.. Decay("age"), .. Decay("drift"), Filter],
            v => new ScanResponse(ReadDecay(v, "age"), ReadDecay(v, "drift"), v("filter"))),
        new("book",
            [.. Sigmoid("age", KnobUnit.Seconds), .. Sigmoid("jitter", KnobUnit.Seconds), .. Sigmoid("depth", KnobUnit.Fraction), .. Sigmoid("imbalance", KnobUnit.Fraction), Filter],
            v => new BookResponse(ReadSigmoid(v, "age"), ReadSigmoid(v, "jitter"), ReadSigmoid(v, "depth"), ReadSigmoid(v, "imbalance"), v("filter"))),
        new("slippage", [.. Sigmoid("drift", KnobUnit.Bps), Filter],
            v => new SlippageResponse(ReadSigmoid(v, "drift"), v("filter"))),
        new("shock",
            [
                .. Decay("age"), new("shock-depth", KnobUnit.Fraction, "what a shock takes at once", Above: 0, Most: 0.999),
                Seconds("glide", "time after which a shock is over", above: 0),
            ],
            v => new ShockResponse(v("shock-depth"), v("glide"), ReadDecay(v, "age"))),
        new("confidence",
            [
                new("threshold", KnobUnit.Fraction, "f with no confidence at all", Above: 0, Most: 1),
                new("sensitivity", KnobUnit.Fraction, "f per unit of confidence; threshold + sensitivity must reach 1", Least: 0, Most: 1),
                Seconds("half-life", "silence in which confidence halves", above: 0),
                new("most-shaved", KnobUnit.Fraction, "what the layer can take at most", Above: 0, Most: 0.999),
            ],
            v => new ConfidenceResponse(v("threshold"), v("sensitivity"), v("half-life"), v("most-shaved"))),
        new("drawdown",
            [
                new("steepness", KnobUnit.Number, "k of the sigmoid, per whole of equity", Above: 0, Most: 500),
                new("midpoint", KnobUnit.Fraction, "drawdown at which the sigmoid is a half", Above: 0, Most: 1),
            ],
            v => new DrawdownResponse(new DeadbandSigmoid(v("steepness"), v("midpoint"), 0))),
        new("gauge", [.. Sigmoid("value", KnobUnit.Number), Filter],
            v => new GaugeResponse(ReadSigmoid(v, "value"), v("filter"))),
    ];

    public static FrozenDictionary<string, ResponseKind> ByName(IEnumerable<ResponseKind> kinds) =>
        kinds.ToFrozenDictionary(kind => kind.Name, StringComparer.Ordinal);

    private static Knob Seconds(string key, string meaning, double? above = null, double? least = null) =>
        new(key, KnobUnit.Seconds, meaning, Above: above, Least: least);

    internal static ImmutableArray<Knob> Decay(string of) =>
    [
        new($"{of}-deadband", KnobUnit.Seconds, $"{of} up to which nothing is lost", Least: 0),
        new($"{of}-lambda", KnobUnit.PerSecond, "rate of the decay beyond the deadband", Above: 0, Most: 1000),
        new($"{of}-shape", KnobUnit.Number, "exponent of the decay; below 1 is quick first and long in the tail", Above: 0, Most: 4),
    ];

    internal static StretchedDecay ReadDecay(Func<string, double> value, string of) =>
        new(value($"{of}-lambda"), value($"{of}-shape"), value($"{of}-deadband"));

    // A steepness times midpoint of more than 700 would leave the sigmoid's edge without precision.
    private static ImmutableArray<Knob> Sigmoid(string of, KnobUnit unit) =>
    [
        new($"{of}-deadband", unit, $"{of} up to which nothing is lost", Least: 0),
        new($"{of}-midpoint", unit, $"{of} beyond the deadband at which the sigmoid is a half", Above: 0),
        new($"{of}-steepness", KnobUnit.Number, $"k of the sigmoid, per unit of {of}", Above: 0, Most: 500),
    ];

    private static DeadbandSigmoid ReadSigmoid(Func<string, double> value, string of) =>
        new(value($"{of}-steepness"), value($"{of}-midpoint"), value($"{of}-deadband"));
}
