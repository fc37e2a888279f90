using System.IO.Compression;
using System.Text;
using Dolphin.Domain.OrderBooks;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Benchmarks.Books;

/// <summary>The messages of one recorded symbol: lines of a receive time, a space and a raw message, with one snapshot among them.</summary>
internal sealed class RecordedDepth
{
    /// <summary>The snapshot's levels.</summary>
    public (Level[] Bids, Level[] Asks) Snapshot { get; private set; }

    public byte[] SnapshotText { get; private set; } = [];

    /// <summary>Every depth diff as it came, in order, from the first that the snapshot does not have.</summary>
    public List<byte[]> DiffTexts { get; } = [];

    /// <summary>Their levels.</summary>
    public List<(Level[] Bids, Level[] Asks)> Diffs { get; } = [];

    /// <summary>Every message as it came, whatever it is.</summary>
    public List<byte[]> Texts { get; } = [];

    public SymbolGrid Grid { get; private init; }
    public long Levels => Diffs.Sum(d => (long)d.Bids.Length + d.Asks.Length);

    public static RecordedDepth Read(string path, SymbolGrid grid)
    {
        var recorded = new RecordedDepth { Grid = grid };
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line) recorded.Texts.Add(Encoding.UTF8.GetBytes(line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]));
        var levels = new LevelScratch();
        foreach (var text in recorded.Texts)
        {
            Check(MessageParser.Read(text, out var message));
            if (message.Kind != MessageKind.DepthSnapshot) continue;
            Check(levels.ReadSnapshot(message, grid));
            (recorded.SnapshotText, recorded.Snapshot) = (text, (levels.Bids.ToArray(), levels.Asks.ToArray()));
        }
        var lastUpdateId = long.Parse(Encoding.UTF8.GetString(recorded.SnapshotText).Split(':', ',')[1], System.Globalization.CultureInfo.InvariantCulture);
        foreach (var text in recorded.Texts)
        {
            Check(MessageParser.Read(text, out var message));
            if (message.Kind != MessageKind.DepthDiff) continue;
            Check(DiffIds.Read(message, out var ids));
            if (ids.Last < lastUpdateId) continue;
            Check(levels.ReadDiff(message, grid));
            recorded.DiffTexts.Add(text);
            recorded.Diffs.Add((levels.Bids.ToArray(), levels.Asks.ToArray()));
        }
        return recorded;

        static void Check(MessageFault fault)
        {
            if (fault != MessageFault.None) throw new InvalidDataException($"Expected recorded messages of one symbol; came one that is refused: {fault.Words()}.");
        }
    }
}
