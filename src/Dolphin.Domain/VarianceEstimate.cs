namespace Dolphin.Domain;

/// <summary>EWMA of squared log returns per hour, and the weight it has gathered. <c>default</c> has seen nothing.</summary>
/// <param name="Weighted">Sum of weights times squared log return per hour.</param>
/// <param name="Weight">Sum of weights, 0 to 1: dividing by it removes the bias of having started at zero.</param>
internal readonly record struct VarianceEstimate(double Weighted, double Weight)
{
    private const double MsPerHour = 3_600_000d;

    /// <summary>After the price went from one close to the next. The same bits on every machine: what it decides is stored.</summary>
    /// <param name="elapsedMs">Above zero; a gap in the bars is weighed by its length.</param>
    public VarianceEstimate After(double from, double to, long elapsedMs, double halfLifeHours)
    {
        var hours = elapsedMs / MsPerHour;
        var kept = PortableMath.Kept(hours, halfLifeHours);
        var change = PortableMath.Log(to / from);
        return new VarianceEstimate(kept * Weighted + (1d - kept) * (change * change / hours), kept * Weight + (1d - kept));
    }
}
