using System.Globalization;
using System.IO.Compression;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Tests;

/// <summary>Reads recordings.</summary>
internal static class SharedData
{
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
