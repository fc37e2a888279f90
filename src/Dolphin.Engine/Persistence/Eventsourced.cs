using Dolphin.Engine.Actor;
using Dolphin.Engine.Event;
using Dolphin.Journal;

namespace Dolphin.Engine.Persistence;

/// <summary>Has an identity that outlives the actor.</summary>
public interface IPersistentIdentity
{
    /// <summary>Unique in the journal: two actors with one id at the same time damage each other's history.</summary>
    string PersistenceId { get; }
    string? JournalPluginId { get; }
    string? SnapshotPluginId { get; }
}

/// <summary>
/// An actor whose state is the fold of its stored events: it recovers by replaying them and changes by storing new ones.
/// </summary>
/// <remarks>
/// Phases: it waits for its turn to recover, is offered a snapshot, replays events, then handles commands. While events given to
/// Persist are on their way, commands wait in an internal stash, apart from the user's own <see cref="Stash"/>.
/// </remarks>
public abstract partial class Eventsourced : ActorBase, IActorStash, IWithUnboundedStash, IWithUnrestrictedStash, IPersistentIdentity, IWriteObserver, IReplayObserver
{
    private enum Phase
    {
        WaitingForPermit,
        LoadingSnapshot,
        Replaying,
        HandlingCommands,
        Persisting,
        Ended,
    }

    private readonly PersistenceExtension _extension;
    private readonly IEventStore _store;
    private readonly IStash _internalStash;
    private readonly IActorRef _self;
    private Phase _phase = Phase.WaitingForPermit;
    private UserStash? _stash; // Null until the actor's own code has asked for it.

    protected Eventsourced()
    {
        _extension = Persistence.Instance.Apply(Context.System);
        _store = _extension.Store;
        _internalStash = Context.CreateStash(GetType());
        _self = Self;
    }

    protected virtual ILoggingAdapter Log => field ??= Context.GetLogger();

    public abstract string PersistenceId { get; }

    /// <summary>Which journal; "" or null is the default one.</summary>
    public string? JournalPluginId { get; protected set; }
    /// <summary>Which snapshot store; "" or null is that of <see cref="JournalPluginId"/>.</summary>
    public string? SnapshotPluginId { get; protected set; }

    /// <summary>Asked once, when the actor starts.</summary>
    public virtual Recovery Recovery => Recovery.Default;

    public virtual IStashOverflowStrategy InternalStashOverflowStrategy => ThrowOverflowExceptionStrategy.Instance;

    public bool IsRecovering => _phase < Phase.HandlingCommands;
    public bool IsRecoveryFinished => !IsRecovering;

    /// <summary>Sequence number of the last event replayed, or stored with its handler run; 0 before the first.</summary>
    public long LastSequenceNr { get; private set; }
    public long SnapshotSequenceNr => LastSequenceNr;
    public string SnapshotterId => PersistenceId;

    /// <summary>The user's own stash. UnstashAll puts its messages in front of the commands that wait for a persist.</summary>
    public IStash Stash
    {
        get => _stash ??= new UserStash(((LocalActorRef)_self).Cell.CreateStash(GetType()), _internalStash);
        set => _stash = new UserStash(value, _internalStash);
    }

    /// <summary>Handles a <see cref="SnapshotOffer"/>, a replayed event or <see cref="RecoveryCompleted"/>. May change state only.</summary>
    protected abstract bool ReceiveRecover(object message);

    /// <summary>Handles a command.</summary>
    protected abstract bool ReceiveCommand(object message);

    /// <summary>After the last replayed event, before <see cref="RecoveryCompleted"/>.</summary>
    protected virtual void OnReplaySuccess()
    {
        // A hook.
    }

    /// <summary>Recovery failed; the actor stops after this.</summary>
    /// <param name="message">The event whose replay failed, or null.</param>
    protected virtual void OnRecoveryFailure(Exception reason, object? message = null)
    {
        if (message is null)
            Log.Error(reason, "'{0}' cannot recover, last sequence number seen {1}: {2} The actor stops.", PersistenceId, LastSequenceNr, reason.Message);
        else
            Log.Error(reason, "'{0}' cannot recover: replaying event {1} ({2}) failed: {3} The actor stops.", PersistenceId, LastSequenceNr,
                message.GetType().Name, reason.Message);
    }

    /// <summary>It is not known whether the event was stored; the actor stops after this.</summary>
    protected virtual void OnPersistFailure(Exception cause, object @event, long sequenceNr) =>
        Log.Error(cause, "'{0}' could not persist {1} with sequence number {2}: {3} The actor stops.", PersistenceId, @event.GetType().Name, sequenceNr,
            cause.Message);

    /// <summary>The event was not stored and its handler does not run; the actor goes on.</summary>
    protected virtual void OnPersistRejected(Exception cause, object @event, long sequenceNr) =>
        Log.Error(cause, "'{0}': {1} with sequence number {2} was rejected: {3}", PersistenceId, @event.GetType().Name, sequenceNr, cause.Message);

    public override void AroundPreStart()
    {
        if (PersistenceId is null)
            throw new InvalidOperationException($"PersistenceId of {GetType().Name} is null; expected a name that is unique in the journal.");
        _store.RequirePlugin(JournalPluginId, PersistenceId);
        _store.RequirePlugin(SnapshotPlugin, PersistenceId);
        RequestRecovery();
        base.AroundPreStart();
    }

    public override void AroundPreRestart(Exception cause, object? message)
    {
        try
        {
            ReturnStashes();
            FlushEvents(last: true);
        }
        finally
        {
            Detach();
            base.AroundPreRestart(cause, message is EventAnswered answered ? answered.Event.Payload : message is EventReplayed replayed ? replayed.Payload : message);
        }
    }

    public override void AroundPostRestart(Exception cause, object? message)
    {
        RequestRecovery();
        base.AroundPostRestart(cause, message);
    }

    public override void AroundPostStop()
    {
        try
        {
            ReturnStashes();
            FlushEvents(last: true);
        }
        finally
        {
            Detach();
            base.AroundPostStop();
        }
    }

    protected override void Unhandled(object message)
    {
        switch (message)
        {
            case RecoveryCompleted:
                return; // Not everybody wants to know.
            case SaveSnapshotFailure failure:
                Log.Warning("'{0}': the snapshot at sequence number {1} was not saved: {2}", PersistenceId, failure.Metadata.SequenceNr, failure.Cause.Message);
                break;
            case DeleteSnapshotFailure failure:
                Log.Warning("'{0}': the snapshot at sequence number {1} was not deleted: {2}", PersistenceId, failure.Metadata.SequenceNr, failure.Cause.Message);
                break;
            case DeleteSnapshotsFailure failure:
                Log.Warning("'{0}': snapshots were not deleted: {1}", PersistenceId, failure.Cause.Message);
                break;
            case DeleteMessagesFailure failure:
                Log.Warning("'{0}': events up to {1} were not deleted: {2}", PersistenceId, failure.ToSequenceNr, failure.Cause.Message);
                break;
        }

        base.Unhandled(message);
    }

    protected internal override bool AroundReceive(Receive receive, object message)
    {
        if (message is EventsourcedMessage own)
        {
            if (ReferenceEquals(own.Instance, this) && _phase != Phase.Ended)
                OnJournalMessage(own);
        }
        else if (_phase == Phase.HandlingCommands)
        {
            HandleCommand(receive, message);
        }
        else if (_phase != Phase.Ended)
        {
            StashInternally(message);
        }
        else
        {
            Context.System.DeadLetters.Tell(message, Sender);
        }

        return true;
    }

    private string? SnapshotPlugin => string.IsNullOrEmpty(SnapshotPluginId) ? JournalPluginId : SnapshotPluginId;

    private void OnJournalMessage(EventsourcedMessage message)
    {
        switch (message)
        {
            case EventAnswered answered:
                OnAnswered(answered.Event, answered.Outcome);
                break;
            case EventReplayed replayed:
                OnReplayed(replayed.SequenceNr, replayed.Payload);
                break;
            case RecoveryPermitted:
                StartRecovery();
                break;
            case SnapshotLoaded loaded:
                OnSnapshotLoaded(loaded.Snapshot, loaded.Cause);
                break;
            case ReplayCompleted completed:
                OnReplayCompleted(completed.HighestSequenceNr);
                break;
            case ReplayFailed failed:
                FailRecovery(failed.Cause, @event: null);
                break;
            case RecoveryTick:
                OnRecoveryTick();
                break;
            case WriteTick:
                OnWriteTick();
                break;
            case HandlersLeft:
                RunHandlersLeft();
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"No rule for {message.GetType().Name}.");
        }
    }

    /// <summary>Nothing more is expected from the journal, and nothing that comes matters.</summary>
    private void Detach()
    {
        _phase = Phase.Ended;
        StopRecoveryTimer();
        _detached = true;
        _extension.Permits.Return(this);
    }

    private void Stop()
    {
        _phase = Phase.Ended;
        Context.Stop(_self);
    }

    private void StashInternally(object message)
    {
        try
        {
            _internalStash.Stash();
        }
        catch (StashOverflowException) when (InternalStashOverflowStrategy is not ThrowOverflowExceptionStrategy)
        {
            if (InternalStashOverflowStrategy is ReplyToStrategy reply)
                Sender.Tell(reply.Response, _self);
            else
                Context.System.DeadLetters.Tell(new DeadLetter(message, Sender, _self), Sender);
        }
    }

    /// <summary>
    /// One command at a time comes back from the internal stash: the next one may persist and must then find the others still waiting.
    /// </summary>
    private void UnstashNext(bool all)
    {
        if (all)
            _internalStash.UnstashAll();
        else
            _internalStash.Unstash();
    }

    /// <summary>To the next instance, or to the dead letters: first what the user stashed, which was received earlier.</summary>
    private void ReturnStashes()
    {
        _internalStash.UnstashAll();
        _stash?.ReturnAll();
    }
}
