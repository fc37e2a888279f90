using Dolphin.Engine.Actor;
using Dolphin.Journal;

namespace Dolphin.Engine.Persistence;

/// <summary>An event on its way into the journal together with the handler that waits for it; or, deferred, the handler alone.</summary>
internal abstract class PendingEvent : JournalEvent
{
    /// <summary>True if commands wait (are stashed) until the handler has run.</summary>
    public required bool Stashing { get; init; }
    /// <summary>Who sent the command that led to this.</summary>
    public required IActorRef Sender { get; init; }
    /// <summary>The one behind it in <see cref="PendingEvents"/>.</summary>
    public PendingEvent? Next { get; set; }

    public abstract void RunHandler();
}

/// <inheritdoc/>
internal sealed class PendingEvent<TEvent>(Action<TEvent> handler) : PendingEvent
{
    public override void RunHandler() => handler((TEvent)Payload);
}
