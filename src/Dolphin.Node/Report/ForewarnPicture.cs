using System.Collections.Immutable;
using Dolphin.Domain;
using Dolphin.Domain.Forewarning;
using Dolphin.Domain.Market;

namespace Dolphin.Node.Report;

/// <summary>What <c>dolphin forewarn</c> found.</summary>
/// <param name="Symbols">Whose parameters were judged.</param>
/// <param name="Length">Of the market that the paths are drawn from, where it is longest.</param>
/// <param name="Catastrophes">Trials that met the rule; one can meet it in several ways.</param>
/// <param name="Objection">Why this envelope would not serve, or null: it is proven.</param>
/// <param name="Worst">The symbol whose parameters are nearest to the boundary, or farthest outside; all others are at least as safe.</param>
/// <param name="LeverageCap">Times; null where the envelope does not cut it.</param>
/// <param name="Alone">The plan's own parameters on every path.</param>
/// <param name="WayBack">Null where the plan is GREEN.</param>
internal sealed record ForewarnPicture(
    string Plan, string Market, TradedStrategies Strategies, int Symbols, int Returns, TimeSpan Interval, TimeSpan Length, double VolatilityPerRootHour, ulong Seed, int Paths,
    TimeSpan PathLength, double HighestScale, int Trials, CatastropheRule Rule, CatastropheCounts Catastrophes, double Nu, double Gamma, int Supports,
    EnvelopeProof Proof, Refusal? Objection, Symbol Worst, EnvelopeScore Score, double Margin, decimal Leverage, decimal? LeverageCap,
    AloneCounts Alone, ImmutableArray<ParameterPicture> Parameters, WayBackPicture? WayBack)
{
    public static ForewarnPicture Of(
        string plan, string market, TrialSettings settings, ReturnSample sample, ImmutableArray<(Symbol Symbol, StrategySettings Settings)> live,
        ImmutableArray<Trial> trials, FittedEnvelope fitted, Symbol worst, StrategySettings judged, ImmutableArray<TrialOutcome> alone)
    {
        var (envelope, rule) = (fitted.Envelope, settings.Rule);
        var score = envelope.Score(judged);
        var vector = envelope.Box.VectorOf(judged);
        var slopes = envelope.Slopes(vector);
        var leverage = judged.Hedging.Leverage;
        return new ForewarnPicture(
            plan, market, judged.Trades, live.Length, sample.Count, sample.Interval, sample.Longest, sample.VolatilityPerRootHour, settings.Seed, settings.Paths, settings.Law.Length,
            settings.Law.HighestScale, trials.Length, rule, new CatastropheCounts(
                trials.Count(t => t.IsCatastrophe), trials.Count(t => t.Outcome.Drawdown >= rule.Drawdown), trials.Count(t => t.Outcome.Loss >= rule.Loss),
                trials.Count(t => t.Outcome.LiquidationDistance <= rule.LiquidationDistance)),
            fitted.Nu, fitted.Gamma, envelope.Svm.Count, fitted.Proof, ForewarnerDecider.Objection(new ForewarnerPolicy(), fitted.Proof, champion: null),
            worst, score, SafetyEnvelope.Margin, leverage, score.LeverageCap(leverage),
            new AloneCounts(alone.Length, alone.Count(o => rule.IsMetBy(o)), alone.Max(o => o.Drawdown), alone.Min(o => o.LiquidationDistance)),
            [.. envelope.Box.Axes.Select((axis, d) => new ParameterPicture(axis.Key, axis.FromUnit(vector[d]), vector[d], envelope.Relevance[d], slopes[d]))
                .OrderByDescending(p => Math.Abs(p.Slope))],
            envelope.WayBackOf(judged) is { } way
                ? new WayBackPicture([.. way.Moves.Select(m => new MovePicture(m.Axis.Key, m.From, m.To))], way.Arrival)
                : null);
    }
}

/// <param name="All">Trials that were a catastrophe in at least one way.</param>
internal sealed record CatastropheCounts(int All, int Drawdown, int Loss, int NearLiquidation);

/// <param name="Drawdown">The largest, of capital.</param>
internal sealed record AloneCounts(int Paths, int Catastrophes, double Drawdown, double LiquidationDistance);

/// <param name="Place">0 to 1 in the box.</param>
/// <param name="Relevance">0 to 1.</param>
/// <param name="Slope">Of the decision value along the whole axis: below zero, more of it is less safe.</param>
internal sealed record ParameterPicture(string Key, decimal Value, double Place, double Relevance, double Slope);

internal sealed record MovePicture(string Key, decimal From, decimal To);

internal sealed record WayBackPicture(ImmutableArray<MovePicture> Moves, EnvelopeScore Arrival);
