using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;

namespace Dolphin.Data.Recording;

/// <summary>What stopped a file from being read to its end.</summary>
internal sealed record TextFault(string Expected, string Came);

/// <summary>Lines of a plain or gzip file, one at a time and within bounds, without allocating per line.</summary>
/// <remarks>
/// The runtime's gzip stream takes a cut-off stream for a complete one and ignores what follows a complete one, so the length
/// in the trailer is compared here. That is also why a file of several gzip members is refused: only the last has a trailer we see.
/// </remarks>
internal sealed class RecordedText : IDisposable
{
    private const int BufferBytes = 1 << 18;
    private const int LongestRow = 1 << 16;
    private const long RatioAppliesFrom = 1 << 20;
    private const int GzipTrailerBytes = 8; // CRC-32, then the length modulo 2^32, both little-endian.

    private readonly FileStream _file;
    private readonly Stream _text;
    private readonly ReadLimits _limits;
    private readonly bool _gzip;
    private readonly uint _promisedBytes;
    private readonly int _longestLine;
    private readonly bool _mayEndOpen;
    private byte[] _buffer = new byte[BufferBytes];
    private int _next;
    private int _filled;
    private long _bytes;
    private bool _ended;

    /// <param name="longestLine">Bytes; a longer line is a <see cref="Fault"/>.</param>
    /// <param name="mayEndOpen">The last line needs no line end: whoever reads it can tell whether it is whole.</param>
    /// <exception cref="IOException">The file cannot be opened or read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public RecordedText(string path, ReadLimits limits, int longestLine = LongestRow, bool mayEndOpen = false)
    {
        (_limits, _longestLine, _mayEndOpen) = (limits, longestLine, mayEndOpen);
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan);
        Span<byte> start = stackalloc byte[2];
        _gzip = _file.ReadAtLeast(start, 2, throwOnEndOfStream: false) == 2 && start is [0x1f, 0x8b];
        if (_gzip && _file.Length > GzipTrailerBytes)
        {
            Span<byte> trailer = stackalloc byte[sizeof(uint)];
            _file.Seek(-sizeof(uint), SeekOrigin.End);
            _file.ReadExactly(trailer);
            _promisedBytes = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(trailer);
        }
        _file.Position = 0;
        _text = _gzip ? new GZipStream(new BufferedStream(_file, 1 << 16), CompressionMode.Decompress) : _file;
    }

    public bool IsGzip => _gzip;

    /// <summary>Bytes in the file as it is stored.</summary>
    public long StoredBytes => _file.Length;

    /// <summary>How many of them are read.</summary>
    public long StoredPosition => _file.Position;

    /// <summary>1-based number of the line that was read last.</summary>
    public long Line { get; private set; }

    /// <summary>Why reading stopped before the end, or null. The line it concerns is the one after <see cref="Line"/>.</summary>
    public TextFault? Fault { get; private set; }

    /// <summary>The next line without its line end (LF or CR LF); valid until the next call.</summary>
    /// <returns>False at the end, and at a <see cref="Fault"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        while (Fault is null)
        {
            var rest = _buffer.AsSpan(_next, _filled - _next);
            var length = rest.IndexOf((byte)'\n');
            if (length >= 0)
            {
                _next += length + 1;
                Line++;
                line = length > 0 && rest[length - 1] == '\r' ? rest[..(length - 1)] : rest[..length];
                return true;
            }
            if (_ended)
            {
                if (!rest.IsEmpty && _mayEndOpen)
                {
                    _next = _filled;
                    Line++;
                    line = rest;
                    return true;
                }
                if (!rest.IsEmpty)
                    Fault = new("a line end after the last line (the file seems to be cut off)", $"the end of the file after '{DataText.Show(rest)}'");
                break;
            }
            if (rest.Length > _longestLine)
            {
                Fault = new(Invariant($"a line of at most {_longestLine} bytes"), "a longer one");
                break;
            }
            Fill(rest);
        }
        line = default;
        return false;
    }

    public void Dispose() => _text.Dispose();

    private void Fill(ReadOnlySpan<byte> rest)
    {
        if (rest.Length == _buffer.Length)
            _buffer = new byte[_buffer.Length * 2]; // What is here is no longer than the longest line, so this ends.
        rest.CopyTo(_buffer);
        (_next, _filled) = (0, rest.Length);
        int read;
        try
        {
            read = _text.Read(_buffer, _filled, _buffer.Length - _filled);
        }
        catch (InvalidDataException e)
        {
            Fault = new("a sound gzip stream", $"a damaged one after {Count(_bytes)} bytes of text ({e.Message.TrimEnd('.')})");
            return;
        }
        _filled += read;
        _bytes += read;
        _ended = read == 0;
        Fault = Check();
    }

    private TextFault? Check()
    {
        if (_bytes > _limits.MaxBytesPerFile)
            return new($"at most {Count(_limits.MaxBytesPerFile)} bytes of text in a file", "more");
        if (_gzip && _bytes > RatioAppliesFrom && _bytes / _limits.MaxRatio > _file.Length)
            return new(Invariant($"text at most {_limits.MaxRatio} times its compressed size"), $"more than {Count(_bytes)} bytes out of {Count(_file.Length)}");
        if (_ended && _gzip && (uint)_bytes != _promisedBytes)
            return new("a complete gzip stream of one member", $"one that is cut off (or has something after it): {Count(_bytes)} bytes of text, its last four bytes promise {Count(_promisedBytes)}");
        return null;
    }

    private static string Count(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);
    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
