using System.Globalization;

namespace Dolphin.Domain.Hermes;

/// <summary>An asset's regime at one moment, and what it was read from. A value: taking one allocates nothing.</summary>
/// <param name="On">The features that show what they can show.</param>
/// <param name="Missing">The features it did without.</param>
/// <param name="SeenSlots">Slots seen of the longest window.</param>
/// <param name="SinceMs">Unix milliseconds; since when the regime has been what it is.</param>
/// <param name="AtMs">Unix milliseconds; close of the newest bar.</param>
/// <param name="HasBars">False before the first bar: the times then mean nothing.</param>
/// <param name="IsStale">The newest bar is too old for it to say anything about the present.</param>
public readonly record struct RegimeReading(
    Regime Regime, RegimeFeatureSet On, RegimeFeatures Features, RegimeFeatureSet Missing, int SeenSlots, long SinceMs, long AtMs, bool HasBars,
    bool IsStale = false)
{
    public static RegimeReading Nothing { get; } = new(
        Regime.Unknown, RegimeFeatureSet.None, RegimeFeatures.None, RegimeFeatureSets.Everything, SeenSlots: 0, SinceMs: 0, AtMs: 0, HasBars: false);

    public DateTimeOffset Since => DateTimeOffset.FromUnixTimeMilliseconds(SinceMs);
    public DateTimeOffset At => DateTimeOffset.FromUnixTimeMilliseconds(AtMs);

    /// <summary>The feature that decided, or null while too little was seen. Of a ranging market: the one nearest to showing a trend.</summary>
    public RegimeFeature? Decisive(RegimePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var candidates = Regime switch
        {
            Regime.Chaotic => RegimeFeatureSets.Chaotic & On,
            Regime.Thin => RegimeFeatureSets.Thin & On,
            Regime.Trending => RegimeFeatureSets.Trending & On,
            _ => RegimeFeatureSet.None,
        };
        foreach (var feature in RegimeFeatureSets.All)
            if (candidates.Has(feature)) return feature;
        if (Regime != Regime.Ranging) return null;
        var byVariance = Features.VarianceRatio / policy.Settings.VarianceRatio.Enter > Features.EfficiencyRatio / policy.Settings.Efficiency.Enter;
        return byVariance ? RegimeFeature.VarianceRatio : RegimeFeature.EfficiencyRatio;
    }

    /// <summary>One sentence: which feature decided, its value, its threshold and its window, and what was missing.</summary>
    public string Reason(RegimePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (!HasBars) return "No bar has been seen yet.";
        if (IsStale)
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"The newest bar closed at {At:yyyy-MM-dd HH:mm:ss} UTC; expected one within two slots of {Text(policy.Settings.Slot)}.");
        }
        var without = Without();
        if (Decisive(policy) is not { } feature)
        {
            var needed = (int)Math.Ceiling(policy.Settings.Coverage * policy.Capacity);
            return string.Create(CultureInfo.InvariantCulture,
                $"Too little was seen: {SeenSlots} of the last {policy.Capacity} slots of {Text(policy.Settings.Slot)}, expected at least {needed} and {policy.Settings.Coverage:0%} of every window.{without}");
        }
        var (trigger, value) = (policy.Trigger(feature), Features[feature]);
        var what = $"{Name(feature)} {Show(feature, value)} {(feature is RegimeFeature.Volatility or RegimeFeature.Spread or RegimeFeature.Depth ? "with a half-life of" : "over")} {Text(policy.Window(feature))}";
        var (beyond, opposite) = trigger.Rises ? ("at or above", "below") : ("at or below", "above");
        if (Regime == Regime.Ranging) return $"{what} is {opposite} {Show(feature, trigger.Enter)}, and no other feature shows more.{without}";
        if (double.IsNaN(value)) return $"{Name(feature)} has not been heard lately; what it last showed holds for {Text(policy.Settings.QuoteHold)}.{without}";
        var entered = trigger.Rises ? value >= trigger.Enter : value <= trigger.Enter;
        return entered
            ? $"{what} is {beyond} {Show(feature, trigger.Enter)}.{without}"
            : $"{what} passed {Show(feature, trigger.Enter)} and has not come back {opposite} {Show(feature, trigger.Leave)}.{without}";
    }

    public static string Name(RegimeFeature feature) => feature switch
    {
        RegimeFeature.Volatility => "volatility",
        RegimeFeature.VolatilityOfVolatility => "volatility of volatility",
        RegimeFeature.Spread => "spread",
        RegimeFeature.Depth => "depth",
        RegimeFeature.IdleShare => "idle share",
        RegimeFeature.EfficiencyRatio => "efficiency ratio",
        RegimeFeature.VarianceRatio => "variance ratio",
        _ => throw new ArgumentOutOfRangeException(nameof(feature), feature, "Expected a known feature."),
    };

    /// <summary>The value with its unit; a dash where it is missing.</summary>
    public static string Show(RegimeFeature feature, double value) => double.IsNaN(value) ? "-" : feature switch
    {
        RegimeFeature.Volatility => (value * 100).ToString("0.00", CultureInfo.InvariantCulture) + " % per root hour",
        RegimeFeature.Spread => value.ToString("0.00", CultureInfo.InvariantCulture) + " bp",
        RegimeFeature.Depth => value.ToString("0", CultureInfo.InvariantCulture),
        RegimeFeature.IdleShare => (value * 100).ToString("0", CultureInfo.InvariantCulture) + " %",
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };

    private string Without()
    {
        if (Missing == RegimeFeatureSet.None) return "";
        var names = new List<string>();
        foreach (var feature in RegimeFeatureSets.All)
            if (Missing.Has(feature)) names.Add(Name(feature));
        return $" Without: {string.Join(", ", names)}.";
    }

    internal static string Text(TimeSpan span) =>
        span >= TimeSpan.FromHours(1) ? span.TotalHours.ToString("0.##", CultureInfo.InvariantCulture) + " h"
        : span >= TimeSpan.FromMinutes(1) ? span.TotalMinutes.ToString("0.##", CultureInfo.InvariantCulture) + " min"
        : span.TotalSeconds.ToString("0.##", CultureInfo.InvariantCulture) + " s";
}
