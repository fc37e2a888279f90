using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Venues.Paper;

/// <summary>A definite refusal with the venue's code.</summary>
internal readonly record struct OrderRefusal(int Code, string Reason);

/// <summary>What an order must satisfy by itself, whatever the account holds: Binance's filters, with Binance's codes.</summary>
internal static class OrderRules
{
    private static readonly string[] VenueIds = ["autoclose-", "adl_autoclose", "settlement_autoclose-", PaperPosition.OrderPrefix];

    /// <param name="mark">Null if the symbol has never traded: then nothing can be taken and no price is too far.</param>
    /// <returns>Null if the order passes.</returns>
    public static OrderRefusal? Check(PaperPolicy policy, Instrument instrument, NewOrder order, Price? mark) =>
        CheckId(order) ?? CheckParameters(order) ?? CheckQuantity(policy, instrument, order)
        ?? CheckPrice(instrument, order, mark) ?? CheckNotional(instrument, order, mark);

    /// <summary>Digits after the point that <paramref name="value"/> needs.</summary>
    public static int Decimals(decimal value) => (value / 1.0000000000000000000000000000m).Scale;

    private static OrderRefusal? CheckId(NewOrder order)
    {
        var id = order.Id.Value;
        if (id.Length is 0 or > 36)
            return new(VenueCode.ClientOrderIdLength, $"Order '{id}': client order id has {id.Length} characters; expected 1 to 36.");
        foreach (var c in id)
        {
            if (!(char.IsAsciiLetterOrDigit(c) || c is '.' or ':' or '/' or '_' or '-'))
                return new(VenueCode.IllegalCharacters, $"Order '{id}': client order id contains '{c}'; expected only . : / _ - A-Z a-z 0-9.");
        }
        foreach (var prefix in VenueIds)
        {
            if (id.StartsWith(prefix, StringComparison.Ordinal))
                return new(VenueCode.IllegalCharacters, $"Order '{id}': client order id begins with '{prefix}', which is reserved for the venue.");
        }
        return null;
    }

    private static OrderRefusal? CheckParameters(NewOrder order) => order switch
    {
        { Type: OrderType.Limit, LimitPrice: null } =>
            new(VenueCode.MandatoryParameterMissing, $"Order {order.Id}: a LIMIT order has no price; expected one."),
        { Type: OrderType.Market, LimitPrice: { } price } =>
            new(VenueCode.ParameterNotRequired, $"Order {order.Id}: a MARKET order has price {price}; expected none."),
        { Type: OrderType.Market, TimeInForce: TimeInForce.PostOnly } =>
            new(VenueCode.ParameterNotRequired, $"Order {order.Id}: a MARKET order is post-only; it can only take."),
        _ => null,
    };

    private static OrderRefusal? CheckQuantity(PaperPolicy policy, Instrument instrument, NewOrder order)
    {
        var quantity = order.Quantity.Base;
        if (quantity <= 0m)
            return new(VenueCode.QuantityNotPositive, $"Order {order.Id} {order.Symbol}: quantity is {order.Quantity}; expected above 0.");
        if (quantity > policy.MaxOrderQuantity.Base)
            return new(VenueCode.QuantityAboveMaximum, $"Order {order.Id} {order.Symbol}: quantity {order.Quantity} is above the maximum {policy.MaxOrderQuantity}.");
        if (quantity < instrument.MinQuantity.Base)
            return new(VenueCode.QuantityBelowMinimum, $"Order {order.Id} {order.Symbol}: quantity {order.Quantity} is below the minimum {instrument.MinQuantity}.");
        if (Decimals(quantity) > Decimals(instrument.LotSize))
            return new(VenueCode.BadPrecision, $"Order {order.Id} {order.Symbol}: quantity {quantity} has more decimals than the lot {instrument.LotSize}.");
        if (quantity % instrument.LotSize != 0m)
            return new(VenueCode.QuantityNotOnStep, $"Order {order.Id} {order.Symbol}: quantity {quantity} is not a multiple of the lot {instrument.LotSize}.");
        return null;
    }

    private static OrderRefusal? CheckPrice(Instrument instrument, NewOrder order, Price? mark)
    {
        if (order.LimitPrice is not { } limit) return null;
        var price = limit.QuotePerBase;
        if (Decimals(price) > Decimals(instrument.TickSize))
            return new(VenueCode.BadPrecision, $"Order {order.Id} {order.Symbol}: price {price} has more decimals than the tick {instrument.TickSize}.");
        if (price % instrument.TickSize != 0m)
            return new(VenueCode.PriceNotOnTick, $"Order {order.Id} {order.Symbol}: price {price} is not a multiple of the tick {instrument.TickSize}.");
        if (mark is not { } m) return null;
        var (highest, lowest) = (m.QuotePerBase * (1m + instrument.PercentPrice), m.QuotePerBase * (1m - instrument.PercentPrice));
        if (price > highest)
            return new(VenueCode.LimitPriceTooHigh, $"Order {order.Id} {order.Symbol}: price {price} is above {highest}, {instrument.PercentPrice} over the mark {m}.");
        if (price < lowest)
            return new(VenueCode.LimitPriceTooLow, $"Order {order.Id} {order.Symbol}: price {price} is below {lowest}, {instrument.PercentPrice} under the mark {m}.");
        return null;
    }

    private static OrderRefusal? CheckNotional(Instrument instrument, NewOrder order, Price? mark)
    {
        if ((order.LimitPrice ?? mark) is not { } price)
            return new(VenueCode.MarketOrderPercentPrice, $"Order {order.Id} {order.Symbol}: a MARKET order came before the first price; there is nothing to take.");
        var notional = price * order.Quantity;
        if (!order.ReducesLeg && notional < instrument.MinNotional)
            return new(VenueCode.MinNotional, $"Order {order.Id} {order.Symbol}: notional {notional} is below the minimum {instrument.MinNotional} and the order does not reduce its leg.");
        return null;
    }
}
