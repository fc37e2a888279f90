using System.Collections.Concurrent;
using Dolphin.Domain.Market;

namespace Dolphin.Actors.Divergence;

/// <summary>The divergences that this process heard last: what sizers read. One entry a symbol. Many threads may read; one writes.</summary>
/// <param name="patience">How long one counts.</param>
public sealed class DivergenceBoard(TimeSpan patience)
{
    private readonly ConcurrentDictionary<Symbol, SymbolDivergence> _newest = new(); // Looked up; never walked.

    public void Publish(SymbolDivergence divergence) => _newest[divergence.Symbol] = divergence;

    /// <returns>0 to 1; null where the venues could not be compared lately, which is never guessed.</returns>
    public double? Read(Symbol symbol, DateTimeOffset now) =>
        _newest.TryGetValue(symbol, out var newest) && now - newest.At <= patience ? newest.Value : null;
}
