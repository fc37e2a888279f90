using System.Globalization;

namespace Dolphin.Node.Cli;

/// <summary>How many seconds of market time go by in one second of wall time. Null factor: as fast as the machine can.</summary>
public readonly record struct Speed(double? Factor)
{
    public static readonly Speed Max = new(null);
    public static readonly Speed Real = new(1.0);

    /// <summary><c>max</c>, <c>real</c>, or a factor such as <c>60</c>, <c>60x</c> or <c>0.5</c>: above 0, at most a million.</summary>
    public static bool TryParse(string text, out Speed speed)
    {
        speed = Max;
        if (text is "max") return true;
        speed = Real;
        if (text is "real") return true;
        var digits = text.EndsWith('x') ? text[..^1] : text;
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var factor) || factor is not (> 0 and <= 1e6))
            return false;
        speed = new Speed(factor);
        return true;
    }

    public override string ToString() => Factor switch
    {
        null => "max",
        1.0 => "real",
        var f => f.Value.ToString("0.###", CultureInfo.InvariantCulture) + "x",
    };
}
