using Dolphin.Domain.Market;
using Dolphin.Venues.Binance.Live;

namespace Dolphin.Venues.Binance.Tests.Live;

/// <summary>A book and a mark price of one symbol that cannot both be right.</summary>
public sealed class AbsurdBookStories
{
    private static readonly Symbol Bitcoin = new("BTCUSDT");

    [Theory(DisplayName = "A book far from its mark, above or below, is counted, said once, not priced from and in no bar; the other symbols go on, and with a mark that is near it is one again by itself")]
    [InlineData("1160.0")]
    [InlineData("860.0")]
    public async Task Far(string mark)
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT", "ETHUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        await open.ComeUpAsync();
        await open.TurnUntil("both have bars", () => Bars(open).Count == 2);
        var market = venue["BTCUSDT"];

        venue.SendMark(market, mark);
        await open.Until("it is counted", () => open[FeedCount.BooksFarFromMark] == 1);
        Bars(open); // What was under way.
        var (beside, dropped, seen) = (open[FeedCount.TradesBesideMark], open[FeedCount.DroppedAbsurd], new HashSet<string>());
        await open.Until("bitcoin and ether trade on", () =>
        {
            seen.UnionWith(Bars(open).Select(b => b.Symbol.Name));
            return open[FeedCount.TradesBesideMark] > beside + 10 && open[FeedCount.DroppedAbsurd] > dropped && seen.Contains("ETHUSDT");
        }, () =>
        {
            venue.SendDiff(market);
            venue.SendTicker(market);
            venue.SendTrade(market);
            venue.Turn("ETHUSDT");
        });
        Assert.DoesNotContain("BTCUSDT", seen);
        Assert.Equal((false, null, 0d), (open.Summaries()[0].IsValid, open.Summaries()[0].Bid, open.Summaries()[0].BidNotional));
        Assert.True(open.Summaries()[1].IsValid);
        Assert.Equal([Bitcoin], open.Feed.FarFromMark.Keys);
        Assert.Equal("BTCUSDT", Assert.Single(open.Feed.Picture().Far).Name);
        Assert.Contains("BOOK FAR FROM MARK BTCUSDT", open.Feed.Picture().ToLine(), StringComparison.Ordinal);
        await open.Until("it is said", () => Said(open, "BTCUSDT: the book is more than 15% from the mark price") == 1);

        await open.TurnUntil("bitcoin has bars again", () => Bars(open).Any(b => b.Symbol == Bitcoin));
        Assert.Empty(open.Feed.FarFromMark);
        Assert.True(open.Summaries()[0].IsValid);
        Assert.Equal((1, 0, 0), (open[FeedCount.BooksFarFromMark], open[FeedCount.BookGaps], open[FeedCount.TickersDisagreed]));
        await open.Until("that is said, too", () => Said(open, "BTCUSDT: the book is near the mark price again") == 1);
        Assert.Equal(1, Said(open, "BTCUSDT: the book is more than 15%"));
    }

    [Fact(DisplayName = "Fourteen percent are borne: the book stays valid, and its trades are in bars")]
    public async Task Near()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        await open.ComeUpAsync();
        var marks = open[FeedCount.MarkPrices];
        venue.SendMark(venue["BTCUSDT"], "1130.0");
        await open.Until("the mark is taken", () => open[FeedCount.MarkPrices] > marks);
        await open.Until("it has bars", () => Bars(open).Count == 1, () =>
        {
            venue.SendDiff(venue["BTCUSDT"]);
            venue.SendTrade(venue["BTCUSDT"]);
        });
        Assert.Equal(0, open[FeedCount.BooksFarFromMark]);
        Assert.True(open.Summaries()[0].IsValid);
    }

    [Fact(DisplayName = "The first whole bar after is made of what came since: nobody sees a price from beside the mark")]
    public async Task First_bar()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        await open.ComeUpAsync();
        var market = venue["BTCUSDT"];
        venue.SendMark(market, "1160.0");
        await open.Until("it is far", () => open.Feed.FarFromMark.Count == 1);
        venue.SendTrade(market, "1300.0");
        await open.Until("the trade is seen", () => open[FeedCount.TradesBesideMark] == 1);
        venue.SendMark(market);
        await open.Until("it is near", () => open.Feed.FarFromMark.IsEmpty);
        Assert.Empty(Bars(open)); // It was not there for all of it.
        Assert.InRange(Assert.Single(Bars(open)).Bar.Close.QuotePerBase, 900m, 1_100m);
    }

    private static int Said(OpenFeed open, string what) => open.Said.Count(line => line.StartsWith(what, StringComparison.Ordinal));

    private static List<SymbolBar> Bars(OpenFeed open)
    {
        var bars = new List<SymbolBar>();
        open.Feed.CloseBars(60_000, bars, []);
        return bars;
    }
}
