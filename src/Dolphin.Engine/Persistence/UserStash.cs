using Dolphin.Engine.Actor;

namespace Dolphin.Engine.Persistence;

/// <summary>
/// The stash that a persistent actor's own code sees. Its messages come back through the internal stash, in front of the commands that
/// wait there: they were received earlier.
/// </summary>
internal sealed class UserStash(IStash own, IStash waitingCommands) : IStash
{
    public void Stash() => own.Stash();
    public void Unstash() => own.Unstash();

    public void UnstashAll()
    {
        waitingCommands.Prepend(own.ClearStash());
    }

    public void UnstashAll(Func<Envelope, bool> predicate) => own.UnstashAll(predicate);
    public IEnumerable<Envelope> ClearStash() => own.ClearStash();
    public void Prepend(IEnumerable<Envelope> envelopes) => own.Prepend(envelopes);
    public int Count => own.Count;
    public bool IsEmpty => own.IsEmpty;
    public bool NonEmpty => own.NonEmpty;
    public bool IsFull => own.IsFull;
    public int Capacity => own.Capacity;

    /// <summary>Straight back to the mailbox: the instance ends.</summary>
    public void ReturnAll() => own.UnstashAll();
}
