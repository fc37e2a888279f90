using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Binance.Live;

namespace Dolphin.Venues.Binance.Tests.Live;

/// <summary>Symbols that nothing is heard of on connections that live.</summary>
public sealed class FeedSilenceStories
{
    [Fact(DisplayName = "A symbol whose streams stop on a living connection has no bars until it is heard of again; the others go on, and it is said once")]
    public async Task Falls_silent()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT", "ETHUSDT");
        await using var open = await OpenFeed.OnAsync(venue, s => s with { SilentAfter = TimeSpan.FromSeconds(3) });
        await open.ComeUpAsync();
        await open.TurnUntil("both have bars", () => Symbols(open).SetEquals(["BTCUSDT", "ETHUSDT"]));

        await open.Until("ether is silent", () => open[FeedCount.SymbolsSilent] >= 1 && open.Feed.Health is { LinesUp: 2, Silent: 1 }, () => venue.Turn("BTCUSDT"));
        await open.Until("it is said", () => Silences(open) == 1);
        Symbols(open); // What was under way.
        var (trades, seen) = (open[FeedCount.Trades], new HashSet<string>());
        await open.Until("bitcoin has traded on", () =>
        {
            seen.UnionWith(Symbols(open));
            return open[FeedCount.Trades] > trades + 10 && seen.Contains("BTCUSDT");
        }, () => venue.Turn("BTCUSDT"));
        Assert.DoesNotContain("ETHUSDT", seen);
        Assert.Equal(1, Silences(open));

        await open.TurnUntil("ether has bars again", () => Symbols(open).Contains("ETHUSDT"));
        await open.Until("that is said, too", () => open.Said.Any(line => line.StartsWith("ETHUSDT: mark prices come again", StringComparison.Ordinal)));
        Assert.Equal(0, open.Feed.Health.Silent);

        static int Silences(OpenFeed open) => open.Said.Count(line => line.StartsWith("ETHUSDT: no mark price for 3 s", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "Streams of one symbol that stop on a living connection come again on another one that replaces it: marks and trades")]
    public async Task Marks_are_asked_for_anew()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT", "ETHUSDT");
        await using var open = await OpenFeed.OnAsync(venue, s => s with { SilentAfter = TimeSpan.FromSeconds(3) });
        await open.ComeUpAsync();

        foreach (var socket in venue.Sockets) ForgetMarket(socket);
        await open.TurnUntil("ether is silent", () => open.Feed.Health.Silent == 1);
        await open.TurnUntil("its connection was replaced", () => open[FeedCount.ConnectionsRotated] >= 1);
        await open.TurnUntil("ether has bars again", () => Symbols(open).Contains("ETHUSDT"));

        Assert.Contains(open.Said, IsReplaced);

        static void ForgetMarket(StandInSocket socket)
        {
            foreach (var kind in (string[])["aggTrade", "markPrice@1s", "forceOrder"]) socket.Forget($"ethusdt@{kind}");
        }
    }

    [Fact(DisplayName = "The same of a book")]
    public async Task Diffs_are_asked_for_anew()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT", "ETHUSDT");
        await using var open = await OpenFeed.OnAsync(venue, s => s with { StaleAfter = TimeSpan.FromSeconds(2) });
        await open.ComeUpAsync();

        foreach (var socket in venue.Sockets) socket.Forget("ethusdt@depth@100ms");
        await open.TurnUntil("ether is stale", () => open[FeedCount.BooksStale] >= 1 && !open.Summaries()[1].IsValid);
        await open.TurnUntil("its connection was replaced", () => open[FeedCount.ConnectionsRotated] >= 1);
        await open.ComeUpAsync();

        Assert.Contains(open.Said, IsReplaced);
    }

    [Fact(DisplayName = "For a symbol that is really silent its connection is replaced ever more rarely, at last each hour, until it has spoken")]
    public void Really_silent()
    {
        var (silence, replaced, patience) = (new StreamSilence(), new List<int>(), TimeSpan.FromMinutes(1).Ticks);
        for (var minute = 1; minute <= 300; minute++) Look(minute);
        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 124, 184, 244], replaced);

        silence.Heard(TimeSpan.FromMinutes(300).Ticks);
        replaced.Clear();
        for (var minute = 301; minute <= 310; minute++) Look(minute);
        Assert.Equal([301, 302, 304, 308], replaced);

        // Three quarters of a minute into its silence its connection is replaced for another symbol: that was its first time.
        silence.Heard(TimeSpan.FromMinutes(400).Ticks);
        silence.Tried(TimeSpan.FromMinutes(400.75).Ticks);
        Assert.False(silence.IsDue(TimeSpan.FromMinutes(401).Ticks, patience));
        Assert.True(silence.IsDue(TimeSpan.FromMinutes(401.5).Ticks, patience));

        void Look(int minute)
        {
            var now = TimeSpan.FromMinutes(minute).Ticks;
            if (!silence.IsDue(now, patience)) return;
            silence.Tried(now);
            replaced.Add(minute);
        }
    }

    private static bool IsReplaced(string said) => said == "ETHUSDT: still nothing of use on a connection that is there. It is replaced by another one.";

    [Fact(DisplayName = "A symbol that still trades but has no mark prices has no bars either: nothing says whether what it trades at is a price")]
    public async Task Marks_stop()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue, s => s with { SilentAfter = TimeSpan.FromSeconds(3) });
        await open.ComeUpAsync();
        var market = venue.Markets[0];

        await open.Until("it is silent", () => open.Feed.Health.Silent == 1, () => { venue.SendTrade(market); venue.SendDiff(market); });
        Symbols(open);
        await open.Until("it trades on", () => open[FeedCount.TradesUnmarked] > 10, () => { venue.SendTrade(market); venue.SendDiff(market); });

        Assert.Empty(Symbols(open));
        Assert.Equal(2, open.Feed.Health.LinesUp);
    }

    [Fact(DisplayName = "Before its first mark price no trade of a symbol is in a bar, however sensible; after it absurd ones are not")]
    public async Task Before_the_first_mark()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        var market = venue.Markets[0];
        await open.Until("trades come", () => open.Feed.Health.LinesUp == 2 && open[FeedCount.TradesUnmarked] > 0, () => { venue.SendTrade(market, "5.0"); venue.SendDiff(market); });
        for (var i = 0; i < 3; i++) Assert.Empty(Symbols(open));

        venue.SendMark(market, "1000.1");
        await open.Until("the mark is taken", () => open[FeedCount.MarkPrices] == 1);
        Assert.Empty(Symbols(open)); // It was not there for all of it.
        var bars = new List<SymbolBar>();
        open.Feed.CloseBars(60_000, bars, []);
        Assert.Equal(Price.Of(1000.1m), Assert.Single(bars).Bar.Close); // Not the five that somebody traded at.
    }

    [Fact(DisplayName = "A book that is stale is said once, however often it is")]
    public async Task Stale_again_and_again()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT", "ETHUSDT");
        await using var open = await OpenFeed.OnAsync(venue, s => s with { StaleAfter = TimeSpan.FromSeconds(2) });
        await open.ComeUpAsync();

        for (var times = 1; times <= 2; times++)
        {
            var before = open[FeedCount.BooksStale];
            await open.Until("ether is stale", () => open[FeedCount.BooksStale] > before && !open.Summaries()[1].IsValid, () => venue.Turn("BTCUSDT"));
            await open.ComeUpAsync();
        }

        Assert.Single(open.Said, line => line.Contains("ETHUSDT", StringComparison.Ordinal) && line.Contains("no update of the book for 2 s", StringComparison.Ordinal));
    }

    private static HashSet<string> Symbols(OpenFeed open)
    {
        var bars = new List<SymbolBar>();
        open.Feed.CloseBars(60_000, bars, []);
        return [.. bars.Select(b => b.Symbol.Name)];
    }
}
