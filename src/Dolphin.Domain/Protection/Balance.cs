using Dolphin.Domain.Market;

namespace Dolphin.Domain.Protection;

/// <summary>
/// How a wallet of two legs is balanced: the share of value that its long leg has. Both legs are valued at one price, which therefore cancels;
/// only fills move it.
/// </summary>
/// <param name="Share">Long value over the value of both, 0 to 1.</param>
/// <param name="Drift">Signed: share minus target. Above zero the long leg dominates.</param>
/// <param name="Way">Base by which the dominating leg is above what the target asks for; trimming more would cross it. Zero where trimming can
/// do nothing: at the target, or where the other leg is flat.</param>
public readonly record struct Balance(decimal Share, decimal Drift, Quantity Way)
{
    public PositionSide Dominating => Drift > 0m ? PositionSide.Long : PositionSide.Short;

    /// <returns>Null for a wallet without a position: it has no share.</returns>
    /// <param name="target">Wanted share, 0 to 1.</param>
    public static Balance? Of(Legs legs, decimal target)
    {
        if (legs.Gross.Base <= 0m) return null;
        var share = legs.Long.Base / legs.Gross.Base;
        // Kept rounds up, so that the way never leads across the target.
        var (held, kept) = share > target
            ? (legs.Long.Base, target * legs.Short.Base / (1m - target))
            : (legs.Short.Base, target == 0m ? legs.Short.Base : (1m - target) * legs.Long.Base / target);
        var way = held - decimal.Round(kept, Quantizer.WantedDecimals, MidpointRounding.ToPositiveInfinity);
        var stuck = way <= 0m || (share > target ? legs.Short.Base == 0m && target > 0m : legs.Long.Base == 0m && target < 1m);
        return new Balance(share, share - target, stuck ? Quantity.Zero : new Quantity(way));
    }
}
