using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Survival;

namespace Dolphin.Domain.Sizing;

/// <summary>What stands before the bet sizer.</summary>
/// <param name="Leverage">Null: the plan's number.</param>
/// <param name="Learning">Null: nobody learns, and the multiplier is 1.</param>
/// <param name="Seed">The run's; exploration is drawn from it.</param>
public sealed record SizingPolicy(LeveragePolicy? Leverage, SizeLearningPolicy? Learning, ulong Seed);

/// <summary>What was measured when a position is to be opened, in the units of <see cref="LeverageFactor"/>. NaN: not measured, which is neutral and said.</summary>
/// <param name="DivergenceIsSilent">It is not measured though venues are compared.</param>
/// <param name="FundingIsSilent">It is not measured though rates of the symbol have been told before.</param>
public readonly record struct SizingInputs(
    double Confidence, double Volatility, double Pnl, double Symbol, double Margin, double Divergence, double Funding, bool DivergenceIsSilent = false, bool FundingIsSilent = false)
{
    public static readonly SizingInputs Unknown = new(double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);

    public SizeContext Context => new(Confidence, Volatility, Pnl, Divergence, Funding, Margin);
}

/// <summary>What an opening was sized by: part of the event that opens it, so that a learner and a person can be told.</summary>
/// <param name="Adaptive">Null where leverage is the plan's number.</param>
/// <param name="Choice">Null where no learner was asked: none is there, or it follows as many positions as it may.</param>
/// <param name="Wished">Times; leverage x what lifts it, before any cap. Where no <paramref name="Uncut"/> is stored beside a factor below 1 (older openings), that factor is in it, too.</param>
/// <param name="Leverage">Times; what was used: the smallest of the wish, the posture's cap, the envelope's and the venue's bracket, x what cuts.</param>
/// <param name="Bound">Which of the four it was.</param>
/// <param name="Notional">Quote; of one leg, R_total in it.</param>
/// <param name="Breaker">What the adaptive circuit breaker multiplied by; null where the plan has none.</param>
/// <param name="Funding">The rate that funding was reckoned from; null where none was known that was fresh.</param>
/// <param name="EnvelopeCap">Times; what is allowed parameters outside of the safety envelope, or where nothing had been heard of it, whether it bound or not. Null: inside, no model serves, or nobody forewarns.</param>
/// <param name="Uncut">Times; the smallest of the four, which multiplier and breaker then cut. Null: neither was below 1.</param>
/// <param name="Given">Quote; what the sizer gave one leg where whoever asked for the opening wanted only the <paramref name="Notional"/>. Null: it opened by itself, or nothing less was asked for.</param>
public sealed record OpeningSizing(
    AdaptiveLeverage? Adaptive, SizeChoice? Choice, decimal Wished, decimal Leverage, BetBound Bound, double RTotal, Money Notional,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Breaker = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? EnvelopeCap = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] FundingQuote? Funding = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? Uncut = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Given = null)
{
    /// <summary>Of an opening that somebody asked for: no leg is larger than the wish, and the multiplier did what the wish left of it.</summary>
    /// <param name="wish">Quote, above zero; of one leg.</param>
    public OpeningSizing AtMost(Money wish)
    {
        wish = new Money(Math.Round(wish.Quote, 8, MidpointRounding.ToZero));
        var choice = Choice;
        if (choice is not null && Notional.Quote > 0m)
        {
            var unlearned = Notional.Quote / choice.Effective;
            decimal Left(decimal effect) => Math.Min(wish.Quote, unlearned * effect) / Math.Min(wish.Quote, unlearned);
            choice = choice.Bounded(Left(choice.EffectiveOffered), Left(choice.Effective));
        }
        return wish < Notional ? this with { Choice = choice, Notional = wish, Given = Notional } : this with { Choice = choice };
    }

    /// <summary>As lines of text: the size, what bound it, and every factor.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"one leg {Notional}{(Given is { } given ? $", all that was asked for of {given}" : "")}: leverage {Leverage:0.##}x of {Wished:0.##}x wished, set by {Word(Bound)}{(Uncut is { } uncut ? string.Create(CultureInfo.InvariantCulture, $" at {uncut:0.##}x and then cut") : "")}, R_total {RTotal:0.0000}\n");
        text.Append(Choice is { } choice
            ? string.Create(CultureInfo.InvariantCulture,
                $"learned multiplier {choice.Used:0.00}{(choice.UsedLeft is { } left ? string.Create(CultureInfo.InvariantCulture, $", of which {(Given is null ? "a cap" : "what was asked for")} left {left:0.00}") : "")}{(choice.Explored ? ", explored" : choice.Used == choice.Offered ? "" : $"; {choice.Offered:0.00} is offered and not trusted")}{(choice.Context.Missing == SizeFactors.None ? "" : $"; not measured: {choice.Context.Missing.ToString().ToLowerInvariant()}")}\n")
            : "learned multiplier 1.00: no learner was asked\n");
        if (Breaker is { } breaker) text.Append(CultureInfo.InvariantCulture, $"adaptive breaker x {breaker:0.00}\n");
        if (EnvelopeCap is { } cap) text.Append(CultureInfo.InvariantCulture, $"envelope: at most {cap:0.##}x, half of the leverage that is judged: the parameters are outside of it, or this node had not heard of it yet\n");
        if (Funding is { } funding) text.Append(CultureInfo.InvariantCulture, $"funding rate {funding.ToText()}\n");
        text.Append(Adaptive is { } adaptive ? adaptive.ToText() : "leverage before the multiplier is the plan's\n");
        return text.ToString();
    }

    public static string Word(BetBound bound) => bound switch
    {
        BetBound.Configured => "the wish",
        BetBound.Posture => "the posture",
        BetBound.Envelope => "the envelope",
        BetBound.Bracket => "the venue's bracket",
        BetBound.BracketNotional => "the venue's largest notional",
        _ => "a refusal",
    };
}

/// <summary>
/// Leverage x what lifts it, a wish; then the bet sizer with its caps; then what cuts. The learned multiplier and the adaptive breaker lift above 1 and cut below it.
/// So neither takes a position over what posture, envelope and venue allow, and each that is below 1 makes it smaller by all of itself, also where a cap
/// stands far below the wish. Same inputs, same size.
/// </summary>
public static class SizingChain
{
    /// <param name="request">With the plan's leverage.</param>
    /// <param name="learner">As last heard; null where there is none, or nothing has been heard of it.</param>
    /// <param name="episode">What the position will be called; null: nobody learns from it, and its multiplier is 1.</param>
    /// <param name="breaker">What the adaptive circuit breaker leaves of a size, times its boost, above 0; null where the plan has none.</param>
    public static (Bet Bet, OpeningSizing Sizing) Size(
        SizingPolicy policy, in BetRequest request, in RiskView risk, in SizingInputs inputs, SizeLearnerState? learner, EpisodeId? episode, double? breaker = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var adaptive = policy.Leverage is { } leverage ? Adaptive(leverage, inputs) : null;
        var choice = episode is { } id ? Choose(policy, inputs, learner, id) : null;
        var (left, multiplier) = ((decimal)(breaker ?? 1), choice?.Used ?? SizeLearningPolicy.Constant);
        var unlearned = (adaptive?.Leverage ?? request.ConfiguredLeverage) * Math.Max(1m, left);
        var wished = unlearned * Math.Max(1m, multiplier);
        var bet = Capped(request, risk, wished);
        var (uncut, cut) = (bet.Leverage, Math.Min(1m, left) * Math.Min(1m, multiplier));
        if (cut < 1m) bet = bet with { Leverage = uncut * cut, Notional = new Money(Math.Round(bet.Notional.Quote * cut, 8, MidpointRounding.ToZero)) };
        if (choice is { } c) choice = c.Bounded(Effect(request, risk, unlearned, c.Offered), Effect(request, risk, unlearned, c.Used));
        return (bet, new OpeningSizing(
            adaptive, choice, wished, bet.Leverage, bet.Bound, bet.RTotal, bet.Notional, breaker, request.EnvelopeCap, Uncut: cut < 1m ? uncut : null));
    }

    private static Bet Capped(in BetRequest request, in RiskView risk, decimal leverage) => BetSizer.Size(request with { ConfiguredLeverage = leverage }, risk);

    // Notional with the multiplier over notional without it. What cuts comes after the caps, so it always cuts by all of itself.
    private static decimal Effect(in BetRequest request, in RiskView risk, decimal unlearned, decimal multiplier)
    {
        if (multiplier <= 1m) return multiplier;
        var lifted = Capped(request, risk, unlearned * multiplier);
        if (lifted.Bound is BetBound.Configured or BetBound.EntriesRefused) return multiplier;
        var plain = Capped(request, risk, unlearned).Notional.Quote;
        return plain > 0m ? lifted.Notional.Quote / plain : multiplier;
    }

    /// <summary>The multiplier alone.</summary>
    /// <returns>Null where no learner is to be asked: there is none, nothing has been heard of it, or it follows as many positions as it may.</returns>
    public static SizeChoice? Choose(SizingPolicy policy, in SizingInputs inputs, SizeLearnerState? learner, EpisodeId episode) =>
        policy.Learning is { } learning && learner is not null && learner.Episodes.Open.Length < learning.Settings.MaxOpen
            ? SizeLearner.Choose(learning, learner, episode, inputs.Context, policy.Seed) : null;

    private static AdaptiveLeverage Adaptive(LeveragePolicy policy, in SizingInputs i) => AdaptiveLeverage.Of(policy,
        new(LeverageFactor.Confidence, i.Confidence), new(LeverageFactor.Volatility, i.Volatility), new(LeverageFactor.Pnl, i.Pnl), new(LeverageFactor.Symbol, i.Symbol),
        new(LeverageFactor.Margin, i.Margin), new(LeverageFactor.Divergence, i.Divergence, i.DivergenceIsSilent), new(LeverageFactor.Funding, i.Funding, i.FundingIsSilent));
}
