using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;

namespace Dolphin.Domain.Forewarning;

/// <summary>
/// What a trial assumes of its venue. Every order that takes is filled whole, at the close it was decided at, moved against it by the slippage. An order that
/// rests is filled at its limit by the first close that reaches it, or cancelled. There is no funding: both legs' cancel but for the net position, and
/// over days that is small beside its price. The survival controller is not there: an envelope must hold without whatever else would save the account.
/// </summary>
public sealed record TrialTerms
{
    /// <summary>Fraction of notional.</summary>
    public decimal TakerFee { get; init; } = 0.0005m;
    public decimal MakerFee { get; init; } = 0.0002m;
    /// <summary>Fraction of price by which a taking order is filled worse.</summary>
    public decimal Slippage { get; init; } = 0.0002m;
    /// <summary>After which an order that rests is cancelled; at least until the next close.</summary>
    public TimeSpan OrderLife { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Fine steps and the usual brackets: an envelope is about sizes and not about lots.</summary>
    internal static Instrument Instrument { get; } = new(
        new Symbol("TRIAL"), TickSize: 0.001m, LotSize: 0.00001m, new Quantity(0.00001m), Instruments.UsualMinNotional, Instruments.UsualPercentPrice, Instruments.UsualBrackets);

    /// <summary>Nothing that a posture would cap: what caps the live leverage is in the live vector.</summary>
    internal static RiskView Nominal { get; } = new(RTotal: 1, Posture.Apex, MaxLeverage: 125m, InvariantFailed: false, Epoch: 0, Sequence: 0);

    /// <summary>Quote; what the bet sizer gives one leg.</summary>
    internal static Money LegOf(decimal capital, decimal fraction, decimal leverage) => BetSizer.Size(
        new BetRequest(new Money(capital), fraction, leverage, EnvelopeCap: null, Instrument.Brackets, Money.Zero), Nominal).Notional;
}

/// <summary>What one strategy's account came to on one path, or the worst of several.</summary>
/// <param name="Drawdown">Largest fall of equity from its best, as a fraction of capital.</param>
/// <param name="Loss">Of capital at the end; below zero is a profit.</param>
/// <param name="LiquidationDistance">The least relative move of the price against the net position that would have left no more than the maintenance margin; 0 is a
/// liquidation, 1 is as far as it counts.</param>
public readonly record struct TrialOutcome(double Drawdown, double Loss, double LiquidationDistance)
{
    public static readonly TrialOutcome Untouched = new(0, 0, 1);

    public TrialOutcome WorstWith(in TrialOutcome other) =>
        new(Math.Max(Drawdown, other.Drawdown), Math.Max(Loss, other.Loss), Math.Min(LiquidationDistance, other.LiquidationDistance));
}

/// <summary>When an outcome is a catastrophe: any of the three.</summary>
public sealed record CatastropheRule
{
    /// <summary>Of capital. A quarter: at that the capital layer's sigmoid (mid 15 %) has taken four fifths of R_total, and coming back takes a third.</summary>
    public double Drawdown { get; init; } = 0.25;
    /// <summary>Of capital.</summary>
    public double Loss { get; init; } = 0.20;
    /// <summary>Relative move of price. Five percent is an hour of a crash: nearer, and nobody has time to do anything.</summary>
    public double LiquidationDistance { get; init; } = 0.05;

    public bool IsMetBy(in TrialOutcome outcome) =>
        outcome.Drawdown >= Drawdown || outcome.Loss >= Loss || outcome.LiquidationDistance <= LiquidationDistance;
}
