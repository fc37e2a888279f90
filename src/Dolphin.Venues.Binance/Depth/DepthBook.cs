using Dolphin.Domain.OrderBooks;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Depth;

/// <summary>Whether a book can be priced from.</summary>
public enum BookState
{
    /// <summary>It cannot, and a snapshot has to be fetched. <see cref="DepthBook.Trouble"/> says why.</summary>
    WantsSnapshot,
    /// <summary>A snapshot is there, but no diff has shown yet that the stream follows on it.</summary>
    Bridging,
    /// <summary>It is what the venue's book was after the last diff.</summary>
    Valid,
}

/// <summary>Why a book is not valid.</summary>
public enum BookTrouble
{
    None,
    /// <summary>Nothing has gone wrong: it has not begun yet.</summary>
    NotBegun,
    Gap,
    Overlap,
    /// <summary>The newest diff had ids that are none (<see cref="DiffVerdict.Renumbered"/>).</summary>
    Renumbered,
    SnapshotTooOld,
    SnapshotCrossed,
    /// <summary>The best bid was not below the best ask after a diff.</summary>
    Crossed,
    /// <summary>Whoever owns it said so (<see cref="DepthBook.Invalidate"/>): the connection broke, a message was refused, it was silent for too long.</summary>
    Invalidated,
}

/// <summary>What became of a snapshot.</summary>
public enum SnapshotVerdict
{
    /// <summary>The book begins with it, and with the diffs that were kept for it.</summary>
    Taken,
    /// <summary>The book goes on without it.</summary>
    NotNeeded,
    /// <summary>Diffs between it and the first one that was kept are missing: fetch another one.</summary>
    TooOld,
    /// <summary>Its best bid is not below its best ask.</summary>
    Crossed,
}

/// <summary>How often what happened to one book.</summary>
public record struct DepthCounts
{
    public long Diffs { get; set; }
    public long Levels { get; set; }
    public long Applied { get; set; }
    public long BeforeSnapshot { get; set; }
    public long Duplicates { get; set; }
    public long OutOfOrder { get; set; }
    public long Impossible { get; set; }
    public long Gaps { get; set; }
    public long Overlaps { get; set; }
    public long Crossed { get; set; }
    public long Snapshots { get; set; }
    public long SnapshotsTaken { get; set; }
    public long SnapshotsTooOld { get; set; }
    public long SnapshotsCrossed { get; set; }
}

/// <summary>One symbol's book from a snapshot and diffs: bridged, watched for gaps, never priced from when something is missing. No clock, no I/O.</summary>
/// <remarks>
/// While <see cref="WantsSnapshot"/> it keeps the diffs that come (<see cref="KeptDiffs"/>, bounded) until <see cref="Begin"/> is called with one. Times are
/// whatever the caller's clock counts in, as long as it is the same for every call. Not safe for several threads.
/// </remarks>
public sealed class DepthBook(SymbolGrid grid)
{
    private readonly KeptDiffs _kept = new();
    private DepthChain _chain;
    private DepthCounts _counts;
    private long? _lastProgress;

    /// <summary>Its levels. Not to be priced from unless <see cref="IsValid"/>.</summary>
    public OrderBook Levels { get; } = new();

    /// <summary>What its ticks and lots are.</summary>
    public SymbolGrid Grid { get; } = grid;

    public BookTrouble Trouble { get; private set; } = BookTrouble.NotBegun;
    public DepthCounts Counts => _counts;
    public BookState State => _chain.IsWhole ? BookState.Valid : _chain.WantsSnapshot ? BookState.WantsSnapshot : BookState.Bridging;
    public bool IsValid => _chain.IsWhole;
    public bool WantsSnapshot => _chain.WantsSnapshot;

    /// <summary>The update id the book stands at.</summary>
    public long LastId => _chain.LastId;

    /// <summary>Diffs that wait for a snapshot.</summary>
    public int Kept => _kept.Count;

    /// <summary>Whether a diff would show that others are missing.</summary>
    public bool WouldBreak(DiffIds ids)
    {
        var chain = _chain; // A copy: the book's own learns nothing of it.
        return chain.Next(ids) is DiffVerdict.Gap or DiffVerdict.Overlap or DiffVerdict.Renumbered or DiffVerdict.SnapshotTooOld;
    }

    /// <summary>Takes the next diff: applies it, keeps it for a snapshot, or drops it.</summary>
    /// <param name="now">When it came.</param>
    public DiffVerdict Take(DiffIds ids, ReadOnlySpan<Level> bids, ReadOnlySpan<Level> asks, long now)
    {
        _counts.Diffs++;
        _counts.Levels += bids.Length + asks.Length;
        var verdict = _chain.Next(ids);
        switch (verdict)
        {
            case DiffVerdict.Apply: Apply(bids, asks, now); break;
            case DiffVerdict.Keep: _kept.Add(ids, bids, asks); break;
            case DiffVerdict.BeforeSnapshot: _counts.BeforeSnapshot++; break;
            case DiffVerdict.Duplicate: _counts.Duplicates++; break;
            case DiffVerdict.OutOfOrder: _counts.OutOfOrder++; break;
            case DiffVerdict.Impossible: _counts.Impossible++; break;
            default:
                Trouble = Note(verdict);
                _kept.Clear();
                _kept.Add(ids, bids, asks);
                break;
        }
        return verdict;
    }

    /// <summary>Begins again with a snapshot of the venue, unless the book is whole without it.</summary>
    /// <param name="now">When it came.</param>
    public SnapshotVerdict Begin(long lastUpdateId, ReadOnlySpan<Level> bids, ReadOnlySpan<Level> asks, long now)
    {
        _counts.Snapshots++;
        if (IsValid || State == BookState.Bridging && lastUpdateId <= LastId) return SnapshotVerdict.NotNeeded;
        Levels.Clear();
        Levels.Apply(bids, asks);
        if (Levels.IsCrossed)
        {
            _counts.SnapshotsCrossed++;
            Trouble = BookTrouble.SnapshotCrossed;
            return SnapshotVerdict.Crossed;
        }
        _chain.Begin(lastUpdateId);
        _lastProgress = now;
        _counts.SnapshotsTaken++;
        Trouble = BookTrouble.None;
        ReplayKept(now);
        return Trouble == BookTrouble.SnapshotTooOld ? SnapshotVerdict.TooOld : SnapshotVerdict.Taken;
    }

    /// <summary>The book is not to be trusted any more, for a reason that it cannot see itself.</summary>
    public void Invalidate() => Break(BookTrouble.Invalidated);

    /// <summary>No progress for longer than <paramref name="limit"/>: connected but silent. A book that never began is stale too.</summary>
    public bool IsStale(long now, long limit) => _lastProgress is not { } last || now - last > limit;

    private void Apply(ReadOnlySpan<Level> bids, ReadOnlySpan<Level> asks, long now)
    {
        Levels.Apply(bids, asks);
        _counts.Applied++;
        _lastProgress = now;
        if (!Levels.IsCrossed) return;
        _counts.Crossed++;
        Break(BookTrouble.Crossed);
    }

    private void Break(BookTrouble trouble)
    {
        _chain.Break();
        _kept.Clear();
        Trouble = trouble;
    }

    private BookTrouble Note(DiffVerdict verdict)
    {
        switch (verdict)
        {
            case DiffVerdict.Gap:
                _counts.Gaps++;
                return BookTrouble.Gap;
            case DiffVerdict.Overlap:
                _counts.Overlaps++;
                return BookTrouble.Overlap;
            case DiffVerdict.Renumbered:
                _counts.OutOfOrder++;
                return BookTrouble.Renumbered;
            default:
                _counts.SnapshotsTooOld++;
                return BookTrouble.SnapshotTooOld;
        }
    }

    /// <summary>The kept diffs are without a hole, so each is older than the snapshot, or follows; or all of them are younger.</summary>
    private void ReplayKept(long now)
    {
        var at = 0;
        for (var i = 0; i < _kept.Count; i++)
        {
            var start = at;
            _kept.Levels(i, ref at, out var bids, out var asks);
            switch (_chain.Next(_kept[i]))
            {
                case DiffVerdict.Apply:
                    Apply(bids, asks, now);
                    if (!IsValid) return; // Crossed: nothing is kept any more.
                    break;
                case DiffVerdict.SnapshotTooOld:
                    Trouble = Note(DiffVerdict.SnapshotTooOld);
                    _kept.KeepFrom(i, start);
                    (i, at) = (0, _kept.LevelsOf(0));
                    break;
                case DiffVerdict.BeforeSnapshot:
                    _counts.BeforeSnapshot++;
                    break;
                default: // Kept once more, behind one that was too young.
                    break;
            }
        }
        if (!WantsSnapshot) _kept.Clear();
    }
}
