namespace Dolphin.Domain.Alpha;

/// <summary>The last published snapshot of this process. Many threads may publish and read; a read takes no lock and never allocates.</summary>
/// <param name="patience">How long a snapshot counts: silence beyond it, and there are no features.</param>
public sealed class AlphaBoard(TimeSpan patience)
{
    private AlphaSnapshot? _latest;

    /// <summary>The newest snapshot heard, however old; null before the first.</summary>
    public AlphaSnapshot? Latest => Volatile.Read(ref _latest);

    /// <returns>False when something newer is already there; the board is then unchanged.</returns>
    public bool Publish(AlphaSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        while (true)
        {
            var current = Volatile.Read(ref _latest);
            if (!snapshot.Supersedes(current)) return false;
            if (ReferenceEquals(Interlocked.CompareExchange(ref _latest, snapshot, current), current)) return true;
        }
    }

    /// <summary>What is known at <paramref name="now"/>: null where nothing was heard, or nothing lately. No features, no reason to enter.</summary>
    public AlphaSnapshot? Read(DateTimeOffset now)
    {
        var latest = Volatile.Read(ref _latest);
        return latest is not null && IsFresh(latest, now) ? latest : null;
    }

    /// <summary>Whether a snapshot still counts at <paramref name="now"/>.</summary>
    public bool IsFresh(AlphaSnapshot snapshot, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return now - snapshot.At <= patience;
    }
}
