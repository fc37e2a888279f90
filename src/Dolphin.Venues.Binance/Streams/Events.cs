using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;

namespace Dolphin.Venues.Binance.Streams;

/// <summary>The update ids that a depth diff covers.</summary>
/// <param name="First"><c>U</c>: the first one.</param>
/// <param name="Last"><c>u</c>: the last one.</param>
/// <param name="Previous"><c>pu</c>: the last one of the diff before it. Futures only; null on spot, where ids follow on one another.</param>
public readonly record struct DiffIds(long First, long Last, long? Previous)
{
    /// <summary>Reads the ids of a <see cref="MessageKind.DepthDiff"/>.</summary>
    public static MessageFault Read(in StreamMessage message, out DiffIds ids)
    {
        ids = default;
        var fault = message.ReadInt64(message.FirstUpdate, out var first);
        if (fault != MessageFault.None) return fault;
        fault = message.ReadInt64(message.LastUpdate, out var last);
        if (fault != MessageFault.None) return fault;
        if (message.PreviousUpdate.Kind == JsonKind.None)
        {
            ids = new(first, last, null);
            return MessageFault.None;
        }
        fault = message.ReadInt64(message.PreviousUpdate, out var previous);
        ids = new(first, last, previous);
        return fault;
    }
}

/// <summary>Best bid and ask after an update.</summary>
/// <param name="UpdateId"><c>u</c>: the book after the depth diff with this last id has the same best levels.</param>
public readonly record struct BookTicker(long UpdateId, Level Bid, Level Ask)
{
    public static MessageFault Read(in StreamMessage message, SymbolGrid grid, out BookTicker ticker)
    {
        ticker = default;
        var fault = message.ReadInt64(message.LastUpdate, out var id);
        if (fault != MessageFault.None) return fault;
        fault = ReadLevel(message, message.LowerB, message.UpperB, grid, out var bid);
        if (fault != MessageFault.None) return fault;
        fault = ReadLevel(message, message.LowerA, message.UpperA, grid, out var ask);
        ticker = new(id, bid, ask);
        return fault;
    }

    // An empty side is said with zeros.
    private static MessageFault ReadLevel(in StreamMessage message, JsonToken price, JsonToken quantity, SymbolGrid grid, out Level level)
    {
        level = default;
        var fault = grid.Price.ReadWhole(message.Text, price, out var ticks);
        if (fault != MessageFault.None) return fault;
        fault = grid.Quantity.ReadWhole(message.Text, quantity, out var lots);
        level = new(ticks, lots);
        return fault;
    }
}

/// <summary>A trade, or trades of one taker order at one price.</summary>
/// <param name="Id"><c>t</c>, or <c>a</c> of an aggregate: each is one more than the one before.</param>
/// <param name="FirstTrade">The first trade in it; of a single one its id.</param>
/// <param name="LastTrade">The last trade in it; of a single one its id.</param>
/// <param name="At">Price and quantity; <c>default</c> where the venue gives an id to what was no trade on the book, as it does now and then.</param>
/// <param name="TimeMs">Unix milliseconds of the trade.</param>
/// <param name="Taker">Who took liquidity: the seller where the buyer is the maker (<c>m</c>).</param>
public readonly record struct Trade(long Id, long FirstTrade, long LastTrade, Level At, long TimeMs, OrderSide Taker)
{
    /// <summary>Reads a <see cref="MessageKind.Trade"/> or a <see cref="MessageKind.AggregateTrade"/>.</summary>
    public static MessageFault Read(in StreamMessage message, SymbolGrid grid, out Trade trade)
    {
        trade = default;
        var isAggregate = message.Kind == MessageKind.AggregateTrade;
        var fault = message.ReadInt64(isAggregate ? message.LowerA : message.LowerT, out var id);
        if (fault != MessageFault.None) return fault;
        var (first, last) = (id, id);
        if (isAggregate)
        {
            fault = message.ReadInt64(message.LowerF, out first);
            if (fault != MessageFault.None) return fault;
            fault = message.ReadInt64(message.LowerL, out last);
            if (fault != MessageFault.None) return fault;
        }
        fault = grid.Price.ReadWhole(message.Text, message.LowerP, out var ticks);
        if (fault != MessageFault.None) return fault;
        fault = grid.Quantity.ReadWhole(message.Text, message.LowerQ, out var lots);
        if (fault != MessageFault.None) return fault;
        fault = message.ReadInt64(message.TransactionMs, out var time);
        if (fault != MessageFault.None) return fault;
        if (message.LowerM.Kind is not (JsonKind.True or JsonKind.False)) return message.LowerM.Kind == JsonKind.None ? MessageFault.FieldMissing : MessageFault.FieldWrong;
        if (ticks == 0 && lots != 0) return MessageFault.PriceNotPositive;
        trade = new(id, first, last, new(ticks, lots), StreamMessage.Milliseconds(time), message.LowerM.Kind == JsonKind.True ? OrderSide.Sell : OrderSide.Buy);
        return MessageFault.None;
    }
}

/// <summary>What positions are valued at, and the funding that is due next.</summary>
/// <param name="Price8">In 1e-8 of quote currency: it keeps no grid.</param>
/// <param name="IndexPrice8">The same.</param>
/// <param name="FundingRate8">In 1e-8, of either sign; null for contracts without funding.</param>
/// <param name="NextFundingMs">Unix milliseconds; 0 for contracts without funding.</param>
public readonly record struct MarkPrice(long Price8, long IndexPrice8, long? FundingRate8, long NextFundingMs)
{
    public static MessageFault Read(in StreamMessage message, out MarkPrice mark)
    {
        mark = default;
        var grid = DecimalGrid.Satoshi;
        var fault = grid.ReadWhole(message.Text, message.LowerP, out var price);
        if (fault != MessageFault.None) return fault;
        if (price == 0) return MessageFault.PriceNotPositive;
        fault = grid.ReadWhole(message.Text, message.LowerI, out var index);
        if (fault != MessageFault.None) return fault;
        fault = message.ReadInt64(message.TransactionMs, out var next);
        if (fault != MessageFault.None) return fault;
        fault = ReadRate(message, out var rate);
        mark = new(price, index, rate, next);
        return fault;
    }

    private static MessageFault ReadRate(in StreamMessage message, out long? rate)
    {
        rate = null;
        if (message.LowerR is { Kind: JsonKind.Text, Length: 0 }) return MessageFault.None;
        var field = message.LowerR;
        var isNegative = field.Kind == JsonKind.Text && field.In(message.Text)[0] == '-';
        if (isNegative) field = new(JsonKind.Text, field.Start + 1, field.Length - 1);
        var fault = DecimalGrid.Satoshi.ReadWhole(message.Text, field, out var size);
        if (fault == MessageFault.None) rate = isNegative ? -size : size;
        return fault;
    }
}

/// <summary>An order by which the venue closed somebody's position. Of those within a second only the last is sent.</summary>
/// <param name="Price8">In 1e-8 of quote currency: the order's.</param>
/// <param name="AveragePrice8">In 1e-8: what it was filled at.</param>
/// <param name="TimeMs">Unix milliseconds.</param>
public readonly record struct ForceOrder(OrderSide Side, long Price8, long AveragePrice8, long Lots, long TimeMs)
{
    /// <summary>Reads a <see cref="MessageKind.ForceOrder"/>, whose order, with its symbol, is one level deeper.</summary>
    /// <param name="order">Its symbol is <see cref="StreamMessage.Symbol"/> of what <see cref="OrderOf"/> gives.</param>
    public static MessageFault Read(in StreamMessage order, SymbolGrid grid, out ForceOrder liquidation)
    {
        liquidation = default;
        var side = order.UpperS.In(order.Text);
        if (order.UpperS.Kind != JsonKind.Text || !side.SequenceEqual("BUY"u8) && !side.SequenceEqual("SELL"u8)) return MessageFault.FieldWrong;
        var fault = DecimalGrid.Satoshi.ReadWhole(order.Text, order.LowerP, out var price);
        if (fault != MessageFault.None) return fault;
        fault = DecimalGrid.Satoshi.ReadWhole(order.Text, order.AveragePrice, out var average);
        if (fault != MessageFault.None) return fault;
        fault = grid.Quantity.ReadWhole(order.Text, order.LowerQ, out var lots);
        if (fault != MessageFault.None) return fault;
        fault = order.ReadInt64(order.TransactionMs, out var time);
        liquidation = new(side[0] == 'B' ? OrderSide.Buy : OrderSide.Sell, price, average, lots, time);
        return fault;
    }

    /// <summary>The order inside the message.</summary>
    public static MessageFault OrderOf(in StreamMessage message, out StreamMessage order)
    {
        order = default;
        if (message.Order.Kind != JsonKind.Object) return message.Order.Kind == JsonKind.None ? MessageFault.FieldMissing : MessageFault.FieldWrong;
        return MessageParser.Read(message.Order.In(message.Text), out order);
    }
}
