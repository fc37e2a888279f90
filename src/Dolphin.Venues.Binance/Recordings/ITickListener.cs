using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Recordings;

/// <summary>Hears a recorded market, message by message.</summary>
public interface ITickListener
{
    /// <summary>The symbol, and what its ticks and lots are worth; once, before anything else.</summary>
    void Begin(Symbol symbol, SymbolGrid grid);

    /// <summary>A message is about to be taken: until now the market was as it was.</summary>
    void Advance(DateTimeOffset at);

    /// <summary>The book after a depth message.</summary>
    /// <param name="book">Null while it is not whole.</param>
    void OnBook(OrderBook? book, DateTimeOffset at);

    void OnTrade(in Trade trade, DateTimeOffset at);
}
