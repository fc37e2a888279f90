namespace Dolphin.Domain.Alpha;

/// <summary>
/// How long a trade is held, before anyone trusts it: <see cref="TradeHoldPolicy.Create"/> checks. Keys are under <c>dolphin.alpha.hold</c>.
/// </summary>
/// <remarks>The seed (dolphin-survival-stack, "The 4th Dimension (Trade Permanence)") gives 60 and 180 bars; every other number is decided here.</remarks>
public sealed record TradeHoldSettings
{
    /// <summary>Key <c>bar</c>, 1 s to 1 day: the bars that are counted. A minute, the bars of the recordings; the seed does not say which.</summary>
    public TimeSpan Bar { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Key <c>contradictory</c>, 1 to base: bars after which a contradictory book ejects. The seed's 60.</summary>
    public int Contradictory { get; init; } = 60;

    /// <summary>Key <c>base</c>, bars, contradictory to favourable: without an opinion of the book. The middle of the seed's two.</summary>
    public int Base { get; init; } = 120;

    /// <summary>Key <c>favourable</c>, bars, base to 100 000: as far as a favourable book extends. The seed's 180.</summary>
    public int Favourable { get; init; } = 180;

    /// <summary>Key <c>imbalance-deadband</c>, 0 to below full: less is no opinion. A book is never quite even.</summary>
    public double ImbalanceDeadband { get; init; } = 0.1;

    /// <summary>Key <c>imbalance-full</c>, at most 1: the whole effect. A half is three times as much on one side as on the other.</summary>
    public double ImbalanceFull { get; init; } = 0.5;

    /// <summary>Key <c>half-life</c>, 0.1 to 1000 bars: of the average of the book's opinion, so that one bar's book ejects nothing. Five bars are short
    /// beside the hold and long beside a flicker.</summary>
    public double HalfLife { get; init; } = 5;
}

/// <summary>How long a trade is held, known to be good.</summary>
public sealed class TradeHoldPolicy
{
    private TradeHoldPolicy(TradeHoldSettings settings) => Settings = settings;

    public TradeHoldSettings Settings { get; }

    /// <summary>Checks everything at once.</summary>
    /// <param name="path">Where the settings were found, such as <c>dolphin.alpha.hold</c>; it begins every message.</param>
    /// <returns>The policy, or null after adding every mistake to <paramref name="errors"/>.</returns>
    public static TradeHoldPolicy? Create(TradeHoldSettings settings, string path, List<string> errors)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(errors);
        var before = errors.Count;
        var check = new SettingsCheck(path, errors);
        check.Expect(settings.Bar >= TimeSpan.FromSeconds(1) && settings.Bar <= TimeSpan.FromDays(1), "bar", settings.Bar, "1 s to 1 day");
        check.Expect(settings.Contradictory >= 1 && settings.Contradictory <= settings.Base, "contradictory", settings.Contradictory, $"1 to base ({settings.Base})");
        check.Expect(settings.Favourable >= settings.Base && settings.Favourable <= 100_000, "favourable", settings.Favourable, $"base ({settings.Base}) to 100000");
        check.Expect(settings.ImbalanceFull is > 0 and <= 1, "imbalance-full", settings.ImbalanceFull, "above 0, at most 1");
        check.Expect(settings.ImbalanceDeadband >= 0 && settings.ImbalanceDeadband < settings.ImbalanceFull, "imbalance-deadband", settings.ImbalanceDeadband,
            $"0 to below imbalance-full ({settings.ImbalanceFull})");
        check.Expect(settings.HalfLife is >= 0.1 and <= 1000, "half-life", settings.HalfLife, "0.1 to 1000 bars");
        return errors.Count == before ? new TradeHoldPolicy(settings) : null;
    }
}
