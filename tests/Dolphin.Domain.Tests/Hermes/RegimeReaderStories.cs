using System.Text.Json;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Tests.Hermes;

public sealed class RegimeReaderStories
{
    private const int Day = 24 * 60;
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    [Fact(DisplayName = "Random walks: the variance ratio is 1 on average with the textbook's deviation, the efficiency ratio is small, and the pace is steady")]
    public void RandomWalk()
    {
        var readings = Enumerable.Range(1, 60).Select(seed => RegimeStage.Read(RegimeStage.Walk(Day, 15, RegimeStage.Random((ulong)seed)), 15).Reading.Features).ToList();
        var ratios = readings.Select(f => f.VarianceRatio).ToList();
        var deviation = Math.Sqrt(ratios.Sum(r => Math.Pow(r - ratios.Average(), 2)) / (ratios.Count - 1));
        Assert.InRange(ratios.Average(), 0.9, 1.1);
        Assert.InRange(deviation, 0.18, 0.36); // sqrt(2 * 7 * 3 / (12 * 48)) = 0.27, from 60 walks.
        Assert.InRange(readings.Average(f => f.EfficiencyRatio), 0.12, 0.24); // 1 / sqrt(32) = 0.177.
        Assert.InRange(readings.Average(f => f.VolatilityOfVolatility), 0, 0.15);
        Assert.InRange(readings.Average(f => f.Volatility), 0.0085, 0.0105); // Made with 1 % per root hour; twenty steps a minute miss a little of the range.
        Assert.All(readings, f => Assert.Equal(0, f.IdleShare));
    }

    [Fact(DisplayName = "A straight line is a trend: efficiency ratio 1, and the sentence says so")]
    public void Trend()
    {
        var up = RegimeStage.Read(RegimeStage.Walk(Day, 15, RegimeStage.Random(1, perHour: 0.0002, driftPerHour: 0.004)), 15).Reading;
        Assert.Equal((Regime.Trending, RegimeFeature.EfficiencyRatio, 1), (up.Regime, up.Decisive(RegimeStage.Policy), up.Features.Direction));
        Assert.InRange(up.Features.EfficiencyRatio, 0.99, 1);
        Assert.StartsWith("efficiency ratio 1.00 over 8 h is at or above 0.45.", up.Reason(RegimeStage.Policy));
        var down = RegimeStage.Read(RegimeStage.Walk(Day, 15, RegimeStage.Random(1, perHour: 0.0002, driftPerHour: -0.004)), 15).Reading;
        Assert.Equal((Regime.Trending, -1), (down.Regime, down.Features.Direction));
    }

    [Fact(DisplayName = "A market that takes back its moves is ranging: variance ratio far below 1")]
    public void Reverting()
    {
        // Every quarter hour goes the other way, by a length that varies.
        var chance = new Chance(5);
        var (bars, price) = (new List<Bar>(), 100.0);
        for (var i = 0; i < 96; i++)
        {
            var next = 100 + (i % 2 == 0 ? 1 : -1) * (0.3 + 0.1 * chance.NextUnit());
            bars.Add(RegimeStage.Move(i * RegimeStage.SlotMs, price, next));
            price = next;
        }
        var reading = RegimeStage.Read(bars, 15).Reading;
        Assert.Equal(Regime.Ranging, reading.Regime);
        Assert.InRange(reading.Features.VarianceRatio, 0, 0.2);
        Assert.InRange(reading.Features.EfficiencyRatio, 0, 0.1);
        Assert.Contains("is below 0.45, and no other feature shows more.", reading.Reason(RegimeStage.Policy));
    }

    [Fact(DisplayName = "Moves followed by moves the same way are a trend even where price ends where it began")]
    public void Persistent()
    {
        // Two hours up, two hours down, at a slope that is the same within each.
        var (bars, price) = (new List<Bar>(), 100.0);
        for (var i = 0; i < 96; i++)
        {
            var next = price + (i / 8 % 2 == 0 ? 0.2 : -0.2);
            bars.Add(RegimeStage.Move(i * RegimeStage.SlotMs, price, next));
            price = next;
        }
        var reading = RegimeStage.Read(bars, 15).Reading;
        Assert.Equal((Regime.Trending, RegimeFeature.VarianceRatio), (reading.Regime, reading.Decisive(RegimeStage.Policy)));
        Assert.InRange(reading.Features.EfficiencyRatio, 0, 0.05);
    }

    [Fact(DisplayName = "A crash is chaotic within minutes, stays so while its pace wears off, and then ends")]
    public void Crash()
    {
        var bars = RegimeStage.Walk(Day, 1, RegimeStage.Swinging(3));
        var reader = RegimeStage.Read(bars, 1);
        Assert.Equal(Regime.Ranging, reader.Reading.Regime);
        var price = (double)bars[^1].Close.QuotePerBase;
        var t = Day * 60_000L;
        var minutes = 0;
        for (; reader.Reading.Regime != Regime.Chaotic; t += 60_000, price *= 0.95, minutes++)
            Assert.True(minutes < 5 && reader.Observe(RegimeStage.Move(t, price, price * 0.95), TimeSpan.FromMinutes(1)), $"Not chaotic after {minutes} minutes of -5 % each.");
        Assert.Equal(RegimeFeature.Volatility, reader.Reading.Decisive(RegimeStage.Policy));
        Assert.InRange(minutes, 1, 4);
        foreach (var bar in RegimeStage.Walk(2 * Day, 1, RegimeStage.Swinging(4), t, price))
        {
            reader.Observe(bar, TimeSpan.FromMinutes(1));
            if (reader.Reading.Regime == Regime.Chaotic) t = bar.OpenTimeMs;
        }
        var hours = (t - Day * 60_000L) / 3_600_000.0;
        Assert.InRange(hours, 1, 12);
        Assert.NotEqual(Regime.Chaotic, reader.Reading.Regime);
    }

    [Fact(DisplayName = "A market whose quarter hours differ wildly in pace is chaotic, though none of them is fast")]
    public void Fitful()
    {
        var (bars, price) = (new List<Bar>(), 100.0);
        for (var i = 0; i < 96; i++)
        {
            var next = i % 4 == 0 ? 201 - price : price + (i % 2 == 0 ? 0.02 : -0.02); // One big move an hour, to and fro.
            bars.Add(RegimeStage.Move(i * RegimeStage.SlotMs, price, next));
            price = next;
        }
        var reading = RegimeStage.Read(bars, 15).Reading;
        Assert.Equal((Regime.Chaotic, RegimeFeature.VolatilityOfVolatility), (reading.Regime, reading.Decisive(RegimeStage.Policy)));
    }

    [Fact(DisplayName = "A market that does not move is thin, and has no trend")]
    public void Dead()
    {
        var reading = RegimeStage.Read(Enumerable.Range(0, 96).Select(i => RegimeStage.Flat(i * RegimeStage.SlotMs)), 15).Reading;
        Assert.Equal((Regime.Thin, RegimeFeature.IdleShare), (reading.Regime, reading.Decisive(RegimeStage.Policy)));
        Assert.Equal((1.0, 0.0, double.NaN, double.NaN, 0.0), (reading.Features.IdleShare, reading.Features.EfficiencyRatio, reading.Features.VarianceRatio,
            reading.Features.VolatilityOfVolatility, reading.Features.Volatility));
    }

    [Fact(DisplayName = "Spread and depth make a market thin with hysteresis; what is stale holds for an hour and is then done without")]
    public void Quotes()
    {
        var reader = RegimeStage.Read(RegimeStage.Walk(Day, 1, RegimeStage.Swinging(3)), 1);
        var t = Day * 60_000L;
        Assert.Equal(RegimeFeatureSet.Spread | RegimeFeatureSet.Depth, reader.Reading.Missing);
        Assert.EndsWith("Without: spread, depth.", reader.Reading.Reason(RegimeStage.Policy));
        Regime After(double? spread, double? depth, int minutes = 30)
        {
            foreach (var bar in RegimeStage.Walk(minutes, 1, RegimeStage.Swinging((ulong)t), t))
            {
                if (spread is not null || depth is not null) Assert.True(reader.ObserveQuote(spread, depth, bar.OpenTimeMs));
                Assert.True(reader.Observe(bar, TimeSpan.FromMinutes(1)));
                t = bar.OpenTimeMs + 60_000;
            }
            return reader.Reading.Regime;
        }
        Assert.Equal(Regime.Ranging, After(9.9, 60_000));
        Assert.Equal(RegimeFeatureSet.None, reader.Reading.Missing);
        Assert.Equal(Regime.Thin, After(10.5, 60_000));
        Assert.Equal(RegimeFeature.Spread, reader.Reading.Decisive(RegimeStage.Policy));
        Assert.Equal(Regime.Thin, After(6.5, 60_000)); // Between leaving and entering.
        Assert.Contains("has not come back below 6.00 bp", reader.Reading.Reason(RegimeStage.Policy));
        Assert.Equal(Regime.Ranging, After(5, 60_000));
        Assert.Equal(Regime.Thin, After(5, 15_000));
        Assert.Equal(RegimeFeature.Depth, reader.Reading.Decisive(RegimeStage.Policy));
        Assert.Equal(Regime.Thin, After(5, 35_000));
        Assert.Equal(Regime.Thin, After(null, null, 59));
        Assert.Contains("depth has not been heard lately", reader.Reading.Reason(RegimeStage.Policy));
        Assert.Equal(Regime.Ranging, After(null, null, 10));
        Assert.Equal(RegimeFeatureSet.Spread | RegimeFeatureSet.Depth, reader.Reading.Missing);
    }

    [Fact(DisplayName = "A quote that is broken or old changes nothing")]
    public void BrokenQuotes()
    {
        var reader = new RegimeReader(RegimeStage.Policy);
        Assert.True(reader.ObserveQuote(5, 1_000, 10));
        var before = reader.Capture();
        Assert.False(reader.ObserveQuote(double.NaN, double.PositiveInfinity, 20));
        Assert.False(reader.ObserveQuote(-1, null, 20));
        Assert.False(reader.ObserveQuote(50, 50, 10));
        Assert.Equal((before.Spread, before.Depth), (reader.Capture().Spread, reader.Capture().Depth));
        Assert.True(reader.ObserveQuote(null, 2_000, 20));
    }

    [Fact(DisplayName = "Until enough was seen the regime is unknown, and the sentence says what is missing")]
    public void WarmUp()
    {
        var reader = new RegimeReader(RegimeStage.Policy);
        Assert.Equal("No bar has been seen yet.", reader.Reading.Reason(RegimeStage.Policy));
        var bars = RegimeStage.Walk(Day, 15, RegimeStage.Random(3));
        // Nine hours, 36 slots, are three quarters of twelve; the first bar gives no return.
        foreach (var bar in bars.Take(36)) reader.Observe(bar, Quarter);
        Assert.Equal(Regime.Unknown, reader.Reading.Regime);
        Assert.StartsWith("Too little was seen: 35 of the last 48 slots of 15 min, expected at least 36 and 75% of every window.", reader.Reading.Reason(RegimeStage.Policy));
        reader.Observe(bars[36], Quarter);
        Assert.NotEqual(Regime.Unknown, reader.Reading.Regime);
    }

    [Fact(DisplayName = "A long gap makes the regime unknown again; a short one is done without")]
    public void Gaps()
    {
        var bars = RegimeStage.Walk(2 * Day, 15, RegimeStage.Random(3));
        Assert.NotEqual(Regime.Unknown, RegimeStage.Read(bars.Where((_, i) => i is < 170 or > 175), 15).Reading.Regime);
        Assert.Equal(Regime.Unknown, RegimeStage.Read(bars.Where((_, i) => i is < 170 or > 183), 15).Reading.Regime);
        var years = RegimeStage.Read(bars, 15);
        Assert.True(years.Observe(RegimeStage.Flat(1_700_000_000_000), Quarter));
        Assert.Equal((Regime.Unknown, 0), (years.Reading.Regime, years.Reading.SeenSlots));
    }

    [Fact(DisplayName = "When bars stop, the regime is unknown after two slots, and the sentence says since when")]
    public void Stops()
    {
        var reader = RegimeStage.Read(RegimeStage.Walk(Day, 1, RegimeStage.Swinging(3)), 1);
        var end = DateTimeOffset.UnixEpoch.AddDays(1);
        Assert.Equal(reader.Reading, reader.ReadingAt(end.AddMinutes(30)));
        var stale = reader.ReadingAt(end.AddMinutes(31));
        Assert.Equal((Regime.Unknown, true, end.AddMinutes(30)), (stale.Regime, stale.IsStale, stale.Since));
        Assert.Equal("The newest bar closed at 1970-01-02 00:00:00 UTC; expected one within two slots of 15 min.", stale.Reason(RegimeStage.Policy));
        Assert.True(reader.Observe(RegimeStage.Flat(Day * 60_000L + 40 * 60_000L, 100), TimeSpan.FromMinutes(1)));
        Assert.Equal(Regime.Ranging, reader.ReadingAt(end.AddMinutes(41)).Regime);
    }

    [Fact(DisplayName = "A bar that is not newer, too long for a slot, or without a price changes nothing")]
    public void BadBars()
    {
        var bars = RegimeStage.Walk(Day, 15, RegimeStage.Random(3));
        var reader = RegimeStage.Read(bars, 15);
        var before = reader.Reading;
        Assert.False(reader.Observe(bars[^1], Quarter));
        Assert.False(reader.Observe(bars[0], Quarter));
        Assert.False(reader.Observe(RegimeStage.Flat(Day * 60_000L), TimeSpan.FromHours(1)));
        Assert.False(reader.Observe(new Bar(Day * 60_000L, default, default, default, default, default), Quarter));
        Assert.Equal(before, reader.Reading);
        Assert.Null(RegimeStage.Policy.Objection(TimeSpan.FromMinutes(1)));
        Assert.Contains("do not fill a slot", RegimeStage.Policy.Objection(TimeSpan.FromMinutes(7)));
        Assert.Contains("set a longer slot", RegimeStage.Policy.Objection(TimeSpan.FromHours(1)));
    }

    [Fact(DisplayName = "Bars of a minute and their merged quarter hours give the same efficiency, variance ratio, vol-of-vol and idle share")]
    public void BarLength()
    {
        var minutes = RegimeStage.Walk(2 * Day, 1, RegimeStage.Random(9, reversion: 0.1));
        var quarters = minutes.Chunk(15).Select(c => c.Aggregate((a, b) => a.MergedWith(b)) with { OpenTimeMs = c[0].OpenTimeMs });
        var (a, b) = (RegimeStage.Read(minutes, 1).Reading.Features, RegimeStage.Read(quarters, 15).Reading.Features);
        Assert.Equal(a with { Volatility = 0 }, b with { Volatility = 0 });
        Assert.InRange(a.Volatility / b.Volatility, 0.8, 1.25);
    }

    [Fact(DisplayName = "A reader at the longest windows is smaller than a kilobyte, and a bar allocates nothing")]
    public void Small()
    {
        var policy = RegimeStage.PolicyOf(new RegimeSettings { VarianceRatioWindow = TimeSpan.FromDays(1) });
        Assert.Equal(RegimePolicy.MostSlots, policy.Capacity);
        _ = new RegimeReader(policy);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reader = new RegimeReader(policy);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 1023);
        var bars = RegimeStage.Walk(3 * Day, 5, RegimeStage.Random(2)).ToArray();
        foreach (var bar in bars.AsSpan(0, 500)) reader.Observe(bar, TimeSpan.FromMinutes(5));
        before = GC.GetAllocatedBytesForCurrentThread();
        var trending = 0;
        foreach (var bar in bars.AsSpan(500))
        {
            reader.ObserveQuote(3, 100_000, bar.OpenTimeMs);
            reader.Observe(bar, TimeSpan.FromMinutes(5));
            if (reader.Reading.Regime == Regime.Trending) trending++;
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.InRange(trending, 0, 300);
    }

    [Fact(DisplayName = "A snapshot survives JSON, and with other windows the reader keeps what those need")]
    public void Snapshot()
    {
        var bars = RegimeStage.Walk(Day, 15, RegimeStage.Random(3));
        var reader = RegimeStage.Read(bars, 15);
        var json = JsonSerializer.Serialize(reader.Capture(), Options);
        Assert.Equal(reader.Reading, new RegimeReader(RegimeStage.Policy, JsonSerializer.Deserialize<RegimeMemory>(json, Options)!).Reading);
        var shorter = RegimeStage.PolicyOf(new RegimeSettings { VarianceRatioWindow = TimeSpan.FromHours(10) });
        Assert.Equal(RegimeStage.Read(bars, 15, shorter).Reading.Features, new RegimeReader(shorter, reader.Capture()).Reading.Features);
        var other = RegimeStage.PolicyOf(new RegimeSettings { Slot = TimeSpan.FromMinutes(10), EfficiencyWindow = TimeSpan.FromHours(10) });
        Assert.Equal(new RegimeReader(other).Reading, new RegimeReader(other, reader.Capture()).Reading);
    }

    private static readonly JsonSerializerOptions Options = new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };
}
