using System.Globalization;

namespace Dolphin.Node.Plan;

/// <summary>Which numbers a key may have. Bounds that are null do not bind.</summary>
public readonly record struct Range(decimal? Above, decimal? Least, decimal? Below, decimal? Most)
{
    public static readonly Range Any;
    public static readonly Range Positive = MoreThan(0m);
    public static readonly Range NotNegative = AtLeast(0m);

    public static Range MoreThan(decimal bound) => new(bound, null, null, null);
    public static Range AtLeast(decimal bound) => new(null, bound, null, null);
    public static Range Between(decimal least, decimal most) => new(null, least, null, most);
    public Range AtMost(decimal bound) => this with { Most = bound };
    public Range LessThan(decimal bound) => this with { Below = bound };

    public bool Contains(decimal value) => !(value <= Above) && !(value < Least) && !(value >= Below) && !(value > Most);

    /// <summary><c>"above 0, at most 1"</c>; empty where everything goes.</summary>
    public string Describe(Func<decimal, string> show)
    {
        if (Least is { } from && Most is { } to) return $"{show(from)} to {show(to)}";
        var words = new List<string>();
        if (Above is { } above) words.Add($"above {show(above)}");
        if (Least is { } least) words.Add($"{show(least)} or more");
        if (Below is { } below) words.Add($"below {show(below)}");
        if (Most is { } most) words.Add($"at most {show(most)}");
        return string.Join(", ", words);
    }

    public static string Plain(decimal value) => value.ToString("0.############################", CultureInfo.InvariantCulture);
}
