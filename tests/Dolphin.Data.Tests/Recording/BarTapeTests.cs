using Dolphin.Data.Recording;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Data.Tests.Recording;

public sealed class BarTapeTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private static Bar BarAt(int minute, int symbol)
    {
        var price = Price.Of(10 + symbol + minute * 0.01m);
        return new(minute * 60_000L, price, price, price, price, new Quantity(minute));
    }

    private static BarTape TapeOf(params IEnumerable<int[]> minutesOfSymbols) => new(
        Interval,
        minutesOfSymbols.Select((minutes, s) => new SymbolSeries(new($"S{s:00}"), minutes.Select(m => BarAt(m, s)).ToArray(), new(2, 0))).Where(s => !s.Bars.IsEmpty),
        []);

    [Fact(DisplayName = "Slices hold each bar of the time asked for once, in order of time and then symbol")]
    public void Slices()
    {
        var tapes = from symbols in Gen.Choose(1, 6)
                    from minutes in Gen.Choose(0, 30).ArrayOf().Select(m => m.Distinct().Order().ToArray()).ArrayOf(symbols)
                    from a in Gen.Choose(-2, 33)
                    from b in Gen.Choose(-2, 33)
                    where minutes.Any(m => m.Length > 0)
                    select (Minutes: minutes, From: a * 60_000L - 1, To: b * 60_000L);
        Check.QuickThrowOnFailure(Prop.ForAll(tapes.ToArbitrary(), x =>
        {
            var tape = TapeOf(x.Minutes);
            var right = tape.Symbols.SelectMany(s => tape.BarsOf(s).ToArray().Select(b => new SymbolBar(s, b)))
                .Where(b => b.Bar.OpenTimeMs >= x.From && b.Bar.OpenTimeMs < x.To)
                .OrderBy(b => b.Bar.OpenTimeMs).ThenBy(b => b.Symbol).ToList();
            var slices = tape.Slices(x.From, x.To).ToList();
            Assert.Equal(right, slices.SelectMany(s => s.Bars.ToArray()));
            Assert.Equal(slices.Select(s => s.OpenTimeMs).Distinct().Order(), slices.Select(s => s.OpenTimeMs));
            Assert.All(slices, s => Assert.All(s.Bars.ToArray(), b => Assert.Equal(s.OpenTimeMs, b.Bar.OpenTimeMs)));
        }));
    }

    [Fact(DisplayName = "Going on from any slice gives the rest")]
    public void Resume()
    {
        var tape = TapeOf([0, 1, 2, 5, 6], [1, 2, 3, 4, 5, 6, 7]);
        var all = tape.Slices(0, long.MaxValue).Select(s => s.OpenTimeMs).ToList();
        for (var i = 0; i < all.Count; i++)
            Assert.Equal(all[i..], tape.Slices(all[i], long.MaxValue).Select(s => s.OpenTimeMs));
    }

    [Fact(DisplayName = "Funding of a time is found by its milliseconds, the end left out")]
    public void Funding()
    {
        FundingRate Rate(string symbol, long ms) => new(new(symbol), DateTimeOffset.FromUnixTimeMilliseconds(ms), 0.0001m);
        var series = new SymbolSeries(new("A"), new[] { BarAt(0, 0), BarAt(1, 0) }, new(2, 0));
        var tape = new BarTape(Interval, [series], [Rate("B", 100), Rate("A", 200), Rate("A", 100), Rate("A", 101)]);
        Assert.Equal([Rate("A", 100), Rate("B", 100), Rate("A", 101)], tape.Funding(100, 200));
        Assert.Equal([Rate("A", 101), Rate("A", 200)], tape.Funding(101, long.MaxValue));
        Assert.Empty(tape.Funding(201, long.MaxValue));
        Assert.Empty(tape.Funding(200, 100));
    }

    [Fact(DisplayName = "A tape cannot be made of bars out of order, off the grid, or of none")]
    public void Refused()
    {
        Assert.Throws<ArgumentException>(() => TapeOf([2, 1]));
        Assert.Throws<ArgumentException>(() => TapeOf([1, 1]));
        Assert.Throws<ArgumentException>(() => TapeOf([]));
        var offGrid = new SymbolSeries(new("A"), new[] { BarAt(1, 0) with { OpenTimeMs = 60_001 } }, new(2, 0));
        Assert.Throws<ArgumentException>(() => new BarTape(Interval, [offGrid], []));
        var good = new SymbolSeries(new("A"), new[] { BarAt(1, 0) }, new(2, 0));
        Assert.Throws<ArgumentException>(() => new BarTape(Interval, [good, good], []));
        Assert.Throws<KeyNotFoundException>(() => TapeOf([1]).DecimalsOf(new("NONE")));
    }
}
