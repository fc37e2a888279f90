namespace Dolphin.Domain.Hermes;

/// <summary>Hermes's settings for one asset, known to be good.</summary>
public sealed class HermesPolicy
{
    private readonly int _allowed;

    private HermesPolicy(HermesSettings settings, RegimePolicy regime)
    {
        (Settings, Regime) = (settings, regime);
        foreach (var holder in settings.Allowed) _allowed |= 1 << (int)holder;
    }

    public HermesSettings Settings { get; }
    public RegimePolicy Regime { get; }

    /// <summary>Nobody is always allowed.</summary>
    public bool Allows(LegHolder holder) => holder == LegHolder.Nobody || (_allowed & (1 << (int)holder)) != 0;

    /// <summary>Checks everything at once.</summary>
    /// <param name="path">Where the settings were found, such as <c>dolphin.hermes</c>; it begins every message.</param>
    /// <returns>The policy, or null after adding every mistake to <paramref name="errors"/>.</returns>
    public static HermesPolicy? Create(HermesSettings settings, RegimeSettings regime, string path, List<string> errors)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(errors);
        var before = errors.Count;
        var check = new SettingsCheck(path, errors);
        void Trigger(FeatureTrigger trigger, string key, string prefix, double most)
        {
            check.Expect(trigger.Enter > 0 && trigger.Enter <= most, $"{key}.{prefix}enter", trigger.Enter, $"above 0, at most {most}");
            check.Expect(trigger.Leave >= 0 && trigger.Leave < trigger.Enter, $"{key}.{prefix}leave", trigger.Leave, $"0 or more, below enter ({trigger.Enter})");
        }
        void Span(TimeSpan value, string key, TimeSpan least, TimeSpan most) =>
            check.Expect(value >= least && value <= most, key, value, $"{least} to {most}");
        var allowed = settings.Allowed.IsDefault ? [] : settings.Allowed;
        check.Expect(allowed.Length > 0, "allowed", "empty", "at least one strategy; without any, leave Hermes out of the plan");
        foreach (var holder in allowed)
        {
            check.Expect(LegHolders.Strategies.Contains(holder), "allowed", holder,
                $"names of {string.Join(", ", LegHolders.Strategies.ToArray().Select(h => h.Name()))}");
        }
        check.Expect(allowed.Distinct().Count() == allowed.Length, "allowed", string.Join(", ", allowed), "each strategy once");
        Span(settings.MinDwell, "min-dwell", TimeSpan.FromMinutes(1), TimeSpan.FromDays(30));
        Span(settings.Confirm, "confirm", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        check.Expect(settings.Confirm <= settings.MinDwell, "confirm", settings.Confirm, $"at most min-dwell ({settings.MinDwell})");
        Span(settings.AnswerWithin, "hand-over.within", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        Span(settings.RetryAfter, "hand-over.retry-after", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        check.Expect(settings.RetryAfter <= settings.MinDwell, "hand-over.retry-after", settings.RetryAfter, $"at most min-dwell ({settings.MinDwell})");
        check.Expect(settings.Dust is >= 0m and <= 1_000_000m, "dust", settings.Dust, "0 to 1000000 (quote)");
        Trigger(settings.Dominance, "dominance", "", 1);
        Trigger(settings.DominanceWeight, "dominance", "weight-", 100);
        Trigger(settings.SevereLegs, "severe", "legs-", 100);
        Trigger(settings.LockedGap, "locked", "gap-", 1);
        Trigger(settings.LockedEvenness, "locked", "evenness-", 1);
        check.Expect(settings.AilingLoss is > 0 and <= 1, "ailing.loss", settings.AilingLoss, "above 0, at most 1 (of the asset's capital)");
        Span(settings.AilingIdle, "ailing.idle", TimeSpan.FromMinutes(1), TimeSpan.FromDays(366));
        check.Expect(settings.BoldBelow is >= 0 and <= 1, "bold-below", settings.BoldBelow, "0 to 1 (a variance ratio)");
        var regimePolicy = RegimePolicy.Create(regime, path + ".regime", errors);
        return errors.Count == before ? new HermesPolicy(settings, regimePolicy!) : null;
    }

    /// <summary>What is allowed but probably not meant, one sentence each.</summary>
    /// <param name="path">As for <see cref="Create"/>.</param>
    public IReadOnlyList<string> Warnings(string path)
    {
        var warnings = new List<string>();
        if (!Allows(LegHolder.BandLimitedHedging))
            warnings.Add($"{path}.allowed has no band-limited-hedging: a flat asset stays flat, because the others only work on what is there.");
        if (Settings.SevereLegs.Leave < 1)
            warnings.Add($"{path}.severe.legs-leave is {Settings.SevereLegs.Leave}, less than the one leg that band-limited hedging stands on most of the time: what it always does would be severe.");
        if (Settings.Confirm < Regime.Settings.Slot)
            warnings.Add($"{path}.confirm is {Settings.Confirm}, less than one slot of the regime ({Regime.Settings.Slot}): nothing is measured anew before it is confirmed.");
        return warnings;
    }
}
