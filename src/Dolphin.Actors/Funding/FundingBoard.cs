using System.Collections.Frozen;
using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;

namespace Dolphin.Actors.Funding;

/// <summary>The funding rates that this process heard last: what sizers read. One place a symbol. Many threads may read; one writes.</summary>
public sealed class FundingBoard(IEnumerable<Symbol> symbols)
{
    private readonly FrozenDictionary<Symbol, Place> _places = symbols.ToFrozenDictionary(s => s, _ => new Place());

    public void Publish(SymbolFunding known)
    {
        if (_places.TryGetValue(known.Symbol, out var place)) place.Known = known;
    }

    /// <returns>Null where no rate is known that is fresh, which is never guessed.</returns>
    public FundingQuote? Read(Symbol symbol, DateTimeOffset now) => _places.TryGetValue(symbol, out var place) ? place.Known?.At(now) : null;

    /// <summary>Some rate has been told of it, however long ago.</summary>
    public bool HasHeard(Symbol symbol) => _places.TryGetValue(symbol, out var place) && place.Known is not null;

    private sealed class Place
    {
        private volatile SymbolFunding? _known;
        public SymbolFunding? Known { get => _known; set => _known = value; }
    }
}
