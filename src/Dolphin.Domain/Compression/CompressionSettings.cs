namespace Dolphin.Domain.Compression;

/// <summary>
/// The parameters of hedge compression before anyone trusts them: <see cref="CompressionPolicy.Create"/> checks them. The key of each under
/// <c>dolphin.compression</c> is its name in kebab-case. The seed names none of them but the residual and the offset, so each says why its value.
/// </summary>
public sealed record CompressionSettings
{
    /// <summary>Fraction of notional paid for one side; for warnings only, real costs come with the fills. Binance USD-M taker: 0.05 %.</summary>
    public decimal Fee { get; init; } = 0.0005m;
    /// <summary>Share of the larger leg that always stays uncovered (r), fixed at the take-over and never less than the venue's smallest order;
    /// 0.005 to 0.5. The seed keeps 0.01 lot of 0.10.</summary>
    public decimal Residual { get; init; } = 0.1m;
    /// <summary>Relative price move that makes a swing, and that must come back for it to have ended; 0.0005 to 0.2. A swing earns its length less two
    /// bounces, so a small one follows every ripple and pays for it; ten one-sided fees is a start, not a finding.</summary>
    public decimal Bounce { get; init; } = 0.005m;
    /// <summary>Relative distance inside each edge of the gap at which trading begins; 0 to 0.05. The seed's five pips of gold are 0.0001, of EURUSD 0.00045.</summary>
    public decimal Offset { get; init; } = 0.0005m;
    /// <summary>Half-life of the variance estimate, 3 min to 1 year. Shorter than a hedge's day: the filter is about now.</summary>
    public TimeSpan SigmaHorizon { get; init; } = TimeSpan.FromHours(4);
    /// <summary>Bars before the first trade, 2 to 1000000; sixty give the variance a standard error of about 0.3 with one-minute tails.</summary>
    public int WarmUpBars { get; init; } = 60;
    /// <summary>Standard deviation of log price per root hour below which no swing trades; 0 is never. Off by default: a market without movement has
    /// no swings to begin with.</summary>
    public decimal MinVolatility { get; init; }
    /// <summary>Standard deviation of log price per root hour above which no swing trades, above min-volatility, at most 1. Most symbols have 0.005 to
    /// 0.01; 0.03 is the hour of a crash.</summary>
    public decimal MaxVolatility { get; init; } = 0.03m;
    /// <summary>Quote; no leg is topped up beyond it. A leg that is larger when it is taken over stays as it is.</summary>
    public decimal PositionCap { get; init; } = 5_000m;
    /// <summary>Quote; with leverage it bounds what both legs together may be worth after a top-up.</summary>
    public decimal Capital { get; init; } = 1_000m;
    /// <summary>Times, 1 to 125.</summary>
    public decimal Leverage { get; init; } = 3m;
    /// <summary>Quote; a structure that would be worth less than this after a reduction is closed as a whole.</summary>
    public decimal Epsilon { get; init; } = 10m;
}
