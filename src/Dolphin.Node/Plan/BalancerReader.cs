using System.Globalization;
using Dolphin.Domain.Balancing;

namespace Dolphin.Node.Plan;

/// <summary>Reads <c>dolphin.exposure-balancer</c>, with the seed's environment variables over it.</summary>
/// <remarks>Ranges and variables are the domain's own, as for <c>dolphin balance</c>.</remarks>
internal static class BalancerReader
{
    private const string FromPreset = "preset";
    private const decimal WholeNumbers = 1.0000000000000000000000000000m; // A division by it drops trailing zeros.

    /// <param name="environment">The value of a variable, or null where it is not set.</param>
    /// <param name="symbols">How many symbols the plan names; null: all that the market has.</param>
    /// <returns>Null if it is not enabled, or after noting what is wrong.</returns>
    public static BalancerPolicy? Read(PlanSection s, Func<string, string?> environment, int? symbols)
    {
        var preset = BalancerSettings.Preset(BalancerSettings.PresetNames[s.Choice("preset", [.. BalancerSettings.PresetNames.Select((name, number) => (name, number))])])!;
        var planned = preset with
        {
            Enabled = s.Flag(BalancerLimits.EnabledKey),
            MaxMarginUtilisation = Share(s, BalancerLimits.MaxMarginUtilisation) ?? preset.MaxMarginUtilisation,
            MaxSymbolExposure = Share(s, BalancerLimits.MaxSymbolExposure) ?? preset.MaxSymbolExposure,
            MinDiversification = Symbols(s) ?? preset.MinDiversification,
            DivergenceThreshold = Share(s, BalancerLimits.DivergenceThreshold) ?? preset.DivergenceThreshold,
            RebalanceInterval = s.DurationOr(FromPreset, BalancerLimits.RebalanceInterval.Key, Seconds(BalancerLimits.RebalanceInterval.Least),
                Seconds(BalancerLimits.RebalanceInterval.Most), "between two looks") ?? preset.RebalanceInterval,
            StaleAfter = s.Duration("stale-after", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), "after the next bar of a symbol was due"),
        };
        var errors = new List<string>();
        var settings = BalancerEnvironment.Override(planned, environment, errors);
        // Of a balancer that is off nobody reads the limits: variables with common names are somebody else's then. The switch itself is always read.
        if (!settings.Enabled) errors.RemoveAll(e => !e.StartsWith(BalancerLimits.EnabledVariable, StringComparison.Ordinal));
        foreach (var error in errors) s.Error(s.Path, s.At, $"{s.Path}: the environment's {error.TrimEnd('.')}");

        var mistakes = new List<string>();
        var policy = BalancerPolicy.Create(settings, s.Path, mistakes);
        s.NoteAtTheirKeys(mistakes, settings.Enabled ? policy?.Warnings(s.Path) : null);
        if (policy is null || !settings.Enabled) return null;
        if (symbols < settings.MinDiversification)
            s.WarnHere($"asks for {settings.MinDiversification} symbols at least, and dolphin.universe.symbols has {symbols}: there is always one more wanted that cannot be had");
        return policy;
    }

    /// <summary>What decides, in one spelling, whoever said it: plan, preset or environment.</summary>
    public static string Canonical(BalancerSettings settings) => string.Create(CultureInfo.InvariantCulture,
        $"{settings.MaxMarginUtilisation / WholeNumbers};{settings.MaxSymbolExposure / WholeNumbers};{settings.MinDiversification};{settings.DivergenceThreshold / WholeNumbers};{settings.RebalanceInterval.Ticks};{settings.StaleAfter.Ticks}");

    private static decimal? Share(PlanSection s, BalancerLimit limit) => s.FractionOr(FromPreset, limit.Key, InRange(limit), limit.Meaning);

    private static int? Symbols(PlanSection s)
    {
        var limit = BalancerLimits.MinDiversification;
        var count = s.NumberOr(FromPreset, limit.Key, InRange(limit), limit.Meaning);
        if (count is { } number && !limit.Allows(number))
            s.Error(limit.Key, string.Create(CultureInfo.InvariantCulture, $"is {number}; expected '{FromPreset}', or {limit.Expected}"));
        return (int?)count;
    }

    private static Range InRange(BalancerLimit limit) => Range.Between(limit.Least, limit.Most);

    private static TimeSpan Seconds(decimal seconds) => new((long)(seconds * TimeSpan.TicksPerSecond));
}
