using System.Collections.Immutable;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Reporting;

/// <summary>How far apart the venues of each symbol were when they were last compared.</summary>
/// <param name="Symbols">In ordinal order; without those that have not been compared yet.</param>
public sealed record DivergencePicture(ImmutableArray<DivergenceRow> Symbols)
{
    /// <summary>The symbol whose venues are farthest apart; null if none could be compared.</summary>
    public DivergenceRow? Widest() => Symbols.Where(s => s.Value is not null).MaxBy(s => s.Value);

    /// <summary>Symbols of which fewer than two venues had a fresh price.</summary>
    public int Missing() => Symbols.Count(s => s.Value is null);
}

/// <param name="Value">(max - min) / median of the prices, 0 to 1; null: missing, and 0.0 is used and said.</param>
/// <param name="Leader">The venue that moves first; null if none does significantly.</param>
/// <param name="Without">Venues that had no fresh price; empty if all had one.</param>
public sealed record DivergenceRow(Symbol Symbol, double? Value, string? Leader, string Without, DateTimeOffset At);

/// <summary>What all comparisons of a run came to.</summary>
/// <param name="First">The venue that was traded at.</param>
public sealed record DivergenceReport(string First, string Second, ImmutableArray<DivergenceSummary> Symbols);

/// <param name="Missing">Of the comparisons: fewer than two venues had a fresh price.</param>
/// <param name="Mean">Of those that were known, 0 to 1; null if none was.</param>
/// <param name="FirstLed">In how many comparisons the first venue led.</param>
public sealed record DivergenceSummary(Symbol Symbol, long Comparisons, long Missing, double? Mean, double Largest, long FirstLed, long SecondLed);
