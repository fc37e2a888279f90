using Akka.Configuration;
using Dolphin.Journal;

namespace Dolphin.Hosting.Akka.Simulation;

/// <summary>
/// A plugin of Akka.Persistence, journal and snapshot store in one, over <see cref="IEventStore"/>. It answers a write when the store
/// does: in write-behind mode and in memory before the message is handled, from files in durable mode when the event is on disk.
/// </summary>
internal sealed class EventStoreActor : ActorBase
{
    private readonly IEventStore _store;
    private readonly JournalSettings _settings;
    private readonly string _plugin;
    private readonly LinkedList<WriteAnswers> _unanswered = [];
    private bool _watching;

    /// <summary>Made by Akka.Persistence, from the name of the type and the plugin's section of the configuration.</summary>
    /// <exception cref="JournalException">The files cannot be opened, or have none of this name.</exception>
    public EventStoreActor(Config config)
    {
        var extension = EventStores.Instance.Apply(Context.System);
        (_store, _settings) = (extension.Store, extension.Settings);
        _plugin = config.GetString("plugin-id", "");
        _store.RequirePlugin(_plugin, Self.Path.Name);
    }

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case WriteMessages write:
                Write(write);
                return true;
            case ReplayMessages replay:
                Refusable(
                    () => _store.Replay(
                        _plugin, replay.PersistenceId, replay.FromSequenceNr, replay.ToSequenceNr, replay.Max, new ReplayAnswers(replay, Self)),
                    cause => new ReplayMessagesFailure(cause), replay.PersistentActor);
                return true;
            case DeleteMessagesTo delete:
                var to = delete.ToSequenceNr;
                Refusable(
                    () => _store.DeleteEvents(_plugin, delete.PersistenceId, to, Answer(
                        delete.PersistentActor, cause => cause is null ? new DeleteMessagesSuccess(to) : new DeleteMessagesFailure(cause, to))),
                    cause => new DeleteMessagesFailure(cause, to), delete.PersistentActor);
                return true;
            case LoadSnapshot load:
                Load(load);
                return true;
            case SaveSnapshot save:
                Refusable(
                    () => _store.SaveSnapshot(_plugin, KeyOf(save.Metadata), save.Snapshot, Answer(
                        Sender, cause => cause is null ? new SaveSnapshotSuccess(save.Metadata) : new SaveSnapshotFailure(save.Metadata, cause))),
                    cause => new SaveSnapshotFailure(save.Metadata, cause), Sender);
                return true;
            case DeleteSnapshot delete:
                var number = delete.Metadata.SequenceNr;
                Refusable(
                    () => _store.DeleteSnapshots(
                        _plugin, delete.Metadata.PersistenceId, new SnapshotRange(number, number, DateTime.MinValue, DateTime.MaxValue), Answer(
                            Sender, cause => cause is null ? new DeleteSnapshotSuccess(delete.Metadata) : new DeleteSnapshotFailure(delete.Metadata, cause))),
                    cause => new DeleteSnapshotFailure(delete.Metadata, cause), Sender);
                return true;
            case DeleteSnapshots delete:
                Refusable(
                    () => _store.DeleteSnapshots(_plugin, delete.PersistenceId, RangeOf(delete.Criteria, long.MaxValue), Answer(
                        Sender, cause => cause is null ? new DeleteSnapshotsSuccess(delete.Criteria) : new DeleteSnapshotsFailure(delete.Criteria, cause))),
                    cause => new DeleteSnapshotsFailure(delete.Criteria, cause), Sender);
                return true;
            case LookAtWrites:
                LookAtOldest();
                return true;
            default:
                return false;
        }
    }

    private void Write(WriteMessages write)
    {
        var now = Context.System.Scheduler.Now;
        var events = Events(write, now.UtcTicks);
        var answers = new WriteAnswers(write, events, Self, now);
        var id = PersistenceIdOf(write);
        try
        {
            if (_store.IsWriteBehind)
            {
                var outcomes = _store.WriteNow(_plugin, id, events);
                for (var i = 0; i < events.Count; i++) answers.Answer(outcomes is null ? default : outcomes[i]);
                return;
            }

            _store.Write(_plugin, id, events, answers);
            if (!answers.IsComplete) Watch(answers);
        }
        catch (JournalException e)
        {
            answers.FailRest(e);
        }
    }

    /// <summary>What was persisted together is stored together; a deferred handler only keeps its place.</summary>
    private static List<JournalEvent> Events(WriteMessages write, long ticks)
    {
        var events = new List<JournalEvent>();
        var group = 0;
        foreach (var envelope in write.Messages)
        {
            group++;
            if (envelope is not AtomicWrite together)
            {
                events.Add(new WrittenEvent(null, envelope.Sender) { Payload = envelope.Payload, SequenceNr = 0, CreatedTicks = ticks, AtomicGroup = group });
                continue;
            }

            foreach (var persistent in (IEnumerable<IPersistentRepresentation>)together.Payload)
            {
                events.Add(new WrittenEvent(persistent, persistent.Sender)
                {
                    Payload = persistent.Payload, SequenceNr = persistent.SequenceNr, CreatedTicks = ticks, AtomicGroup = group,
                });
            }
        }

        return events;
    }

    private static string PersistenceIdOf(WriteMessages write)
    {
        foreach (var envelope in write.Messages)
        {
            if (envelope is AtomicWrite together) return together.PersistenceId;
        }

        return ""; // Deferred handlers alone: nothing is stored.
    }

    private void Load(LoadSnapshot load)
    {
        var (asked, self) = (Sender, Self);
        if (load.Criteria.Equals(SnapshotSelectionCriteria.None))
        {
            asked.Tell(new LoadSnapshotResult(null!, load.ToSequenceNr), self);
            return;
        }

        Refusable(
            () => _store.LoadSnapshot(_plugin, load.PersistenceId, RangeOf(load.Criteria, load.ToSequenceNr), (snapshot, cause) => asked.Tell(
                cause is not null ? new LoadSnapshotFailed(cause) : new LoadSnapshotResult(SelectedOf(snapshot)!, load.ToSequenceNr), self)),
            cause => new LoadSnapshotFailed(cause), asked);
    }

    /// <summary>One timer at a time, however many writes wait: at its end it looks how old the oldest is.</summary>
    private void Watch(WriteAnswers answers)
    {
        while (_unanswered.First is { Value.IsComplete: true }) _unanswered.RemoveFirst();
        _unanswered.AddLast(answers);
        if (_watching) return;
        _watching = true;
        Context.System.Scheduler.ScheduleTellOnce(_settings.WriteTimeout, Self, LookAtWrites.Instance, Self);
    }

    private void LookAtOldest()
    {
        _watching = false;
        var now = Context.System.Scheduler.Now;
        while (_unanswered.First is { Value: var oldest })
        {
            if (!oldest.IsComplete && now - oldest.Asked < _settings.WriteTimeout)
            {
                _watching = true;
                Context.System.Scheduler.ScheduleTellOnce(_settings.WriteTimeout - (now - oldest.Asked), Self, LookAtWrites.Instance, Self);
                return;
            }

            _unanswered.RemoveFirst();
            oldest.FailRest(new JournalTimeoutException(
                $"'{oldest.PersistenceId}': the journal did not answer for {_settings.WriteTimeout.TotalSeconds:0.###} s; whether the event is stored is not known."));
        }
    }

    /// <summary>The callback of a store, on whatever thread, as a message.</summary>
    private Action<Exception?> Answer(IActorRef asked, Func<Exception?, object> answer)
    {
        var self = Self;
        return cause => asked.Tell(answer(cause), self);
    }

    private void Refusable(Action ask, Func<Exception, object> refusal, IActorRef asked)
    {
        try
        {
            ask();
        }
        catch (JournalException e)
        {
            asked.Tell(refusal(e), Self);
        }
    }

    private static SnapshotKey KeyOf(SnapshotMetadata metadata) => new(metadata.PersistenceId, metadata.SequenceNr, metadata.Timestamp);

    private static SelectedSnapshot? SelectedOf(RestoredSnapshot? snapshot) => snapshot is null ? null : new SelectedSnapshot(
        new SnapshotMetadata(snapshot.Key.PersistenceId, snapshot.Key.SequenceNr, snapshot.Key.Created), snapshot.State);

    private static SnapshotRange RangeOf(SnapshotSelectionCriteria criteria, long toSequenceNr) => new(
        criteria.MinSequenceNr, Math.Min(criteria.MaxSequenceNr, toSequenceNr), criteria.MinTimestamp ?? DateTime.MinValue, criteria.MaxTimeStamp);

    private sealed class LookAtWrites
    {
        public static readonly LookAtWrites Instance = new();
    }
}
