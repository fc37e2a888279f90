using System.Globalization;

namespace Dolphin.Hosting.Akka.Settings;

/// <summary>Times as settings write them: a number and a unit.</summary>
internal static class Durations
{
    private static readonly (string Unit, double Milliseconds)[] Units = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

    /// <summary>A number without a unit is refused: nobody should have to guess which one was meant.</summary>
    public static bool TryParse(string text, out TimeSpan time)
    {
        time = default;
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        var unit = text[digits..].Trim();
        foreach (var (name, milliseconds) in Units)
        {
            if (name != unit) continue;
            if (!double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
            if (number * milliseconds > TimeSpan.FromDays(3_650).TotalMilliseconds) return false;
            time = TimeSpan.FromMilliseconds(number * milliseconds);
            return true;
        }
        return false;
    }

    public static string Show(TimeSpan time)
    {
        var (unit, milliseconds) = Units.Last(u => u.Milliseconds == 1 || time.TotalMilliseconds % u.Milliseconds == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds / milliseconds:0.###}{unit}");
    }

    /// <summary>As Akka.NET's configuration reads it.</summary>
    public static string Hocon(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0}ms");
}
