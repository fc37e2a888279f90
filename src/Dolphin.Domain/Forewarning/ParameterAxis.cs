namespace Dolphin.Domain.Forewarning;

/// <summary>One parameter of the strategies that trials vary, and where it is varied.</summary>
/// <param name="Key">As in a plan, without <c>dolphin.</c>: <c>hedging.k</c>.</param>
/// <param name="Lower">In the parameter's own unit; times are in seconds.</param>
/// <param name="Upper">More than <paramref name="Lower"/>.</param>
/// <param name="IsLog">Equal steps are equal factors; <paramref name="Lower"/> is then above zero.</param>
public sealed record ParameterAxis(string Key, double Lower, double Upper, bool IsLog)
{
    /// <summary>0 at the lower end, 1 at the upper one, and beyond both where the value is.</summary>
    public double ToUnit(double value) => IsLog
        ? (PortableMath.Log(Math.Max(value, Lower * 1e-3)) - PortableMath.Log(Lower)) / (PortableMath.Log(Upper) - PortableMath.Log(Lower))
        : (value - Lower) / (Upper - Lower);

    /// <summary>The value at a place between 0 and 1, to six decimals: settings are exact base 10.</summary>
    public decimal FromUnit(double unit) => decimal.Round((decimal)(IsLog
        ? PortableMath.Exp(PortableMath.Log(Lower) + unit * (PortableMath.Log(Upper) - PortableMath.Log(Lower)))
        : Lower + unit * (Upper - Lower)), 6);
}
