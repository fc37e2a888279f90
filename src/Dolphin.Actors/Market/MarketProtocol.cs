using System.Collections.Immutable;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;

namespace Dolphin.Actors.Market;

/// <summary>How market data reaches the actors.</summary>
public static class MarketProtocol
{
    /// <summary>To the paper venue alone: these bars begin to form. Nobody who trades may see them yet.</summary>
    public sealed record SliceOpened(MarketSlice Slice);

    /// <summary>To the feed of one's own node: from now on this symbol's bars come to the sender. Safe to send again.</summary>
    public sealed record Attach(Symbol Symbol);

    /// <summary>The feed has lost what it knew: whoever wants bars attaches again.</summary>
    public sealed record FeedRestarted
    {
        public static readonly FeedRestarted Now = new();
    }

    /// <summary>To the feed, and from it to every sensor: these bars are complete.</summary>
    public sealed record SliceClosed(MarketSlice Slice);

    /// <summary>To the feed, and from it to everybody on its node, once a second: what every book of a live market is, in ordinal order of symbol.</summary>
    public sealed record BooksSeen(ImmutableArray<BookSummary> Books)
    {
        /// <summary>Symbols that have come to their end: there is no book to miss.</summary>
        public ImmutableArray<Symbol> Gone { get; init; } = [];
    }

    /// <summary>To whoever looks at one asset: what its book is.</summary>
    public sealed record BookSeen(BookSummary Book);

    /// <summary>To the feed, and from it to who keeps funding rates on its node.</summary>
    /// <param name="Rates">Of a forecast <see cref="FundingRate.At"/> is when it was told; else when the rate falls or fell due, at most a bar ahead.</param>
    /// <param name="IsForecast">Of the settlement to come; else settled.</param>
    public sealed record FundingTold(ImmutableArray<FundingRate> Rates, bool IsForecast = false);

    /// <summary>To one asset. Answered by <see cref="BarSeen"/>, at once or when whoever trades the asset has stored its decision.</summary>
    public sealed record BarClosed(Bar Bar, TimeSpan Interval)
    {
        public DateTimeOffset ClosesAt => DateTimeOffset.FromUnixTimeMilliseconds(Bar.OpenTimeMs) + Interval;
    }

    /// <summary>The asset is ready for the next bar.</summary>
    public sealed record BarSeen(Symbol Symbol);
}
