using System.IO.Compression;
using System.Text;
using Dolphin.Data.Recording;

namespace Dolphin.Data.Tests.Recording;

/// <summary>A folder of its own for one test, with the recordings the test writes into it.</summary>
public sealed class RecordingFolder : IDisposable
{
    public const string BarsHeader = "open_time_ms,open,high,low,close,volume";
    public const string MergedHeader = "open_time_ms,symbol,open,high,low,close,volume";
    public const string FundingHeader = "funding_time_ms,symbol,funding_rate";

    /// <summary>2025-05-12 00:00 UTC.</summary>
    public const long Start = 1747008000000;
    public const long Minute = 60_000;

    public string Path { get; } = Directory.CreateTempSubdirectory("dolphin-recording-").FullName;

    public string Of(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes lines, each with its line end; compressed when the name says so.</summary>
    public string Write(string name, params IEnumerable<string> lines) => WriteText(name, string.Concat(lines.Select(l => l + "\n")));

    public string WriteText(string name, string text) => WriteBytes(name, name.EndsWith(".gz", StringComparison.Ordinal) ? Gzip(text) : Encoding.UTF8.GetBytes(text));

    public string WriteBytes(string name, byte[] bytes)
    {
        File.WriteAllBytes(Of(name), bytes);
        return Of(name);
    }

    public static byte[] Gzip(string text)
    {
        using var stored = new MemoryStream();
        using (var gzip = new GZipStream(stored, CompressionLevel.Optimal))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return stored.ToArray();
    }

    public BarTape Read(ReadOptions? options = null) => RecordingReader.Read([Path], options ?? ReadOptions.All);

    public RecordingException Refused(ReadOptions? options = null) =>
        Assert.Throws<RecordingException>(() => RecordingReader.Read([Path], options ?? ReadOptions.All));

    /// <summary>The one error that reading the folder ends with.</summary>
    public DataError OnlyError(ReadOptions? options = null)
    {
        var refused = Refused(options);
        Assert.True(refused.Count == 1, refused.Message);
        return Assert.Single(refused.Errors);
    }

    /// <summary>Good rows, one a minute, that hover around a price.</summary>
    public static IEnumerable<string> Rows(int count, string symbol = "", decimal price = 100m, long start = Start)
    {
        for (var i = 0; i < count; i++)
        {
            var (open, close) = (price + i % 3 * 0.1m, price + (i + 1) % 3 * 0.1m);
            var column = symbol.Length > 0 ? symbol + "," : "";
            yield return $"{start + i * Minute},{column}{open:0.##},{price + 0.5m:0.##},{price - 0.5m:0.##},{close:0.##},{i % 7}.5";
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
