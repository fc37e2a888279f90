namespace Dolphin.Domain.Hermes;

/// <summary>How regimes are read, known to be good, with windows counted in slots once.</summary>
public sealed class RegimePolicy
{
    /// <summary>The longest window, in slots. With it a reader stays below a kilobyte.</summary>
    public const int MostSlots = 96;
    public const int FewestSlots = 8;
    public const int LongestLag = 16;

    private RegimePolicy(RegimeSettings settings)
    {
        Settings = settings;
        SlotMs = settings.Slot.Ticks / TimeSpan.TicksPerMillisecond;
        EfficiencySlots = Slots(settings.EfficiencyWindow);
        VarianceRatioSlots = Slots(settings.VarianceRatioWindow);
        LagSlots = Slots(settings.VarianceRatioLag);
        VolOfVolSlots = Slots(settings.VolOfVolWindow);
        Capacity = Math.Max(EfficiencySlots, Math.Max(VarianceRatioSlots, VolOfVolSlots));
    }

    public RegimeSettings Settings { get; }
    public long SlotMs { get; }
    public int EfficiencySlots { get; }
    public int VarianceRatioSlots { get; }
    /// <summary>q of the variance ratio.</summary>
    public int LagSlots { get; }
    public int VolOfVolSlots { get; }
    /// <summary>Slots that a reader keeps.</summary>
    public int Capacity { get; }

    /// <summary>Checks everything at once.</summary>
    /// <param name="path">Where the settings were found, such as <c>dolphin.hermes.regime</c>; it begins every message.</param>
    /// <returns>The policy, or null after adding every mistake to <paramref name="errors"/>.</returns>
    public static RegimePolicy? Create(RegimeSettings settings, string path, List<string> errors)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(errors);
        var before = errors.Count;
        var check = new SettingsCheck(path, errors);
        void Window(TimeSpan window, string key)
        {
            var slots = settings.Slot > TimeSpan.Zero && window.Ticks % settings.Slot.Ticks == 0 ? window.Ticks / settings.Slot.Ticks : 0;
            check.Expect(slots is >= FewestSlots and <= MostSlots, key, window, $"a multiple of the slot ({settings.Slot}), {FewestSlots} to {MostSlots} of them");
        }
        void Trigger(FeatureTrigger trigger, string key, double least, double most, bool rises = true)
        {
            check.Expect(trigger.Enter >= least && trigger.Enter <= most, key + ".enter", trigger.Enter, $"{least} to {most}");
            check.Expect(trigger.Leave >= least && trigger.Leave <= most, key + ".leave", trigger.Leave, $"{least} to {most}");
            check.Expect(rises ? trigger.Leave < trigger.Enter : trigger.Leave > trigger.Enter, key + ".leave", trigger.Leave,
                $"{(rises ? "below" : "above")} enter ({trigger.Enter}), or the regime would flicker at it");
        }
        check.Expect(Within(settings.Slot, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)) && settings.Slot.Ticks % TimeSpan.TicksPerMillisecond == 0,
            "slot", settings.Slot, "1 s to 1 day, in whole milliseconds");
        check.Expect(settings.Coverage is >= 0.5 and <= 1, "coverage", settings.Coverage, "0.5 to 1");
        Window(settings.EfficiencyWindow, "efficiency.window");
        Window(settings.VarianceRatioWindow, "variance-ratio.window");
        Window(settings.VolOfVolWindow, "vol-of-vol.window");
        var lag = settings.Slot > TimeSpan.Zero && settings.VarianceRatioLag.Ticks % settings.Slot.Ticks == 0
            ? settings.VarianceRatioLag.Ticks / settings.Slot.Ticks : 0;
        check.Expect(lag is >= 2 and <= LongestLag && settings.VarianceRatioLag.Ticks <= settings.VarianceRatioWindow.Ticks / 4, "variance-ratio.lag",
            settings.VarianceRatioLag, $"a multiple of the slot ({settings.Slot}), 2 to {LongestLag} of them, and at most a quarter of the window");
        Trigger(settings.Efficiency, "efficiency", 0, 1);
        Trigger(settings.VarianceRatio, "variance-ratio", 1, LongestLag);
        Trigger(settings.Volatility, "volatility", 0, 10);
        Trigger(settings.VolOfVol, "vol-of-vol", 0, 10);
        Trigger(settings.Idle, "idle", 0, 1);
        Trigger(settings.Spread, "spread", 0, 10_000);
        Trigger(settings.Depth, "depth", 0, 1e12, rises: false);
        check.Expect(settings.VolatilityHalfLife >= settings.Slot && settings.VolatilityHalfLife <= TimeSpan.FromDays(30), "volatility.half-life",
            settings.VolatilityHalfLife, $"one slot ({settings.Slot}) to 30 days");
        check.Expect(Within(settings.QuoteHalfLife, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)), "quotes.half-life", settings.QuoteHalfLife, "1 s to 1 day");
        check.Expect(Within(settings.QuoteMaxAge, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)), "quotes.max-age", settings.QuoteMaxAge, "1 s to 1 day");
        check.Expect(settings.QuoteHold >= settings.QuoteMaxAge && settings.QuoteHold <= TimeSpan.FromDays(7), "quotes.hold", settings.QuoteHold,
            $"max-age ({settings.QuoteMaxAge}) to 7 days");
        return errors.Count == before ? new RegimePolicy(settings) : null;
    }

    /// <summary>Why bars of this length cannot be read, or null. A reader that is given them all the same stays Unknown.</summary>
    public string? Objection(TimeSpan interval) => interval > TimeSpan.Zero && interval <= Settings.Slot && Settings.Slot.Ticks % interval.Ticks == 0
        ? null
        : $"bars of {interval} do not fill a slot of {Settings.Slot}: expected bars that divide it; set a longer slot, or feed shorter bars.";

    public FeatureTrigger Trigger(RegimeFeature feature) => feature switch
    {
        RegimeFeature.Volatility => Settings.Volatility,
        RegimeFeature.VolatilityOfVolatility => Settings.VolOfVol,
        RegimeFeature.Spread => Settings.Spread,
        RegimeFeature.Depth => Settings.Depth,
        RegimeFeature.IdleShare => Settings.Idle,
        RegimeFeature.EfficiencyRatio => Settings.Efficiency,
        RegimeFeature.VarianceRatio => Settings.VarianceRatio,
        _ => throw new ArgumentOutOfRangeException(nameof(feature), feature, "Expected a known feature."),
    };

    /// <summary>The feature's window, or the half-life of its average.</summary>
    public TimeSpan Window(RegimeFeature feature) => feature switch
    {
        RegimeFeature.Volatility => Settings.VolatilityHalfLife,
        RegimeFeature.VolatilityOfVolatility or RegimeFeature.IdleShare => Settings.VolOfVolWindow,
        RegimeFeature.Spread or RegimeFeature.Depth => Settings.QuoteHalfLife,
        RegimeFeature.EfficiencyRatio => Settings.EfficiencyWindow,
        RegimeFeature.VarianceRatio => Settings.VarianceRatioWindow,
        _ => throw new ArgumentOutOfRangeException(nameof(feature), feature, "Expected a known feature."),
    };

    private int Slots(TimeSpan window) => (int)(window.Ticks / Settings.Slot.Ticks);

    private static bool Within(TimeSpan span, TimeSpan least, TimeSpan most) => span >= least && span <= most;
}
