using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Paper;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Venues.Tests.Paper;

public sealed class IntrabarPathStories
{
    private const long Interval = 60_000;

    private static Bar Bar(decimal open, decimal high, decimal low, decimal close) =>
        new(0, Price.Of(open), Price.Of(high), Price.Of(low), Price.Of(close), new(1m));

    private static decimal At(Bar bar, long ms) => IntrabarPath.PriceAt(bar, Interval, ms).QuotePerBase;

    [Fact(DisplayName = "A bar that rises goes open, low, high, close, a third of the interval each; between them in straight lines")]
    public void Rising() => Assert.Equal(
        [100m, 95m, 90m, 105m, 120m, 110m],
        new long[] { 0, 10_000, 20_000, 30_000, 40_000, 59_999 }.Select(ms => At(Bar(100m, 120m, 90m, 110m), ms)));

    [Fact(DisplayName = "A bar that falls goes open, high, low, close")]
    public void Falling() => Assert.Equal(
        [110m, 120m, 90m, 100m],
        new long[] { 0, 20_000, 40_000, 59_999 }.Select(ms => At(Bar(110m, 120m, 90m, 100m), ms)));

    [Fact(DisplayName = "Before its open a bar stands at its open, after its end at its close")]
    public void Outside() => Assert.Equal([110m, 100m, 100m], new long[] { -1, 60_000, 99_999 }.Select(ms => At(Bar(110m, 120m, 90m, 100m), ms)));

    [Fact(DisplayName = "A price is traded through in the first millisecond after it was touched")]
    public void First_through() => Assert.Equal(10_001, IntrabarPath.FirstThrough(Bar(100m, 120m, 90m, 110m), Interval, 0, OrderSide.Buy, Price.Of(95m)));

    [Fact(DisplayName = "A price that is only touched is never traded through")]
    public void Never_through() => Assert.Equal(long.MaxValue, IntrabarPath.FirstThrough(Bar(100m, 120m, 90m, 110m), Interval, 0, OrderSide.Buy, Price.Of(90m)));

    [Fact(DisplayName = "Wherever one starts to look, the first instant through a price is what trying every instant finds")]
    public void Agrees_with_search() => Prop.ForAll(
        (from open in Gen.Choose(90, 110)
         from close in Gen.Choose(90, 110)
         from up in Gen.Choose(0, 12)
         from down in Gen.Choose(0, 12)
         from limit in Gen.Choose(900, 1_100)
         from start in Gen.Choose(-10, 620)
         from buys in Gen.Choose(0, 1)
         select (Bar: Bar(open, Math.Max(open, close) + up, Math.Min(open, close) - down, close), Limit: limit / 10m, Start: start, Buys: buys == 1)).ToArbitrary(),
        c =>
        {
            const long interval = 600; // Short, so that every millisecond can be tried.
            var side = c.Buys ? OrderSide.Buy : OrderSide.Sell;
            var found = IntrabarPath.FirstThrough(c.Bar, interval, c.Start, side, Price.Of(c.Limit));
            var searched = long.MaxValue;
            for (var ms = Math.Max(c.Start, 0L); ms < interval && searched == long.MaxValue; ms++)
            {
                if (IntrabarPath.IsThrough(IntrabarPath.PriceAt(c.Bar, interval, ms), side, Price.Of(c.Limit))) searched = ms;
            }
            Assert.Equal(searched, found);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
}
