using System.Globalization;
using System.Text;

namespace Dolphin.Venues.Binance.Tests.Live;

/// <summary>One symbol of the stand-in: a small book that moves when it is told to, and says what the venue would say of it.</summary>
/// <param name="Tick">And lot: prices are whole ticks around 1,000 of them, quantities whole lots.</param>
internal sealed class StandInMarket(string symbol, decimal tick = 0.1m, decimal lot = 0.001m)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, long> _bids = [], _asks = [];
    private long _middle = 10_000, _step, _lastId = 1_000, _trade = 500, _eventMs;

    public string Symbol => symbol;
    public decimal Tick { get; set; } = tick;
    public decimal MinNotional { get; set; } = 5m;
    public decimal MinQuantity { get; set; } = 0.001m;
    public decimal PercentPrice { get; set; } = 0.05m;
    /// <summary>Empty: it is not listed.</summary>
    public string Status { get; set; } = "TRADING";
    public string ContractType { get; set; } = "PERPETUAL";

    /// <summary>When it is settled, Unix milliseconds; of a perpetual contract this says that it is not.</summary>
    public long DeliveryMs { get; set; } = 4_133_404_800_000;

    /// <summary>Decimals that the venue says prices have; null: it does not say.</summary>
    public int? PricePrecision { get; init; }

    /// <summary>The same of quantities.</summary>
    public int? QuantityPrecision { get; init; }

    /// <summary>Every so many ids of the book a diff, as several changes in one interval are.</summary>
    public const int IdsOfDiff = 3;

    public long FundingAtMs { get; set; } = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + 3_600_000;

    /// <summary>What its clock is ahead of this machine's by.</summary>
    public TimeSpan ClockAhead { get; set; }

    /// <summary>Of the next message; unique.</summary>
    private long EventMs() => _eventMs = Math.Max(_eventMs + 1, (TimeProvider.System.GetUtcNow() + ClockAhead).ToUnixTimeMilliseconds());
    public string FundingRate { get; set; } = "0.00010000";

    /// <summary>What the book is after the last diff: best bid and ask in the venue's words, and the id.</summary>
    public (string Bid, string BidQuantity, string Ask, string AskQuantity, long Id) Best
    {
        get
        {
            lock (_gate) return (Price(_bids.Last().Key), Quantity(_bids.Last().Value), Price(_asks.First().Key), Quantity(_asks.First().Value), _lastId);
        }
    }

    /// <summary>Trades in other steps at about the same price, with an empty book.</summary>
    public void Retick(decimal now)
    {
        lock (_gate)
        {
            _middle = (long)(_middle * Tick / now);
            Tick = now;
            _bids.Clear();
            _asks.Clear();
        }
    }

    /// <summary>Moves the book and says how.</summary>
    /// <param name="eventMs">When it says that this was; null: now.</param>
    public string Diff(long? eventMs = null)
    {
        lock (_gate)
        {
            _step++;
            // A walk that goes up and down, always the same; the best levels are eaten and put back further on.
            if (_step % 3 == 0) _middle += _step / 20 % 2 == 0 ? 1 : -1;
            var (bids, asks) = (new Dictionary<long, long>(), new Dictionary<long, long>());
            for (var d = 1; d <= 3; d++)
            {
                bids[_middle - d - (_step % 2)] = 1 + ((_step + d) % 7);
                asks[_middle + d + (_step % 2)] = 1 + ((_step * 3 + d) % 5);
            }
            foreach (var key in _bids.Keys.Where(k => k >= _middle).ToList()) bids[key] = 0;
            foreach (var key in _asks.Keys.Where(k => k <= _middle).ToList()) asks[key] = 0;
            foreach (var (key, lots) in bids) Set(_bids, key, lots);
            foreach (var (key, lots) in asks) Set(_asks, key, lots);
            var before = _lastId;
            _lastId += IdsOfDiff;
            EventMs();
            return $$"""{"e":"depthUpdate","E":{{eventMs ?? _eventMs}},"T":{{_eventMs - 1}},"s":"{{symbol}}","U":{{before + 1}},"u":{{_lastId}},"pu":{{before}},"b":{{Levels(bids)}},"a":{{Levels(asks)}}}""";
        }
    }

    public string Ticker()
    {
        var (bid, bidQuantity, ask, askQuantity, id) = Best;
        return $$"""{"e":"bookTicker","u":{{id}},"s":"{{symbol}}","b":"{{bid}}","B":"{{bidQuantity}}","a":"{{ask}}","A":"{{askQuantity}}","T":{{_eventMs}},"E":{{_eventMs}}}""";
    }

    /// <summary>A trade at the middle.</summary>
    public string Trade(string? price = null, long skip = 0)
    {
        lock (_gate)
        {
            _trade += 1 + skip;
            return $$"""{"e":"aggTrade","E":{{EventMs()}},"s":"{{symbol}}","a":{{_trade}},"p":"{{price ?? Price(_middle)}}","q":"{{Quantity(50_000)}}","f":{{_trade}},"l":{{_trade}},"T":{{_eventMs}},"m":true}""";
        }
    }

    /// <param name="index">Null: the middle.</param>
    /// <param name="eventMs">Null: now.</param>
    public string Mark(string? price = null, string? index = null, long? eventMs = null)
    {
        lock (_gate)
        {
            return $$"""{"e":"markPriceUpdate","E":{{eventMs ?? EventMs()}},"s":"{{symbol}}","p":"{{price ?? Price(_middle)}}","i":"{{index ?? Price(_middle)}}","P":"{{Price(_middle)}}","r":"{{FundingRate}}","T":{{FundingAtMs}}}""";
        }
    }

    public string Premium(DateTimeOffset at)
    {
        lock (_gate) return $$"""{"symbol":"{{symbol}}","markPrice":"{{Price(_middle)}}","indexPrice":"{{Price(_middle)}}","lastFundingRate":"{{FundingRate}}","time":{{at.ToUnixTimeMilliseconds()}}}""";
    }

    public int IntervalHours { get; set; } = 8;

    public string Interval() => $$"""{"symbol":"{{symbol}}","adjustedFundingRateCap":"0.02","adjustedFundingRateFloor":"-0.02","fundingIntervalHours":{{IntervalHours}},"disclaimer":false}""";

    /// <summary>A rate that was paid.</summary>
    public string Settled(DateTimeOffset at) => $$"""{"symbol":"{{symbol}}","fundingTime":{{at.ToUnixTimeMilliseconds()}},"fundingRate":"{{FundingRate}}","markPrice":"1"}""";

    public string Liquidation()
    {
        lock (_gate)
        {
            EventMs();
            return $$$"""{"e":"forceOrder","E":{{{_eventMs}}},"o":{"s":"{{{symbol}}}","S":"SELL","o":"LIMIT","f":"IOC","q":"{{{Quantity(14)}}}","p":"{{{Price(_middle)}}}","ap":"{{{Price(_middle)}}}","X":"FILLED","l":"{{{Quantity(14)}}}","z":"{{{Quantity(14)}}}","T":{{{_eventMs}}}}}""";
        }
    }

    public string Snapshot()
    {
        lock (_gate) return $$"""{"lastUpdateId":{{_lastId}},"E":{{_eventMs}},"T":{{_eventMs}},"bids":{{Levels(_bids.Reverse())}},"asks":{{Levels(_asks)}}}""";
    }

    public string Listing() => $$"""
        {"symbol":"{{symbol}}","pair":"{{symbol}}","contractType":"{{ContractType}}","deliveryDate":{{DeliveryMs}},"status":"{{Status}}",{{(PricePrecision is { } p ? $"\"pricePrecision\":{p}," : "")}}{{(QuantityPrecision is { } q ? $"\"quantityPrecision\":{q}," : "")}}"baseAsset":"X","quoteAsset":"USDT","filters":[
        {"filterType":"PRICE_FILTER","minPrice":"{{Show(Tick)}}","maxPrice":"1000000","tickSize":"{{Show(Tick)}}"},
        {"filterType":"LOT_SIZE","minQty":"{{Show(MinQuantity)}}","maxQty":"1000000","stepSize":"{{Show(lot)}}"},
        {"filterType":"MIN_NOTIONAL","notional":"{{Show(MinNotional)}}"},{"filterType":"PERCENT_PRICE","multiplierUp":"{{Show(1m + PercentPrice)}}","multiplierDown":"{{Show(1m - PercentPrice)}}","multiplierDecimal":"4"}]}
        """;

    private static void Set(SortedDictionary<long, long> side, long key, long lots)
    {
        if (lots == 0) side.Remove(key);
        else side[key] = lots;
    }

    private string Levels(IEnumerable<KeyValuePair<long, long>> levels)
    {
        var text = new StringBuilder("[");
        foreach (var (key, lots) in levels) text.Append(text.Length > 1 ? "," : "").Append($"""["{Price(key)}","{Quantity(lots)}"]""");
        return text.Append(']').ToString();
    }

    private string Price(long ticks) => Show(ticks * Tick);
    private string Quantity(long lots) => Show(lots * lot);
    private static string Show(decimal value) => value.ToString("0.########", CultureInfo.InvariantCulture);
}
