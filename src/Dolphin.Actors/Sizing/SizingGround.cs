using Dolphin.Actors.Alpha;
using Dolphin.Actors.Divergence;
using Dolphin.Actors.Funding;
using Dolphin.Domain.Market;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Sizing;

/// <summary>The sizing chain as strategies of this process use it: nobody is asked, everything is read.</summary>
/// <param name="Divergence">Null where no venues are compared.</param>
/// <param name="Learner">Nobody where nobody learns.</param>
/// <param name="Alpha">Null where no adaptive breaker cuts.</param>
/// <param name="Funding">Null where nobody tells of rates.</param>
public sealed record SizingGround(SizingPlan Plan, SizingBoard Board, DivergenceBoard? Divergence, IActorRef Learner, AlphaGround? Alpha = null, FundingBoard? Funding = null)
{
    public bool Learns => Plan.Policy.Learning is not null;

    /// <summary>Null where nobody learns.</summary>
    public EpisodeDesk? EpisodesOf(Symbol symbol) => Learns ? EpisodeDesk.For(symbol) : null;

    /// <param name="volatility">Per root hour; NaN where it is not known.</param>
    /// <param name="legs">As they will be: only their proportion counts.</param>
    /// <param name="episode">Null: nobody learns from it, and its multiplier is 1.</param>
    public (Bet Bet, OpeningSizing Sizing) Size(
        Symbol symbol, in BetRequest request, in RiskView risk, double confidence, double volatility, Legs legs, EpisodeId? episode, DateTimeOffset now)
    {
        var funding = Funding?.Read(symbol, now);
        var (bet, sizing) = SizingChain.Size(
            Plan.Policy, request with { EnvelopeCap = Board.EnvelopeCapOf(symbol) }, risk, Inputs(symbol, confidence, volatility, funding, legs, now), Board.Learner, episode,
            Alpha?.MultiplierOf(symbol, now));
        return (bet, funding is null ? sizing : sizing with { Funding = funding });
    }

    /// <summary>The multiplier alone, for what has no leverage. Parameters are those of <see cref="Size"/>.</summary>
    public SizeChoice? Choose(Symbol symbol, double confidence, double volatility, Legs legs, EpisodeId episode, DateTimeOffset now) =>
        SizingChain.Choose(Plan.Policy, Inputs(symbol, confidence, volatility, Funding?.Read(symbol, now), legs, now), Board.Learner, episode);

    private SizingInputs Inputs(Symbol symbol, double confidence, double volatility, FundingQuote? funding, Legs legs, DateTimeOffset now)
    {
        var (account, divergence) = (Board.Account, Divergence?.Read(symbol, now));
        return new SizingInputs(
            confidence, volatility, account?.Pnl ?? double.NaN, Plan.Weights.GetValueOrDefault(symbol, 1), account?.Margin ?? double.NaN,
            divergence ?? double.NaN, funding?.CostOf(legs) ?? double.NaN, DivergenceIsSilent: Divergence is not null && divergence is null,
            // Of equal legs one pays the other, whatever the rate is.
            FundingIsSilent: funding is null && legs.Long != legs.Short && Funding?.HasHeard(symbol) == true);
    }
}
