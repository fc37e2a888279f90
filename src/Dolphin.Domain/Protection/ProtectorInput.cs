using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Protection;

/// <summary>One look at the market: the newest price and all that is known beside it.</summary>
/// <param name="At">Time of the price. A look that is not newer than the last one that decided something decides nothing.</param>
/// <param name="Tick">The look's number, which only rises. The number of the bar since the epoch serves, and survives a restart.</param>
/// <param name="FeeRate">Fraction of notional that the venue takes now for an order that rests.</param>
public readonly record struct ProtectorMarket(Price Price, DateTimeOffset At, long Tick, LegRisk Risk, decimal FeeRate);

/// <summary>Everything an exposure protector is told. Every one may come twice.</summary>
public abstract record ProtectorInput
{
    private ProtectorInput() { }
    /// <summary>For callers that need one type; the hot path is the overload of Decide that takes the view itself.</summary>
    public sealed record Market(ProtectorMarket View) : ProtectorInput;
    /// <summary>Take legs over as they stand. Nothing is traded for it, nor before it is enabled.</summary>
    /// <param name="Incarnation">The incarnation to be started: one more than the last.</param>
    /// <param name="Mark">Quote per base; the price of that moment, for the record.</param>
    public sealed record Adopt(string By, int Incarnation, HandOver Legs, Price Mark, DateTimeOffset At) : ProtectorInput;
    /// <summary>Give both legs up without trading.</summary>
    public sealed record Release(string By, int Incarnation, DateTimeOffset At) : ProtectorInput;
    /// <summary>Trade, in this stance. A new stance replaces the one before.</summary>
    public sealed record Enable(string By, int Incarnation, RiskPosture Posture, HolderPriority Priority, DateTimeOffset At) : ProtectorInput;
    /// <summary>Keep the legs and trade nothing. An order that is open runs its course.</summary>
    public sealed record Disable(string By, int Incarnation, DateTimeOffset At) : ProtectorInput;
    /// <param name="Sequence">The decision whose order was filled.</param>
    public sealed record OrderFilled(long Sequence, Fill Fill) : ProtectorInput;
    /// <summary>The order of one leg is final: filled, cancelled, expired, refused by the venue or by the sizer.</summary>
    /// <param name="Cumulative">All it ever filled; the leg stays pending until fills for that much have come.</param>
    public sealed record OrderClosed(long Sequence, PositionSide Leg, Quantity Cumulative, DateTimeOffset At) : ProtectorInput;
    /// <summary>A fill that no order of this strategy asked for: liquidation, auto-deleveraging, a human.</summary>
    public sealed record ExternalFill(Fill Fill) : ProtectorInput;
    /// <summary>Bring the legs to at most the quantities of a wish, passive or enabled, and whatever the pauses say.</summary>
    /// <param name="Price">Quote per base; the newest one. Slippage is measured from it.</param>
    /// <param name="ExitsAllowed">As the survival controller says now.</param>
    public sealed record Trim(TrimWish Wish, Price Price, bool ExitsAllowed, DateTimeOffset At) : ProtectorInput;
}
