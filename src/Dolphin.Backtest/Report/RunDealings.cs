using System.Collections.Immutable;
using Dolphin.Actors.Books;
using Dolphin.Actors.Journal;
using Dolphin.Data;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Venues.Paper;

namespace Dolphin.Backtest.Report;

/// <summary>What was dealt in a whole run, read from its journal: so it is the same however often the run was stopped or killed on the way.</summary>
/// <param name="From">Open of the first bar.</param>
/// <param name="Until">Close of the newest bar that was played.</param>
public sealed record RunDealings(DateTimeOffset From, DateTimeOffset Until, ImmutableSortedDictionary<Symbol, Dealings> Assets)
{
    /// <param name="journal">The node's, with everything stored.</param>
    /// <param name="market">Whose first prices say what was worth what when the run began.</param>
    /// <param name="to">Where the market is cut; Unix milliseconds.</param>
    public static RunDealings Read(string journal, ImmutableArray<Symbol> symbols, IMarketSource market, DateTimeOffset from, DateTimeOffset until, long to)
    {
        using var reader = new JournalReader(journal);
        var (dealt, found) = (ImmutableSortedDictionary.CreateBuilder<Symbol, Dealings>(), new List<Fill>());
        foreach (var symbol in symbols)
        {
            var dealings = Dealings.Begin(from);
            foreach (var row in reader.Events(PositionBookActor.IdOf(symbol)))
            {
                if (StoredJson.Read(row.Bytes, StoredTypes.TypeOf(row.Manifest)) is not BookEvent.FillBooked { Fill: var fill }) continue;
                if (!fill.Order.Value.StartsWith(PaperPosition.OrderPrefix, StringComparison.Ordinal))
                {
                    dealings = dealings.Trade(fill);
                    continue;
                }

                // Valued below, when it is known whether any price has to be looked up at all; at its own price it is worth its entry.
                dealings = dealings.Find(fill, fill.Price);
                found.Add(fill);
            }

            dealt[symbol] = dealings;
        }

        if (found.Count > 0)
        {
            var first = FirstPrices(market, [.. found.Select(f => f.Symbol)], from.ToUnixTimeMilliseconds(), to);
            foreach (var fill in found)
                if (first.TryGetValue(fill.Symbol, out var price))
                    dealt[fill.Symbol] = dealt[fill.Symbol] with { BroughtIn = dealt[fill.Symbol].BroughtIn + Dealings.Begin(from).Find(fill, price).BroughtIn };
        }

        return new RunDealings(from, until, dealt.ToImmutable());
    }

    // Of a symbol that is listed later its first price is later too.
    private static Dictionary<Symbol, Price> FirstPrices(IMarketSource market, ImmutableHashSet<Symbol> wanted, long from, long to)
    {
        var first = new Dictionary<Symbol, Price>();
        foreach (var slice in market.Slices(from, to))
        {
            foreach (ref readonly var bar in slice.Bars.Span)
                if (wanted.Contains(bar.Symbol)) first.TryAdd(bar.Symbol, bar.Bar.Open);
            if (first.Count == wanted.Count) break;
        }

        return first;
    }
}
