namespace Dolphin.Hosting.Akka.Settings;

/// <summary>How long the cluster is without a singleton after its node died, at worst, by the settings alone.</summary>
/// <remarks>Recovery of the singleton's own state comes on top; so do retries where the database is slow.</remarks>
public static class FailoverBudget
{
    /// <summary>What a crash may cost; beyond it the settings are warned about.</summary>
    public static readonly TimeSpan Target = TimeSpan.FromSeconds(10);
    /// <summary>Gossip, reaper and leader each take a turn this often: small, because a cluster of a few nodes can afford it.</summary>
    public static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(250);
    /// <summary>Between removal of a dead node and the next singleton. Short: who acts is decided by the tenure in the database, not by this.</summary>
    public static readonly TimeSpan RemovalMargin = TimeSpan.FromMilliseconds(250);
    /// <summary>A slow round trip to the database: a checkpoint, a busy disk.</summary>
    public static readonly TimeSpan SlowRoundTrip = TimeSpan.FromSeconds(1);

    /// <summary>Until the others have noticed, agreed and removed the node: one heartbeat, its pause, a turn each of reaper, gossip and leader.</summary>
    public static TimeSpan Membership(SplitBrainSettings s) => s.Heartbeat + s.Pause + s.StableAfter + (3 * Turn) + RemovalMargin;

    /// <summary>Until a new tenure may act: the old one's lease, then what it may still have on the way to the venue.</summary>
    public static TimeSpan Tenure(TenureSettings t) => t.Lease + t.VenueWindow + t.Skew;

    /// <summary>Both run from the same crash, side by side.</summary>
    public static TimeSpan Of(SplitBrainSettings s, TenureSettings t) => Membership(s) > Tenure(t) ? Membership(s) : Tenure(t);
}
