namespace Dolphin.Engine.Persistence;

/// <summary>The pending events of one actor, oldest first; nothing but two references while there are none. Do not copy it.</summary>
internal struct PendingEvents
{
    private PendingEvent? _oldest, _newest;

    public readonly bool IsEmpty => _oldest is null;

    /// <exception cref="InvalidOperationException">There is none.</exception>
    public readonly PendingEvent Oldest => _oldest ?? throw new InvalidOperationException("No event is pending; expected one that waits for its handler.");

    /// <param name="event">Waits nowhere else.</param>
    public void Enqueue(PendingEvent @event)
    {
        if (_newest is null) _oldest = @event;
        else _newest.Next = @event;
        _newest = @event;
    }

    /// <exception cref="InvalidOperationException">There is none.</exception>
    public PendingEvent Dequeue()
    {
        var first = Oldest;
        (_oldest, first.Next) = (first.Next, null);
        if (_oldest is null) _newest = null;
        return first;
    }
}
