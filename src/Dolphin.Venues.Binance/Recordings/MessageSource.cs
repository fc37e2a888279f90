using Dolphin.Data.Recording;

namespace Dolphin.Venues.Binance.Recordings;

/// <summary>Why a line of a recording is not a message, or is one that nobody should believe.</summary>
internal readonly record struct LineFault(FindingKind Kind, string Text);

/// <summary>The messages of one recorded file, one after the other, as the venue sent them or would have.</summary>
internal abstract class MessageSource : IDisposable
{
    /// <summary>Bytes of one line. An exchangeInfo of every spot symbol is 2 MB, a snapshot of 5,000 levels a side 400 kB.</summary>
    public const int LongestLine = 8 << 20;

    // A day of every stream of one busy symbol is 20 GB of text. JSON of depth compresses 7 to 20 times.
    private static readonly ReadLimits Limits = ReadLimits.Default with { MaxBytesPerFile = 1L << 40 };

    protected MessageSource(string path)
    {
        Path = path;
        Text = new RecordedText(path, Limits, LongestLine, mayEndOpen: true);
    }

    public string Path { get; }

    public long StoredBytes => Text.StoredBytes;
    public long StoredPosition => Text.StoredPosition;

    /// <summary>1-based: where the message that was read last begins.</summary>
    public long Line { get; protected set; }

    /// <summary>When the message was received: nanoseconds since 1970; null where the recording does not say.</summary>
    public long? ReceivedNs { get; protected set; }

    /// <summary>What is wrong with the file itself from here on: it cannot be read any further.</summary>
    public TextFault? Stopped => Text.Fault;

    /// <summary>A message was read from it.</summary>
    public bool HasMessages { get; private set; }

    /// <summary>Lines that are no messages and need not be: comments, headers, addresses.</summary>
    public long Skipped { get; protected set; }

    /// <summary>Whose message it is, where it does not say so itself; valid until the next one is read.</summary>
    public abstract ReadOnlySpan<byte> Symbol { get; }

    /// <summary>The message; valid until the next one is read.</summary>
    public abstract ReadOnlySpan<byte> Json { get; }

    protected RecordedText Text { get; }

    /// <summary>Reads the next message.</summary>
    /// <param name="faults">Told what is wrong with lines, by line.</param>
    /// <returns>False after the last one, and where the file cannot be read any further.</returns>
    public bool TryRead(Action<long, LineFault> faults)
    {
        var isThere = TryReadNext(faults);
        HasMessages |= isThere;
        return isThere;
    }

    protected abstract bool TryReadNext(Action<long, LineFault> faults);

    public void Dispose() => Text.Dispose();

    /// <summary>The file's messages, in whichever of the known forms it has.</summary>
    /// <param name="mostFaults">Lines that are no messages before the file is taken for something else and ends; unbounded for whoever reports each of them.</param>
    /// <exception cref="IOException">The file cannot be opened or read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static MessageSource Open(string path, int mostFaults = int.MaxValue)
    {
        using (var text = new RecordedText(path, Limits, LongestLine, mayEndOpen: true))
        {
            while (text.TryRead(out var line))
            {
                if (line.IsEmpty || line[0] == '#') continue;
                if (CsvSource.IsHeader(line)) return new CsvSource(path);
                break;
            }
        }
        return new LineSource(path, mostFaults);
    }
}
