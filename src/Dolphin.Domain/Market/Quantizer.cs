namespace Dolphin.Domain.Market;

/// <summary>Which way a price goes when it falls between two ticks.</summary>
public enum TickRounding
{
    /// <summary>Away from the other side of the book: a buy down, a sell up. The order rests, at no worse a price than asked for.</summary>
    Passive,
    /// <summary>Towards the other side of the book: a buy up, a sell down. The order fills more readily, at most one tick worse.</summary>
    Aggressive,
}

/// <summary>What of a wanted change of one leg a venue will take now.</summary>
/// <param name="Change">Signed base: above zero makes the leg larger. A whole number of lots, zero if nothing can be traded.</param>
/// <param name="Remainder">Signed base: wanted change minus <paramref name="Change"/>, exactly. It is the caller's to carry.</param>
public readonly record struct TradableChange(PositionSide Leg, Quantity Change, Quantity Remainder)
{
    public bool IsNothing => Change.Base == 0m;
    /// <summary>The order this change asks for, or null if there is nothing to trade.</summary>
    public LegOrder? Order => Change.Base switch
    {
        0m => null,
        > 0m => new LegOrder(Leg, Leg.Increasing(), Change),
        _ => new LegOrder(Leg, Leg.Reducing(), -Change),
    };
}

/// <summary>The only place where a wanted amount meets the steps of a venue. Nothing is lost here: what cannot be traded is handed back.</summary>
public static class Quantizer
{
    /// <summary>Base; the resolution of a wanted (not yet quantized) quantity, and the number of decimals a <see cref="Quantity"/> prints.</summary>
    public const int WantedDecimals = 12;

    /// <summary>The largest whole number of lots that is not above <paramref name="amount"/>, which is zero or more.</summary>
    public static Quantity FloorToLot(Instrument instrument, Quantity amount)
    {
        MustNotBeNegative(amount.Base, nameof(amount));
        return new Quantity(WholeLots(instrument, amount.Base));
    }

    // The difference keeps the digits of a division as trailing zeros; without them products stay exact and texts stay short.
    private static decimal WholeLots(Instrument instrument, decimal amount) =>
        decimal.Round(amount - amount % instrument.LotSize, instrument.LotSize.Scale, MidpointRounding.ToZero);

    /// <summary>Whole ticks of a price, towards zero.</summary>
    public static long TicksOf(Instrument instrument, Price price) => (long)(price.QuotePerBase / instrument.TickSize);

    /// <summary>Whole lots of a quantity, towards zero.</summary>
    public static long LotsOf(Instrument instrument, Quantity quantity) => (long)(quantity.Base / instrument.LotSize);

    /// <summary>A price on the tick grid; never below one tick.</summary>
    public static Price ToTick(Instrument instrument, Price price, OrderSide side, TickRounding rounding)
    {
        var beyond = price.QuotePerBase % instrument.TickSize;
        if (beyond == 0m) return price;
        var down = (side == OrderSide.Buy) == (rounding == TickRounding.Passive);
        var below = price.QuotePerBase - beyond;
        return Price.Of(down && below > 0m ? below : below + instrument.TickSize);
    }

    /// <summary>
    /// How much of the way from <paramref name="current"/> to <paramref name="target"/> one order can go at <paramref name="price"/>.
    /// An increase needs lot, minimum quantity and minimum notional; a reduction needs lot and minimum quantity only.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A leg below zero: the caller's bug, not a market condition.</exception>
    public static TradableChange Tradable(Instrument instrument, Price price, PositionSide leg, Quantity current, Quantity target)
    {
        MustNotBeNegative(current.Base, nameof(current));
        MustNotBeNegative(target.Base, nameof(target));
        var wanted = target.Base - current.Base;
        var size = Math.Abs(wanted);
        var whole = WholeLots(instrument, size);
        var refused = whole == 0m || whole < instrument.MinQuantity.Base
            || (wanted > 0m && whole * price.QuotePerBase < instrument.MinNotional.Quote);
        var change = refused ? 0m : wanted > 0m ? whole : -whole;
        return new TradableChange(leg, new Quantity(change), new Quantity(wanted - change));
    }

    /// <summary>Base bought for <paramref name="notional"/> at <paramref name="price"/>, to <see cref="WantedDecimals"/>, not yet in lots.</summary>
    /// <param name="notional">Quote; zero or more.</param>
    public static Quantity Wanted(Money notional, Price price)
    {
        MustNotBeNegative(notional.Quote, nameof(notional));
        return Resolve(notional.Quote / price.QuotePerBase);
    }

    /// <summary>A wanted quantity at its resolution, rounded towards zero so that it never asks for more.</summary>
    public static Quantity Resolve(decimal baseAmount) => new(decimal.Round(baseAmount, WantedDecimals, MidpointRounding.ToZero));

    /// <summary>A multiplier of statistics (R_total, a confidence) as exact base 10, to six decimals, towards zero.</summary>
    /// <returns>A value in [0, 1]; NaN and everything below zero become 0, because an unknown multiplier must not add risk.</returns>
    public static decimal UnitInterval(double multiplier) =>
        !(multiplier > 0d) ? 0m : multiplier >= 1d ? 1m : decimal.Round((decimal)multiplier, 6, MidpointRounding.ToZero);

    /// <summary>The bracket that holds a notional, or null if it is above the venue's last cap.</summary>
    public static LeverageBracket? BracketOf(Instrument instrument, Money notional)
    {
        foreach (var bracket in instrument.Brackets)
            if (notional <= bracket.NotionalCap) return bracket;
        return null;
    }

    /// <summary>The largest notional the venue allows at a leverage; zero if no bracket allows that leverage.</summary>
    public static Money MaxNotional(Instrument instrument, decimal leverage)
    {
        var cap = Money.Zero;
        foreach (var bracket in instrument.Brackets)
            if (bracket.MaxLeverage >= leverage) cap = bracket.NotionalCap;
        return cap;
    }

    /// <summary>Says which filter of the venue an order breaks, or null if it breaks none.</summary>
    /// <param name="mark">The price that minimum notional and percent price are judged by.</param>
    public static Refusal? Check(Instrument instrument, NewOrder order, Price mark)
    {
        var quantity = order.Quantity.Base;
        var price = order.LimitPrice ?? mark;
        if (quantity <= 0m || quantity % instrument.LotSize != 0m)
            return Broken(order, "order.lot", $"quantity {order.Quantity} is not a positive multiple of the lot {instrument.LotSize:0.############}");
        if (quantity < instrument.MinQuantity.Base)
            return Broken(order, "order.min-quantity", $"quantity {order.Quantity} is below the minimum {instrument.MinQuantity}");
        if ((order.LimitPrice is null) == (order.Type == OrderType.Limit))
            return Broken(order, "order.limit-price", $"a {order.Type} order came {(order.LimitPrice is null ? "without" : "with")} a limit price");
        if (order.LimitPrice is { } limit && limit.QuotePerBase % instrument.TickSize != 0m)
            return Broken(order, "order.tick", $"price {limit} is not a multiple of the tick {instrument.TickSize:0.############}");
        if (order.LimitPrice is { } far && Math.Abs(far.QuotePerBase - mark.QuotePerBase) > instrument.PercentPrice * mark.QuotePerBase)
            return Broken(order, "order.percent-price", $"price {far} is more than {instrument.PercentPrice:P2} away from the mark {mark}");
        return !order.ReducesLeg && price * order.Quantity < instrument.MinNotional
            ? Broken(order, "order.min-notional", $"notional {price * order.Quantity} is below the minimum {instrument.MinNotional}")
            : null;
    }

    // Not ThrowIfNegative: it calls -0.0 negative, and a decimal difference that comes to nothing can be -0.0.
    private static void MustNotBeNegative(decimal value, string name)
    {
        if (value < 0m) throw new ArgumentOutOfRangeException(name, value, "Expected zero or more.");
    }

    private static Refusal Broken(NewOrder order, string code, string what) =>
        new(code, $"Order {order.Id} {order.Symbol} {order.Leg}: {what}; not sent.");
}
