using System.Buffers.Text;
using Dolphin.Data.Recording;

namespace Dolphin.Venues.Binance.Recordings;

/// <summary>Raw messages, one a line, with when they were received in front.</summary>
/// <remarks>
/// The forms: <c>1723161255030314667 {..}</c>, Unix time in s, ms, us or ns by its digits (hftbacktest's collector); <c>1626992741.06217: {..}</c> and
/// <c>https://.../depth?symbol=BTCUSDT -> 1626992741.30: {..}</c>, seconds with a fraction (cryptofeed's); and <c>{..}</c> alone, without a time.
/// </remarks>
/// <param name="mostFaults">Lines that are no messages before it takes the file for something else and ends.</param>
internal sealed class LineSource(string path, int mostFaults) : MessageSource(path)
{
    private int _faults;
    private byte[] _line = new byte[1 << 16];
    private (int Start, int Length) _json, _symbol;

    public override ReadOnlySpan<byte> Symbol => _line.AsSpan(_symbol.Start, _symbol.Length);
    public override ReadOnlySpan<byte> Json => _line.AsSpan(_json.Start, _json.Length);

    protected override bool TryReadNext(Action<long, LineFault> faults)
    {
        while (Text.TryRead(out var line))
        {
            Line = Text.Line;
            // Other sources may be read before this message is used, and this one's next call must find nothing moved.
            if (line.Length > _line.Length) _line = new byte[Math.Max(line.Length, _line.Length * 2)];
            line.CopyTo(_line);
            if (line.IsEmpty || IsNote(line))
            {
                Skipped++;
                continue;
            }
            var json = line.IndexOf((byte)'{');
            if (json < 0 || !TryReadFront(line[..json]))
            {
                if (++_faults > mostFaults) return false;
                faults(Line, new(FindingKind.Malformed, $"expected a time and a JSON message; came '{DataText.Show(line)}'"));
                continue;
            }
            _json = (json, line.Length - json);
            return true;
        }
        return false;
    }

    private static bool IsNote(ReadOnlySpan<byte> line) => line[0] == '#' || line.StartsWith("configuration:"u8) || line.StartsWith("wss://"u8) || line.StartsWith("ws://"u8);

    private bool TryReadFront(ReadOnlySpan<byte> front)
    {
        _symbol = default;
        ReceivedNs = null;
        if (front.IsEmpty) return true;
        var time = front;
        if (front.StartsWith("http"u8))
        {
            var arrow = front.IndexOf(" -> "u8);
            if (arrow < 0) return false;
            _symbol = SymbolOf(front[..arrow]);
            time = front[(arrow + 4)..];
        }
        time = time.TrimEnd(" "u8);
        if (!time.IsEmpty && time[^1] == ':') time = time[..^1];
        ReceivedNs = TimeOf(time);
        return ReceivedNs is not null;
    }

    private static (int Start, int Length) SymbolOf(ReadOnlySpan<byte> address)
    {
        var at = address.IndexOf("symbol="u8);
        if (at < 0) return default;
        at += "symbol="u8.Length;
        var length = address[at..].IndexOf((byte)'&');
        return (at, length < 0 ? address.Length - at : length);
    }

    /// <returns>Nanoseconds, or null if it is no time at all.</returns>
    internal static long? TimeOf(ReadOnlySpan<byte> text)
    {
        var point = text.IndexOf((byte)'.');
        if (point >= 0)
        {
            // Exact: a double of seconds would be off by hundreds of nanoseconds.
            if (point > 10 || !Utf8Parser.TryParse(text[..point], out long seconds, out var whole) || whole != point || seconds < 0) return null;
            var digits = text[(point + 1)..];
            if (digits.IsEmpty || !Utf8Parser.TryParse(digits[..Math.Min(digits.Length, 9)], out long fraction, out var used) || used != Math.Min(digits.Length, 9)) return null;
            for (var i = used; i < 9; i++) fraction *= 10;
            return seconds * 1_000_000_000 + fraction;
        }
        if (!Utf8Parser.TryParse(text, out long time, out var length) || length != text.Length || time < 0) return null;
        return text.Length switch
        {
            <= 10 => time * 1_000_000_000 is var ns && text.Length == 10 && time > 9_000_000_000 ? null : ns,
            <= 13 => time * 1_000_000,
            <= 16 => time * 1_000,
            <= 19 => time,
            _ => null,
        };
    }
}
