namespace Dolphin.Simulation;

/// <summary>Something the virtual-time loop can give a turn.</summary>
internal abstract class VirtualRunnable
{
    /// <summary>Does a turn; true if another is needed.</summary>
    internal abstract bool RunTurn();
}
