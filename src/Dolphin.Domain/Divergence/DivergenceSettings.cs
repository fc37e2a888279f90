using System.Collections.Immutable;
namespace Dolphin.Domain.Divergence;

/// <summary>A venue as a source of prices, such as <c>binance</c>. Compared and ordered ordinally.</summary>
public readonly record struct PriceSource(string Name) : IComparable<PriceSource>
{
    public int CompareTo(PriceSource other) => string.CompareOrdinal(Name, other.Name);
    public override string ToString() => Name;
}

/// <summary>
/// How venues are compared, before anyone trusts it: <see cref="DivergencePolicy.Create"/> checks. Keys are under <c>dolphin.divergence</c>.
/// </summary>
public sealed record DivergenceSettings
{
    /// <summary>Key <c>sources</c>, 1 to 8 names: the venues compared.</summary>
    public ImmutableArray<PriceSource> Sources { get; init; } = [];

    /// <summary>Key <c>max-age</c>, 1 ms to 1 day: an older price is left out and named. Ten seconds: prices of different moments differ by what
    /// the market did in between, which in ten seconds is a tenth of the 3 % at which the exposure balancer acts, crashes apart.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Key <c>step</c>, 10 ms to 1 h: the grid on which returns are compared. No shorter than prices usually come: a step without a
    /// price of both venues says nothing.</summary>
    public TimeSpan Step { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Key <c>window</c>, 32 to 256 steps: what lead and lag are read from.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>Key <c>max-lag</c>, 1 to 16 steps and at most an eighth of the window: the longest lead looked for.</summary>
    public TimeSpan MaxLag { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Key <c>min-confidence</c>, 0.5 to 0.999999: less, and nobody is said to lead.</summary>
    public double MinConfidence { get; init; } = 0.99;
}

/// <summary>How venues are compared, known to be good.</summary>
public sealed class DivergencePolicy
{
    public const int MostSources = 8, FewestSteps = 32, MostSteps = 256, LongestLag = 16;

    /// <summary>What is used where fewer than two venues have a fresh price; the exposure balancer's own default.</summary>
    public const double Default = 0.0;

    private DivergencePolicy(DivergenceSettings settings)
    {
        Settings = settings;
        Sources = settings.Sources.Sort();
        StepMs = settings.Step.Ticks / TimeSpan.TicksPerMillisecond;
        Steps = (int)(settings.Window.Ticks / settings.Step.Ticks);
        Lags = (int)(settings.MaxLag.Ticks / settings.Step.Ticks);
        MaxAgeMs = settings.MaxAge.Ticks / TimeSpan.TicksPerMillisecond;
    }

    public DivergenceSettings Settings { get; }
    /// <summary>In ordinal order.</summary>
    public ImmutableArray<PriceSource> Sources { get; }
    public long StepMs { get; }
    public int Steps { get; }
    /// <summary>Longest lead, in steps.</summary>
    public int Lags { get; }
    public long MaxAgeMs { get; }

    /// <summary>Checks everything at once.</summary>
    /// <param name="path">Where the settings were found, such as <c>dolphin.divergence</c>; it begins every message.</param>
    /// <returns>The policy, or null after adding every mistake to <paramref name="errors"/>.</returns>
    public static DivergencePolicy? Create(DivergenceSettings settings, string path, List<string> errors)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(errors);
        var before = errors.Count;
        var check = new SettingsCheck(path, errors);
        long InSteps(TimeSpan span) => settings.Step > TimeSpan.Zero && span.Ticks % settings.Step.Ticks == 0 ? span.Ticks / settings.Step.Ticks : 0;
        var sources = settings.Sources.IsDefault ? [] : settings.Sources;
        check.Expect(sources.Length is >= 1 and <= MostSources, "sources", $"{sources.Length} names", $"1 to {MostSources}; two or more, or there is nothing to compare");
        check.Expect(sources.All(s => !string.IsNullOrWhiteSpace(s.Name)), "sources", "a name that is empty", "names");
        check.Expect(sources.Distinct().Count() == sources.Length, "sources", string.Join(", ", sources), "each name once");
        check.Expect(settings.MaxAge >= TimeSpan.FromMilliseconds(1) && settings.MaxAge <= TimeSpan.FromDays(1), "max-age", settings.MaxAge, "1 ms to 1 day");
        check.Expect(settings.Step >= TimeSpan.FromMilliseconds(10) && settings.Step <= TimeSpan.FromHours(1) && settings.Step.Ticks % TimeSpan.TicksPerMillisecond == 0,
            "step", settings.Step, "10 ms to 1 h, in whole milliseconds");
        check.Expect(InSteps(settings.Window) is >= FewestSteps and <= MostSteps, "window", settings.Window,
            $"a multiple of the step ({settings.Step}), {FewestSteps} to {MostSteps} of them");
        check.Expect(InSteps(settings.MaxLag) is >= 1 and <= LongestLag && settings.MaxLag.Ticks <= settings.Window.Ticks / 8, "max-lag", settings.MaxLag,
            $"a multiple of the step ({settings.Step}), 1 to {LongestLag} of them, and at most an eighth of the window");
        check.Expect(settings.MinConfidence is >= 0.5 and <= 0.999999, "min-confidence", settings.MinConfidence, "0.5 to 0.999999");
        return errors.Count == before ? new DivergencePolicy(settings) : null;
    }
}
