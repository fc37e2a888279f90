namespace Dolphin.Lighthouse;

/// <summary>What the process tells its caller; the numbers mean the same as those of <c>dolphin</c>. Documented in docs/cluster.md.</summary>
public enum LighthouseExit
{
    /// <summary>Left the cluster as asked.</summary>
    Ok = 0,
    /// <summary>A fault of the program itself.</summary>
    Fault = 1,
    /// <summary>The command line is wrong.</summary>
    Usage = 2,
    /// <summary>The settings or the certificate are wrong.</summary>
    ConfigInvalid = 3,
    /// <summary>The address is in use or cannot be bound, or another process answers under this node's name.</summary>
    AddressUnavailable = 9,
    /// <summary>The others took this node out of the cluster: they could not hear it, or another one came under its name. Starting again joins anew.</summary>
    TakenOut = 11,
}
