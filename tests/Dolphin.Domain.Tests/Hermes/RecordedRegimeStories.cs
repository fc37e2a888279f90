using System.Globalization;
using System.IO.Compression;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Tests;
using Xunit.Abstractions;

namespace Dolphin.Domain.Tests.Hermes;

/// <summary>The regimes of recorded markets, with the recommended settings, from bars alone.</summary>
public sealed class RecordedRegimeStories(ITestOutputHelper output)
{
    private const string Minutes = "01_usdm_1m_16sym_2025-05/BTCUSDT-1m.csv.gz", Quarters = "02_usdm_15m_1h_522sym_2024-2025/ohlcv_15m_2025-10-05_2025-10-17.csv.gz";

    [RecordedFact(Minutes, DisplayName = "Thirty days of BTCUSDT in minutes: mostly ranging, some trends, hardly any chaos, and a handful of changes a day")]
    public void Calm()
    {
        var (shares, changes, days, last) = Play(ReadBars(Recordings.PathOf(Minutes), symbol: null), TimeSpan.FromMinutes(1));
        Say("BTCUSDT", shares, changes, days);
        Assert.InRange(shares[Regime.Ranging], 0.6, 0.97);
        Assert.InRange(shares[Regime.Trending], 0.02, 0.35);
        Assert.InRange(shares[Regime.Chaotic], 0, 0.05);
        Assert.InRange(changes / days, 0.1, 6);
        Assert.Equal(RegimeFeatureSet.Spread | RegimeFeatureSet.Depth, last.Missing);
    }

    [RecordedFact(Quarters, DisplayName = "The crash of October 2025: every asset looked at is chaotic within two quarter hours, and no longer a day later")]
    public void Crash()
    {
        var path = Recordings.PathOf(Quarters);
        var crash = new DateTimeOffset(2025, 10, 10, 21, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        foreach (var symbol in new[] { "1000SHIBUSDT", "ADAUSDT", "AVAXUSDT", "DOGEUSDT", "DOTUSDT" })
        {
            long first = 0, last = 0;
            var (shares, changes, days, _) = Play(ReadBars(path, symbol), TimeSpan.FromMinutes(15), reading =>
            {
                if (reading.Regime != Regime.Chaotic || reading.AtMs < crash) return;
                first = first == 0 ? reading.AtMs : first;
                last = reading.AtMs < crash + 86_400_000 ? reading.AtMs : last;
            });
            Say(symbol, shares, changes, days);
            output.WriteLine($"  chaotic {(first - crash) / 60_000} min after 21:00, until {(last - crash) / 3_600_000.0:0.0} h after");
            Assert.InRange(first - crash, 1, 30 * 60_000);
            Assert.InRange(last - crash, 3_600_000, 20 * 3_600_000L);
        }
    }

    private void Say(string symbol, SortedDictionary<Regime, double> shares, int changes, double days) => output.WriteLine(
        $"{symbol}: {string.Join(", ", shares.Select(s => $"{s.Key} {s.Value:0.0%}"))}; {changes / days:0.0} changes a day over {days:0} days");

    private static (SortedDictionary<Regime, double> Shares, int Changes, double Days, RegimeReading Last) Play(
        IEnumerable<Bar> bars, TimeSpan interval, Action<RegimeReading>? each = null)
    {
        var (reader, shares, changes, n, last) = (new RegimeReader(RegimeStage.Policy), new SortedDictionary<Regime, double>(), 0, 0, Regime.Unknown);
        foreach (var bar in bars)
        {
            Assert.True(reader.Observe(bar, interval));
            var reading = reader.Reading;
            each?.Invoke(reading);
            n++;
            shares[reading.Regime] = shares.GetValueOrDefault(reading.Regime) + 1;
            if (reading.Regime != last) changes++;
            last = reading.Regime;
        }
        foreach (var regime in shares.Keys.ToList()) shares[regime] /= n;
        return (shares, changes, n * interval.TotalDays, reader.Reading);
    }

    /// <param name="symbol">Of a file with a symbol column, sorted by it; null where there is none.</param>
    private static IEnumerable<Bar> ReadBars(string path, string? symbol)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        reader.ReadLine();
        var seen = false;
        while (reader.ReadLine() is { } line)
        {
            if (symbol is not null && !line.AsSpan(14).StartsWith(symbol + ",", StringComparison.Ordinal))
            {
                if (seen) yield break;
                continue;
            }
            seen = true;
            var f = line.Split(',');
            var o = symbol is null ? 1 : 2;
            Price At(int i) => Price.Of(decimal.Parse(f[o + i], CultureInfo.InvariantCulture));
            yield return new Bar(long.Parse(f[0], CultureInfo.InvariantCulture), At(0), At(1), At(2), At(3), default);
        }
    }
}
