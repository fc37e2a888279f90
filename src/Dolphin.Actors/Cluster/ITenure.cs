namespace Dolphin.Actors.Cluster;

/// <summary>The time in office of a singleton's instance.</summary>
public interface ITenure
{
    /// <summary>The fencing number of this tenure: above every earlier one, on any machine.</summary>
    long Epoch { get; }

    /// <summary>
    /// False once another instance may have begun: this one acts no more. Asked where something leaves, not where it is decided; takes no
    /// lock and waits for nobody.
    /// </summary>
    bool Holds { get; }

    /// <summary>It began in a cluster that was running: another instance may have acted before it, and what was said meanwhile is lost.</summary>
    bool TookOver { get; }
}

/// <summary>A tenure that nobody can take away: there is one process, and it holds the lock on its state folder.</summary>
public sealed record SoleTenure(long Epoch) : ITenure
{
    public bool Holds => true;
    public bool TookOver => false;
}
