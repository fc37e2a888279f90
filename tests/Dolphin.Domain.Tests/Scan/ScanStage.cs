using System.Globalization;
using System.IO.Compression;
using Dolphin.Domain.Scan;
using Dolphin.Tests;

namespace Dolphin.Domain.Tests.Scan;

/// <summary>Universes to scan, and the textbook's way to do what the scan does.</summary>
internal static class ScanStage
{
    public const long IntervalMs = 5_000;

    public static ScanPolicy PolicyOf(params int[] windows) => PolicyOf(new ScanSettings { Windows = [.. windows] });

    public static ScanPolicy PolicyOf(ScanSettings settings)
    {
        var errors = new List<string>();
        var policy = ScanPolicy.Create(settings, "dolphin.scan", errors);
        Assert.Empty(errors);
        return policy!;
    }

    /// <summary>Closes of assets that follow a market and a sector each, row by row.</summary>
    public static double[][] Closes(int assets, int rows, ulong seed, double market = 1, double sector = 0.5)
    {
        var chance = new Chance(seed);
        var (logs, closes) = (new double[assets], new double[rows][]);
        for (var i = 0; i < assets; i++) logs[i] = 8 * chance.NextUnit() - 4;
        for (var t = 0; t < rows; t++)
        {
            var (whole, sectors) = (chance.NextNormal(), new[] { chance.NextNormal(), chance.NextNormal(), chance.NextNormal() });
            closes[t] = new double[assets];
            for (var i = 0; i < assets; i++)
            {
                logs[i] += 0.001 * (market * whole + sector * sectors[i % 3] + chance.NextNormal());
                closes[t][i] = Math.Exp(logs[i]);
            }
        }
        return closes;
    }

    /// <summary>Scans rows; NaN is no close.</summary>
    public static List<PlungeEvent> Play(EigenScan scan, IEnumerable<double[]> rows, long fromScan = 1)
    {
        var events = new List<PlungeEvent>();
        foreach (var row in rows)
        {
            var at = fromScan++ * IntervalMs;
            for (var i = 0; i < row.Length; i++)
                if (!double.IsNaN(row[i])) scan.Offer(i, row[i], at);
            if (scan.Scan(at) is { } happened) events.Add(happened);
        }
        return events;
    }

    /// <summary>The correlation matrix of the last returns, as the definition has it.</summary>
    public static double[] Correlations(double[][] closes, int window)
    {
        var n = closes[0].Length;
        var z = new double[n][];
        for (var i = 0; i < n; i++)
        {
            var returns = Enumerable.Range(closes.Length - window, window).Select(t => Math.Log(closes[t][i]) - Math.Log(closes[t - 1][i])).ToArray();
            var mean = returns.Average();
            var deviation = Math.Sqrt(returns.Sum(r => (r - mean) * (r - mean)) / window);
            z[i] = [.. returns.Select(r => (r - mean) / deviation)];
        }
        var matrix = new double[n * n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++) matrix[i * n + j] = z[i].Zip(z[j], (a, b) => a * b).Sum() / window;
        return matrix;
    }

    /// <summary>Eigenvalues, largest first, and vectors by Jacobi's rotations: slow, and hard to get wrong.</summary>
    public static (double[] Values, double[][] Vectors) Jacobi(double[] matrix, int n)
    {
        var (a, v) = ((double[])matrix.Clone(), new double[n * n]);
        for (var i = 0; i < n; i++) v[i * n + i] = 1;
        for (var sweep = 0; sweep < 60; sweep++)
        {
            var off = 0.0;
            for (var p = 0; p < n; p++)
                for (var q = p + 1; q < n; q++)
                {
                    off += a[p * n + q] * a[p * n + q];
                    if (a[p * n + q] == 0) continue;
                    var theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
                    var t = (theta >= 0 ? 1 : -1) / (Math.Abs(theta) + Math.Sqrt(theta * theta + 1));
                    var c = 1 / Math.Sqrt(t * t + 1);
                    var s = t * c;
                    for (var k = 0; k < n; k++) (a[k * n + p], a[k * n + q]) = (c * a[k * n + p] - s * a[k * n + q], s * a[k * n + p] + c * a[k * n + q]);
                    for (var k = 0; k < n; k++) (a[p * n + k], a[q * n + k]) = (c * a[p * n + k] - s * a[q * n + k], s * a[p * n + k] + c * a[q * n + k]);
                    for (var k = 0; k < n; k++) (v[k * n + p], v[k * n + q]) = (c * v[k * n + p] - s * v[k * n + q], s * v[k * n + p] + c * v[k * n + q]);
                }
            if (off < 1e-26) break;
        }
        var order = Enumerable.Range(0, n).OrderByDescending(k => a[k * n + k]).ToArray();
        return ([.. order.Select(k => a[k * n + k])], [.. order.Select(k => Enumerable.Range(0, n).Select(i => v[i * n + k]).ToArray())]);
    }

    public const string Recording = "02_usdm_15m_1h_522sym_2024-2025/ohlcv_15m_2025-10-05_2025-10-17.csv.gz";

    /// <summary>Closes of the first symbols of recording 02, in ordinal order, that have all of them.</summary>
    public static double[][] Recorded(int symbols)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Recordings.PathOf(Recording)), CompressionMode.Decompress));
        reader.ReadLine();
        var bySymbol = new SortedDictionary<string, List<double>>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(',');
            if (!bySymbol.TryGetValue(fields[1], out var of)) bySymbol[fields[1]] = of = [];
            of.Add(double.Parse(fields[5], CultureInfo.InvariantCulture));
        }
        var rows = bySymbol.Values.Max(c => c.Count);
        var whole = bySymbol.Values.Where(c => c.Count == rows).Take(symbols).ToArray();
        return [.. Enumerable.Range(0, rows).Select(t => whole.Select(c => c[t]).ToArray())];
    }
}
