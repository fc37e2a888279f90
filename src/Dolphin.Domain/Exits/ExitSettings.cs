namespace Dolphin.Domain.Exits;

/// <summary>
/// How exits are planned, before anyone trusts it: <see cref="ExitPolicy.Create"/> checks. The key of each under <c>dolphin.exit-brain</c> is its name in
/// kebab-case. The seed names the parts (take-profit, stop-loss, trailing) and no number, so each says why its value.
/// </summary>
/// <remarks>
/// distance = multiple x volatility per root hour x sqrt(horizon in hours) x (1 + confidence-width x (2 x confidence - 1)) x factor of the posture, in
/// log price, kept within the bounds. A multiple of 1 is one standard deviation of the price over the horizon.
/// </remarks>
public sealed record ExitSettings
{
    /// <summary>The time over which volatility is taken, 5 min to 7 days: how long a position is expected to need. 4 h, so that with the usual
    /// 0.5 to 1 % per root hour one unit is 1 to 2 % of price.</summary>
    public TimeSpan Horizon { get; init; } = TimeSpan.FromHours(4);
    /// <summary>Units from the entry to the stop-loss, 0.1 to 20. A price without memory touches 1.5 units within the horizon in about one case of seven.</summary>
    public double StopLoss { get; init; } = 1.5;
    /// <summary>Units from the entry to the take-profit, 0.1 to 20. Twice the stop: right in more than a third of the cases is enough before costs.</summary>
    public double TakeProfit { get; init; } = 3.0;
    /// <summary>Units of profit at which trailing begins, 0.1 to 20. As far as the stop: what was risked has been earned once.</summary>
    public double TrailArms { get; init; } = 1.5;
    /// <summary>Units that the trailing stop stays behind the best price, 0.1 to 20. Less than trail-arms, so that an armed trail has left the loss behind.</summary>
    public double TrailDistance { get; init; } = 1.0;
    /// <summary>Share of the trail's distance by which the stop must improve before it is moved, 0 to 0.5. Every move is a stored event; a tenth lets the
    /// stop lag by at most that.</summary>
    public double TrailStep { get; init; } = 0.1;
    /// <summary>How much full confidence widens all distances and none narrows them, 0 to 0.9; confidence 0.5 leaves them. Confidence buys room: a
    /// signal that is believed is given more noise to live through and further to run.</summary>
    public double ConfidenceWidth { get; init; } = 0.25;
    /// <summary>What STALKER multiplies all distances by, 0.05 to 1. APEX leaves them.</summary>
    public double StalkerFactor { get; init; } = 0.75;
    /// <summary>What TURTLE multiplies all distances by, 0.05 to stalker-factor. A plan that has to be made in HIBERNATE uses it too.</summary>
    public double TurtleFactor { get; init; } = 0.5;
    /// <summary>Log distance, 0.001 to most-stop: neither stop-loss nor trail is nearer, whatever the volatility. 0.004 is four round trips of a taker's 0.05 %
    /// a side: nearer than that the fee alone is a large part of what a stop costs.</summary>
    public decimal LeastStop { get; init; } = 0.004m;
    /// <summary>Log distance, up to 0.5: neither stop-loss nor trail is further, whatever the volatility. The worst allowed distance.</summary>
    public decimal MostStop { get; init; } = 0.05m;
    /// <summary>Log distance, 0.001 to most-target: neither take-profit nor the arming of the trail is nearer. It must pay the round trip several times.</summary>
    public decimal LeastTarget { get; init; } = 0.006m;
    /// <summary>Log distance, up to 1: neither take-profit nor the arming of the trail is further.</summary>
    public decimal MostTarget { get; init; } = 0.15m;
    /// <summary>Relative change of volatility since the plan that makes a new one, either way, 0.05 to 5: at 0.25 above 125 % or below 80 %.</summary>
    public double ReplanStep { get; init; } = 0.25;
    /// <summary>How long a position may last, from horizon to 90 days; then it is closed whatever its price. Six horizons: what the signal knew is over.</summary>
    public TimeSpan LongestHold { get; init; } = TimeSpan.FromHours(24);
    /// <summary>Half-life of the variance estimate, 3 min to 1 year. As long as the horizon: exits are about the volatility that the position will live in.</summary>
    public TimeSpan SigmaHorizon { get; init; } = TimeSpan.FromHours(4);
    /// <summary>Bars before the volatility counts as known, 2 to 1000000; sixty give the variance a standard error of about 0.3 with one-minute tails.</summary>
    public int WarmUpBars { get; init; } = 60;
}
