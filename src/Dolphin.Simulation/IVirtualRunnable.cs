namespace Dolphin.Simulation;

/// <summary>Something the virtual-time loop can give a turn.</summary>
/// <remarks>An interface, so that a mailbox is one itself: what stands in line is then the object that the turn works on, and not one more that is cold.</remarks>
internal interface IVirtualRunnable
{
    /// <summary>Does a turn; true if another is needed.</summary>
    bool RunTurn();
}
