using Dolphin.Domain.Alpha;
using Dolphin.Domain.Exits;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Directional;

/// <summary>Somebody's opinion about where a price goes.</summary>
/// <param name="Id">1 to 64 characters. The same id again is the same signal.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="At">When the opinion was formed; its lifetime counts from here.</param>
public sealed record DirectionalSignal(string Id, PositionSide Side, double Confidence, DateTimeOffset At);

/// <summary>One look at the market: the newest bar and all that is known beside it.</summary>
/// <param name="At">Time of the bar's close. A look that is not newer than the last one that decided something decides nothing.</param>
/// <param name="Volatility">Standard deviation of log price per root hour, as <see cref="VolatilityMonitor"/> has it; NaN is not known.</param>
/// <param name="Posture">Of the same snapshot as <paramref name="Risk"/>.</param>
/// <param name="OpeningNotional">Quote; what the bet sizer gives an opening now, R_total and the learned multiplier already in it.</param>
/// <param name="Leverage">Times; what the bet sizer used for it.</param>
/// <param name="Capital">Quote; what margin and fee of an opening are paid from.</param>
/// <param name="FeeRate">Fraction of notional that the venue takes now for an order that takes.</param>
/// <param name="Hold">What the book says of holding on; null where nobody asks it, or nothing is held.</param>
public readonly record struct DirectionalMarket(
    PriceSpan Span, DateTimeOffset At, double Volatility, Posture Posture, LegRisk Risk, Money OpeningNotional, decimal Leverage, Money Capital, decimal FeeRate,
    HoldDecision? Hold = null)
{
    public Price Price => Span.Close;
}

/// <summary>Everything the directional strategy is told. Every one may come twice.</summary>
public abstract record DirectionalInput
{
    private DirectionalInput() { }
    /// <summary>For callers that need one type; the hot path is the overload of Decide that takes the view itself.</summary>
    public sealed record Market(DirectionalMarket View) : DirectionalInput;
    /// <param name="ReceivedAt">The receiver's clock.</param>
    public sealed record Signal(DirectionalSignal Opinion, DateTimeOffset ReceivedAt) : DirectionalInput;
    /// <summary>Signals of the plan, or of plunges, of these times and before were shown, and one at least was refused.</summary>
    public sealed record Passed(DateTimeOffset? Until, DateTimeOffset? PlungesUntil, DateTimeOffset At) : DirectionalInput;
    /// <param name="Incarnation">The incarnation to be started: one more than the last.</param>
    public sealed record Start(string By, int Incarnation, DateTimeOffset At) : DirectionalInput;
    /// <summary>Start on a leg that exists already instead of waiting for a signal. Nothing is traded for it. The other leg must be flat.</summary>
    /// <param name="Incarnation">The incarnation to be started: one more than the last.</param>
    /// <param name="Mark">Quote per base; the price of that moment.</param>
    public sealed record Adopt(string By, int Incarnation, HandOver Legs, Price Mark, DateTimeOffset At) : DirectionalInput;
    /// <summary>Give both legs up without trading.</summary>
    public sealed record Release(string By, int Incarnation, DateTimeOffset At) : DirectionalInput;
    /// <summary>Take no more signals; what is held is guarded as before.</summary>
    public sealed record Pause(string By, int Incarnation, DateTimeOffset At) : DirectionalInput;
    /// <summary>Take signals again.</summary>
    public sealed record Resume(string By, int Incarnation, DateTimeOffset At) : DirectionalInput;
    /// <summary>Close what is held, and end.</summary>
    /// <param name="Incarnation">The incarnation meant, so that a late second copy cannot stop the next one.</param>
    public sealed record RequestExit(string By, int Incarnation, DateTimeOffset At) : DirectionalInput;
    /// <summary>Whoever watches the portfolio wants the legs to be at most so much: <see cref="TrimDesk"/>.</summary>
    /// <param name="Price">Quote per base; the newest there is.</param>
    /// <param name="ExitsAllowed">Whether the posture lets orders out that make legs smaller.</param>
    public sealed record Trim(TrimWish Wish, Price Price, bool ExitsAllowed, DateTimeOffset At) : DirectionalInput;
    /// <param name="Sequence">The decision whose order was filled.</param>
    public sealed record OrderFilled(long Sequence, Fill Fill) : DirectionalInput;
    /// <summary>The order of one leg is final: filled, cancelled, expired, refused by the venue or by the sizer.</summary>
    /// <param name="Cumulative">All it ever filled; the leg stays pending until fills for that much have come.</param>
    public sealed record OrderClosed(long Sequence, PositionSide Leg, Quantity Cumulative, DateTimeOffset At) : DirectionalInput;
    /// <summary>A fill that no order of this strategy asked for: liquidation, auto-deleveraging, a human.</summary>
    public sealed record ExternalFill(Fill Fill) : DirectionalInput;
}
