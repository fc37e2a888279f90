using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Rest;

/// <summary>What the venue lists and allows: the answer of <c>exchangeInfo</c>, of spot, USD-M or COIN-M.</summary>
/// <param name="Refused">Symbols whose filters are missing or make no sense, each with the reason. They are not to be traded; the others are as good as without them.</param>
public sealed record ExchangeInfo(
    DateTimeOffset ServerTime, ImmutableArray<RequestLimit> Limits, ImmutableSortedDictionary<Symbol, ListedSymbol> Symbols, ImmutableArray<string> Refused)
{
    /// <summary>Every symbol is listed once: what comes after so many is no venue.</summary>
    public const int MostSymbols = 20_000;

    /// <summary>Those of <see cref="Refused"/> by name: they are listed, and whatever is held of them is held.</summary>
    public ImmutableSortedSet<Symbol> Unreadable { get; init; } = [];

    /// <summary>Reads the answer. May allocate: it is asked for once a start and every few minutes.</summary>
    /// <exception cref="FormatException">It is no such answer; the message says what was expected and what came.</exception>
    public static ExchangeInfo Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var serverTime = DateTimeOffset.FromUnixTimeMilliseconds(StreamMessage.Milliseconds(root.GetProperty("serverTime").GetInt64()));
            var limits = root.GetProperty("rateLimits").EnumerateArray().Select(RequestLimit.Of).ToImmutableArray();
            var symbols = ImmutableSortedDictionary.CreateBuilder<Symbol, ListedSymbol>();
            var (refused, unreadable) = (ImmutableArray.CreateBuilder<string>(), ImmutableSortedSet.CreateBuilder<Symbol>());
            var list = root.GetProperty("symbols");
            if (list.GetArrayLength() > MostSymbols) throw new FormatException($"exchangeInfo: expected at most {MostSymbols} symbols; came {list.GetArrayLength()}.");
            foreach (var element in list.EnumerateArray())
            {
                if (ListedSymbol.TryRead(element, out var symbol, out var why) && symbols.TryAdd(symbol.Symbol, symbol)) continue;
                refused.Add(why ?? $"{symbol!.Symbol}: listed twice.");
                if (ListedSymbol.NameOf(element) is { Length: > 0 } name) unreadable.Add(new Symbol(name));
            }
            return new ExchangeInfo(serverTime, limits, symbols.ToImmutable(), refused.ToImmutable()) { Unreadable = unreadable.ToImmutable() };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentOutOfRangeException or OverflowException)
        {
            throw new FormatException($"exchangeInfo: expected serverTime, rateLimits and symbols; {e.Message}", e);
        }
    }
}

/// <summary>How much may be asked of the venue in how long.</summary>
/// <param name="Type"><c>REQUEST_WEIGHT</c>, <c>ORDERS</c>, <c>RAW_REQUESTS</c>.</param>
/// <param name="Limit">Above zero.</param>
public sealed record RequestLimit(string Type, TimeSpan Interval, int Limit)
{
    internal static RequestLimit Of(JsonElement element)
    {
        var unit = element.GetProperty("interval").GetString() switch
        {
            "SECOND" => TimeSpan.FromSeconds(1),
            "MINUTE" => TimeSpan.FromMinutes(1),
            "HOUR" => TimeSpan.FromHours(1),
            "DAY" => TimeSpan.FromDays(1),
            var other => throw new FormatException($"exchangeInfo: expected an interval of SECOND, MINUTE, HOUR or DAY; came '{other}'."),
        };
        return new RequestLimit(
            element.GetProperty("rateLimitType").GetString() ?? "", unit * element.GetProperty("intervalNum").GetInt32(), element.GetProperty("limit").GetInt32());
    }
}

/// <summary>One symbol as the venue lists it.</summary>
/// <param name="IsTrading">Its status is <c>TRADING</c>; one that is halted, settling or not yet open is listed too.</param>
/// <param name="TickSize">Quote; prices are multiples of it.</param>
/// <param name="LotSize">Base; quantities are multiples of it.</param>
/// <param name="MinQuantity">Base.</param>
/// <param name="MinNotional">Quote; zero where the venue has no such rule.</param>
/// <param name="PercentPrice">Fraction a limit price may be away from the mark; null where the venue has no such rule.</param>
public sealed record ListedSymbol(
    Symbol Symbol, string Status, bool IsTrading, string QuoteAsset, string? ContractType, decimal TickSize, decimal LotSize, Quantity MinQuantity, Money MinNotional,
    decimal? PercentPrice)
{
    /// <summary>Decimals that any price of it has (<c>pricePrecision</c>), mostly more than the tick's; null where the venue does not say.</summary>
    public int? PriceDecimals { get; init; }

    /// <summary>The same of quantities (<c>quantityPrecision</c>).</summary>
    public int? QuantityDecimals { get; init; }

    /// <summary>Base, of one order of either kind; null where the venue has no such rule.</summary>
    public Quantity? MaxQuantity { get; init; }

    /// <summary>
    /// When the venue settles it for good: what is held then is closed by the venue, and what rests is cancelled. Null where it names no time before 2100: it gives a perpetual
    /// contract 2100-12-25 until its end is announced. It may be over.
    /// </summary>
    public DateTimeOffset? Delivery { get; init; }

    /// <summary>It has no end until one is announced. At its end the venue calls it <c>PERPETUAL DELIVERING</c>.</summary>
    public bool IsPerpetual => ContractType?.Contains("PERPETUAL", StringComparison.Ordinal) ?? false;

    /// <summary>Its end is too near to open anything: of a perpetual contract whenever one is announced, of another one so long before.</summary>
    public bool IsEnding(DateTimeOffset at, TimeSpan before) => Delivery is { } end && (IsPerpetual || end - at <= before);

    /// <summary>The venue has closed what was held of it. One that is only halted is not: it may trade again.</summary>
    public bool IsSettled(DateTimeOffset at) => Status is "CLOSE" or "DELIVERED" || !IsTrading && Delivery <= at;

    /// <summary>What books and trades of it are counted in.</summary>
    public SymbolGrid Grid => new(DecimalGrid.Of(TickSize)!.Value, DecimalGrid.Of(LotSize)!.Value); // Both were checked when it was read.

    /// <summary>
    /// What its book is counted in where orders rest between two ticks, or with parts of a lot: those that were there before either became coarser stay. (Seen on CTKUSDT on 2021-07-22,
    /// deep in the book.) The same as <see cref="Grid"/> where the venue does not say how fine that was.
    /// </summary>
    public SymbolGrid FinestGrid => new(Finer(Grid.Price, PriceDecimals), Finer(Grid.Quantity, QuantityDecimals));

    private static DecimalGrid Finer(DecimalGrid grid, int? decimals) => decimals is { } finest && finest >= grid.Decimals ? new DecimalGrid(finest) : grid;

    internal static bool TryRead(JsonElement element, out ListedSymbol symbol, out string? why)
    {
        symbol = null!;
        var name = NameOf(element);
        if (string.IsNullOrEmpty(name))
        {
            why = "A symbol without a name.";
            return false;
        }
        var status = Text(element, "status") ?? Text(element, "contractStatus") ?? "";
        var filters = element.TryGetProperty("filters", out var list) && list.ValueKind == JsonValueKind.Array ? list : default;
        var (tick, lot) = (Filter(filters, "PRICE_FILTER", "tickSize"), Filter(filters, "LOT_SIZE", "stepSize"));
        if (tick is not { } t || DecimalGrid.Of(t) is null || lot is not { } l || DecimalGrid.Of(l) is null)
        {
            why = $"{name}: expected a tick size and a lot size above zero with at most {DecimalGrid.MostDecimals} decimals; came {Show(tick)} and {Show(lot)}.";
            return false;
        }
        why = null;
        var notional = Filter(filters, "MIN_NOTIONAL", "notional") ?? Filter(filters, "MIN_NOTIONAL", "minNotional") ?? Filter(filters, "NOTIONAL", "minNotional") ?? 0m;
        var (up, down) = (Filter(filters, "PERCENT_PRICE", "multiplierUp"), Filter(filters, "PERCENT_PRICE", "multiplierDown"));
        symbol = new ListedSymbol(
            new Symbol(name), status, status == "TRADING", Text(element, "quoteAsset") ?? "", Text(element, "contractType"), t, l,
            new Quantity(Filter(filters, "LOT_SIZE", "minQty") ?? l), new Money(notional), up is { } u && down is { } d ? Math.Min(u - 1m, 1m - d) : null)
        {
            MaxQuantity = LeastOf(Filter(filters, "LOT_SIZE", "maxQty"), Filter(filters, "MARKET_LOT_SIZE", "maxQty")),
            Delivery = DeliveryOf(element),
            PriceDecimals = DecimalsOf(element, "pricePrecision"),
            QuantityDecimals = DecimalsOf(element, "quantityPrecision"),
        };
        return true;
    }

    internal static string? NameOf(JsonElement element) => Text(element, "symbol");

    private static int? DecimalsOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out var precision) && precision.ValueKind == JsonValueKind.Number && precision.TryGetInt32(out var decimals) && decimals is >= 0 and <= DecimalGrid.MostDecimals ? decimals : null;

    private const long NoDeliveryMs = 4_102_444_800_000; // 2100-01-01: from here on it is no announcement.

    private static DateTimeOffset? DeliveryOf(JsonElement element) =>
        element.TryGetProperty("deliveryDate", out var date) && date.ValueKind == JsonValueKind.Number && date.TryGetInt64(out var ms) && ms is > 0 and < NoDeliveryMs
            ? DateTimeOffset.FromUnixTimeMilliseconds(ms)
            : null;

    private static Quantity? LeastOf(decimal? limit, decimal? market) =>
        limit is { } l && market is { } m ? new Quantity(Math.Min(l, m)) : (limit ?? market) is { } only ? new Quantity(only) : null;

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static decimal? Filter(JsonElement filters, string type, string name)
    {
        if (filters.ValueKind != JsonValueKind.Array) return null;
        foreach (var filter in filters.EnumerateArray())
        {
            if (Text(filter, "filterType") != type) continue;
            return decimal.TryParse(Text(filter, name), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value : null;
        }
        return null;
    }

    private static string Show(decimal? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "none";
}
