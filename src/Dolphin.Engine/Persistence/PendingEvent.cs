using Dolphin.Engine.Actor;

namespace Dolphin.Engine.Persistence;

/// <summary>An event on its way into the journal together with the handler that waits for it; or, deferred, the handler alone.</summary>
internal abstract class PendingEvent
{
    /// <summary>Never null; immutable, because another thread serializes it.</summary>
    public required object Payload { get; init; }
    /// <summary>0 for a deferred handler: it keeps its place in the order, but nothing is stored.</summary>
    public required long SequenceNr { get; init; }
    /// <summary>.NET ticks, UTC, of the engine's clock when the actor asked.</summary>
    public required long CreatedTicks { get; init; }
    /// <summary>Neighbours with the same number are stored all or none.</summary>
    public required int AtomicGroup { get; init; }
    /// <summary>True if commands wait (are stashed) until the handler has run.</summary>
    public required bool Stashing { get; init; }
    /// <summary>Who sent the command that led to this.</summary>
    public required IActorRef Sender { get; init; }

    public bool IsStored => SequenceNr > 0;
    public abstract void RunHandler();
}

/// <inheritdoc/>
internal sealed class PendingEvent<TEvent>(Action<TEvent> handler) : PendingEvent
{
    public override void RunHandler() => handler((TEvent)Payload);
}

/// <summary>Hears what became of a write. Called from the writer's thread, in the order of the events.</summary>
internal interface IWriteObserver
{
    void Stored(PendingEvent @event);
    /// <summary>Not stored, and never will be (it could not be serialized); the journal works on.</summary>
    void Rejected(PendingEvent @event, Exception cause);
    /// <summary>Perhaps stored, perhaps not.</summary>
    void Failed(PendingEvent @event, Exception cause);
}
