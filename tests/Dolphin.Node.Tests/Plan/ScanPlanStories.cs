using Dolphin.Actors.Scan;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Scan;
using Dolphin.Node.Plan;

namespace Dolphin.Node.Tests.Plan;

/// <summary>What a plan says of the scan's shards, and how people are told of them.</summary>
public sealed class ScanPlanStories
{
    private static TradingPlan Good(string text) => PlanStories.Load($"dolphin.scan.enabled = true\n{text}").Good();

    [Fact(DisplayName = "Without a word one actor has all rows; shards change no number, and the fingerprint does not know of them")]
    public void Shared()
    {
        Assert.Null(Good("").Scan!.Sharing);
        var shared = Good("dolphin.scan { shards = 4, shard-patience = 100ms }");
        Assert.Equal(new ScanSharing(4, TimeSpan.FromMilliseconds(100)), shared.Scan!.Sharing);
        Assert.Equal(Good("").Fingerprint, shared.Fingerprint);
    }

    [Fact(DisplayName = "No shards, too many, and a patience that would not leave half of the interval are refused at their keys")]
    public void Refused()
    {
        PlanStories.Load("dolphin.scan { enabled = true, shards = 0 }").Bad("dolphin.scan.shards", "1 to 64");
        PlanStories.Load("dolphin.scan { enabled = true, shards = 65 }").Bad("dolphin.scan.shards", "1 to 64");
        PlanStories.Load("dolphin.scan { enabled = true, shards = 2, shard-patience = 3s }").Bad("dolphin.scan.shard-patience", "half the interval");
        PlanStories.Load("dolphin.scan { enabled = true, shards = 2, shard-patience = 1ms }").Bad("dolphin.scan.shard-patience", "10ms");
    }

    [Fact(DisplayName = "There is at most one shard for each 64 assets; where there are fewer, the universe's size says so")]
    public void Too_few_assets()
    {
        var plan = Good("dolphin.scan { shards = 4 }").Scan!;
        Assert.Null(plan.Objection(256));
        Assert.Equal("shards is 4 for 255 assets; expected at most 3, one for each 64 assets", plan.Objection(255));
        Assert.Contains("expected at most 1", plan.Objection(40), StringComparison.Ordinal);
        Assert.Null(Good("").Scan!.Objection(40));
    }

    [Fact(DisplayName = "Line and text of a scan say how many shards answered and what was done for them, where there are any")]
    public void Told()
    {
        var picture = new ScanPicture(
            61, DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(5), TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, 400, 400, [], null, default, default, 0, 0, null, ScanWatchState.Initial);
        Assert.DoesNotContain("shard", picture.ToText(), StringComparison.Ordinal);
        Assert.Contains("  4 of 4 shards\n", (picture with { Shards = new ScanShardsPicture(4, 4, 0) }).ToText(), StringComparison.Ordinal);
        Assert.EndsWith("  3 of 4 shards, 640 rows done for them", (picture with { Shards = new ScanShardsPicture(4, 3, 640) }).ToLine(), StringComparison.Ordinal);
    }
}
