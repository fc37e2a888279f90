using System.Globalization;

namespace Dolphin.Node.Hocon;

/// <summary>Words with units to values. Every method answers false for what it does not understand; nothing is guessed.</summary>
public static class HoconUnits
{
    private const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    /// <summary>A decimal number: <c>-3</c>, <c>0.0005</c>, <c>1e-4</c>. No blanks, no thousands separators, no infinities.</summary>
    public static bool TryNumber(string text, out decimal value) =>
        decimal.TryParse(text, Plain | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value);

    /// <summary>A number, or a number in percent: <c>10 %</c> is 0.10 and so is <c>0.1</c>.</summary>
    public static bool TryFraction(string text, out decimal value)
    {
        var percent = text.EndsWith('%');
        if (!TryNumber(percent ? text[..^1].TrimEnd() : text, out value)) return false;
        if (percent) value /= 100m;
        return true;
    }

    /// <summary>A time span with a unit: <c>500ms</c>, <c>10 s</c>, <c>1.5h</c>, <c>2 days</c>. A unit is required: a bare number is refused.</summary>
    public static bool TryDuration(string text, out TimeSpan value)
    {
        value = default;
        if (!TrySplit(text, out var number, out var unit)) return false;
        decimal? ticks = unit switch
        {
            "ns" or "nano" or "nanos" or "nanosecond" or "nanoseconds" => 0.01m,
            "us" or "micro" or "micros" or "microsecond" or "microseconds" => 10m,
            "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => TimeSpan.TicksPerMillisecond,
            "s" or "second" or "seconds" => TimeSpan.TicksPerSecond,
            "m" or "minute" or "minutes" => TimeSpan.TicksPerMinute,
            "h" or "hour" or "hours" => TimeSpan.TicksPerHour,
            "d" or "day" or "days" => TimeSpan.TicksPerDay,
            _ => null,
        };
        // Ten thousand years and fractions of a tick are mistakes, not settings.
        if (ticks is null || Math.Abs(number) > 1e12m) return false;
        var total = number * ticks.Value;
        if (Math.Abs(total) > TimeSpan.TicksPerDay * 3_650_000m || total != Math.Truncate(total)) return false;
        value = new TimeSpan((long)total);
        return true;
    }

    /// <summary>A size in bytes: <c>4096</c>, <c>16 KiB</c>, <c>512K</c>, <c>10 MB</c>. KB is a thousand, K and KiB are 1024.</summary>
    public static bool TrySize(string text, out long bytes)
    {
        bytes = 0;
        if (!TrySplit(text, out var number, out var unit)) return false;
        decimal? factor = unit switch
        {
            "" or "B" or "b" or "byte" or "bytes" => 1m,
            "kB" or "KB" or "kilobyte" or "kilobytes" => 1e3m,
            "MB" or "megabyte" or "megabytes" => 1e6m,
            "GB" or "gigabyte" or "gigabytes" => 1e9m,
            "TB" or "terabyte" or "terabytes" => 1e12m,
            "K" or "k" or "Ki" or "KiB" or "kibibyte" or "kibibytes" => 1024m,
            "M" or "m" or "Mi" or "MiB" or "mebibyte" or "mebibytes" => 1024m * 1024m,
            "G" or "g" or "Gi" or "GiB" or "gibibyte" or "gibibytes" => 1024m * 1024m * 1024m,
            "T" or "t" or "Ti" or "TiB" or "tebibyte" or "tebibytes" => 1024m * 1024m * 1024m * 1024m,
            _ => null,
        };
        if (factor is null || Math.Abs(number) > 1e18m / factor.Value) return false;
        var total = number * factor.Value;
        if (total < 0 || total != Math.Truncate(total)) return false;
        bytes = (long)total;
        return true;
    }

    public static bool TryBoolean(string text, out bool value)
    {
        value = text is "true" or "yes" or "on";
        return value || text is "false" or "no" or "off";
    }

    private static bool TrySplit(string text, out decimal number, out string unit)
    {
        var trimmed = text.Trim();
        var letters = trimmed.Length;
        while (letters > 0 && char.IsAsciiLetter(trimmed[letters - 1])) letters--;
        unit = trimmed[letters..];
        return TryNumber(trimmed[..letters].TrimEnd(), out number);
    }
}
