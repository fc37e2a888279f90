namespace Dolphin.Domain.Survival;

/// <summary>The last published snapshot of this process. Many threads may publish and read; a read takes no lock and never allocates.</summary>
/// <param name="pulse">How often the controller publishes.</param>
/// <param name="heartbeatLimit">Silence beyond a pulse after which L1 counts as 0.</param>
public sealed class RiskBoard(TimeSpan pulse, TimeSpan heartbeatLimit)
{
    private sealed record Slot(RiskSnapshot Snapshot, RiskView View, RiskView SilentView, long SilentAfterTicks);

    private readonly long _limitTicks = (pulse + heartbeatLimit).Ticks;
    private Slot? _slot;

    /// <summary>How long a snapshot counts. Beyond it <see cref="Read"/> says that the controller is silent.</summary>
    public TimeSpan Patience => TimeSpan.FromTicks(_limitTicks);

    /// <summary>The newest snapshot heard, however old; null before the first.</summary>
    public RiskSnapshot? Latest => Volatile.Read(ref _slot)?.Snapshot;

    /// <summary>Takes a snapshot at the moment it was made.</summary>
    public bool Publish(RiskSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return Publish(snapshot, snapshot.At);
    }

    /// <summary>Takes a snapshot that is heard at <paramref name="now"/>. One from the future is as old as that: another node's fast clock buys no freshness.</summary>
    /// <returns>False when something newer is already there; the board is then unchanged.</returns>
    public bool Publish(RiskSnapshot snapshot, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var next = new Slot(
            snapshot, snapshot.ToView(), RiskView.Silent(snapshot.Epoch, snapshot.Sequence), Math.Min(snapshot.At.UtcTicks, now.UtcTicks) + _limitTicks);
        while (true)
        {
            var current = Volatile.Read(ref _slot);
            if (!snapshot.Supersedes(current?.Snapshot)) return false;
            if (ReferenceEquals(Interlocked.CompareExchange(ref _slot, next, current), current)) return true;
        }
    }

    /// <summary>What is allowed at <paramref name="now"/>. Nothing heard, or nothing heard lately, is a failed invariant.</summary>
    public RiskView Read(DateTimeOffset now)
    {
        var slot = Volatile.Read(ref _slot);
        if (slot is null) return RiskView.Silent(epoch: 0, sequence: 0);
        return now.UtcTicks > slot.SilentAfterTicks ? slot.SilentView : slot.View;
    }
}
