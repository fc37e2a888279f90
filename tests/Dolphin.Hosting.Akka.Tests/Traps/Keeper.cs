using System.Collections.Concurrent;
using System.Collections.Immutable;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;

namespace Dolphin.Hosting.Akka.Tests.Traps;

/// <summary>A durable actor as the product's are: it stores what it is told, and acts on it only then.</summary>
/// <remarks>What it was told before it does not store twice, so that who hears no answer may ask again.</remarks>
internal sealed class Keeper : DurableActor<OperatorProtocol.Log>
{
    private readonly KeeperNotes _notes;
    private ImmutableArray<OperatorProtocol.Asked> _kept = [];

    public override string PersistenceId { get; }

    public Keeper(string id, KeeperNotes notes)
    {
        (PersistenceId, _notes) = (id, notes);
        Recover<OperatorProtocol.Asked>(Keep);
        Recover<RecoveryCompleted>(_ => notes.Lives.Enqueue(string.Join(' ', _kept.Select(k => k.By))));
        Command<OperatorProtocol.Asked>(asked =>
        {
            if (_kept.Contains(asked))
            {
                Sender.Tell(asked.By);
                return;
            }

            Persist(asked, stored =>
            {
                Keep(stored);
                notes.Acted.Enqueue(stored.By);
                Sender.Tell(stored.By);
            });
        });
        // An event that no serializer knows: what a journal rejects, instead of failing.
        Command<Unwritable>(unwritable => Persist(unwritable, _ => notes.Acted.Enqueue("unwritable")));
    }

    protected override OperatorProtocol.Log Capture() => new(_kept);
    protected override void Restore(OperatorProtocol.Log snapshot) => _kept = snapshot.Requests;

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        _notes.Ends.Enqueue($"write failed: {cause.Message} {cause.InnerException?.Message}");
        base.OnPersistFailure(cause, @event, sequenceNr);
    }

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        _notes.Ends.Enqueue($"write rejected: {cause.Message}");
        base.OnPersistRejected(cause, @event, sequenceNr);
    }

    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        _notes.Ends.Enqueue($"recovery failed: {reason.Message}");
        base.OnRecoveryFailure(reason, message);
    }

    private void Keep(OperatorProtocol.Asked asked) => _kept = _kept.Add(asked);

    internal sealed record Unwritable;
}

/// <summary>What one keeper's lives did, for whoever looks from outside.</summary>
internal sealed class KeeperNotes
{
    /// <summary>What was acted on, in order; what a venue would have seen.</summary>
    public ConcurrentQueue<string> Acted { get; } = new();

    /// <summary>Why a life ended that did not end well.</summary>
    public ConcurrentQueue<string> Ends { get; } = new();

    /// <summary>What each life knew when its recovery was over.</summary>
    public ConcurrentQueue<string> Lives { get; } = new();
}
