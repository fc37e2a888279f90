using System.Globalization;
using System.IO.Compression;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Tests;

/// <summary>Finds recordings that live beside the repository. They are large and not part of it, so a test says when it cannot run.</summary>
internal static class SharedData
{
    /// <returns>The path of a file under <c>shared/data</c>, found by walking up from the test assembly, or null if there is none.</returns>
    public static string? Find(params string[] parts)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine([folder.FullName, "shared", "data", .. parts]);
            if (File.Exists(path)) return path;
        }
        return null;
    }

    /// <summary>Open times and closes of a gzip CSV with the columns open_time_ms,open,high,low,close,volume, and the decimals seen.</summary>
    public static (List<(long OpenTimeMs, Price Close)> Closes, Instrument Instrument) ReadCloses(string path, Symbol symbol)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        reader.ReadLine();
        var closes = new List<(long, Price)>(capacity: 50_000);
        var (priceDecimals, volumeDecimals) = (0, 0);
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(',');
            var close = decimal.Parse(fields[4], CultureInfo.InvariantCulture);
            priceDecimals = Math.Max(priceDecimals, Instruments.DecimalsOf(close));
            volumeDecimals = Math.Max(volumeDecimals, Instruments.DecimalsOf(decimal.Parse(fields[5], CultureInfo.InvariantCulture)));
            closes.Add((long.Parse(fields[0], CultureInfo.InvariantCulture), Price.Of(close)));
        }
        return (closes, Instruments.Infer(symbol, priceDecimals, volumeDecimals));
    }
}
