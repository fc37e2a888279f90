namespace Dolphin.Domain.SizeLearning;

/// <summary>
/// How the size of positions is learned, before anyone trusts it: <see cref="SizeLearningPolicy.Create"/> checks. Keys are under
/// <c>dolphin.size-learning</c>. The multiplier's range of 0.5 to 1.5 is the seed's and no setting.
/// </summary>
public sealed record SizeLearningSettings
{
    /// <summary>Key <c>context.volatility-reference</c>, 0.0001 to 1 per root hour: volatility v counts as (v - this) / (v + this).
    /// 1 % is adaptive leverage's reference.</summary>
    public double VolatilityReference { get; init; } = 0.01;

    /// <summary>Key <c>context.pnl-scale</c>, 0.001 to 1 of capital: recent profit or loss of this size counts as 1 or -1. Adaptive leverage's.</summary>
    public double PnlScale { get; init; } = 0.05;

    /// <summary>Key <c>context.divergence-full</c>, 0.001 to 1: divergence counts from 0 to 1 at this. The exposure balancer's threshold.</summary>
    public double DivergenceFull { get; init; } = 0.03;

    /// <summary>Key <c>context.funding-full</c>, 0.00001 to 0.1 of notional in eight hours: funding of this size counts as 1 or -1. Ten times the usual 0.01 %.</summary>
    public double FundingFull { get; init; } = 0.001;

    /// <summary>Key <c>context.margin-full</c>, 0.1 to 1: utilisation counts from -1 at nothing to 1 at this. The exposure balancer's limit.</summary>
    public double MarginFull { get; init; } = 0.85;

    /// <summary>Key <c>outcome-bound</c>, 0.001 to 1 of notional: an episode's return counts up to this, either way. Wider lets one outcome say more;
    /// narrower makes rare disasters look like ordinary losses. Trust comes the later the smaller returns are beside it: that is how much ordinary success
    /// it takes to outweigh one disaster. 2 % is well outside what a cycle usually earns or loses.</summary>
    public double OutcomeBound { get; init; } = 0.02;

    /// <summary>Key <c>half-life</c>, 20 to 100000 closed episodes: after so many an outcome counts half. Markets change; a shorter memory is a noisier one.</summary>
    public double HalfLife { get; init; } = 500;

    /// <summary>Key <c>prior-episodes</c>, 1 to 1000: the doubt at the beginning counts as so many episodes that said nothing.</summary>
    public double PriorEpisodes { get; init; } = 20;

    /// <summary>Key <c>prior-spread</c>, 0.00001 to 1 of notional: how far returns are taken to scatter before any has been seen.</summary>
    public double PriorSpread { get; init; } = 0.005;

    /// <summary>Key <c>full-at</c>, 0.5 to 10 standard errors: the multiplier reaches its end when the expected return is so many from zero.
    /// At two, chance alone would bring it there one time in twenty.</summary>
    public double FullAt { get; init; } = 2;

    /// <summary>Key <c>exploration.share</c>, 0 to 0.5 of episodes: how often a trusted learner uses another multiplier than its best. 0 switches it off, and
    /// is the default: the return per notional is seen whatever the size, so exploring teaches only whether size itself costs.</summary>
    public double ExplorationShare { get; init; }

    /// <summary>Key <c>exploration.reach</c>, 0.01 to 0.25: the farthest such a multiplier may be from the best one.</summary>
    public double ExplorationReach { get; init; } = 0.1;

    /// <summary>Key <c>trust.false-alarm</c>, 0.001 to 0.2: the chance that a learner with nothing to offer is ever trusted, over all time.</summary>
    public double FalseAlarm { get; init; } = 0.05;

    /// <summary>Key <c>trust.min-episodes</c>, 10 to 10000: so many must have borne witness before it can be trusted.</summary>
    public int MinEpisodes { get; init; } = 30;

    /// <summary>Key <c>trust.lose-at</c>, 0.1 to 2: trust ends when the evidence is below this. Evidence begins at 1, so 1 is when nothing is left of it.</summary>
    public double LoseAt { get; init; } = 1;

    /// <summary>Key <c>max-open</c>, 1 to 256: episodes open at a time; each takes some 300 bytes. One more than that has a multiplier of 1 and teaches nothing.</summary>
    public int MaxOpen { get; init; } = 8;

    /// <summary>Key <c>expire-after</c>, one minute to 366 days: an episode that has not been closed by then is given up. A month is longer than
    /// structures last; shorter would drop the long ones, which are not like the others.</summary>
    public TimeSpan ExpireAfter { get; init; } = TimeSpan.FromDays(30);
}
