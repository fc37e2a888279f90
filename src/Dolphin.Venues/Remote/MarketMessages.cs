using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Venues.Remote;

/// <summary>What the venue says on <see cref="RemoteProtocol.MarketPath"/>. Nothing here tells more than has happened: what a bar will be is the venue's secret.</summary>
[JsonDerivedType(typeof(Hello), "hello")]
[JsonDerivedType(typeof(Closed), "closed")]
[JsonDerivedType(typeof(Opened), "opened")]
[JsonDerivedType(typeof(Marked), "marks")]
[JsonDerivedType(typeof(Funding), "funding")]
[JsonDerivedType(typeof(Ended), "ended")]
public abstract record MarketMessage
{
    private MarketMessage() { }
    public sealed record Hello(VenueHello Venue) : MarketMessage;

    /// <summary>These bars are complete. The first one after the hello is the newest there is.</summary>
    /// <param name="OpenTimeMs">Unix milliseconds.</param>
    /// <param name="Bars">In ordinal order of symbol.</param>
    /// <param name="Merged">How many earlier slices are in these bars because the reader was too slow for each; mostly zero.</param>
    public sealed record Closed(long OpenTimeMs, TimeSpan Interval, ImmutableArray<SymbolBar> Bars, int Merged) : MarketMessage
    {
        public MarketSlice ToSlice() => new(OpenTimeMs, Interval, Bars.AsMemory());
    }

    /// <summary>A bar begins to form.</summary>
    /// <param name="Prices">What each symbol opens at, in ordinal order.</param>
    public sealed record Opened(long OpenTimeMs, TimeSpan Interval, ImmutableArray<SymbolPrice> Prices) : MarketMessage;

    /// <summary>Mark prices of this moment, in ordinal order of symbol.</summary>
    public sealed record Marked(DateTimeOffset At, ImmutableArray<SymbolPrice> Prices) : MarketMessage;

    /// <summary>Rates that fall due in the bar that forms, or did while nobody watched; by time, then symbol.</summary>
    /// <param name="Dropped">How many older rates a slow reader was not told.</param>
    public sealed record Funding(ImmutableArray<FundingRate> Rates, int Dropped) : MarketMessage;

    /// <summary>The recording is over: no bar will follow. Orders are still taken and books kept.</summary>
    public sealed record Ended(DateTimeOffset At) : MarketMessage;
}

public readonly record struct SymbolPrice(Symbol Symbol, Price Price);
