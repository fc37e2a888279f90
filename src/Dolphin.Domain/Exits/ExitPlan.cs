using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;

namespace Dolphin.Domain.Exits;

/// <summary>Why a plan says that its position is to be closed. Stored by name: never rename one.</summary>
public enum ExitCause
{
    None,
    /// <summary>The stop that was set from the entry.</summary>
    StopLoss,
    /// <summary>The stop that follows the best price.</summary>
    TrailingStop,
    TakeProfit,
    /// <summary>It was held for as long as a position may last.</summary>
    Horizon,
}

/// <summary>
/// When one position is to be closed. Levels are prices that trigger, not prices of orders: they are on no tick grid, and what an exit brings is what the
/// market gives after it.
/// </summary>
/// <param name="Entry">Quote per base; the average that the distances were measured from.</param>
/// <param name="Stop">Quote per base; only ever moves in the position's favour.</param>
/// <param name="ArmsAt">Quote per base; from here on the stop follows the best price.</param>
/// <param name="Trail">Log distance that the stop stays behind the best price.</param>
/// <param name="Peak">Quote per base; the best price that set the trailing stop, or null while it has not begun to follow.</param>
/// <param name="Volatility">Of log price per root hour, as it was planned with; null if it was not known, and then every distance is the largest allowed.</param>
/// <param name="Confidence">0 to 1, of the signal.</param>
/// <param name="Posture">The lowest the position has seen, HIBERNATE not counted. Never rises.</param>
/// <param name="OpenedAt">When the position stood.</param>
/// <param name="Hold">How long it may last from then.</param>
public sealed record ExitPlan(
    PositionSide Leg, Price Entry, Price TakeProfit, Price Stop, Price ArmsAt, decimal Trail, Price? Peak,
    double? Volatility, double Confidence, Posture Posture, DateTimeOffset OpenedAt, TimeSpan Hold)
{
    /// <summary>The stop follows the best price.</summary>
    public bool Trailing => Peak is not null;

    /// <summary>The plan after its stop has followed the price.</summary>
    public ExitPlan With(StopMove move) => this with { Stop = move.Stop, Peak = move.Peak };
}

/// <summary>The trailing stop has followed the price.</summary>
/// <param name="Stop">Where it is now.</param>
/// <param name="Peak">The best price it follows.</param>
public readonly record struct StopMove(Price Stop, Price Peak);

/// <summary>How far each exit is from where it is measured, in log price.</summary>
/// <param name="TrailArms">From the entry.</param>
/// <param name="Trail">From the best price.</param>
public readonly record struct ExitDistances(decimal StopLoss, decimal TakeProfit, decimal TrailArms, decimal Trail)
{
    /// <param name="volatility">Per root hour; null is not known, and then every distance is the largest allowed: a stop that is too near would
    /// close for nothing what was just taken over, and one at the bound risks no more than any plan may.</param>
    /// <param name="confidence">0 to 1.</param>
    public static ExitDistances Of(ExitPolicy policy, double? volatility, double confidence, Posture posture)
    {
        var s = policy.Settings;
        var unit = (volatility ?? double.PositiveInfinity) * policy.RootHorizon * (1d + s.ConfidenceWidth * (2d * confidence - 1d)) * policy.FactorOf(posture);
        return new ExitDistances(
            Bounded(s.StopLoss * unit, s.LeastStop, s.MostStop), Bounded(s.TakeProfit * unit, s.LeastTarget, s.MostTarget),
            Bounded(s.TrailArms * unit, s.LeastTarget, s.MostTarget), Bounded(s.TrailDistance * unit, s.LeastStop, s.MostStop));
    }

    private static decimal Bounded(double distance, decimal least, decimal most) =>
        distance <= (double)least ? least : distance < (double)most ? Math.Clamp(decimal.Round((decimal)distance, 9), least, most) : most;
}
