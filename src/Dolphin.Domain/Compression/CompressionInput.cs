using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Compression;

/// <summary>What whoever reads the market's regime says to this strategy. Nobody who reads it: <see cref="Open"/>.</summary>
public enum RegimeGate
{
    /// <summary>The regime is one that compression is for: bounded and oscillating.</summary>
    Open,
    /// <summary>It is not: trending, thin or chaotic. Nothing trades; the structure stays locked.</summary>
    Shut,
}

/// <summary>One look at the market: the newest price and all that is known beside it.</summary>
/// <param name="At">Time of the price. A look that is not newer than the last one that decided something decides nothing.</param>
/// <param name="Monitor">With this price already in it.</param>
/// <param name="FeeRate">Fraction of notional that the venue takes now for an order of the kind that would be sent.</param>
public readonly record struct CompressionMarket(
    Price Price, DateTimeOffset At, CompressionMonitor Monitor, LegRisk Risk, RegimeGate Regime, decimal FeeRate);

/// <summary>Everything a compression is told. Every one may come twice.</summary>
public abstract record CompressionInput
{
    private CompressionInput() { }
    /// <summary>For callers that need one type; the hot path is the overload of Decide that takes the view itself.</summary>
    public sealed record Market(CompressionMarket View) : CompressionInput;
    /// <summary>Start on legs that exist already: a locked book under water, or what another strategy hands over. Nothing is traded for it.</summary>
    /// <param name="Incarnation">The incarnation to be started: one more than the last.</param>
    /// <param name="Mark">Quote per base; the price of that moment, for the record.</param>
    public sealed record Adopt(string By, int Incarnation, HandOver Legs, Price Mark, DateTimeOffset At) : CompressionInput;
    /// <summary>Give both legs up without trading.</summary>
    public sealed record Release(string By, int Incarnation, DateTimeOffset At) : CompressionInput;
    /// <param name="Incarnation">The incarnation meant, so that a late second copy cannot stop the next one.</param>
    public sealed record RequestExit(string By, int Incarnation, DateTimeOffset At) : CompressionInput;
    /// <summary>Asked of whoever has ended by those who want it to go on: it begins by itself, with legs that have a gap.</summary>
    public sealed record Resume(string By) : CompressionInput;
    /// <param name="Sequence">The decision whose order was filled.</param>
    public sealed record OrderFilled(long Sequence, Fill Fill) : CompressionInput;
    /// <summary>The order of one leg is final: filled, cancelled, expired, refused by the venue or by the sizer.</summary>
    /// <param name="Cumulative">All it ever filled; the leg stays pending until fills for that much have come.</param>
    public sealed record OrderClosed(long Sequence, PositionSide Leg, Quantity Cumulative, DateTimeOffset At) : CompressionInput;
    /// <summary>A fill that no order of this strategy asked for: liquidation, auto-deleveraging, a human.</summary>
    public sealed record ExternalFill(Fill Fill) : CompressionInput;
    /// <summary>Bring the legs to at most the quantities of a wish, in or out of the gap, and whatever the layers around the engine say.</summary>
    /// <param name="Price">Quote per base; the newest one. Slippage is measured from it.</param>
    /// <param name="ExitsAllowed">As the survival controller says now.</param>
    public sealed record Trim(TrimWish Wish, Price Price, bool ExitsAllowed, DateTimeOffset At) : CompressionInput;
}
