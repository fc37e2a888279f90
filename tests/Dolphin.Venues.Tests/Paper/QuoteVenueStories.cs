using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Paper;

namespace Dolphin.Venues.Tests.Paper;

/// <summary>The venue that only quotes: late, a little off, out at times, and the same from the same seed.</summary>
public sealed class QuoteVenueStories
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly Symbol Btc = new("BTCUSDT"), Eth = new("ETHUSDT");
    private static readonly QuoteVenuePolicy Exact = new(Seed: 7, new QuoteLag(0, TimeSpan.Zero), new Bps(0m), OutageShare: 0, TimeSpan.FromMinutes(10));

    private static Bar At(int minute, decimal close) => new(
        minute * 60_000L, Price.Of(close), Price.Of(close), Price.Of(close), Price.Of(close), new Quantity(1m));

    private static List<decimal?> Play(QuoteVenue venue, int from, int count, Symbol symbol = default) =>
        [.. Enumerable.Range(from, count).Select(m => venue.Quote(symbol == default ? Btc : symbol, At(m, 100m + m), Minute)?.QuotePerBase)];

    [Fact(DisplayName = "Without lag and noise it shows what the market closed at")]
    public void Exactly() => Assert.Equal([100m, 101m, 102m], Play(new QuoteVenue(Exact), 0, 3).Select(p => p!.Value));

    [Theory(DisplayName = "A lag in bars shows the close of so many bars ago, and nothing before there is one; half a bar is a whole one")]
    [InlineData(1, 0, 1)]
    [InlineData(3, 0, 3)]
    [InlineData(0, 30, 1)]
    [InlineData(0, 60, 1)]
    public void Late(int bars, int seconds, int expected)
    {
        var shown = Play(new QuoteVenue(Exact with { Lag = new QuoteLag(bars, TimeSpan.FromSeconds(seconds)) }), 0, 6);
        Assert.All(shown.Take(expected), p => Assert.Null(p));
        Assert.Equal(Enumerable.Range(0, 6 - expected).Select(m => 100m + m), shown.Skip(expected).Select(p => p!.Value));
    }

    [Fact(DisplayName = "After minutes without a bar a lag of one minute shows the newest close that is a minute old")]
    public void Gap()
    {
        var venue = new QuoteVenue(Exact with { Lag = new QuoteLag(1, TimeSpan.Zero) });
        Play(venue, 0, 3);
        Assert.Equal(102m, venue.Quote(Btc, At(9, 109m), Minute)!.Value.QuotePerBase);
    }

    [Fact(DisplayName = "Noise scatters as widely as it is told, differs by symbol and bar, and comes again from the same seed only")]
    public void Noise()
    {
        var noisy = Exact with { Noise = new Bps(10m) };
        var first = Enumerable.Range(0, 2_000).Select(m => new QuoteVenue(noisy).Quote(Btc, At(m, 100m), Minute)!.Value.QuotePerBase).ToList();
        var mean = first.Average();
        var deviation = Math.Sqrt(first.Average(p => Math.Pow((double)(p - 100m) / 100, 2)));
        Assert.InRange((double)mean, 99.99, 100.01);
        Assert.InRange(deviation, 0.00093, 0.00107);
        Assert.True(first.Distinct().Count() > 1_990);
        Assert.Equal(Play(new QuoteVenue(noisy), 0, 50), Play(new QuoteVenue(noisy), 0, 50));
        Assert.NotEqual(Play(new QuoteVenue(noisy), 0, 50), Play(new QuoteVenue(noisy with { Seed = 8 }), 0, 50));
        Assert.NotEqual(Play(new QuoteVenue(noisy), 0, 50), Play(new QuoteVenue(noisy), 0, 50, Eth));
    }

    [Fact(DisplayName = "An outage silences all symbols for whole stretches, in the share of them that was asked for")]
    public void Outages()
    {
        var venue = new QuoteVenue(Exact with { OutageShare = 0.3 });
        var (btc, eth) = (Play(venue, 0, 10_000), Play(venue, 0, 10_000, Eth));
        Assert.Equal(btc.Select(p => p is null), eth.Select(p => p is null));
        Assert.All(btc.Chunk(10), stretch => Assert.Single(stretch.Select(p => p is null).Distinct()));
        Assert.InRange(btc.Count(p => p is null), 2_600, 3_400);
        Assert.All(Play(new QuoteVenue(Exact with { OutageShare = 1 }), 0, 30), p => Assert.Null(p));
    }

    [Fact(DisplayName = "Who goes on from what was remembered shows what it would have shown, in the order of symbols")]
    public void Remembers()
    {
        var policy = Exact with { Lag = new QuoteLag(5, TimeSpan.Zero), Noise = new Bps(3m) };
        var whole = new QuoteVenue(policy);
        Play(whole, 0, 20, Eth);
        Play(whole, 0, 20);
        var memory = whole.Capture();
        Assert.Equal([Btc, Eth], memory.Select(m => m.Symbol));
        Assert.Equal(Play(whole, 20, 20), Play(new QuoteVenue(policy, memory), 20, 20));
    }

    [Fact(DisplayName = "What it remembers does not grow beyond the longest lag")]
    public void Bounded()
    {
        var venue = new QuoteVenue(Exact with { Lag = new QuoteLag(QuoteLag.MostBars, TimeSpan.Zero) });
        Play(venue, 0, 1_000);
        Assert.Equal(QuoteLag.MostBars + 1, Assert.Single(venue.Capture()).Closes.Length);
    }
}
