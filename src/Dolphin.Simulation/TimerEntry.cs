namespace Dolphin.Simulation;

/// <summary>One thing to do at a time.</summary>
internal class TimerEntry
{
    internal const int NotQueued = -1;

    /// <summary>100 ns ticks on the owning scheduler's clock.</summary>
    internal long Due;
    /// <summary>100 ns ticks; 0 for once.</summary>
    internal long Period;
    /// <summary>Path of the actor it concerns, and the timer's own name if it has one: ties break by them, not by when it was armed.</summary>
    internal string Owner = "";
    internal string Name = "";
    internal long Sequence;
    internal int Index = NotQueued;
    internal volatile bool Cancelled;

    /// <summary>True if it was called off: it is passed over when its time comes.</summary>
    internal virtual bool IsOff => Cancelled;

    /// <summary>Does it; nothing if it is off.</summary>
    internal virtual void Fire()
    {
        // An entry that is only a place in time.
    }

    /// <summary>It has fired, or is about to, for the only time.</summary>
    internal virtual void Over()
    {
        // Nothing to let go of.
    }
}
