using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Paper;

namespace Dolphin.Venues.Tests.Paper;

/// <summary>The venue that only quotes: late, a little off, out at times, and the same from the same seed.</summary>
public sealed class QuoteVenueStories
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly Symbol Btc = new("BTCUSDT"), Eth = new("ETHUSDT");
    private static readonly QuoteVenuePolicy Exact = new(Seed: 7, TimeSpan.Zero, new Bps(0m), OutageShare: 0, TimeSpan.FromMinutes(10));

    private static Bar At(int minute, decimal close, decimal? open = null) => new(
        minute * 60_000L, Price.Of(open ?? close), Price.Of(Math.Max(close, open ?? close)), Price.Of(Math.Min(close, open ?? close)), Price.Of(close), new Quantity(1m));

    private static List<decimal?> Play(QuoteVenue venue, int from, int count, Symbol symbol = default) =>
        [.. Enumerable.Range(from, count).Select(m => venue.Quote(symbol == default ? Btc : symbol, At(m, 100m + m), Minute)?.QuotePerBase)];

    [Fact(DisplayName = "Without lag and noise it shows what the market closed at")]
    public void Exactly() => Assert.Equal([100m, 101m, 102m], Play(new QuoteVenue(Exact), 0, 3).Select(p => p!.Value));

    [Theory(DisplayName = "It shows the price of a lag before the close: within a bar the one on the straight line from the close before it, from its open where there is none")]
    [InlineData(0, 100, 101, 111)]
    [InlineData(15, 100, 100.75, 108.5)]
    [InlineData(30, 100, 100.5, 106)]
    [InlineData(60, 100, 100, 101)]
    public void Late(int seconds, double first, double second, double third)
    {
        var venue = new QuoteVenue(Exact with { Lag = TimeSpan.FromSeconds(seconds) });
        Assert.Equal([(decimal)first, (decimal)second, (decimal)third], new[] { At(0, 100m), At(1, 101m, open: 999m), At(2, 111m) }.Select(bar => venue.Quote(Btc, bar, Minute)!.Value.QuotePerBase));
    }

    [Theory(DisplayName = "Two seconds late it lacks 2/900 of the move of a bar of fifteen minutes, however wild, and of no bar more than its own move")]
    [InlineData(100, 61, 61.086666649)]
    [InlineData(100, 100, 100)]
    [InlineData(1, 3, 2.995555556)]
    public void Lacks(double from, double to, double expected)
    {
        var (before, close) = ((decimal)from, (decimal)to);
        var (venue, quarter) = (new QuoteVenue(Exact with { Lag = TimeSpan.FromSeconds(2) }), TimeSpan.FromMinutes(15));
        venue.Quote(Btc, At(0, before), quarter);
        var shown = venue.Quote(Btc, At(15, close, open: before), quarter)!.Value.QuotePerBase;
        Assert.InRange(shown, Math.Min(before, close), Math.Max(before, close));
        Assert.Equal((decimal)expected, shown, 6);
    }

    [Fact(DisplayName = "Bars shorter than the lag: the price of whole bars ago, between two closes where the lag is no whole number of them, and nothing before the first open")]
    public void Short_bars()
    {
        var second = TimeSpan.FromSeconds(1);
        List<decimal?> Of(double lag)
        {
            var venue = new QuoteVenue(Exact with { Lag = TimeSpan.FromSeconds(lag) });
            return [.. Enumerable.Range(0, 5).Select(s => venue.Quote(Btc, At(0, 100m + s) with { OpenTimeMs = 1_000L * s }, second)?.QuotePerBase)];
        }

        Assert.Equal([null, 100m, 100m, 101m, 102m], Of(2)); // Of its first bar nothing but the open is known before the close.
        Assert.Equal([null, 100m, 100.5m, 101.5m, 102.5m], Of(1.5));
    }

    [Fact(DisplayName = "After minutes without a bar the line begins at the open of the next one, not at a close of long ago")]
    public void Gap()
    {
        var venue = new QuoteVenue(Exact with { Lag = TimeSpan.FromSeconds(30) });
        Play(venue, 0, 3);
        Assert.Equal(108.5m, venue.Quote(Btc, At(9, 109m, open: 108m), Minute)!.Value.QuotePerBase);
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
        var policy = Exact with { Lag = TimeSpan.FromSeconds(45), Noise = new Bps(3m) };
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
        var venue = new QuoteVenue(Exact with { Lag = QuoteVenuePolicy.MostLag });
        for (var s = 0; s < 1_000; s++) venue.Quote(Btc, At(0, 100m) with { OpenTimeMs = 1_000L * s }, TimeSpan.FromSeconds(1));
        Assert.Equal(61, Assert.Single(venue.Capture()).Closes.Length);
        Play(venue, 100, 100, Eth);
        Assert.Equal(2, venue.Capture().Single(m => m.Symbol == Eth).Closes.Length);
    }
}
