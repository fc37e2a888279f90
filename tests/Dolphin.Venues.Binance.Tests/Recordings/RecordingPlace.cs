using System.IO.Compression;
using System.Text;
using Dolphin.Venues.Binance.Recordings;

namespace Dolphin.Venues.Binance.Tests.Recordings;

/// <summary>A folder of its own for one test, with the raw recordings the test writes into it.</summary>
public sealed class RecordingPlace : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dolphin-raw-").FullName;

    /// <summary>Writes lines, each with its line end; compressed when the name says so.</summary>
    public string Write(string name, params IEnumerable<string> lines) => WriteBytes(name, Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n"))));

    public string WriteBytes(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        if (!name.EndsWith(".gz", StringComparison.Ordinal))
        {
            File.WriteAllBytes(path, bytes);
            return path;
        }
        using var gzip = new GZipStream(File.Create(path), CompressionLevel.Optimal);
        gzip.Write(bytes);
        return path;
    }

    public RecordingReport Check(params IEnumerable<string> lines) => RecordingCheck.Run([Write("recording.txt", lines)]);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
