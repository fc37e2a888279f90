using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Hedging;

/// <summary>What the survival controller and the bet sizer allow at this moment, as the caller read it.</summary>
/// <param name="RTotal">0 to 1; rebuilding is scaled by it. NaN counts as 0.</param>
/// <param name="EntriesAllowed">Openings, reopenings and rebuilding.</param>
/// <param name="ExitsAllowed">Everything else; when false nothing at all is decided.</param>
/// <param name="OpeningNotionalPerLeg">Quote; what the sizer gives one leg of an opening now, R_total already in it.</param>
/// <param name="Leverage">Times; what a unit of margin carries now: of an opening what the sizer used for it, of a structure that stands what the posture allows.</param>
/// <param name="FeeRate">Fraction of notional that the venue takes now for an order that takes.</param>
public readonly record struct HedgeRisk(double RTotal, bool EntriesAllowed, bool ExitsAllowed, Money OpeningNotionalPerLeg, decimal Leverage, decimal FeeRate);

/// <summary>One look at the market: the newest price and all that is known beside it.</summary>
/// <param name="At">Time of the price. A look that is not newer than the last one that decided something decides nothing.</param>
public readonly record struct HedgeMarket(Price Price, DateTimeOffset At, StructureMonitor Monitor, HedgeRisk Risk);

/// <summary>Everything a hedging strategy is told. Every one may come twice.</summary>
public abstract record HedgeInput
{
    private HedgeInput() { }
    /// <summary>For callers that need one type; the hot path is the overload of Decide that takes the view itself.</summary>
    public sealed record Market(HedgeMarket View) : HedgeInput;
    /// <param name="Sequence">The decision whose order was filled.</param>
    public sealed record OrderFilled(long Sequence, Fill Fill) : HedgeInput;
    /// <summary>The order of one leg is final: filled, cancelled, expired, refused by the venue or by the sizer.</summary>
    /// <param name="Cumulative">All it ever filled; the leg stays pending until fills for that much have come.</param>
    public sealed record OrderClosed(long Sequence, PositionSide Leg, Quantity Cumulative, DateTimeOffset At) : HedgeInput;
    /// <summary>A fill that no order of this strategy asked for: liquidation, auto-deleveraging, a human.</summary>
    public sealed record ExternalFill(Fill Fill) : HedgeInput;
    /// <param name="By">Who asks.</param>
    /// <param name="Incarnation">The incarnation meant, so that a late second copy cannot stop the next one.</param>
    public sealed record RequestExit(string By, int Incarnation, DateTimeOffset At) : HedgeInput;
    /// <param name="Incarnation">The incarnation to be active: one more than the last where that one has ended.</param>
    public sealed record Start(string By, int Incarnation, DateTimeOffset At) : HedgeInput;
    /// <summary>Start on legs that exist already instead of opening some. Nothing is traded for it.</summary>
    /// <param name="Incarnation">The incarnation to be started: one more than the last.</param>
    /// <param name="Mark">Quote per base; the price of that moment.</param>
    public sealed record Adopt(string By, int Incarnation, HandOver Legs, Price Mark, DateTimeOffset At) : HedgeInput;
    /// <summary>Give both legs up without trading.</summary>
    public sealed record Release(string By, int Incarnation, DateTimeOffset At) : HedgeInput;
    /// <summary>Bring the legs to at most the quantities of a wish, in Active, Pause and Exit, and whatever the band says.</summary>
    /// <param name="Price">Quote per base; the newest one. Slippage is measured from it.</param>
    /// <param name="ExitsAllowed">As the survival controller says now.</param>
    public sealed record Trim(TrimWish Wish, Price Price, bool ExitsAllowed, DateTimeOffset At) : HedgeInput;
    /// <summary>Bring the legs to at least the quantities of a wish, as far as an opening would be allowed now, and whatever the band says.</summary>
    /// <param name="View">As now: its time is the asker's, its price the newest, and its size that of an opening, also where a structure stands.</param>
    public sealed record Grow(GrowWish Wish, HedgeMarket View) : HedgeInput;
}
