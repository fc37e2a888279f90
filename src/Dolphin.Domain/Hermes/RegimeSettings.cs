namespace Dolphin.Domain.Hermes;

/// <summary>A switch with two thresholds, so that a value between them changes nothing.</summary>
/// <param name="Enter">At or beyond this it goes on.</param>
/// <param name="Leave">Beyond this, back towards the harmless side, it goes off.</param>
public readonly record struct FeatureTrigger(double Enter, double Leave)
{
    /// <summary>Harmful is high; for depth, harmful is low.</summary>
    public bool Rises => Enter > Leave;

    /// <summary>The switch after <paramref name="value"/>; NaN changes nothing.</summary>
    public bool After(bool wasOn, double value) =>
        double.IsNaN(value) ? wasOn
        : Rises ? (wasOn ? value >= Leave : value >= Enter)
        : wasOn ? value <= Leave : value <= Enter;
}

/// <summary>
/// How an asset's regime is read, before anyone trusts it: <see cref="RegimePolicy.Create"/> checks. Keys are under
/// <c>dolphin.hermes.regime</c>. The initial values are the recommended ones.
/// </summary>
/// <remarks>
/// Windows are time and not bars: bars are gathered into slots of fixed length, so bars of a minute and bars of a quarter hour give the same
/// measures. What a threshold means for a random walk is said at each; how often recorded markets pass it is in docs/strategies/hermes.md.
/// </remarks>
public sealed record RegimeSettings
{
    /// <summary>Key <c>slot</c>, 1 s to 1 day: the grid of every window. A quarter hour, because no recording or feed here has longer bars.</summary>
    public TimeSpan Slot { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Key <c>coverage</c>, 0.5 to 1: share of each window that must have been seen; below it the regime is Unknown.</summary>
    public double Coverage { get; init; } = 0.75;

    /// <summary>Key <c>efficiency.window</c>, 8 to 96 slots. A third of a day: shorter, and every second hour looks like a trend.</summary>
    public TimeSpan EfficiencyWindow { get; init; } = TimeSpan.FromHours(8);

    /// <summary>Keys <c>efficiency.enter</c>, <c>efficiency.leave</c>, 0 to 1. A random walk of n slots has |Z| 1.25/sqrt(n), Z standard
    /// normal: with 32 slots 0.45 is two standard deviations, and 0.25 a little more than one.</summary>
    public FeatureTrigger Efficiency { get; init; } = new(Enter: 0.45, Leave: 0.25);

    /// <summary>Key <c>variance-ratio.window</c>, 8 to 96 slots. Half a day: of all measures here this one needs most data.</summary>
    public TimeSpan VarianceRatioWindow { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Key <c>variance-ratio.lag</c>, 2 to 16 slots and at most a quarter of the window: the longer of the two horizons compared.
    /// An hour against the slot.</summary>
    public TimeSpan VarianceRatioLag { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Keys <c>variance-ratio.enter</c>, <c>.leave</c>. A random walk gives 1 with a standard deviation of
    /// sqrt(2(2q-1)(q-1)/(3qn)), 0.27 for a lag of q = 4 in n = 48 slots: 1.55 is two of them, 1.25 one.</summary>
    public FeatureTrigger VarianceRatio { get; init; } = new(Enter: 1.55, Leave: 1.25);

    /// <summary>Key <c>volatility.half-life</c>, 1 slot to 30 days. An hour: a crash is seen within minutes and forgotten overnight.</summary>
    public TimeSpan VolatilityHalfLife { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Keys <c>volatility.enter</c>, <c>.leave</c>, per root hour. 5 % is 24 % a day, three to ten times what these markets do.</summary>
    public FeatureTrigger Volatility { get; init; } = new(Enter: 0.05, Leave: 0.03);

    /// <summary>Key <c>vol-of-vol.window</c>, 8 to 96 slots.</summary>
    public TimeSpan VolOfVolWindow { get; init; } = TimeSpan.FromHours(8);

    /// <summary>Keys <c>vol-of-vol.enter</c>, <c>.leave</c>: 0 for a steady market; 0.7 means that the pace of a slot is typically twice or half
    /// that of another beyond chance (e^0.7 = 2.0).</summary>
    public FeatureTrigger VolOfVol { get; init; } = new(Enter: 0.7, Leave: 0.5);

    /// <summary>Keys <c>idle.enter</c>, <c>.leave</c>, 0 to 1, over the window of vol-of-vol: it stands in for spread and depth where
    /// only bars are known.</summary>
    public FeatureTrigger Idle { get; init; } = new(Enter: 0.5, Leave: 0.3);

    /// <summary>Keys <c>spread.enter</c>, <c>.leave</c>, basis points. 10 bp costs as much as a taker's round trip.</summary>
    public FeatureTrigger Spread { get; init; } = new(Enter: 10, Leave: 6);

    /// <summary>Keys <c>depth.enter</c>, <c>.leave</c>, quote currency on the weaker side. An opening leg of some thousands must not
    /// be a fifth of all there is.</summary>
    public FeatureTrigger Depth { get; init; } = new(Enter: 20_000, Leave: 40_000);

    /// <summary>Key <c>quotes.half-life</c>, 1 s to 1 day: of the averages of spread and depth, so that one empty instant is not a thin market.</summary>
    public TimeSpan QuoteHalfLife { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Key <c>quotes.max-age</c>, 1 s to 1 day: an older spread or depth is missing.</summary>
    public TimeSpan QuoteMaxAge { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Key <c>quotes.hold</c>, at least max-age, at most 7 days: for how long a thin market stays thin when its quotes stop. No news is
    /// not liquidity; but a feed that was taken away for good must not bar an asset for ever.</summary>
    public TimeSpan QuoteHold { get; init; } = TimeSpan.FromHours(1);
}
