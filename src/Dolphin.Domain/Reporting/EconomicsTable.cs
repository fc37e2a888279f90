using System.Collections.Immutable;

namespace Dolphin.Domain.Reporting;

/// <summary>One plan on one market, under its own terms and under harder ones.</summary>
/// <param name="Plan">The file.</param>
/// <param name="Market">sim or replay.</param>
/// <param name="Capital">Quote; what the account began with, without the legs it held.</param>
public sealed record EconomicsTable(string Plan, string Market, Money Capital, ImmutableArray<EconomicsRun> Runs)
{
    /// <summary>Every run held its invariants.</summary>
    public bool IsSound => Runs.All(r => r.IsSound);
}

/// <param name="Terms">As planned, fees x2, or fills halved.</param>
/// <param name="MakerFee">Fraction of notional, as this run was charged.</param>
/// <param name="FillFraction">Fraction of what an order would get that it got.</param>
/// <param name="MaxDrawdown">Fraction of the best equity, 0 to 1; legs that were brought in count from what they were worth at the first bar.</param>
/// <param name="FillsNotOurs">Of the fills: the legs that were brought in, and what the venue closed by force.</param>
/// <param name="Strategies">Each asset, in ordinal order of symbol.</param>
public sealed record EconomicsRun(
    string Terms, decimal MakerFee, decimal TakerFee, decimal FillFraction, Economics Economics, double MaxDrawdown, long Bars, long Orders, long Fills, long FillsNotOurs,
    bool IsSound, string StateHash, ImmutableArray<StrategyReport> Strategies);
