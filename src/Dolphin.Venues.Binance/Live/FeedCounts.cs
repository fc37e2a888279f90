using System.Collections.Immutable;
using System.Globalization;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Live;

/// <summary>What the feed counts.</summary>
public enum FeedCount
{
    /// <summary>Messages of any kind, replies too.</summary>
    Messages,
    Bytes,
    DiffsApplied,
    /// <summary>A gap, an overlap or ids that are none among a book's diffs: the book begins again.</summary>
    BookGaps,
    /// <summary>A book that was crossed after a diff.</summary>
    BooksCrossed,
    /// <summary>A book that had no update, or only late ones, for too long although its connection was there.</summary>
    BooksStale,
    /// <summary>A book whose middle came to be absurdly far from the mark price.</summary>
    BooksFarFromMark,
    SnapshotsTaken,
    /// <summary>Older than the diffs that wait for it.</summary>
    SnapshotsTooOld,
    SnapshotsCrossed,
    SnapshotsFailed,
    /// <summary>Book tickers whose update id the book had, too.</summary>
    TickersCompared,
    TickersDisagreed,
    Trades,
    /// <summary>Trades that came before the first mark price: in no bar.</summary>
    TradesUnmarked,
    /// <summary>Trades while the book was absurdly far from the mark price: in no bar.</summary>
    TradesBesideMark,
    /// <summary>Aggregate trades that never came.</summary>
    TradeGaps,
    MarkPrices,
    /// <summary>Settlements of a symbol beyond 24 within one bar, which no market has: not paid.</summary>
    SettlementsBeyondBound,
    /// <summary>A symbol without a mark price for too long although its connection was there.</summary>
    SymbolsSilent,
    Liquidations,
    ConnectionsOpened,
    ConnectionsLost,
    ConnectionsRotated,
    ConnectionsSilent,
    /// <summary>A frame above the bound; it closed its connection.</summary>
    FramesTooLarge,
    SubscriptionsRefused,
    /// <summary>429.</summary>
    RestRefused,
    /// <summary>418.</summary>
    RestBanned,
    RestFailed,
    /// <summary>A list that lacks half of all symbols: it is not believed.</summary>
    ListsRefused,
    /// <summary>Dropped: the same once more, or older than what was there.</summary>
    DroppedDuplicates,
    /// <summary>Dropped: bid not below ask, or a side without a price.</summary>
    DroppedCrossedQuotes,
    /// <summary>Dropped: a price or rate that no market has.</summary>
    DroppedAbsurd,
    /// <summary>Dropped: of a symbol that is not listed any more.</summary>
    DroppedUnlisted,
    /// <summary>Dropped: a kind of message that nobody asked for.</summary>
    DroppedUnexpected,
    /// <summary>Dropped: its time is not of now by the venue's clock: ahead of it, or too late.</summary>
    DroppedTimes,
    /// <summary>Passed over: what the newer of two overlapping connections had before the older one.</summary>
    AheadOfOverlap,
}

/// <summary>Counters of one feed as they stood at one moment.</summary>
/// <param name="Faults">Messages that were refused, by why.</param>
public sealed record FeedCounts(ImmutableArray<long> Counts, ImmutableArray<long> Faults)
{
    public long this[FeedCount count] => Counts[(int)count];
    public long this[MessageFault fault] => Faults[(int)fault];

    private static readonly ImmutableArray<FeedCount> Drops =
        [FeedCount.DroppedCrossedQuotes, FeedCount.DroppedAbsurd, FeedCount.DroppedTimes, FeedCount.DroppedUnlisted, FeedCount.DroppedUnexpected, FeedCount.FramesTooLarge];

    /// <summary>Every message that was not used because something was wrong with it.</summary>
    public long Dropped => Drops.Sum(drop => this[drop]) + Faults.Sum();

    /// <summary>The same by why, such as <c>DroppedTimes 3, NotJson 1</c>; empty if there was none.</summary>
    public string DroppedByWhy => string.Join(", ",
        Drops.Select(drop => (Why: $"{drop}", Count: this[drop])).Concat(Enum.GetValues<MessageFault>().Select(fault => (Why: $"{fault}", Count: this[fault])))
            .Where(d => d.Count > 0).Select(d => string.Create(CultureInfo.InvariantCulture, $"{d.Why} {d.Count}")));
}

/// <summary>The counters while they count. Safe for several threads.</summary>
internal sealed class FeedCounters
{
    private readonly long[] _counts = new long[Enum.GetValues<FeedCount>().Length], _faults = new long[Enum.GetValues<MessageFault>().Length];

    public void Add(FeedCount count, long more = 1) => Interlocked.Add(ref _counts[(int)count], more);
    public void Add(MessageFault fault) => Interlocked.Increment(ref _faults[(int)fault]);

    public FeedCounts Copy() => new([.. Enumerable.Range(0, _counts.Length).Select(i => Volatile.Read(ref _counts[i]))], [.. Enumerable.Range(0, _faults.Length).Select(i => Volatile.Read(ref _faults[i]))]);
}
