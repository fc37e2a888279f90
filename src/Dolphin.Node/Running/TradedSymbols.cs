using System.Collections.Immutable;
using Dolphin.Actors.Node;
using Dolphin.Data;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Paper;

namespace Dolphin.Node.Running;

/// <summary>
/// Every symbol that the paper venue of a state folder has ever had an order or a position in. Venue and books count on from what they have of it, so a start cannot do
/// without it, whatever has become of it since.
/// </summary>
/// <param name="Decimals">The most that a price and a quantity of it had: what its steps are where nobody lists it any more.</param>
/// <param name="LastPrices">See <see cref="StoredVenue.Marks"/>.</param>
internal sealed record TradedSymbols(ImmutableSortedDictionary<Symbol, Decimals> Decimals, ImmutableDictionary<Symbol, Price> LastPrices)
{
    /// <summary>Of a folder that is new; and where no venue is in the same process.</summary>
    public static readonly TradedSymbols None = new(ImmutableSortedDictionary<Symbol, Decimals>.Empty, ImmutableDictionary<Symbol, Price>.Empty);

    /// <exception cref="JournalException">There is a file, and it is no journal.</exception>
    public static TradedSymbols Read(StateFolder folder)
    {
        var file = Path.Combine(folder.Path, StateFolder.VenueJournal);
        if (!File.Exists(file)) return None;
        var symbols = ImmutableSortedDictionary.CreateBuilder<Symbol, Decimals>();
        using (var journal = new JournalReader(file))
        {
            var after = 0L;
            foreach (var row in journal.NewestSnapshots().Where(row => row.PersistenceId == "paper-venue"))
            {
                after = row.SequenceNr;
                var books = row.As<PaperState>().Books;
                foreach (var leg in books.Legs) Note(leg.Symbol, null, leg.Quantity);
                foreach (var order in books.OpenOrders) Note(order.Order.Symbol, order.Order.LimitPrice, order.Order.Quantity);
                foreach (var fill in books.OpenOrders.Concat(books.ClosedOrders).SelectMany(order => order.Fills)) Note(fill.Symbol, fill.Price, fill.Quantity);
            }
            foreach (var row in journal.Events("paper-venue", after))
            {
                switch (row.As<object>())
                {
                    case PaperFact.OrderAccepted fact: Note(fact.Order.Symbol, fact.Order.LimitPrice, fact.Order.Quantity); break;
                    case PaperFact.OrderFilled fact: Note(fact.Fill.Symbol, fact.Fill.Price, fact.Fill.Quantity); break;
                    case PaperFact.LegLiquidated fact: Note(fact.Fill.Symbol, fact.Fill.Price, fact.Fill.Quantity); break;
                    case PaperFact.LegSettled fact: Note(fact.Fill.Symbol, null, fact.Fill.Quantity); break; // A mark price has no steps.
                    case PaperFact.PositionsFound fact:
                        foreach (var fill in fact.Fills) Note(fill.Symbol, null, fill.Quantity);
                        break;
                    default: break; // Of no symbol, or of one that is there already.
                }
            }
        }
        return new TradedSymbols(symbols.ToImmutable(), StoredVenue.Read(folder).Marks);

        void Note(Symbol symbol, Price? price, Quantity quantity)
        {
            var known = symbols.GetValueOrDefault(symbol);
            symbols[symbol] = new Decimals(Math.Max(known.Price, DecimalsOf(price?.QuotePerBase ?? 0m)), Math.Max(known.Volume, DecimalsOf(quantity.Base)));
        }
    }

    private static int DecimalsOf(decimal value) => (value / 1.000000000000000000000000000m).Scale; // Without the zeros at the end.
}
