using System.Collections.Immutable;
using System.Text.Json;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Web;

namespace Dolphin.Node.Tests.Report;

/// <summary>A live market as people and programs read it.</summary>
public sealed class FeedTextStories
{
    private static readonly FeedPicture Picture = new(
        2, 1, 3, 2, [new("ETHUSDT")], [new("SOLUSDT")], [new("XRPUSDT")], [new(new Symbol("BTCUSDT"), "tick 0.1 is 0.5 now")], 12.4, 3, 1_200, 34, 2, 110, 7,
        ImmutableSortedDictionary.CreateRange(new Dictionary<string, long> { ["messages"] = 1_000, ["bookGaps"] = 4, ["booksStale"] = 5, ["booksFarFromMark"] = 2, ["snapshotsTaken"] = 9, ["clockJumps"] = 1, ["symbolsSilent"] = 6 }),
        ImmutableSortedDictionary.CreateRange(new Dictionary<string, long> { ["notJson"] = 2, ["numberOffGrid"] = 5, ["unknownSymbol"] = 0 }));

    [Fact(DisplayName = "Its text says what is missing now, what was counted, and which rules have changed")]
    public void Text() => Assert.Equal(
        """
        market feed 1 of 2 connections, 2 of 3 books valid, 1 NOT TRADED, SILENT SOLUSDT, BOOK FAR FROM MARK XRPUSDT, RULES CHANGED BTCUSDT, REFUSED by the venue for 110 s more
          4 gaps, 5 stale, 0 crossed, 2 far from the mark, 9 snapshots; 6 silences, 0 gaps in trades; 0 connections lost; 7 of 1000 messages dropped (numberOffGrid 5, notJson 2), 0 were there already
          the venue's clock 12 ms from ours, asked in 3 ms, 1 jumps of ours; weight 34 used, 1200 a minute allowed, 2 refusals
          BTCUSDT: tick 0.1 is 0.5 now; nothing is opened there until the node is started again

        """, Picture.ToText());

    [Fact(DisplayName = "As JSON it is all there, and can be read back")]
    public void Json()
    {
        var json = JsonSerializer.Serialize(Picture, RunJson.Compact);
        Assert.Contains("\"bookGaps\":4", json, StringComparison.Ordinal);
        Assert.Contains("\"changed\":[{\"symbol\":\"BTCUSDT\",\"what\":\"tick 0.1 is 0.5 now\"}]", json, StringComparison.Ordinal);
        var back = JsonSerializer.Deserialize<FeedPicture>(json, RunJson.Compact)!;
        Assert.Equal(Picture.ToText(), back.ToText());
        Assert.False(back.IsWhole);
    }
}
