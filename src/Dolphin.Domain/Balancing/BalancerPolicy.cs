using System.Globalization;

namespace Dolphin.Domain.Balancing;

/// <summary>Limits of the exposure balancer, known to be good, with what follows from them. All shares are of total margin unless they say otherwise.</summary>
public sealed class BalancerPolicy
{
    /// <summary>How far below its limit overload is cleared, and where growth stops: with the default limit of 85 % the seed's 80 %. Without a gap
    /// the next tick of the market would be the next overload.</summary>
    public const decimal UtilisationGap = 0.05m;

    /// <summary>How far below its limit an overexposed symbol is brought: one basis point of total margin, so that the check is clear.</summary>
    public const decimal Hair = 0.0001m;

    /// <summary>Times the average weight: above it a symbol is imbalanced.</summary>
    public const decimal ImbalanceRatio = 1.5m;

    /// <summary>Times the average weight: where an imbalanced symbol is brought; the seed's 50 % of five symbols becomes 25 %.</summary>
    public const decimal BalancedRatio = 1.25m;

    /// <summary>Of total margin; new symbols with less than this each would be dust, and are not asked for.</summary>
    public const decimal SmallestExpansion = 0.001m;

    private BalancerPolicy(BalancerSettings settings)
    {
        Settings = settings;
        TargetUtilisation = settings.MaxMarginUtilisation - UtilisationGap;
        TargetExposure = settings.MaxSymbolExposure - Hair;
    }

    /// <summary>The checked settings.</summary>
    public BalancerSettings Settings { get; }
    /// <summary>Where overload is cleared to, and where anything that grows stops: the limit less <see cref="UtilisationGap"/>.</summary>
    public decimal TargetUtilisation { get; }
    /// <summary>Where an overexposed symbol is brought, and where one that grows stops: the limit less <see cref="Hair"/>.</summary>
    public decimal TargetExposure { get; }

    /// <summary>Checks everything at once.</summary>
    /// <param name="path">Where the settings were found, such as <c>dolphin.balancer</c>; it begins every message.</param>
    /// <returns>The policy, or null after adding every mistake to <paramref name="errors"/>.</returns>
    public static BalancerPolicy? Create(BalancerSettings settings, string path, List<string> errors)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(errors);
        var before = errors.Count;
        var check = new SettingsCheck(path, errors);
        void Expect(BalancerLimit limit, decimal value) => check.Expect(limit.Allows(value), limit.Key, value, limit.Expected);
        Expect(BalancerLimits.MaxMarginUtilisation, settings.MaxMarginUtilisation);
        Expect(BalancerLimits.MaxSymbolExposure, settings.MaxSymbolExposure);
        Expect(BalancerLimits.MinDiversification, settings.MinDiversification);
        Expect(BalancerLimits.DivergenceThreshold, settings.DivergenceThreshold);
        Expect(BalancerLimits.RebalanceInterval, settings.RebalanceInterval.Ticks / (decimal)TimeSpan.TicksPerSecond);
        return errors.Count == before ? new BalancerPolicy(settings) : null;
    }

    /// <summary>What is allowed but probably not meant, one sentence each.</summary>
    /// <param name="path">As for <see cref="Create"/>.</param>
    public IReadOnlyList<string> Warnings(string path)
    {
        var warnings = new List<string>();
        if (!Settings.Enabled) warnings.Add($"{path}.{BalancerLimits.EnabledKey} is false: nobody watches what the whole portfolio carries.");
        if (Settings.MaxSymbolExposure >= Settings.MaxMarginUtilisation)
        {
            warnings.Add(string.Create(CultureInfo.InvariantCulture,
                $"{path}.{BalancerLimits.MaxSymbolExposure.Key} is {Settings.MaxSymbolExposure}, not below {BalancerLimits.MaxMarginUtilisation.Key} {Settings.MaxMarginUtilisation}: one symbol may use everything."));
        }
        return warnings;
    }
}
