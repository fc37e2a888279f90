using Dolphin.Domain.Market;

namespace Dolphin.Venues.Paper;

/// <summary>
/// Share of orders that get fills; the others the market passes by, as a queue does whose front is never reached. Such an order rests until it is cancelled, and
/// one that does not rest expires with nothing. Drawn for each order from (seed, id): the same order always meets the same fate, and who tries again has an order with
/// another. What is closed by force is closed.
/// </summary>
/// <param name="EntriesFilled">Of orders that make a leg larger: above 0, at most 1.</param>
/// <param name="ExitsFilled">Of orders that make a leg smaller: above 0, at most 1.</param>
public sealed record PaperFriction(decimal EntriesFilled, decimal ExitsFilled)
{
    public static readonly PaperFriction None = new(1m, 1m);

    /// <summary>The seed's "HELL" test: 48 % of entries and 35 % of exits fill (dolphin-survival-stack, "Defensive Layers").</summary>
    public static readonly PaperFriction Hell = new(0.48m, 0.35m);

    private const long Parts = 1_000_000;
    private const int Purpose = 200; // Of the draw: faults and the quoting venue have those from 100 on.

    /// <summary>The market passes the order by.</summary>
    internal bool Passes(ulong seed, NewOrder order)
    {
        var filled = order.ReducesLeg ? ExitsFilled : EntriesFilled;
        return filled < 1m && StableHash.Below(StableHash.Of(seed, Purpose, order.Id.Value, 0), Parts) >= (long)(filled * Parts);
    }
}
