using System.Text.Json;
using Dolphin.Data.Recording;
using Dolphin.Data.Simulation;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Data.Tests.Simulation;

public sealed class SimulatedMarketTests
{
    private static readonly DateTimeOffset Monday = new(2025, 6, 2, 0, 0, 0, TimeSpan.Zero);
    private static readonly long Start = Monday.ToUnixTimeMilliseconds();
    private const long Minute = 60_000, Hour = 60 * Minute;

    private static SimulatedMarket Market(ulong seed = 1, int seconds = 60) => new(seed, Monday, TimeSpan.FromSeconds(seconds));

    private static List<SymbolBar> Bars(IEnumerable<MarketSlice> slices) => [.. slices.SelectMany(s => s.Bars.ToArray())];

    [Fact(DisplayName = "The same seed gives the same market, another seed another one")]
    public void Deterministic()
    {
        var bars = Bars(Market().Slices(Start, Start + 12 * Hour));
        Assert.Equal(bars, Bars(Market().Slices(Start, Start + 12 * Hour)));
        Assert.NotEqual(bars, Bars(Market(seed: 2).Slices(Start, Start + 12 * Hour)));
        Assert.Equal(Market().Funding(Start, Start + 48 * Hour), Market().Funding(Start, Start + 48 * Hour));
    }

    [Theory(DisplayName = "The market of a seed is the same on every machine and in every later version, to the last bit")]
    [InlineData(1, "42424cdfe66b5975625f51980cc0c8f90bb654e9fe12f5912f5ca7a54876006a")]
    [InlineData(60, "6c56bd82ae5244c99241d49c4f2ab3eaa0e518a071c2b6fe9977e6ea800f37ea")]
    public void Pinned(int seconds, string fingerprint)
    {
        // When the simulation's laws change on purpose, its version and these two change with them.
        var market = Market(seed: 42, seconds);
        var slices = market.Slices(Start, Start + 3000L * seconds * 1000).ToList();
        var tape = new BarTape(market.Interval,
            market.Symbols.Select((s, i) => new SymbolSeries(s, slices.Select(x => x.Bars.Span[i].Bar).ToArray(), market.DecimalsOf(s))),
            market.Funding(Start, Start + 3000L * seconds * 1000));
        Assert.Equal(fingerprint, tape.Fingerprint);
    }

    [Fact(DisplayName = "Whatever the seed and the interval, bars keep the rules of bars, ticks and lots")]
    public void Sound_bars()
    {
        var markets = from seed in ArbMap.Default.GeneratorFor<ulong>() from seconds in Gen.Elements(1, 5, 7, 60, 900, 3600, 28_800, 86_400) select (seed, seconds);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(40), Prop.ForAll(markets.ToArbitrary(), x =>
        {
            var start = Monday.AddMilliseconds(-(Start % (x.seconds * 1000L)));
            var market = new SimulatedMarket(x.seed, start, TimeSpan.FromSeconds(x.seconds));
            var walk = market.WalkFrom(0);
            var closes = new Price?[market.Symbols.Length];
            for (var step = 0; step < 300; step++)
            {
                var slice = walk.Next().Slice;
                Assert.Equal(start.ToUnixTimeMilliseconds() + step * x.seconds * 1000L, slice.OpenTimeMs);
                Assert.Equal(market.Symbols.AsEnumerable(), slice.Bars.ToArray().Select(b => b.Symbol));
                for (var i = 0; i < closes.Length; i++)
                {
                    var bar = slice.Bars.Span[i].Bar;
                    Assert.True(bar.Low <= bar.Open && bar.Low <= bar.Close && bar.High >= bar.Open && bar.High >= bar.Close, $"{bar}");
                    Assert.Equal(closes[i] ?? bar.Open, bar.Open);
                    closes[i] = bar.Close;
                    var decimals = market.DecimalsOf(market.Symbols[i]);
                    foreach (var price in (decimal[])[bar.Open.QuotePerBase, bar.High.QuotePerBase, bar.Low.QuotePerBase, bar.Close.QuotePerBase])
                        Assert.True(price.Scale <= decimals.Price, $"{price}");
                    Assert.True(bar.Volume.Base >= 0m && bar.Volume.Base.Scale <= decimals.Volume, $"{bar}");
                    Assert.True(bar.Volume.Base > 0m || (bar.High == bar.Low && bar.Open == bar.Close), $"{bar}");
                }
            }
        }));
    }

    [Fact(DisplayName = "Most bars of a second have volume, and nearly all of a minute")]
    public void Volume_is_there()
    {
        static double Silent(IReadOnlyCollection<SymbolBar> bars) => bars.Count(b => b.Bar.Volume.Base == 0m) / (double)bars.Count;
        Assert.InRange(Silent(Bars(Market(seconds: 1).Slices(Start + 13 * Hour, Start + 14 * Hour))), 0.0001, 0.2);
        Assert.Equal(0, Silent(Bars(Market().Slices(Start, Start + 24 * Hour))));
    }

    [Fact(DisplayName = "A walk that was captured, stored as JSON and restored goes on as if nothing had happened")]
    public void Restored()
    {
        var cuts = from before in Gen.Choose(0, 1500) from after in Gen.Choose(1, 1000) from seconds in Gen.Elements(1, 60, 3600) select (before, after, seconds);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(15), Prop.ForAll(cuts.ToArbitrary(), x =>
        {
            var walk = Market(seconds: x.seconds).WalkFrom(0);
            for (var i = 0; i < x.before; i++)
                walk.Next();
            var json = JsonSerializer.Serialize(walk.Capture());
            var restored = Market(seconds: x.seconds).Restore(JsonSerializer.Deserialize<MarketWalkState>(json)!);
            for (var i = 0; i < x.after; i++)
            {
                var (right, came) = (walk.Next(), restored.Next());
                Assert.Equal(right.Slice.Bars.ToArray(), came.Slice.Bars.ToArray());
                Assert.Equal(right.Funding.AsEnumerable(), came.Funding);
            }
            Assert.Equal(JsonSerializer.Serialize(walk.Capture()), JsonSerializer.Serialize(restored.Capture()));
        }));
    }

    [Fact(DisplayName = "Skipping to a time ends where walking there ends")]
    public void Skipped()
    {
        var market = Market(seconds: 1);
        var walked = market.WalkFrom(0);
        var skipped = market.WalkFrom(0);
        for (var i = 0; i < 30_000; i++)
            walked.Next();
        skipped.SkipTo(walked.OpenTimeMs);
        Assert.Equal(JsonSerializer.Serialize(walked.Capture()), JsonSerializer.Serialize(skipped.Capture()));
    }

    [Fact(DisplayName = "Slices from the middle are those of the whole, with and without a remembered place")]
    public void From_the_middle()
    {
        var (from, to) = (Start + 30 * Hour + 1, Start + 31 * Hour);
        var whole = Bars(Market().Slices(0, to).Where(s => s.OpenTimeMs >= from));
        Assert.Equal(whole, Bars(Market().Slices(from, to)));
        var elsewhere = Market();
        elsewhere.Remember(Market().WalkFrom(Start + 20 * Hour).Capture());
        Assert.Equal(whole, Bars(elsewhere.Slices(from, to)));
        Assert.Equal(whole, Bars(elsewhere.Slices(from, to)));
        Assert.Empty(elsewhere.Slices(to, from));
    }

    [Fact(DisplayName = "A market has no end: years later it still trades at sane prices")]
    public void Endless()
    {
        var market = Market(seconds: 3600);
        foreach (var bar in market.Slices(Monday.AddYears(4).ToUnixTimeMilliseconds(), long.MaxValue).Take(24).SelectMany(s => s.Bars.ToArray()))
        {
            var start = AssetProfile.DefaultUniverse.Single(p => p.Symbol == bar.Symbol).StartPrice;
            Assert.InRange(bar.Bar.Close.QuotePerBase / start, 0.02m, 50m);
        }
    }

    [Fact(DisplayName = "Every asset pays funding every eight hours, within the cap, and in a trend on the side of the trend")]
    public void Funding()
    {
        var market = Market(seed: 5);
        var rates = market.Funding(Start, Start + 30 * 24 * Hour);
        Assert.Equal(16 * (3 * 30 - 1), rates.Count); // Not at the start, where no premium was seen yet.
        Assert.All(rates, r => Assert.Equal(0, r.At.ToUnixTimeMilliseconds() % (8 * Hour)));
        Assert.All(rates, r => Assert.InRange(r.Rate, -0.0075m, 0.0075m));
        Assert.Equal(rates.OrderBy(r => r.At).ThenBy(r => r.Symbol), rates);
        Assert.Contains(rates, r => r.Rate < 0m);
        Assert.Contains(rates, r => r.Rate > 0.0001m);
        Assert.InRange(rates.Count(r => r.Rate == 0.0001m) / (double)rates.Count, 0.3, 0.97); // The deadband.
    }

    [Fact(DisplayName = "Funding is the same asked for at once, in pieces, backwards, or while slices are taken")]
    public void Funding_in_pieces()
    {
        var (from, to) = (Start + 5 * Hour, Start + 77 * Hour);
        var whole = Market().Funding(from, to);
        Assert.Equal(9 * 16, whole.Count);
        for (var piece = 1; piece <= 9; piece += 4)
        {
            var market = Market();
            var forward = new List<FundingRate>();
            for (var at = from; at < to; at += piece * Hour)
                forward.AddRange(market.Funding(at, Math.Min(to, at + piece * Hour)));
            Assert.Equal(whole, forward);
            var backward = new List<FundingRate>();
            for (var at = to; at > from; at -= piece * Hour)
                backward.InsertRange(0, market.Funding(Math.Max(from, at - piece * Hour), at));
            Assert.Equal(whole, backward);
        }
        var live = Market();
        live.Remember(Market().WalkFrom(from).Capture());
        var seen = new List<FundingRate>();
        foreach (var slice in live.Slices(from, to))
            seen.AddRange(live.Funding(slice.OpenTimeMs, slice.OpenTimeMs + Minute));
        Assert.Equal(whole, seen);
    }

    [Fact(DisplayName = "The fingerprint tells seed, interval, start and universe apart")]
    public void Fingerprint()
    {
        var fewer = AssetProfile.DefaultUniverse.RemoveAt(3);
        string[] all =
        [
            Market().Fingerprint, Market(seed: 2).Fingerprint, Market(seconds: 1).Fingerprint,
            new SimulatedMarket(1, Monday.AddMinutes(1), TimeSpan.FromMinutes(1)).Fingerprint,
            new SimulatedMarket(1, Monday, TimeSpan.FromMinutes(1), fewer).Fingerprint,
            new SimulatedMarket(1, Monday, TimeSpan.FromMinutes(1), fewer.SetItem(0, fewer[0] with { DailyVolatility = 0.0221 })).Fingerprint,
        ];
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.Equal(Market().Fingerprint, new SimulatedMarket(1, Monday, TimeSpan.FromMinutes(1), [.. AssetProfile.DefaultUniverse.Reverse()]).Fingerprint);
    }

    [Fact(DisplayName = "What does not fit is refused with what would have been right")]
    public void Refused()
    {
        Assert.Contains("whole seconds", Assert.Throws<ArgumentOutOfRangeException>(() => new SimulatedMarket(1, Monday, TimeSpan.FromMilliseconds(1500))).Message);
        Assert.Contains("whole multiple", Assert.Throws<ArgumentOutOfRangeException>(() => new SimulatedMarket(1, Monday.AddSeconds(1), TimeSpan.FromMinutes(1))).Message);
        var one = AssetProfile.DefaultUniverse[0];
        Assert.Contains("stands twice", Assert.Throws<ArgumentException>(() => new SimulatedMarket(1, Monday, TimeSpan.FromMinutes(1), [one, one])).Message);
        Assert.Contains("at least one asset", Assert.Throws<ArgumentException>(() => new SimulatedMarket(1, Monday, TimeSpan.FromMinutes(1), [])).Message);
        Assert.Contains("outside its range", Assert.Throws<ArgumentException>(() => new SimulatedMarket(1, Monday, TimeSpan.FromMinutes(1), [one with { MarketShare = 0.95 }])).Message);
        Assert.Contains("outside its range", Assert.Throws<ArgumentException>(() => new SimulatedMarket(1, Monday, TimeSpan.FromMinutes(1), [one with { DailyVolatility = double.NaN }])).Message);
        var place = Market().WalkFrom(Start + Hour).Capture();
        Assert.Contains("on the grid", Assert.Throws<ArgumentException>(() => Market().Restore(place with { OpenTimeMs = Start + 1 })).Message);
        Assert.Contains("16 assets", Assert.Throws<ArgumentException>(() => Market().Restore(place with { Assets = place.Assets[1..] })).Message);
        Assert.Contains("finite", Assert.Throws<ArgumentException>(() => Market().Restore(place with { Assets = place.Assets.SetItem(0, place.Assets[0] with { LogPrice = double.NaN }) })).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Market().Funding(0, long.MaxValue));
    }
}
