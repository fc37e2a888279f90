using System.Globalization;
using System.Text;

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

    /// <summary><c>", above 0, at most 1"</c>, to go on a sentence with; empty where everything goes.</summary>
    public string Describe()
    {
        if (Least is { } from && Most is { } to) return $", {Plain(from)} to {Plain(to)}";
        var words = new StringBuilder();
        if (Above is { } above) words.Append(", above ").Append(Plain(above));
        if (Least is { } least) words.Append(", ").Append(Plain(least)).Append(" or more");
        if (Below is { } below) words.Append(", below ").Append(Plain(below));
        if (Most is { } most) words.Append(", at most ").Append(Plain(most));
        return words.ToString();
    }

    private static string Plain(decimal value) => value.ToString("0.############################", CultureInfo.InvariantCulture);
}
