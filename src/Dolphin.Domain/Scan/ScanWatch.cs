using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Scan;

/// <summary>When scans count as late and what is done about it, before anyone trusts it: <see cref="ScanWatchPolicy.Create"/> checks. Keys are under <c>dolphin.scan.watch</c>.</summary>
/// <remarks>The seed (dolphin-survival-stack, tier 2) has "Scan Interval Drift &gt; 500ms" and "reduce asset universe from 400 to 50"; every other number is decided here.</remarks>
public sealed record ScanWatchSettings
{
    /// <summary>Key <c>drift-limit</c>, 1 ms to 1 h: more is an alarm. The seed's 500 ms.</summary>
    public TimeSpan DriftLimit { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Key <c>shrink-after</c>, 1 to 1000: so many scans past the limit in a row, and the universe shrinks. Three are a quarter of a minute: one may be a
    /// collection of garbage, three are a machine that has too much to do.</summary>
    public int ShrinkAfter { get; init; } = 3;

    /// <summary>Key <c>shrink-to</c>, 2 to 4096 assets. The seed's 50. A universe that is not larger is left as it is.</summary>
    public int ShrinkTo { get; init; } = 50;

    /// <summary>Key <c>calm-after</c>, 1 to 100 000: so many scans in a row within half the limit end the alarm, and let the universe take one step of growth. A minute of them.</summary>
    public int CalmAfter { get; init; } = 12;

    /// <summary>Key <c>grow-by</c>, 1 to 4096 assets: one such step. From 50 to 400 assets in seven minutes.</summary>
    public int GrowBy { get; init; } = 50;
}

/// <summary>When scans count as late and what is done about it, known to be good.</summary>
public sealed class ScanWatchPolicy
{
    private ScanWatchPolicy(ScanWatchSettings settings) => Settings = settings;

    public ScanWatchSettings Settings { get; }

    /// <summary>Checks everything at once.</summary>
    /// <param name="path">Where the settings were found, such as <c>dolphin.scan.watch</c>; it begins every message.</param>
    /// <returns>The policy, or null after adding every mistake to <paramref name="errors"/>.</returns>
    public static ScanWatchPolicy? Create(ScanWatchSettings settings, string path, List<string> errors)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(errors);
        var before = errors.Count;
        var check = new SettingsCheck(path, errors);
        check.Expect(settings.DriftLimit >= TimeSpan.FromMilliseconds(1) && settings.DriftLimit <= TimeSpan.FromHours(1), "drift-limit", settings.DriftLimit, "1 ms to 1 h");
        check.Expect(settings.ShrinkAfter is >= 1 and <= 1000, "shrink-after", settings.ShrinkAfter, "1 to 1000 scans");
        check.Expect(settings.ShrinkTo is >= 2 and <= EigenScan.MostAssets, "shrink-to", settings.ShrinkTo, $"2 to {EigenScan.MostAssets} assets");
        check.Expect(settings.CalmAfter is >= 1 and <= 100_000, "calm-after", settings.CalmAfter, "1 to 100000 scans");
        check.Expect(settings.GrowBy is >= 1 and <= EigenScan.MostAssets, "grow-by", settings.GrowBy, $"1 to {EigenScan.MostAssets} assets");
        return errors.Count == before ? new ScanWatchPolicy(settings) : null;
    }
}

/// <summary>How punctual the last scans were. Measured, not decided. <c>default</c> has seen none.</summary>
/// <param name="Late">In a row, past the limit.</param>
/// <param name="OnTime">In a row, within half of it: between the two a scan is neither, or one at the limit would raise and end the alarm by turns.</param>
public readonly record struct ScanPunctuality(int Late, int OnTime)
{
    public ScanPunctuality After(ScanWatchPolicy policy, TimeSpan drift)
    {
        var limit = policy.Settings.DriftLimit;
        return new ScanPunctuality(drift > limit ? Late + 1 : 0, drift <= limit / 2 ? OnTime + 1 : 0);
    }
}

/// <summary>An event as people are told of it.</summary>
public sealed record ScanAction(string Text, DateTimeOffset At);

/// <summary>What has been decided about the scan so far.</summary>
/// <param name="Watched">Who is scanned, in ordinal order; null: everybody.</param>
/// <param name="Actions">The newest <see cref="MostActions"/>, oldest first.</param>
public sealed record ScanWatchState(bool IsAlarmed, ImmutableArray<Symbol>? Watched, long WarmUps, long Alarms, long Shrinks, long Grows, ImmutableArray<ScanAction> Actions)
{
    /// <summary>A screen of them; all are in the journal.</summary>
    public const int MostActions = 20;

    public static readonly ScanWatchState Initial = new(IsAlarmed: false, null, 0, 0, 0, 0, []);

    /// <summary>As lines of text; times are UTC.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"scans {(IsAlarmed ? "are late" : "are on time")}, {(Watched is { } few ? $"only {few.Length} assets are scanned" : "every asset is scanned")}; ")
            .Append(CultureInfo.InvariantCulture, $"{Alarms} alarms, universe shrunk {Shrinks} times, {Grows} steps of growth, {WarmUps} warm-ups\n");
        foreach (var action in Actions) text.Append(CultureInfo.InvariantCulture, $"  {action.At:yyyy-MM-dd HH:mm:ss} {action.Text}\n");
        return text.ToString();
    }
}

/// <summary>The watchdog of the scan: the second tier of the monitor (seed dolphin-survival-stack, "Triple-tier monitor"). Pure.</summary>
public static class ScanWatch
{
    /// <summary>After a scan.</summary>
    /// <param name="drift">How far the time between this scan and the last was off.</param>
    /// <param name="period">What it should have been.</param>
    /// <param name="punctuality">This scan counted.</param>
    /// <param name="ranking">Every asset once, best first: who stays when not all can.</param>
    public static ImmutableArray<ScanEvent> Decide(
        ScanWatchPolicy policy, ScanWatchState state, ScanPunctuality punctuality, TimeSpan drift, TimeSpan period, ImmutableArray<Symbol> ranking, DateTimeOffset at)
    {
        var s = policy.Settings;
        var events = ImmutableArray.CreateBuilder<ScanEvent>();
        if (!state.IsAlarmed && punctuality.Late > 0) events.Add(new ScanEvent.DriftAlarmed(drift, s.DriftLimit, Lateness(drift, period, s.DriftLimit), at));
        if (state.IsAlarmed && punctuality.OnTime >= s.CalmAfter) events.Add(new ScanEvent.DriftCalmed(punctuality.OnTime, at));

        var size = state.Watched?.Length ?? ranking.Length;
        if (punctuality.Late >= s.ShrinkAfter && size > s.ShrinkTo)
        {
            var best = state.Watched is { } watched ? ranking.Where(watched.Contains) : ranking;
            events.Add(new ScanEvent.UniverseShrunk(size, [.. best.Take(s.ShrinkTo).Order()], drift,
                string.Create(CultureInfo.InvariantCulture, $"{Lateness(drift, period, s.DriftLimit)}, {punctuality.Late} scans in a row; the best-ranked stay"), at));
        }
        else if (state.Watched is { } left && punctuality.OnTime > 0 && punctuality.OnTime % s.CalmAfter == 0)
        {
            ImmutableArray<Symbol> joined = [.. ranking.Except(left).Take(s.GrowBy).Order()];
            var to = left.Length + joined.Length;
            events.Add(new ScanEvent.UniverseGrown(joined, to, to >= ranking.Length,
                string.Create(CultureInfo.InvariantCulture, $"{punctuality.OnTime} scans in a row were at most {s.DriftLimit.TotalMilliseconds / 2:0.###} ms off"), at));
        }
        return events.DrainToImmutable();
    }

    public static ScanWatchState Evolve(ScanWatchState state, ScanEvent @event)
    {
        var next = @event switch
        {
            ScanEvent.WarmUpBegan => state with { WarmUps = state.WarmUps + 1 },
            ScanEvent.DriftAlarmed => state with { IsAlarmed = true, Alarms = state.Alarms + 1 },
            ScanEvent.DriftCalmed => state with { IsAlarmed = false },
            ScanEvent.UniverseShrunk e => state with { Watched = e.Kept, Shrinks = state.Shrinks + 1 },
            ScanEvent.UniverseGrown e => state with { Watched = e.IsWhole ? null : [.. state.Watched!.Value.Concat(e.Joined).Order()], Grows = state.Grows + 1 },
            _ => throw new UnreachableException($"Cannot fold {@event.GetType().Name}; skipping it would corrupt {state}."),
        };
        var action = new ScanAction(@event.ToText(), @event.At);
        return next with { Actions = [.. state.Actions.Length < ScanWatchState.MostActions ? state.Actions : state.Actions.RemoveAt(0), action] };
    }

    private static string Lateness(TimeSpan drift, TimeSpan period, TimeSpan limit) => string.Create(CultureInfo.InvariantCulture,
        $"the last one was {drift.TotalMilliseconds:0.###} ms off the {period.TotalSeconds:0.###} s between two, above {limit.TotalMilliseconds:0.###} ms");
}
