using System.Collections.Immutable;
using System.Globalization;
using Dolphin.Actors.Scan;
using Dolphin.Domain.Scan;

namespace Dolphin.Node.Plan;

/// <summary>Reads <c>dolphin.scan</c>.</summary>
internal static class ScanSection
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1), ShortestPatience = TimeSpan.FromMilliseconds(10);

    /// <returns>Null where it is not enabled, or after noting what is wrong. The ranges are the domain's own.</returns>
    public static ScanPlan? Read(PlanSection s)
    {
        var (watch, enabled, good) = (s.Section("watch"), s.Flag("enabled"), new ScanWatchSettings()); // What is no value at all is looked away from by the domain.
        var settings = new ScanSettings
        {
            Windows = Windows(s),
            VelocityHalfLife = (double)s.Number("velocity-half-life", Range.Any, "scans"),
            Plunge = (double)s.Number("plunge", Range.Any, "per scan"),
            PlungeOver = (double)s.Number("plunge-over", Range.Any, "per scan"),
            MostCarried = (double)s.Fraction("most-carried", Range.Any, "of a window"),
            MaxJump = (double)s.Number("max-jump", Range.Any, "times"),
        };
        var dog = new ScanWatchSettings
        {
            DriftLimit = watch.Duration("drift-limit", TimeSpan.Zero, TimeSpan.FromDays(1), "off the interval", good.DriftLimit),
            ShrinkAfter = watch.Whole("shrink-after", 1, 1000, "scans in a row", good.ShrinkAfter),
            ShrinkTo = watch.Whole("shrink-to", 2, EigenScan.MostAssets, "assets", good.ShrinkTo),
            CalmAfter = watch.Whole("calm-after", 1, 100_000, "scans in a row", good.CalmAfter),
            GrowBy = watch.Whole("grow-by", 1, EigenScan.MostAssets, "assets", good.GrowBy),
        };
        var interval = s.Duration("interval", Second, TimeSpan.FromHours(1), "between two scans", Second);
        if (interval.Ticks % TimeSpan.TicksPerSecond != 0) s.Error("interval", $"is {PlanSection.Show(interval)}; expected whole seconds");
        var entropyEvery = s.Whole("entropy-every", 1, 100_000, "scans", 1);
        var longestStep = s.Whole("longest-step", 1, 1000, "intervals", 1);
        var shards = s.Whole("shards", 1, ScanSharing.MostShards, "shards", 1);
        var patience = s.Duration("shard-patience", ShortestPatience, TimeSpan.FromMinutes(30), "to wait for shards", ShortestPatience);
        if (patience > interval / 2) s.Error("shard-patience", $"is {PlanSection.Show(patience)}; expected at most half the interval ({PlanSection.Show(interval)}), or a scan might not be over when the next one begins");

        var (errors, dogErrors) = (new List<string>(), new List<string>());
        var policy = ScanPolicy.Create(settings, s.Path, errors);
        s.NoteAtTheirKeys(errors);
        var watchPolicy = ScanWatchPolicy.Create(dog, watch.Path, dogErrors);
        watch.NoteAtTheirKeys(dogErrors);
        return enabled && policy is not null && watchPolicy is not null ? new ScanPlan(policy, watchPolicy, interval, entropyEvery, longestStep, shards > 1 ? new ScanSharing(shards, patience) : null) : null;
    }

    private static ImmutableArray<int> Windows(PlanSection s)
    {
        var texts = s.Texts("windows", all: null, $"whole numbers of returns, {ScanPolicy.ShortestWindow} to {ScanPolicy.LongestWindow}", t => TryWhole(t) is not null) ?? [];
        return [.. texts.Select(TryWhole).OfType<int>()];
    }

    private static int? TryWhole(string text) => int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
