using System.Collections.Immutable;

namespace Dolphin.Node.Cli;

/// <summary>What <c>dolphin scan</c> was asked.</summary>
/// <param name="DataPaths">A close matrix, or recorded bars.</param>
/// <param name="Windows">Returns, ascending; empty: the usual four.</param>
/// <param name="Assets">The first so many symbols, in ordinal order, that have every close; null: all symbols, complete or not.</param>
public sealed record ScanOptions(ImmutableArray<string> DataPaths, ImmutableArray<int> Windows, int? Assets);
