using System.Collections.Immutable;
using Dolphin.Domain.Market;
using Dolphin.Venues.Binance.Depth;

namespace Dolphin.Venues.Binance.Recordings;

/// <summary>One thing that is wrong, and where.</summary>
/// <param name="Line">1-based; 0 where the whole file is meant.</param>
public sealed record Finding(string Kind, string File, long Line, Symbol? Symbol, string Text);

/// <summary>All findings of one kind.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="First">The first ones in the order of the recording, at most <see cref="RecordingCheck.Described"/>.</param>
public sealed record FindingGroup(string Kind, long Count, ImmutableArray<Finding> First);

/// <summary>What a recording has of one symbol.</summary>
/// <param name="Resnapshots">How often the book began again with another snapshot.</param>
/// <param name="IsBridged">At least one snapshot was followed by a diff.</param>
/// <param name="Compared">Update ids that both the valid book and the book ticker had.</param>
/// <param name="Agreed">At how many of them prices and quantities of both best levels were the same.</param>
/// <param name="LongestSilenceMs">Between two diffs; null with fewer than two, or without receive times.</param>
/// <param name="Bids">Levels of the book at the end; of one that is not valid, zero.</param>
/// <param name="Asks">The same.</param>
public sealed record SymbolReport(
    Symbol Symbol, decimal TickSize, decimal LotSize, DepthCounts Depth, long Resnapshots, bool IsBridged, bool IsValidAtEnd,
    long Tickers, long Compared, long Agreed, long Trades, double? LongestSilenceMs, int Bids, int Asks);

/// <summary>What there is in a recording, and what is wrong with it.</summary>
/// <param name="Messages">By kind, as the venue calls them; those that were refused too.</param>
/// <param name="From">When the first message was received; null where the recording does not say.</param>
/// <param name="To">When the last one was.</param>
public sealed record RecordingReport(
    ImmutableArray<string> Files, ImmutableSortedDictionary<string, long> Messages, long Refused, DateTimeOffset? From, DateTimeOffset? To,
    ImmutableArray<SymbolReport> Symbols, ImmutableArray<FindingGroup> Findings)
{
    /// <summary>Nothing is wrong with it.</summary>
    public bool IsClean => Findings.IsEmpty;
}

/// <summary>How far a check is.</summary>
/// <param name="Pass">1: which symbols there are and how fine their numbers are; 2: the check.</param>
/// <param name="StoredPosition">Bytes of the files that were read in this pass, of <paramref name="StoredBytes"/>.</param>
public readonly record struct CheckProgress(int Pass, long StoredPosition, long StoredBytes, long Messages);
