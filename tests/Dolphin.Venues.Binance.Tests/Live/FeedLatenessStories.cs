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

    [Fact(DisplayName = "When the machine stood still and its clocks do not know of it the venue's time is asked for at once, and it goes on")]
    public async Task Machine_stood_still()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT", "ETHUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        await open.ComeUpAsync();

        venue.ClockAhead = TimeSpan.FromSeconds(90); // It went on meanwhile.
        await open.TurnUntil("the time is known", () => open.Feed.Clock.Offset > TimeSpan.FromSeconds(80) && Times(venue).Length == 10);
        await GoesOnAsync(open);

        await open.Until("it is said", () => open.Said.Any(said => IsJump(said) && said.Contains(" s ahead of ours; when it was asked before it was ", StringComparison.Ordinal)));
    }

    [Theory(DisplayName = "A wrong time that the venue says is asked for again as soon as marks contradict it, and everything goes on")]
    [InlineData(90)]
    [InlineData(-90)]
    public async Task Wrong_time(int seconds)
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT", "ETHUSDT");
        SayWrongly(venue, TimeSpan.FromSeconds(seconds));
        await using var open = await OpenFeed.OnAsync(venue);

        await open.TurnUntil("marks contradict it", () => open[FeedCount.DroppedTimes] > 0);
        SayWrongly(venue, TimeSpan.Zero);
        await open.ComeUpAsync();
        await GoesOnAsync(open);

        await open.Until("it is said", () => open.Said.Any(IsJump));
    }

    [Fact(DisplayName = "While everything stays beside the venue's time it is asked for once a minute at most")]
    public async Task Stays_wrong()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        SayWrongly(venue, TimeSpan.FromSeconds(90));
        await using var open = await OpenFeed.OnAsync(venue);

        await open.TurnUntil("it was asked again, and two hundred more are dropped", () => Times(venue).Length >= 10 && open[FeedCount.DroppedTimes] >= 200);

        var asked = Times(venue).Chunk(5).Skip(1).Select(series => series[0].At).ToArray(); // Each question is five. The first is no doubt.
        Assert.All(asked.Zip(asked.Skip(1)), pair => Assert.True(TimeProvider.System.GetElapsedTime(pair.First, pair.Second) >= TimeSpan.FromMinutes(1)));
        Assert.DoesNotContain(open.Said, IsJump);
    }

    [Fact(DisplayName = "Of one symbol among several marks of another time are its own trouble: nobody doubts the clock")]
    public async Task One_of_several()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT", "ETHUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        await open.ComeUpAsync();

        await open.Until("fifty are dropped", () => open[FeedCount.DroppedTimes] >= 50, () =>
        {
            venue.Turn("ETHUSDT");
            venue.SendMark(venue["BTCUSDT"], eventMs: NowMs - 600_000);
        });

        Assert.Equal(5, Times(venue).Length);
    }

    // The time alone: what it says of its markets is of now.
    private static void SayWrongly(StandInVenue venue, TimeSpan ahead)
    {
        venue.ClockAhead = ahead;
        foreach (var market in venue.Markets) market.ClockAhead = TimeSpan.Zero;
    }

    private static (string Path, long At)[] Times(StandInVenue venue) => [.. venue.Asked.Where(a => a.Path == "/fapi/v1/time")];

    private static Task GoesOnAsync(OpenFeed open)
    {
        var (marks, trades) = (open[FeedCount.MarkPrices], open[FeedCount.Trades]);
        return open.TurnUntil("marks and trades count", () => open[FeedCount.MarkPrices] > marks + 2 && open[FeedCount.Trades] > trades + 2);
    }

    private static bool IsJump(string said) => said.StartsWith("The venue's clock is ", StringComparison.Ordinal);

    private static bool IsLateness(string said) => said == "BTCUSDT: updates of the book come more than 180 s late. It is not priced from until they come in time.";
}
