namespace Dolphin.Drills;

/// <summary>Who trades.</summary>
internal enum Fleet
{
    /// <summary>One node of the Embedded edition, with its own journal.</summary>
    Embedded,

    /// <summary>One node of the Cluster edition, two lighthouses, PostgreSQL.</summary>
    One,

    /// <summary>Three nodes of it.</summary>
    Three,
}
