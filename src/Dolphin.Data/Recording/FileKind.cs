using System.Text;
using Dolphin.Domain.Market;

namespace Dolphin.Data.Recording;

/// <summary>What a file holds, by its header line.</summary>
internal enum FileKind
{
    Unknown,
    /// <summary>Bars of one symbol, which the file's name says.</summary>
    Bars,
    /// <summary>Bars of many symbols in a column of their own, in any order of symbols.</summary>
    MergedBars,
    Funding,
}

internal static class Header
{
    public const string Known = "a header of bars (open_time_ms,[symbol,]open,high,low,close,volume) or of funding (funding_time_ms,symbol,funding_rate)";

    private static readonly byte[] ByteOrderMark = [0xef, 0xbb, 0xbf];

    public static FileKind Of(ReadOnlySpan<byte> line)
    {
        line = WithoutMark(line);
        if (line.SequenceEqual("open_time_ms,open,high,low,close,volume"u8))
            return FileKind.Bars;
        if (line.SequenceEqual("open_time_ms,symbol,open,high,low,close,volume"u8))
            return FileKind.MergedBars;
        return line.SequenceEqual("funding_time_ms,symbol,funding_rate"u8) ? FileKind.Funding : FileKind.Unknown;
    }

    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> line) => line.StartsWith(ByteOrderMark) ? line[ByteOrderMark.Length..] : line;
}

/// <summary>The symbol and the interval that a name like <c>BTCUSDT-1m.csv.gz</c> tells.</summary>
internal readonly record struct FileName(string Symbol, TimeSpan Interval)
{
    public const string Pattern = "a name like BTCUSDT-1m.csv or BTCUSDT-1m.csv.gz";

    public static FileName? Of(string path)
    {
        var name = Path.GetFileName(path);
        foreach (var ending in (ReadOnlySpan<string>)[".csv.gz", ".csv"])
        {
            if (!name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                continue;
            var stem = name[..^ending.Length];
            var dash = stem.LastIndexOf('-');
            if (dash > 0 && SymbolText.IsName(stem.AsSpan(0, dash)) && IntervalText.TryParse(stem.AsSpan(dash + 1)) is { } interval)
                return new(stem[..dash], interval);
            return null;
        }
        return null;
    }

    public static bool IsCsv(string path) =>
        path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".csv.gz", StringComparison.OrdinalIgnoreCase);
}

/// <summary>Intervals as venues write them: 1s, 3m, 1h, 1d.</summary>
internal static class IntervalText
{
    /// <returns>Null unless it is a whole number of seconds, minutes, hours or days, from one second to one day.</returns>
    public static TimeSpan? TryParse(ReadOnlySpan<char> text)
    {
        if (text.Length is < 2 or > 5 || !int.TryParse(text[..^1], System.Globalization.NumberStyles.None, null, out var count))
            return null;
        var interval = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(count),
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            'd' => TimeSpan.FromDays(count),
            _ => TimeSpan.Zero,
        };
        return interval > TimeSpan.Zero && interval <= TimeSpan.FromDays(1) ? interval : null;
    }

    public static string Show(TimeSpan interval) => interval.Ticks switch
    {
        var t when t % TimeSpan.TicksPerDay == 0 => $"{interval.TotalDays}d",
        var t when t % TimeSpan.TicksPerHour == 0 => $"{interval.TotalHours}h",
        var t when t % TimeSpan.TicksPerMinute == 0 => $"{interval.TotalMinutes}m",
        var t when t % TimeSpan.TicksPerSecond == 0 => $"{interval.TotalSeconds}s",
        _ => $"{interval.TotalMilliseconds}ms",
    };
}

/// <summary>What may be a symbol's name: letters and digits of any script, and <c>_ - .</c> inside.</summary>
internal static class SymbolText
{
    private const int LongestBytes = 64;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public const string Pattern = "a symbol of letters, digits, '_', '-' or '.'";

    public static bool IsName(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text.Length > LongestBytes || text[0] is '_' or '-' or '.')
            return false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (!Rune.IsLetterOrDigit(rune) && rune.Value is not ('_' or '-' or '.'))
                return false;
        }
        return true;
    }

    public static Symbol? TryParse(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text.Length > LongestBytes)
            return null;
        try
        {
            var name = Strict.GetString(text);
            return IsName(name) ? new Symbol(name) : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
