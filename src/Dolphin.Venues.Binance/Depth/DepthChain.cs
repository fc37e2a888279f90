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
    /// <summary>It and one that was there before cover the same updates, and are not the same: who numbered one so did not number the other. Treated as a gap.</summary>
    Overlap,
    /// <summary>The last of <see cref="DepthChain.MostOlder"/> in a row that were older than the newest and followed on one another: the newest had ids that are none. Treated as a gap.</summary>
    Renumbered,
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
    /// <summary>So many older diffs in a row that follow on one another are the stream, and not what is left of an earlier one.</summary>
    /// <remarks>A second and a half of the futures stream: for one second at a rotation two connections say the same, and the slower one may bring ten that were there before at once.</remarks>
    public const int MostOlder = 16;

    private enum Link : byte { Nothing, Kept, Snapshot, Diff }

    private Link _link;
    private long _before, _first, _last; // Where the newest follows on, and what it covers.
    private int _older; // In a row, each following on the one before.
    private long _lastOlder;

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
        if (verdict is DiffVerdict.OutOfOrder && IsOneTooMany(diff)) verdict = DiffVerdict.Renumbered;
        switch (verdict)
        {
            case DiffVerdict.Apply:
                Become(Link.Diff, diff);
                _older = 0;
                break;
            case DiffVerdict.Keep or DiffVerdict.Gap or DiffVerdict.Overlap or DiffVerdict.Renumbered:
                Become(Link.Kept, diff);
                _older = 0;
                break;
            case DiffVerdict.SnapshotTooOld:
                Become(Link.Kept, diff); // Those that are older go on: where its id is none, every snapshot is too old for it.
                break;
        }
        return verdict;
    }

    /// <summary>A new snapshot is in the book; the chain begins again at its id.</summary>
    public void Begin(long lastUpdateId) => (_link, _before, _first, _last) = (Link.Snapshot, lastUpdateId, lastUpdateId, lastUpdateId);

    /// <summary>What is there cannot be built on; the chain waits for a snapshot, and for diffs to keep for it.</summary>
    public void Break() => _link = Link.Nothing;

    private void Become(Link link, DiffIds diff) => (_link, _before, _first, _last) = (link, _last, diff.First, diff.Last);

    private bool IsOneTooMany(DiffIds diff)
    {
        if (_older > 0 && diff.Last == _lastOlder) return false; // The other connection's.
        _older = _older > 0 && Before(diff) == _lastOlder ? _older + 1 : 1;
        _lastOlder = diff.Last;
        return _older == MostOlder;
    }

    private static long Before(DiffIds diff) => diff.Previous ?? diff.First - 1;

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
        if (diff.Last <= _last) return _link == Link.Diff && diff.Last > _before ? DiffVerdict.Overlap : DiffVerdict.OutOfOrder;
        var before = Before(diff);
        if (before == _last) return _link == Link.Diff ? DiffVerdict.Apply : DiffVerdict.Keep;
        return before > _last ? DiffVerdict.Gap : DiffVerdict.Overlap;
    }
}
