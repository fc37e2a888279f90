namespace Dolphin.Domain.Placement;

/// <summary>What the market did to who rested: the mean over the last fills of how far it went against them afterwards.</summary>
/// <param name="Bps">Of the fill price, above zero when resting lost: the middle some time later against the price of the fill.</param>
/// <param name="Weight">Of the fills behind it, in lots, each halved with every <see cref="HalfLifeFills"/> later ones.</param>
public readonly record struct AdverseSelection(double Bps, double Weight)
{
    /// <summary>Fills: fewer, and one bad minute would decide; more, and a market that has changed is not seen for an hour.</summary>
    public const double HalfLifeFills = 50;

    private static readonly double Kept = PortableMath.Kept(1, HalfLifeFills);

    /// <summary>Takes a fill whose time has come.</summary>
    /// <param name="bps">How far the middle has gone against it, in basis points of its price; a number.</param>
    /// <param name="lots">Its size, above zero.</param>
    public AdverseSelection After(double bps, long lots)
    {
        if (!double.IsFinite(bps) || lots <= 0) throw new ArgumentOutOfRangeException(nameof(bps), bps, $"Expected a number and lots above zero, came {lots} lots.");
        var weight = Weight * Kept + lots;
        return new AdverseSelection(Bps + (bps - Bps) * lots / weight, weight);
    }
}
