using Dolphin.Domain.Market;
using Dolphin.Venues.Binance.Live;

namespace Dolphin.Venues.Binance.Tests.Live;

/// <summary>A venue whose clock is right and whose messages come late.</summary>
public sealed class FeedLatenessStories
{
    private static long NowMs => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    [Fact(DisplayName = "A book whose updates come later than stale-after is never valid, however many come, and no snapshot is asked for; when they come in time it begins")]
    public async Task Late_from_the_beginning()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        var market = venue["BTCUSDT"];
        market.ClockAhead = TimeSpan.FromMinutes(-10);
        await using var open = await OpenFeed.OnAsync(venue);

        await open.Until("twenty are dropped", () => open[FeedCount.DroppedTimes] >= 20, () => { venue.SendDiff(market); venue.SendTicker(market); venue.SendMark(market, eventMs: NowMs); });
        Assert.Equal((0, 0, 0), (open.Feed.Health.ValidBooks, open[FeedCount.DiffsApplied], open[FeedCount.SnapshotsTaken]));
        Assert.Equal(open[FeedCount.DroppedTimes], open.Feed.Counts.Dropped);
        await open.Until("it is said", () => open.Said.Any(IsLateness));

        market.ClockAhead = TimeSpan.Zero;
        await open.ComeUpAsync();
        Assert.Single(open.Said, IsLateness);
    }

    [Fact(DisplayName = "One update that comes too late makes its book invalid at once, and the others go on; it begins again with those that come in time, and is said once")]
    public async Task Late_later()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT", "ETHUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        await open.ComeUpAsync();

        for (var times = 1; times <= 2; times++)
        {
            venue.Send("btcusdt@depth@100ms", venue["BTCUSDT"].Diff(NowMs - 190_000));
            await open.Until("it is not valid", () => open[FeedCount.BooksStale] == times && open.Summaries() is [{ IsValid: false }, { IsValid: true }]);
            await open.ComeUpAsync();
        }

        Assert.Equal((2, 0), (open[FeedCount.DroppedTimes], open[FeedCount.BookGaps]));
        await open.Until("it is said", () => open.Said.Any(IsLateness));
        Assert.Single(open.Said, IsLateness);
    }

    [Fact(DisplayName = "A book is as old as what its newest update says of itself, and never older than it was")]
    public async Task Age_of_a_book()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        var market = venue["BTCUSDT"];
        market.ClockAhead = TimeSpan.FromSeconds(-50);
        await using var open = await OpenFeed.OnAsync(venue);
        await open.Until("it is valid", () => open.Feed.Health.ValidBooks == 1, () => venue.SendDiff(market));
        var late = open.Summaries()[0];
        Assert.True(late.At - late.MovedAt >= TimeSpan.FromSeconds(49), $"moved at {late.MovedAt:O}, looked at {late.At:O}");

        var moved = late.MovedAt;
        foreach (var said in (long?[])[NowMs + 600_000, null, NowMs - 100_000]) // Ahead of its time, of none, and older than the one before.
        {
            var (began, applied) = (open.Feed.Clock.Now, open[FeedCount.DiffsApplied]);
            venue.Send("btcusdt@depth@100ms", market.Diff(said ?? 1).Replace("\"E\":1,", "", StringComparison.Ordinal));
            await open.Until("it is applied", () => open[FeedCount.DiffsApplied] > applied);
            var seen = open.Summaries()[0];
            if (said is { } s && s < NowMs) Assert.Equal(moved, seen.MovedAt);
            else Assert.InRange(seen.MovedAt!.Value, began, seen.At);
            moved = seen.MovedAt;
        }
    }

    [Fact(DisplayName = "Marks and trades that come later than silent-after are dropped and counted, so there are no bars; when they come in time there are")]
    public async Task Late_market()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        var market = venue["BTCUSDT"];
        market.ClockAhead = TimeSpan.FromSeconds(-50);
        await using var open = await OpenFeed.OnAsync(venue, s => s with { SilentAfter = TimeSpan.FromSeconds(45) });
        var bars = new List<SymbolBar>();

        await open.TurnUntil("a hundred are dropped", () =>
        {
            open.Feed.CloseBars(60_000, bars, []);
            return open[FeedCount.DroppedTimes] >= 100;
        });
        Assert.Equal((0, 0, 0), (bars.Count, open[FeedCount.Trades], open[FeedCount.MarkPrices]));

        market.ClockAhead = TimeSpan.Zero;
        await open.TurnUntil("there are bars", () =>
        {
            open.Feed.CloseBars(60_000, bars, []);
            return bars.Count > 0;
        });
    }

    private static bool IsLateness(string said) => said == "BTCUSDT: updates of the book come more than 180 s late. It is not priced from until they come in time.";
}
