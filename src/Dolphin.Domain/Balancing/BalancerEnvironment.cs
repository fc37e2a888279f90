using System.Globalization;

namespace Dolphin.Domain.Balancing;

/// <summary>The seed's environment variables over settings from elsewhere. Reading the environment itself is the caller's.</summary>
public static class BalancerEnvironment
{
    /// <summary>The variables that are heard, in the order of the settings.</summary>
    public static IReadOnlyList<string> Variables { get; } =
    [
        BalancerLimits.MaxMarginUtilisation.Variable, BalancerLimits.MaxSymbolExposure.Variable, BalancerLimits.MinDiversification.Variable,
        BalancerLimits.DivergenceThreshold.Variable, BalancerLimits.RebalanceInterval.Variable, BalancerLimits.EnabledVariable,
    ];

    /// <summary>Each variable that is set replaces its setting. An empty one counts as not set, for a shell cannot always unset one.</summary>
    /// <param name="lookup">The value of a variable, or null where it is not set.</param>
    /// <returns>The settings, where a variable that is wrong has changed nothing and added a sentence to <paramref name="errors"/>.</returns>
    public static BalancerSettings Override(BalancerSettings settings, Func<string, string?> lookup, List<string> errors)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(lookup);
        ArgumentNullException.ThrowIfNull(errors);
        decimal Number(BalancerLimit limit, decimal otherwise)
        {
            if (Read(lookup, limit.Variable) is not { } text) return otherwise;
            if (decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value)
                && limit.Allows(value))
            {
                return value;
            }
            errors.Add($"{limit.Variable} is '{text}'; expected {limit.Expected}.");
            return otherwise;
        }
        return settings with
        {
            MaxMarginUtilisation = Number(BalancerLimits.MaxMarginUtilisation, settings.MaxMarginUtilisation),
            MaxSymbolExposure = Number(BalancerLimits.MaxSymbolExposure, settings.MaxSymbolExposure),
            MinDiversification = (int)Number(BalancerLimits.MinDiversification, settings.MinDiversification),
            DivergenceThreshold = Number(BalancerLimits.DivergenceThreshold, settings.DivergenceThreshold),
            RebalanceInterval = Read(lookup, BalancerLimits.RebalanceInterval.Variable) is null
                ? settings.RebalanceInterval
                : Seconds(Number(BalancerLimits.RebalanceInterval, Seconds(settings.RebalanceInterval))),
            Enabled = Flag(lookup, settings.Enabled, errors),
        };
    }

    /// <summary>The variables that <see cref="Override"/> would hear, as <c>NAME=value</c>, in the order of <see cref="Variables"/>.</summary>
    public static IReadOnlyList<string> Heard(Func<string, string?> lookup)
    {
        ArgumentNullException.ThrowIfNull(lookup);
        return [.. Variables.Where(v => Read(lookup, v) is not null).Select(v => $"{v}={Read(lookup, v)}")];
    }

    private static bool Flag(Func<string, string?> lookup, bool otherwise, List<string> errors)
    {
        if (Read(lookup, BalancerLimits.EnabledVariable) is not { } text) return otherwise;
        switch (text.ToLowerInvariant())
        {
            case "true" or "1" or "yes" or "on": return true;
            case "false" or "0" or "no" or "off": return false;
            default:
                errors.Add($"{BalancerLimits.EnabledVariable} is '{text}'; expected true or false (also 1/0, yes/no, on/off).");
                return otherwise;
        }
    }

    private static string? Read(Func<string, string?> lookup, string variable) => lookup(variable)?.Trim() is { Length: > 0 } text ? text : null;

    private static decimal Seconds(TimeSpan span) => span.Ticks / (decimal)TimeSpan.TicksPerSecond;

    private static TimeSpan Seconds(decimal seconds) => new((long)(seconds * TimeSpan.TicksPerSecond));
}
