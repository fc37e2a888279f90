using System.Collections.Immutable;
using Dolphin.Domain.Divergence;
using Dolphin.Domain.Market;

namespace Dolphin.Actors.Divergence;

/// <summary>What is said of venues that were compared.</summary>
public static class DivergenceProtocol
{
    /// <summary>On the topic of divergence, once for every slice: its symbols, in ordinal order. The newest level, not a change; repeats are harmless.</summary>
    public sealed record Compared(ImmutableArray<SymbolDivergence> Symbols);
}

/// <summary>How far the venues of one symbol are apart, and which of them moves first.</summary>
/// <param name="Value">(max - min) / median of the prices, 0 to 1. Null: fewer than two venues had a fresh one. Who needs a number then takes
/// <see cref="DivergencePolicy.Default"/>, and says so.</param>
/// <param name="Leader">The venue that leads; null if no lead is significant.</param>
/// <param name="Without">Venues that had no fresh price, separated by commas; empty if all had one.</param>
/// <param name="At">The close that was compared.</param>
public sealed record SymbolDivergence(Symbol Symbol, double? Value, string? Leader, string Without, DateTimeOffset At)
{
    public static SymbolDivergence Of(Symbol symbol, DivergenceReading reading) => new(
        symbol, reading.Available ? reading.Value : null, reading.Leader?.Name,
        string.Join(", ", reading.Sources.Where(s => !s.Fresh).Select(s => s.Source.Name)), reading.At);
}
