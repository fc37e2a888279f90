using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Dolphin.Domain.Divergence;
using FsCheck;
using FsCheck.Fluent;
using Dolphin.Tests;
using Xunit.Abstractions;

namespace Dolphin.Domain.Tests.Divergence;

internal static class DivergenceStage
{
    public static readonly PriceSource A = new("alpha"), B = new("beta"), C = new("gamma");
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    public static DivergencePolicy PolicyOf(params PriceSource[] sources) => PolicyOf(new DivergenceSettings { Sources = [.. sources] });

    public static DivergencePolicy PolicyOf(DivergenceSettings settings)
    {
        var errors = new List<string>();
        var policy = DivergencePolicy.Create(settings, "dolphin.divergence", errors);
        Assert.Empty(errors);
        return policy!;
    }

    /// <summary>A price a second and venue; each venue sees the market so many seconds late, with noise of its own.</summary>
    /// <param name="noise">Of one venue's price, as a fraction of the market's step.</param>
    public static DivergenceReader Play(DivergencePolicy policy, ulong seed, int seconds, double noise, params (PriceSource Source, int Delay)[] venues)
    {
        var (chance, reader, market, log) = (new Chance(seed), new DivergenceReader(policy), new List<double>(), 0.0);
        for (var t = 0; t < seconds; t++)
        {
            log += 0.0002 * chance.NextNormal();
            market.Add(log);
            foreach (var (source, delay) in venues)
            {
                var seen = Math.Exp(market[Math.Max(0, t - delay)] + noise * 0.0002 * chance.NextNormal());
                Assert.True(reader.Observe(source, Price.Of(decimal.Round((decimal)(100 * seen), 8)), Start.AddSeconds(t + 0.2)));
            }
        }
        return reader;
    }
}

public sealed class DivergenceStories
{
    private static readonly DateTimeOffset Now = DivergenceStage.Start;

    [Fact(DisplayName = "Two venues at 100 and 103 are 3 / 101.5 apart, three are measured by the one in the middle")]
    public void Formula()
    {
        var two = new DivergenceReader(DivergenceStage.PolicyOf(DivergenceStage.B, DivergenceStage.A));
        two.Observe(DivergenceStage.A, Price.Of(100m), Now);
        two.Observe(DivergenceStage.B, Price.Of(103m), Now);
        Assert.Equal(3 / 101.5, two.Read(Now).Value, 1e-15);
        var three = new DivergenceReader(DivergenceStage.PolicyOf(DivergenceStage.A, DivergenceStage.B, DivergenceStage.C));
        three.Observe(DivergenceStage.A, Price.Of(100m), Now);
        three.Observe(DivergenceStage.B, Price.Of(110m), Now);
        three.Observe(DivergenceStage.C, Price.Of(101m), Now);
        Assert.Equal(10 / 101.0, three.Read(Now).Value, 1e-15);
        three.Observe(DivergenceStage.B, Price.Of(1_000m), Now.AddSeconds(1));
        Assert.Equal(1, three.Read(Now.AddSeconds(1)).Value);
    }

    [Fact(DisplayName = "A price that was old when it came is as much older, after a snapshot too; who moves first is about when it came")]
    public void Old()
    {
        var policy = DivergenceStage.PolicyOf(DivergenceStage.A, DivergenceStage.B);
        var reader = new DivergenceReader(policy);
        reader.Observe(DivergenceStage.A, Price.Of(100m), Now);
        reader.Observe(DivergenceStage.B, Price.Of(101m), Now, old: TimeSpan.FromSeconds(8));
        Assert.Equal((true, TimeSpan.FromSeconds(8)), reader.Read(Now) is var now ? (now.Available, now.Sources[1].Age) : default);
        Assert.True(reader.Read(Now.AddSeconds(2)).Available);
        foreach (var same in (DivergenceReader[])[reader, new DivergenceReader(policy, reader.Capture())])
        {
            var later = same.Read(Now.AddSeconds(3));
            Assert.Equal((false, TimeSpan.FromSeconds(11)), (later.Available, later.Sources[1].Age));
        }

        Assert.True(reader.Observe(DivergenceStage.B, Price.Of(102m), Now.AddSeconds(4))); // Heard now, and as old as that.
        Assert.Equal(TimeSpan.Zero, reader.Read(Now.AddSeconds(4)).Sources[1].Age);
    }

    [Fact(DisplayName = "A stale venue is left out and named; one venue alone is no divergence, and 0.0 is used and said so")]
    public void Stale()
    {
        var reader = new DivergenceReader(DivergenceStage.PolicyOf(DivergenceStage.A, DivergenceStage.B, DivergenceStage.C));
        var nothing = reader.Read(Now);
        Assert.Equal((false, 0.0), (nothing.Available, nothing.Value));
        Assert.Equal("Divergence is not available: 0 of 3 venues have a fresh price, expected two; 0.0 is used. Left out: alpha (no price yet), beta (no price yet), gamma (no price yet). No venue leads.", nothing.Reason());
        reader.Observe(DivergenceStage.A, Price.Of(100m), Now);
        reader.Observe(DivergenceStage.B, Price.Of(101m), Now.AddSeconds(5));
        Assert.True(reader.Read(Now.AddSeconds(10)).Available);
        var later = reader.Read(Now.AddSeconds(10.5));
        Assert.Equal((false, 0.0), (later.Available, later.Value));
        Assert.Contains("1 of 3 venues", later.Reason());
        Assert.Contains("alpha (10.5 s old), gamma (no price yet)", later.Reason());
    }

    [Fact(DisplayName = "An unknown venue, a price that is none and one that is not newer change nothing")]
    public void Bad()
    {
        var reader = new DivergenceReader(DivergenceStage.PolicyOf(DivergenceStage.A, DivergenceStage.B));
        Assert.True(reader.Observe(DivergenceStage.A, Price.Of(100m), Now));
        Assert.False(reader.Observe(DivergenceStage.C, Price.Of(100m), Now));
        Assert.False(reader.Observe(DivergenceStage.B, default, Now));
        Assert.False(reader.Observe(DivergenceStage.A, Price.Of(101m), Now));
        reader.Read(Now.AddSeconds(30));
        Assert.False(reader.Observe(DivergenceStage.B, Price.Of(100m), Now.AddSeconds(3))); // Its step has been closed.
        Assert.Equal([100m, null], reader.Read(Now.AddSeconds(30)).Sources.Select(s => s.Price?.QuotePerBase));
    }

    [Theory(DisplayName = "A venue that sees the market later is led, by the delay it has")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Leads(int delay)
    {
        var reader = DivergenceStage.Play(DivergenceStage.PolicyOf(DivergenceStage.A, DivergenceStage.B), 7, 300, noise: 0.3, (DivergenceStage.A, delay), (DivergenceStage.B, 0));
        var reading = reader.Read(Now.AddSeconds(300));
        var lead = Assert.Single(reading.Leads);
        Assert.Equal((DivergenceStage.B, DivergenceStage.A, TimeSpan.FromSeconds(delay)), (lead.Leader, lead.Follower, lead.Lag));
        Assert.Equal(DivergenceStage.B, reading.Leader);
        Assert.InRange(reading.Confidence, 0.99, 1);
        Assert.EndsWith($" beta leads alpha by {delay} s, confidence {reading.Confidence.ToString("0.0000", CultureInfo.InvariantCulture)}.", reading.Reason());
    }

    [Fact(DisplayName = "Venues that move together, or that have nothing to do with each other, are rarely said to lead")]
    public void Nobody()
    {
        var policy = DivergenceStage.PolicyOf(DivergenceStage.A, DivergenceStage.B);
        var (together, strangers) = (0, 0);
        for (var seed = 1UL; seed <= 200; seed++)
        {
            if (DivergenceStage.Play(policy, seed, 260, 0.3, (DivergenceStage.A, 0), (DivergenceStage.B, 0)).Read(Now.AddSeconds(260)).Leader is not null) together++;
            if (DivergenceStage.Play(policy, seed, 260, 30, (DivergenceStage.A, 0), (DivergenceStage.B, 0)).Read(Now.AddSeconds(260)).Leader is not null) strangers++;
        }
        Assert.InRange(together, 0, 6); // One in a hundred, at most, is what a confidence of 0.99 allows.
        Assert.InRange(strangers, 0, 6);
    }

    [Fact(DisplayName = "Of three venues the one that leads the others is the leader")]
    public void Three()
    {
        var policy = DivergenceStage.PolicyOf(DivergenceStage.A, DivergenceStage.B, DivergenceStage.C);
        var reading = DivergenceStage.Play(policy, 3, 300, 0.2, (DivergenceStage.A, 1), (DivergenceStage.B, 3), (DivergenceStage.C, 0)).Read(Now.AddSeconds(300));
        Assert.Equal(DivergenceStage.C, reading.Leader);
        Assert.Equal([("alpha", "beta", 2.0), ("gamma", "alpha", 1.0), ("gamma", "beta", 3.0)], reading.Leads.Select(l => (l.Leader.Name, l.Follower.Name, l.Lag.TotalSeconds)));
    }

    [Fact(DisplayName = "A venue that quotes now and then is not taken for one that lags")]
    public void Silences()
    {
        var (policy, led) = (DivergenceStage.PolicyOf(DivergenceStage.A, DivergenceStage.B), 0);
        for (var seed = 1UL; seed <= 60; seed++)
        {
            var (chance, reader, log) = (new Chance(seed), new DivergenceReader(policy), 0.0);
            for (var t = 0; t < 260; t++)
            {
                log += 0.0002 * chance.NextNormal();
                reader.Observe(DivergenceStage.A, Price.Of((decimal)(100 * Math.Exp(log))), Now.AddSeconds(t));
                if (chance.NextInt(3) > 0) reader.Observe(DivergenceStage.B, Price.Of((decimal)(100 * Math.Exp(log))), Now.AddSeconds(t));
            }
            if (reader.Read(Now.AddSeconds(260)).Leader is not null) led++;
        }
        Assert.InRange(led, 0, 3);
    }

    [Fact(DisplayName = "Settings: every mistake at once")]
    public void Mistakes()
    {
        var errors = new List<string>();
        Assert.Null(DivergencePolicy.Create(new DivergenceSettings
        {
            Sources = [DivergenceStage.A, DivergenceStage.A, new PriceSource("")], MaxAge = TimeSpan.Zero, Step = TimeSpan.FromSeconds(7), MinConfidence = 1,
        }, "d", errors));
        Assert.Equal(["d.max-age", "d.max-lag", "d.min-confidence", "d.sources", "d.sources", "d.window"], errors.Select(e => e.Split(' ')[0]).Order(StringComparer.Ordinal));
        Assert.Null(DivergencePolicy.Create(new DivergenceSettings { Sources = default, Step = TimeSpan.Zero }, "d", errors));
    }

    [Fact(DisplayName = "The tail of the normal distribution, against a table")]
    public void Tail()
    {
        foreach (var (z, tail) in new[] { (0.0, 0.5), (1.0, 0.1586553), (1.96, 0.0249979), (3.0, 0.0013499), (-1.0, 0.8413447) })
            Assert.Equal(tail, LeadLag.UpperTail(z), 2e-7);
    }
}

public sealed class DivergenceProperties
{
    private static readonly DivergencePolicy Policy = DivergenceStage.PolicyOf(DivergenceStage.A, DivergenceStage.B, DivergenceStage.C);

    private static Gen<(int Source, int Price, int Ms)[]> Ticks =>
        (from source in Gen.Choose(0, 2)
         from price in Gen.OneOf(Gen.Choose(9_900, 10_100), Gen.Choose(1, 1_000_000))
         from ms in Gen.Frequency((8, Gen.Choose(0, 1_500)), (1, Gen.Choose(0, 400_000)))
         select (source, price, ms)).ArrayOf();

    [Fact(DisplayName = "Divergence is from 0 to 1, available with two fresh prices exactly, and 0.0 else")]
    public void Range() => Prop.ForAll(Ticks.ToArbitrary(), ticks =>
    {
        var good = true;
        Play(ticks, reading =>
        {
            var fresh = reading.Sources.Where(s => s.Fresh).Select(s => s.Price!.Value.QuotePerBase).Order().ToList();
            good &= reading.Available == fresh.Count >= 2 && reading.Value is >= 0 and <= 1 && (reading.Available || reading.Value == 0);
            good &= reading.Sources.All(s => s.Fresh == (s.Price is not null && s.Age <= TimeSpan.FromSeconds(10))) && reading.Confidence is >= 0 and <= 1;
            if (fresh.Count >= 2)
            {
                var median = fresh.Count == 3 ? fresh[1] : (fresh[0] + fresh[1]) / 2;
                good &= Math.Abs(reading.Value - Math.Min(1, (double)((fresh[^1] - fresh[0]) / median))) < 1e-12;
            }
        });
        return good;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact(DisplayName = "Restarting from a snapshot after any price, through JSON, changes no later reading")]
    public void Restart() => Prop.ForAll(Ticks.ToArbitrary(), Gen.Choose(0, 60).ToArbitrary(), (ticks, cut) =>
    {
        var (whole, cutting) = (new List<string>(), new List<string>());
        Play(ticks, r => whole.Add(Full(r)));
        Play(ticks, r => cutting.Add(Full(r)), cut);
        return whole.SequenceEqual(cutting);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact(DisplayName = "A silence is what it would be if somebody had read in each of its steps")]
    public void Silence() => Prop.ForAll(Ticks.ToArbitrary(), ticks =>
    {
        var (leaping, stepping, at) = (new DivergenceReader(Policy), new DivergenceReader(Policy), DivergenceStage.Start);
        foreach (var (source, price, ms) in ticks)
        {
            for (var step = at; step < at.AddMilliseconds(ms); step = step.AddMilliseconds(Policy.StepMs)) stepping.Read(step);
            at = at.AddMilliseconds(ms);
            foreach (var reader in (DivergenceReader[])[leaping, stepping]) reader.Observe(Policy.Sources[source], Price.Of(price / 100m), at);
        }
        return Full(leaping.Read(at)) == Full(stepping.Read(at)) && JsonSerializer.Serialize(leaping.Capture()) == JsonSerializer.Serialize(stepping.Capture());
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact(DisplayName = "Which venue is which does not matter: swap the names and the leader swaps with them")]
    public void Symmetric() => Prop.ForAll(Gen.Choose(1, 1_000_000).ToArbitrary(), Gen.Choose(0, 3).ToArbitrary(), (seed, delay) =>
    {
        var policy = DivergenceStage.PolicyOf(DivergenceStage.A, DivergenceStage.B);
        var one = DivergenceStage.Play(policy, (ulong)seed, 120, 0.5, (DivergenceStage.A, 0), (DivergenceStage.B, delay)).Read(DivergenceStage.Start.AddSeconds(120));
        var two = DivergenceStage.Play(policy, (ulong)seed, 120, 0.5, (DivergenceStage.B, 0), (DivergenceStage.A, delay)).Read(DivergenceStage.Start.AddSeconds(120));
        PriceSource? swapped = two.Leader is { } l ? (l == DivergenceStage.A ? DivergenceStage.B : DivergenceStage.A) : null;
        return one.Leader == swapped && Math.Abs(one.Value - two.Value) < 1e-12 && Math.Abs(one.Confidence - two.Confidence) < 1e-9;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Fact(DisplayName = "Four pairs at a time correlate as one by one, whatever is unknown")]
    public void Lanes() => Prop.ForAll(Returns.ToArbitrary(), Gen.Choose(0, 7).ToArbitrary(), (returns, lag) =>
    {
        var (first, second) = (returns.Select(r => r.First).ToArray(), returns.Select(r => r.Second).ToArray());
        return ReturnSeries.Sums(
            new ReturnSeries(first, new double[2 * first.Length]), new ReturnSeries(second, new double[2 * second.Length]), lag) == OneByOne(first, second, lag);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static Gen<(int First, int Second)[]> Returns
    {
        get
        {
            var one = Gen.Frequency((5, Gen.Choose(-6_000_000, 6_000_000)), (1, Gen.Constant(0)), (2, Gen.Constant(LeadLag.Absent)));
            return (from first in one from second in one select (first, second)).ArrayOf();
        }
    }

    private static PairSums OneByOne(int[] first, int[] second, int lag)
    {
        var sums = default(PairSums);
        for (var i = 0; i + lag < first.Length; i++)
            if (first[i] != LeadLag.Absent && second[i + lag] != LeadLag.Absent) sums = sums.With(first[i], second[i + lag], 1);
        return sums;
    }

    private static string Full(DivergenceReading r) => r.Reason() + r.Value.ToString("R", CultureInfo.InvariantCulture) + string.Join(";", r.Leads);

    private static void Play((int Source, int Price, int Ms)[] ticks, Action<DivergenceReading> each, int restartAfter = -1)
    {
        var (reader, at) = (new DivergenceReader(Policy), DivergenceStage.Start);
        for (var i = 0; i < ticks.Length; i++)
        {
            at = at.AddMilliseconds(ticks[i].Ms);
            reader.Observe(Policy.Sources[ticks[i].Source], Price.Of(ticks[i].Price / 100m), at);
            if (i == restartAfter) reader = new DivergenceReader(Policy, JsonSerializer.Deserialize<DivergenceMemory>(JsonSerializer.Serialize(reader.Capture()))!);
            if (i % 5 == 0) each(reader.Read(at));
        }
        each(reader.Read(at.AddSeconds(3)));
    }
}

/// <summary>The perpetual and the spot market of BTCUSDT, recorded at the same minutes.</summary>
public sealed class RecordedDivergenceStories(ITestOutputHelper output)
{
    private const string OfPerpetual = "04_l2_usdm_btc_spot_btc_2024-08-08/usdm_btcusdt_20240808.gz", OfSpot = "04_l2_usdm_btc_spot_btc_2024-08-08/spot_btcusdt_20240808.gz";
    private static readonly PriceSource Perpetual = new("perpetual"), Spot = new("spot");

    [RecordedFact(OfPerpetual, OfSpot, DisplayName = "Perpetual and spot are within 0.2 % of each other, and where one of them leads it is the perpetual")]
    public void Recorded()
    {
        var (perpetual, spot) = (Recordings.PathOf(OfPerpetual), Recordings.PathOf(OfSpot));
        var policy = DivergenceStage.PolicyOf(new DivergenceSettings
        {
            Sources = [Perpetual, Spot], Step = TimeSpan.FromMilliseconds(250), Window = TimeSpan.FromSeconds(60), MaxLag = TimeSpan.FromSeconds(2),
        });
        var reader = new DivergenceReader(policy);
        var quotes = Read(perpetual, Perpetual).Concat(Read(spot, Spot)).OrderBy(q => q.Ns).ToList();
        var (leads, next, looks, largest) = (new SortedDictionary<string, int>(StringComparer.Ordinal), quotes[0].Ns + 60_000_000_000, 0, 0.0);
        foreach (var (ns, source, price) in quotes)
        {
            var at = DateTimeOffset.FromUnixTimeMilliseconds(ns / 1_000_000);
            reader.Observe(source, price, at);
            if (ns < next) continue;
            next += 5_000_000_000;
            looks++;
            var reading = reader.Read(at);
            largest = Math.Max(largest, reading.Value);
            var who = reading.Leader?.Name ?? "nobody";
            leads[who] = leads.GetValueOrDefault(who) + 1;
        }
        output.WriteLine($"{looks} looks: {string.Join(", ", leads.Select(l => $"{l.Key} {l.Value}"))}; largest divergence {largest:0.0000%}; last: {reader.Read(DateTimeOffset.FromUnixTimeMilliseconds(quotes[^1].Ns / 1_000_000)).Reason()}");
        Assert.InRange(largest, 0.00001, 0.002);
        Assert.True(looks > 40 && leads.GetValueOrDefault("perpetual") > leads.GetValueOrDefault("spot"));
    }

    private static IEnumerable<(long Ns, PriceSource Source, Price Price)> Read(string path, PriceSource source)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            if (!line.Contains("@bookTicker", StringComparison.Ordinal)) continue;
            var space = line.IndexOf(' ');
            using var json = JsonDocument.Parse(line.AsMemory(space + 1));
            var data = json.RootElement.GetProperty("data");
            decimal At(string name) => decimal.Parse(data.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
            yield return (long.Parse(line.AsSpan(0, space), CultureInfo.InvariantCulture), source, Price.Of((At("b") + At("a")) / 2));
        }
    }
}
