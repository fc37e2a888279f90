using System.Collections.Immutable;
using Dolphin.Domain.Survival;

namespace Dolphin.Domain.External;

/// <summary>When a change of a factor is a shock. What is infinite, or NaN, never is.</summary>
/// <param name="Window">What a value is compared with is this old, or as old as there is.</param>
/// <param name="Jump">By how much it must have changed, up or down; by how much it must have risen where <paramref name="RisesByPart"/>.</param>
/// <param name="RisesByPart">The jump is a part of the older value, and only a rise is one.</param>
/// <param name="Flip">By how much a change of sign must have changed it, from the value just before or from the window's beginning.</param>
/// <param name="Low">Falling to this is one.</param>
/// <param name="High">Rising to this is one.</param>
public sealed record FactorShockRule(TimeSpan Window, double Jump = double.PositiveInfinity, bool RisesByPart = false, double Flip = double.PositiveInfinity,
    double Low = double.NegativeInfinity, double High = double.PositiveInfinity);

/// <summary>What one factor may be, how long it is fresh, and how much of its past is kept.</summary>
/// <param name="Least">Below it is absurd, and refused.</param>
/// <param name="Most">Above it is absurd, and refused.</param>
/// <param name="FreshFor">Up to this age a value has no age.</param>
/// <param name="Kept">What is told again after a restart; zero: the newest value only.</param>
/// <param name="Neutral">Of the values of a slot the one farthest from this is kept.</param>
public sealed record FactorRule(string Factor, double Least, double Most, TimeSpan FreshFor, TimeSpan Kept, double Neutral, FactorShockRule? Shock = null);

/// <summary>Limits of the external factors, before anyone trusts them: <see cref="FactorPolicy.Create"/> checks. Keys are under <c>dolphin.exf</c>.</summary>
/// <remarks>
/// The seed names the shocks (a sudden spike of DVOL, a crash of the taker ratio) and no number. Those here are from what was recorded: of 206 days of DVOL one rose by 10 %
/// and more, that of the crash of 2025-10-10; at 433 settlements of funding of 19 and 61 symbols no more than a third of them jumped by 0.05 %, and a quarter flipped by 0.02 %.
/// </remarks>
public sealed record FactorSettings
{
    /// <summary>Funding settles every eight hours, or more often.</summary>
    public TimeSpan FundingFreshFor { get; init; } = TimeSpan.FromHours(9);
    public TimeSpan BasisFreshFor { get; init; } = TimeSpan.FromMinutes(5);
    public TimeSpan OpenInterestFreshFor { get; init; } = TimeSpan.FromMinutes(15);
    /// <summary>It comes by the hour.</summary>
    public TimeSpan TakerRatioFreshFor { get; init; } = TimeSpan.FromHours(2);
    /// <summary>A minute's index; a file of days needs 26 hours.</summary>
    public TimeSpan DvolFreshFor { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Fraction of notional within eight hours.</summary>
    public double FundingJump { get; init; } = 0.0005;
    /// <summary>Fraction of notional within eight hours: around zero a change of sign is noise.</summary>
    public double FundingFlip { get; init; } = 0.0002;
    /// <summary>Fraction of the index within an hour.</summary>
    public double BasisJump { get; init; } = 0.005;
    /// <summary>Part by which it rises within a day.</summary>
    public double DvolRise { get; init; } = 0.10;
    /// <summary>Of a day: takers sold so much more than they bought. Its inverse is the other extreme.</summary>
    public double TakerLow { get; init; } = 0.8;
    /// <summary>Part of the assets of a factor that must be in a shock together.</summary>
    public double Breadth { get; init; } = 0.5;
    /// <summary>How much funding is told again after a restart: the lag of the breaker that listens.</summary>
    public TimeSpan FundingKept { get; init; } = TimeSpan.FromDays(5);
    public TimeSpan TakerRatioKept { get; init; } = TimeSpan.FromDays(1);
}

/// <summary>How external factors are judged; already validated.</summary>
/// <param name="Rules">One a factor, in ordinal order.</param>
/// <param name="Expected">Factors that the sources are to give: one that never comes ages from the beginning.</param>
public sealed record FactorPolicy(ImmutableArray<FactorRule> Rules, ImmutableArray<string> Expected, double Breadth)
{
    /// <summary>Assets and factors together. The venue lists some 600 symbols, with five factors each.</summary>
    public const int MostKeys = 4_096;

    /// <summary>A lag is cut into so many slots; of one slot the newest value and the one farthest from neutral are kept. For funding five hours.</summary>
    public const int SlotsKept = 24;

    /// <summary>How far a value may be ahead of the clock: two machines' clocks, not a forecast.</summary>
    public static readonly TimeSpan MostAhead = TimeSpan.FromMinutes(1);

    /// <summary>How long an asset's shock waits for that of others.</summary>
    public static readonly TimeSpan Together = TimeSpan.FromMinutes(15);

    public FactorRule? RuleOf(string factor)
    {
        foreach (var rule in Rules)
            if (string.Equals(rule.Factor, factor, StringComparison.Ordinal)) return rule;
        return null;
    }

    /// <returns>The policy, or null after adding every mistake to <paramref name="errors"/>; each message begins with the path of its key.</returns>
    public static FactorPolicy? Create(FactorSettings s, IEnumerable<string> expected, string path, List<string> errors)
    {
        ArgumentNullException.ThrowIfNull(s);
        var before = errors.Count;
        Span("fresh-for.funding", s.FundingFreshFor);
        Span("fresh-for.basis", s.BasisFreshFor);
        Span("fresh-for.open-interest", s.OpenInterestFreshFor);
        Span("fresh-for.taker-ratio", s.TakerRatioFreshFor);
        Span("fresh-for.dvol", s.DvolFreshFor);
        Part("shock.funding-jump", s.FundingJump, 0.00001, 0.05);
        Part("shock.funding-flip", s.FundingFlip, 0.00001, 0.05);
        Part("shock.basis-jump", s.BasisJump, 0.0001, 0.5);
        Part("shock.dvol-rise", s.DvolRise, 0.01, 10);
        Part("shock.taker-low", s.TakerLow, 0.01, 0.99);
        Part("shock.breadth", s.Breadth, 0.01, 1);
        Span("keep.funding", s.FundingKept);
        Span("keep.taker-ratio", s.TakerRatioKept);
        if (errors.Count > before) return null;

        var (hour, day) = (TimeSpan.FromHours(1), TimeSpan.FromDays(1));
        return new FactorPolicy(
            [
                new(Factors.Basis, -0.5, 0.5, s.BasisFreshFor, TimeSpan.Zero, 0, new FactorShockRule(hour, s.BasisJump)),
                new(Factors.Dvol, 1, 1_000, s.DvolFreshFor, day, 0, new FactorShockRule(day, s.DvolRise, RisesByPart: true)),
                // A tenth is more than the venue lets a settlement be, and there may be one an hour.
                new(Factors.Funding, -0.8, 0.8, s.FundingFreshFor, s.FundingKept, 0, new FactorShockRule(TimeSpan.FromHours(8), s.FundingJump, Flip: s.FundingFlip)),
                new(Factors.Mark, 1e-12, 1e12, s.FundingFreshFor, TimeSpan.Zero, 0),
                new(Factors.OpenInterest, 0, 1e18, s.OpenInterestFreshFor, TimeSpan.Zero, 0),
                new(Factors.TakerRatio, 0.001, 1_000, s.TakerRatioFreshFor, s.TakerRatioKept, 1, new FactorShockRule(hour, Low: s.TakerLow, High: 1 / s.TakerLow)),
                new(Factors.TakerRatio5M, 0.0001, 10_000, s.OpenInterestFreshFor, TimeSpan.Zero, 1),
            ],
            [.. expected.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], s.Breadth);

        void Span(string key, TimeSpan span)
        {
            if (span < TimeSpan.FromSeconds(1) || span > TimeSpan.FromDays(30)) errors.Add($"{path}.{key} is {span}; expected 1 s to 30 days.");
        }

        void Part(string key, double value, double least, double most)
        {
            if (!(value >= least && value <= most)) errors.Add($"{path}.{key} is {value:R}; expected {least:R} to {most:R}.");
        }
    }
}

/// <summary>What L7 is told of the external factors.</summary>
/// <param name="ShockAt">Of the newest shock, or null.</param>
/// <param name="Age">Of the oldest factor beyond its freshness, at <paramref name="At"/>.</param>
/// <param name="Why">What shocked, for a person; empty before any.</param>
public sealed record FactorLevel(DateTimeOffset? ShockAt, TimeSpan Age, DateTimeOffset At, string Why);
