namespace Dolphin.Domain.Hedging;

/// <summary>Why a strategy left its structure. Several can hold at once.</summary>
[Flags]
public enum ExitCauses
{
    None = 0,
    /// <summary>C1: the variance no longer pays for the friction, K checks in a row.</summary>
    Friction = 1,
    /// <summary>C2: the net position is larger than the risk capital allows.</summary>
    Capital = 2,
    /// <summary>An operator asked for it.</summary>
    Manual = 4,
    /// <summary>The venue, or somebody else, changed a leg: liquidation, auto-deleveraging, a human trade.</summary>
    External = 8,
    /// <summary>The two legs of an opening could not be made equal, not even by reducing the larger one.</summary>
    UnevenOpening = 16,
}

/// <summary>
/// The parameters of band-limited dynamic hedging before anyone trusts them: <see cref="HedgePolicy.Create"/> checks them. The initial
/// values are the recommended ones; where the seed gives a range or a silence, the remark says why this value.
/// </summary>
public sealed record HedgeSettings
{
    /// <summary>Fraction of notional paid for one side (f). Binance USD-M taker without discount: 0.05 %.</summary>
    public decimal Fee { get; init; } = 0.0005m;
    /// <summary>MES = k * f on log price; the seed asks for 6 to 10.</summary>
    public decimal K { get; init; } = 8m;
    /// <summary>Share of a realised profit that repairs the losing side (alpha), 0 to 1.</summary>
    public decimal Alpha { get; init; } = 0.5m;
    /// <summary>Share of the winning side that is closed (beta), above 0 to 1; 1 closes all of it.</summary>
    public decimal Beta { get; init; } = 1m;
    /// <summary>Factor of the friction condition C1 (gamma1).</summary>
    public decimal Gamma1 { get; init; } = 1m;
    /// <summary>Factor of the capital condition C2 (gamma2).</summary>
    public decimal Gamma2 { get; init; } = 1m;
    /// <summary>Risk capital in units of one opening leg's notional at the opening price (E_max). gamma2 * E_max must exceed 1:
    /// after the first rebalance the net position is about one leg.</summary>
    public decimal MaxRisk { get; init; } = 1.1m;
    /// <summary>Longest expected time between two rebalances (tau_max).</summary>
    public TimeSpan MaxInterval { get; init; } = TimeSpan.FromHours(4);
    /// <summary>How many checks (bars) in a row C1 must hold (K).</summary>
    public int ExitChecks { get; init; } = 30;
    /// <summary>MES_exit = delta * MES, 0.5 to 1.</summary>
    public decimal Delta { get; init; } = 0.75m;
    /// <summary>Share of both legs that one exit step closes (eta), 0.2 to 0.4.</summary>
    public decimal Eta { get; init; } = 0.3m;
    /// <summary>Quote: a structure smaller than this is over (epsilon).</summary>
    public decimal Epsilon { get; init; } = 10m;
    /// <summary>Half-life of the variance estimate. A day and not an hour: crypto variance differs by a factor of three between the busy
    /// and the quiet hours of one day, and a structural condition must not fire every night.</summary>
    public TimeSpan SigmaHorizon { get; init; } = TimeSpan.FromHours(24);
    /// <summary>Bars before the first opening; sixty give the variance a standard error of about 0.3 with one-minute tails.</summary>
    public int WarmUpBars { get; init; } = 60;
    /// <summary>Fraction of the opening's gross quantity below which the rest is closed and the next cycle opens; null is <c>never</c>.</summary>
    public decimal? ReopenBelow { get; init; } = 0.10m;
    /// <summary>How long after an opening that got no fill the next one is tried: an identical request at once would be refused again.</summary>
    public TimeSpan OpeningRetry { get; init; } = TimeSpan.FromMinutes(15);
    /// <summary>Which exits may be followed by a start without a command; an exit with any other cause waits for one.</summary>
    public ExitCauses RestartAfter { get; init; } = ExitCauses.Friction;
    /// <summary>How long C1 and C3 must have been clear before a start without a command.</summary>
    public TimeSpan RestartCoolDown { get; init; } = TimeSpan.FromHours(4);
    /// <summary>Quote; what the bet sizer may use for this strategy.</summary>
    public decimal Capital { get; init; } = 1_000m;
    /// <summary>Fraction of the capital that one opening leg uses as margin.</summary>
    public decimal Fraction { get; init; } = 0.2m;
    /// <summary>Times; the sizer caps it by posture and bracket.</summary>
    public decimal Leverage { get; init; } = 3m;
}
