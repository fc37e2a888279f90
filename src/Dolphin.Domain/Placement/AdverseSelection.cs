namespace Dolphin.Domain.Placement;

/// <summary>What the market did to who rested: how far it went against them afterwards, over the last fills.</summary>
/// <param name="Bps">Mean over <paramref name="Lots"/>, of the fill price, above zero when resting lost: the middle some time later against the price of the fill.</param>
/// <param name="Lots">Of the fills behind it, each halved with every <see cref="HalfLifeFills"/> later ones and every <see cref="HalfLife"/>.</param>
/// <param name="Fills">How many those are, halved likewise.</param>
/// <param name="At">When the newest of them was judged.</param>
public readonly record struct AdverseSelection(double Bps, double Lots, double Fills, DateTimeOffset At)
{
    /// <summary>Fills: fewer, and one bad minute would decide; more, and a market that has changed is not seen for an hour.</summary>
    public const double HalfLifeFills = 50;

    /// <summary>Who is told that resting loses rests no more, and would never learn that it does so no longer: what is old is believed less.</summary>
    public static readonly TimeSpan HalfLife = TimeSpan.FromMinutes(5);

    /// <summary>Fills that say nothing, which every mean begins with: one placement's few are no market's habit.</summary>
    public const double Doubt = 10;

    private static readonly double Kept = PortableMath.Kept(1, HalfLifeFills);

    /// <summary>Basis points that resting is expected to cost beyond its fee: the mean, the nearer to zero the fewer and older the fills behind it.</summary>
    public double ExpectedAt(DateTimeOffset now)
    {
        var believed = Fills * FadedTo(now);
        return Bps * (believed / (believed + Doubt));
    }

    /// <summary>Takes a fill whose time has come.</summary>
    /// <param name="bps">How far the middle has gone against it, in basis points of its price; a number.</param>
    /// <param name="lots">Its size, above zero.</param>
    public AdverseSelection After(double bps, long lots, DateTimeOffset at)
    {
        if (!double.IsFinite(bps) || lots <= 0) throw new ArgumentOutOfRangeException(nameof(bps), bps, $"Expected a number and lots above zero, came {lots} lots.");
        var kept = Kept * FadedTo(at);
        var weight = Lots * kept + lots;
        return new AdverseSelection(Bps + (bps - Bps) * lots / weight, weight, Fills * kept + 1, at > At ? at : At);
    }

    private double FadedTo(DateTimeOffset now) => now <= At ? 1 : PortableMath.Kept((now - At).TotalSeconds, HalfLife.TotalSeconds);
}
