using System.Globalization;
using System.IO.Compression;
using Dolphin.Domain.Alpha;
using Dolphin.Tests;
using Xunit.Abstractions;
using static Dolphin.Domain.Alpha.BreakerFactor;
using static Dolphin.Domain.Tests.Alpha.AdaptiveBreakerStories;

namespace Dolphin.Domain.Tests.Alpha;

public sealed class RecordedFactorStories(ITestOutputHelper output)
{
    private const string Dvol2025 = "12_external_factors/btc_dvol_daily_2025-04-01_2025-10-23.csv";
    private const string Funding2023 = "09_usdm_5m_funding_mark_2023-07/funding_rate.csv.gz";

    [RecordedFact(Dvol2025, DisplayName = "On the recorded volatility of 2025 the breaker is calm most days, cuts in April, and never more than its weight")]
    public void Recorded_volatility()
    {
        var path = Recordings.PathOf(Dvol2025);
        // Recorded once a day, so fresh for a day and an hour.
        var breaker = new AdaptiveBreaker(PolicyOf(Defaults with
        {
            Dvol = Defaults.Dvol with { FreshFor = TimeSpan.FromHours(25), BlindAfter = TimeSpan.FromHours(49) },
        }));
        var stresses = new List<(DateTimeOffset Day, double Stress)>();
        foreach (var line in File.ReadLines(path).Skip(1))
        {
            var fields = line.Split(',');
            var day = DateTimeOffset.ParseExact(fields[0], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
            Assert.True(breaker.Observe(Dvol, double.Parse(fields[1], CultureInfo.InvariantCulture), day, day));
            stresses.Add((day, breaker.At(day).Factors[(int)Dvol].Stress));
        }
        Assert.Equal(206, stresses.Count);
        Assert.InRange(stresses.Count(s => s.Stress > 0), 1, 30);
        Assert.InRange(stresses.Max(s => s.Stress), 0.2, 0.4);
        Assert.Equal(4, stresses.MaxBy(s => s.Stress).Day.Month);
    }

    [RecordedFact(Funding2023, DisplayName = "On six weeks of recorded funding nine rates in ten are nominal, few coins are ever at their worst, and each rate counts five days later")]
    public void Recorded_funding()
    {
        var path = Recordings.PathOf(Funding2023);
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        reader.ReadLine();
        var breakers = new SortedDictionary<string, AdaptiveBreaker>(StringComparer.Ordinal);
        var stresses = new Dictionary<(string, DateTimeOffset), double>();
        var (stressed, followed, full) = (0, 0, new SortedSet<string>(StringComparer.Ordinal));
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(',');
            var at = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(fields[0], CultureInfo.InvariantCulture));
            if (!breakers.TryGetValue(fields[1], out var breaker)) breakers.Add(fields[1], breaker = new AdaptiveBreaker(PolicyOf(Defaults)));
            var rate = double.Parse(fields[2], CultureInfo.InvariantCulture);
            Assert.True(breaker.Observe(Funding, rate, at, at));
            var stress = breaker.Policy.Stress(Funding, rate);
            stresses.Add((fields[1], at), stress);
            if (stress > 0) stressed++;
            if (stress >= 1) full.Add(fields[1]);
            if (!stresses.TryGetValue((fields[1], at - TimeSpan.FromDays(5)), out var then)) continue;
            Assert.Equal(then, breaker.At(at).Factors[(int)Funding].Stress);
            followed++;
        }
        output.WriteLine($"{stresses.Count} rates of {breakers.Count} symbols, {stressed} above nominal, at their worst: {string.Join(", ", full)}");
        Assert.Equal((61, 5702), (breakers.Count, stresses.Count));
        Assert.InRange(followed, 3000, 5702); // Some times are a few milliseconds off the grid.
        Assert.InRange(stressed, 1, stresses.Count / 10);
        Assert.InRange(full.Count, 1, 20);
        Assert.All(breakers.Values, b => Assert.InRange(b.Kept(Funding), 1, 20));
    }
}
