using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Depth;

/// <summary>What is to be done with a depth diff.</summary>
public enum DiffVerdict
{
    /// <summary>It follows: its levels go into the book.</summary>
    Apply,
    /// <summary>There is no snapshot yet; it is kept until there is one.</summary>
    Keep,
    /// <summary>The snapshot has it already; dropped. Usual after each snapshot.</summary>
    BeforeSnapshot,
    /// <summary>The same diff once more; dropped.</summary>
    Duplicate,
    /// <summary>Older than one that was there before; dropped.</summary>
    OutOfOrder,
    /// <summary>Its ids contradict themselves; dropped.</summary>
    Impossible,
    /// <summary>Updates before it are missing. The book is invalid; kept for the next snapshot.</summary>
    Gap,
    /// <summary>It covers updates that were there before, and more: who numbered it so did not number what came before. Treated as a gap.</summary>
    Overlap,
    /// <summary>The snapshot is from before it, and what lies between is missing. Another one is needed; kept for it.</summary>
    SnapshotTooOld,
    /// <summary>Of two connections that overlap the newer one had it first, and what comes before it is on its way on the other; passed over, because it comes there too.</summary>
    Ahead,
}

/// <summary>The order in which the diffs of one book have to come: snapshot, a diff that covers its id, then each after the one before. Pure.</summary>
/// <remarks>
/// On futures a diff names the one before it (<c>pu</c>), and the first after a snapshot has <c>U &lt;= lastUpdateId &lt;= u</c>; one whose
/// <c>pu</c> is the snapshot's id follows on it too, since nothing lies between. On spot ids follow on one another, and the first has
/// <c>U &lt;= lastUpdateId + 1 &lt;= u</c>. Source: the venue's "How to manage a local order book correctly", of either market.
/// </remarks>
public struct DepthChain
{
    private enum Link : byte { Nothing, Kept, Snapshot, Diff }

    private Link _link;
    private long _first, _last;

    /// <summary>A diff has followed on the snapshot, and every one since on the one before.</summary>
    public readonly bool IsWhole => _link == Link.Diff;

    /// <summary>No snapshot to build on, or one that later diffs did not reach.</summary>
    public readonly bool WantsSnapshot => _link is Link.Nothing or Link.Kept;

    /// <summary>The last update id that is in the book; of a chain without a snapshot the last one seen. Zero at first.</summary>
    public readonly long LastId => _last;

    /// <summary>Judges the next diff, and remembers it unless it is dropped.</summary>
    public DiffVerdict Next(DiffIds diff)
    {
        if (diff.First > diff.Last || diff.Previous >= diff.Last) return DiffVerdict.Impossible;
        var verdict = Judge(diff);
        switch (verdict)
        {
            case DiffVerdict.Apply:
                (_link, _first, _last) = (Link.Diff, diff.First, diff.Last);
                break;
            case DiffVerdict.Keep or DiffVerdict.Gap or DiffVerdict.Overlap or DiffVerdict.SnapshotTooOld:
                (_link, _first, _last) = (Link.Kept, diff.First, diff.Last);
                break;
        }
        return verdict;
    }

    /// <summary>A new snapshot is in the book; the chain begins again at its id.</summary>
    public void Begin(long lastUpdateId) => (_link, _first, _last) = (Link.Snapshot, lastUpdateId, lastUpdateId);

    /// <summary>What is there cannot be built on; the chain waits for a snapshot, and for diffs to keep for it.</summary>
    public void Break() => _link = Link.Nothing;

    private readonly DiffVerdict Judge(DiffIds diff) => _link switch
    {
        Link.Nothing => DiffVerdict.Keep,
        Link.Snapshot => AfterSnapshot(diff),
        _ => AfterDiff(diff),
    };

    private readonly DiffVerdict AfterSnapshot(DiffIds diff)
    {
        if (diff.Previous is { } previous)
        {
            if (diff.Last < _last) return DiffVerdict.BeforeSnapshot;
            return diff.First <= _last || previous == _last ? DiffVerdict.Apply : DiffVerdict.SnapshotTooOld;
        }
        if (diff.Last <= _last) return DiffVerdict.BeforeSnapshot;
        return diff.First <= _last + 1 ? DiffVerdict.Apply : DiffVerdict.SnapshotTooOld;
    }

    private readonly DiffVerdict AfterDiff(DiffIds diff)
    {
        if (diff.Last == _last && diff.First == _first) return DiffVerdict.Duplicate;
        if (diff.Last <= _last) return DiffVerdict.OutOfOrder;
        var before = diff.Previous ?? diff.First - 1;
        if (before == _last) return _link == Link.Diff ? DiffVerdict.Apply : DiffVerdict.Keep;
        return before > _last ? DiffVerdict.Gap : DiffVerdict.Overlap;
    }
}
