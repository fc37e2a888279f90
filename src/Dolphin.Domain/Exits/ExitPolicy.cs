using Dolphin.Domain.Survival;

namespace Dolphin.Domain.Exits;

/// <summary>How exits are planned, known to be good, with what follows from it worked out once.</summary>
public sealed class ExitPolicy
{
    private ExitPolicy(ExitSettings settings)
    {
        Settings = settings;
        RootHorizon = Math.Sqrt(settings.Horizon.TotalHours);
        HalfLifeHours = settings.SigmaHorizon.TotalHours;
    }

    /// <summary>The checked settings.</summary>
    public ExitSettings Settings { get; }
    /// <summary>Square root of the horizon in hours: volatility per root hour times this is one unit.</summary>
    public double RootHorizon { get; }
    public double HalfLifeHours { get; }

    /// <summary>What a posture multiplies all distances by. HIBERNATE, and whatever is not known, is as tight as TURTLE.</summary>
    public double FactorOf(Posture posture) => posture switch
    {
        Posture.Apex => 1d,
        Posture.Stalker => Settings.StalkerFactor,
        _ => Settings.TurtleFactor,
    };

    /// <summary>Checks everything at once.</summary>
    /// <param name="path">Where the settings were found, such as <c>dolphin.exit-brain</c>; it begins every message.</param>
    /// <returns>The policy, or null after adding every mistake to <paramref name="errors"/>.</returns>
    public static ExitPolicy? Create(ExitSettings settings, string path, List<string> errors)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(errors);
        var before = errors.Count;
        var check = new SettingsCheck(path, errors);
        void Units(double value, string key) => check.Expect(value is >= 0.1 and <= 20, key, value, "0.1 to 20 (1 = one standard deviation of log price over the horizon)");
        check.Expect(Within(settings.Horizon, TimeSpan.FromMinutes(5), TimeSpan.FromDays(7)), "horizon", settings.Horizon, "5 min to 7 days");
        Units(settings.StopLoss, "stop-loss");
        Units(settings.TakeProfit, "take-profit");
        Units(settings.TrailArms, "trail-arms");
        Units(settings.TrailDistance, "trail-distance");
        check.Expect(settings.TrailStep is >= 0 and <= 0.5, "trail-step", settings.TrailStep, "0 to 0.5 (share of the trail's distance)");
        check.Expect(settings.ConfidenceWidth is >= 0 and <= 0.9, "confidence-width", settings.ConfidenceWidth, "0 to 0.9 (0.25 = full confidence widens by a quarter)");
        check.Expect(settings.StalkerFactor is >= 0.05 and <= 1, "stalker-factor", settings.StalkerFactor, "0.05 to 1 (1 = as in APEX)");
        check.Expect(settings.TurtleFactor is >= 0.05 and <= 1, "turtle-factor", settings.TurtleFactor, "0.05 to 1 (1 = as in APEX)");
        check.Expect(!(settings.TurtleFactor > settings.StalkerFactor), "turtle-factor", settings.TurtleFactor,
            $"at most stalker-factor, which is {settings.StalkerFactor}: a lower posture only ever tightens");
        Bounds(check, settings.LeastStop, "least-stop", settings.MostStop, "most-stop", highest: 0.5m);
        Bounds(check, settings.LeastTarget, "least-target", settings.MostTarget, "most-target", highest: 1m);
        check.Expect(settings.ReplanStep is >= 0.05 and <= 5, "replan-step", settings.ReplanStep, "0.05 to 5 (0.25 = a quarter more volatility, or a fifth less)");
        check.Expect(Within(settings.LongestHold, TimeSpan.FromMinutes(5), TimeSpan.FromDays(90)), "longest-hold", settings.LongestHold, "5 min to 90 days");
        check.Expect(settings.LongestHold >= settings.Horizon, "longest-hold", settings.LongestHold, $"at least horizon, which is {settings.Horizon}");
        check.Expect(Within(settings.SigmaHorizon, TimeSpan.FromMinutes(3), TimeSpan.FromDays(365)), "sigma-horizon", settings.SigmaHorizon, "3 min to 1 year");
        check.Expect(settings.WarmUpBars is >= 2 and <= 1_000_000, "warm-up-bars", settings.WarmUpBars, "2 to 1000000");
        return errors.Count == before ? new ExitPolicy(settings) : null;
    }

    /// <summary>What is allowed but probably not meant, one sentence each.</summary>
    /// <param name="path">As for <see cref="Create"/>.</param>
    public IReadOnlyList<string> Warnings(string path)
    {
        var warnings = new List<string>();
        if (Settings.TrailArms >= Settings.TakeProfit)
            warnings.Add($"{path}.trail-arms is {Settings.TrailArms}, not below take-profit, which is {Settings.TakeProfit}: the profit is taken before the trail begins.");
        if (Settings.TrailDistance > Settings.TrailArms)
            warnings.Add($"{path}.trail-distance is {Settings.TrailDistance}, above trail-arms, which is {Settings.TrailArms}: a trail that has just begun can still end in a loss.");
        if (Settings.TakeProfit < Settings.StopLoss)
            warnings.Add($"{path}.take-profit is {Settings.TakeProfit}, below stop-loss, which is {Settings.StopLoss}: more than every second position must be right before costs.");
        return warnings;
    }

    private static void Bounds(SettingsCheck check, decimal least, string leastKey, decimal most, string mostKey, decimal highest)
    {
        // Nine decimals are what a distance is kept to; a finer bound could be passed by rounding.
        check.Expect(least is >= 0.001m and <= 1m && least == decimal.Round(least, 9), leastKey, least, "0.001 to 1 with at most nine decimals (log distance; 0.01 is 1 %)");
        check.Expect(most > 0m && most <= highest && most == decimal.Round(most, 9), mostKey, most, $"above 0, at most {highest}, with at most nine decimals (log distance)");
        check.Expect(most <= 0m || most >= least, mostKey, most, $"at least {leastKey}, which is {least}");
    }

    private static bool Within(TimeSpan span, TimeSpan from, TimeSpan to) => span >= from && span <= to;
}
