using System.Collections.Immutable;

namespace Dolphin.Journal;

/// <summary>One thing asked of an <see cref="InMemoryJournal"/>.</summary>
public abstract record JournalOperation(string PersistenceId)
{
    /// <summary>Events of one actor, from the first to the last sequence number.</summary>
    public sealed record Write(string PersistenceId, long FirstSequenceNr, long LastSequenceNr) : JournalOperation(PersistenceId);
    public sealed record Replay(string PersistenceId, long FromSequenceNr) : JournalOperation(PersistenceId);
    public sealed record SaveSnapshot(string PersistenceId, long SequenceNr) : JournalOperation(PersistenceId);
    public sealed record LoadSnapshot(string PersistenceId) : JournalOperation(PersistenceId);
    public sealed record Delete(string PersistenceId) : JournalOperation(PersistenceId);
}

/// <summary>What goes wrong with an operation.</summary>
public abstract record JournalFault
{
    private JournalFault() { }

    /// <summary>The operation fails; nothing is stored.</summary>
    public sealed record Fail(string Reason) : JournalFault;
    /// <summary>The events are refused, the journal works on. For anything but a write the same as Fail.</summary>
    public sealed record Reject(string Reason) : JournalFault;
    /// <summary>Nothing is done and nobody is told.</summary>
    public sealed record NoAnswer : JournalFault;
    /// <summary>Done, and answered, after a time of the system's clock. Order is kept: what is asked later is done later.</summary>
    public sealed record Delay(TimeSpan By) : JournalFault;
}

/// <summary>An event in memory, in the order of storing.</summary>
public sealed record InMemoryEvent(string PluginId, string PersistenceId, long SequenceNr, long CreatedTicks, object Payload);

/// <summary>The clock of the actor system that a journal in memory is attached to, for its delays.</summary>
internal interface IJournalClock
{
    DateTimeOffset Now { get; }
    /// <summary>Does it once the clock has moved on so far; never inside the call.</summary>
    void After(TimeSpan delay, Action action);
}

/// <summary>
/// A journal and snapshot store without files, for tests: it outlives the actor system it is given to, does what it is told to do
/// wrong, and can be cut off as by a crash.
/// </summary>
/// <remarks>In virtual time deterministic. Events are kept as objects, after a round trip through the serializers if there are any.</remarks>
public sealed class InMemoryJournal
{
    private readonly object _gate = new();
    private readonly List<InMemoryEvent> _events = [];
    private readonly List<(string Plugin, SnapshotKey Key, object Snapshot, int EventsBefore)> _snapshots = [];
    private readonly SortedDictionary<string, long> _highest = new(StringComparer.Ordinal);
    private readonly HashSet<(string, string, long)> _deleted = [];

    /// <summary>Asked before every operation; null means that all is well. Called from any thread.</summary>
    public Func<JournalOperation, JournalFault?> Faults { get; set; } = static _ => null;

    /// <summary>All events ever stored, in order, including deleted ones.</summary>
    public ImmutableArray<InMemoryEvent> Events
    {
        get
        {
            lock (_gate)
                return [.. _events];
        }
    }

    /// <summary>The events of one persistence id that a recovery would replay.</summary>
    public ImmutableArray<object> EventsOf(string persistenceId)
    {
        lock (_gate)
            return [.. _events.Where(e => e.PersistenceId == persistenceId && !IsDeleted(e)).Select(e => e.Payload)];
    }

    /// <summary>What a crash leaves that comes after the first <paramref name="keep"/> durable events: those, and the snapshots from before.</summary>
    public InMemoryJournal AfterCrash(int keep)
    {
        var rest = new InMemoryJournal();
        lock (_gate)
        {
            foreach (var e in _events.Take(keep))
                rest.Append(e);
            rest._snapshots.AddRange(_snapshots.Where(snapshot => snapshot.EventsBefore <= keep));
            foreach (var deleted in _deleted)
                rest._deleted.Add(deleted);
        }

        return rest;
    }

    /// <summary>Makes the store of one actor system; what is stored stays with this journal.</summary>
    internal IEventStore Attach(IJournalClock clock, IPayloadCodec codec) => new Store(this, clock, codec);

    private bool IsDeleted(InMemoryEvent e) => _deleted.Contains((e.PluginId, e.PersistenceId, e.SequenceNr));

    private static string Key(string plugin, string id) => plugin + "\n" + id;

    private long HighestOf(string plugin, string id) => _highest.GetValueOrDefault(Key(plugin, id));

    private void Append(InMemoryEvent e)
    {
        _events.Add(e);
        _highest[Key(e.PluginId, e.PersistenceId)] = e.SequenceNr;
    }

    private sealed class Store(InMemoryJournal journal, IJournalClock clock, IPayloadCodec codec) : IEventStore
    {
        private readonly Queue<Action> _delayed = new();
        private readonly HashSet<string> _failed = [];
        private DateTimeOffset _busyUntil = DateTimeOffset.MinValue;
        private bool _closed;

        public bool IsWriteBehind => false;

        public void RequirePlugin(string? pluginId, string persistenceId)
        {
            // Any name is a journal of its own.
        }

        public List<WriteOutcome>? WriteNow(string? pluginId, string persistenceId, List<JournalEvent> events) =>
            throw new NotSupportedException("The in-memory journal has no write-behind mode.");

        public void Write(string? pluginId, string persistenceId, List<JournalEvent> events, IWriteObserver observer)
        {
            var (plugin, key) = (pluginId ?? "", Key(pluginId ?? "", persistenceId));
            var stored = events.Where(e => e.IsStored).ToList();
            if (stored.Count == 0)
            {
                Do(null, () => Answer(events, observer, []));
                return;
            }

            var fault = journal.Faults(new JournalOperation.Write(persistenceId, stored[0].SequenceNr, stored[^1].SequenceNr));
            Do(fault, () =>
            {
                var cause = fault switch
                {
                    JournalFault.Fail fail => new JournalException(fail.Reason),
                    JournalFault.Reject reject => new JournalException(reject.Reason),
                    _ => null,
                };
                if (fault is not JournalFault.Reject)
                {
                    // A write behind a failed one would leave a hole in the history.
                    if (cause is null && _failed.Contains(key))
                        cause = new JournalException($"'{persistenceId}': a write before this one failed; nothing follows it until the actor has recovered.");
                    cause ??= Duplicate(plugin, persistenceId, stored[0].SequenceNr);
                }

                if (cause is not null)
                {
                    if (fault is not JournalFault.Reject)
                        _failed.Add(key);
                    foreach (var e in events)
                    {
                        if (fault is JournalFault.Reject)
                            observer.Rejected(e, cause);
                        else
                            observer.Failed(e, cause);
                    }

                    return;
                }

                Answer(events, observer, StoreAll(plugin, persistenceId, events));
            });
        }

        public void Replay(string? pluginId, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, IReplayObserver observer)
        {
            var plugin = pluginId ?? "";
            var fault = journal.Faults(new JournalOperation.Replay(persistenceId, fromSequenceNr));
            Do(fault, () =>
            {
                if (Failure(fault) is { } cause)
                {
                    observer.Failed(cause);
                    return;
                }

                _failed.Remove(Key(plugin, persistenceId));
                List<InMemoryEvent> events;
                long highest;
                lock (journal._gate)
                {
                    highest = journal.HighestOf(plugin, persistenceId);
                    events = [.. journal._events.Where(e => e.PluginId == plugin && e.PersistenceId == persistenceId && !journal.IsDeleted(e)
                        && e.SequenceNr >= fromSequenceNr && e.SequenceNr <= toSequenceNr)];
                }

                foreach (var e in events.Take((int)Math.Min(max, int.MaxValue)))
                    observer.Replayed(e.SequenceNr, e.Payload);
                observer.Completed(highest);
            });
        }

        public void DeleteEvents(string? pluginId, string persistenceId, long toSequenceNr, Action<Exception?> done)
        {
            var plugin = pluginId ?? "";
            Change(new JournalOperation.Delete(persistenceId), done, () =>
            {
                foreach (var e in journal._events)
                {
                    if (e.PluginId == plugin && e.PersistenceId == persistenceId && e.SequenceNr <= toSequenceNr)
                        journal._deleted.Add((plugin, persistenceId, e.SequenceNr));
                }
            });
        }

        public void SaveSnapshot(string? pluginId, SnapshotKey key, object snapshot, Action<Exception?> done)
        {
            var plugin = pluginId ?? "";
            Change(new JournalOperation.SaveSnapshot(key.PersistenceId, key.SequenceNr), done, () =>
            {
                journal._snapshots.RemoveAll(one => one.Plugin == plugin && one.Key.PersistenceId == key.PersistenceId
                    && one.Key.SequenceNr == key.SequenceNr);
                journal._snapshots.Add((plugin, key, RoundTrip(snapshot), journal._events.Count));
            });
        }

        public void LoadSnapshot(string? pluginId, string persistenceId, SnapshotRange range, Action<RestoredSnapshot?, Exception?> done)
        {
            var plugin = pluginId ?? "";
            var fault = journal.Faults(new JournalOperation.LoadSnapshot(persistenceId));
            Do(fault, () =>
            {
                if (Failure(fault) is { } cause)
                {
                    done(null, cause);
                    return;
                }

                RestoredSnapshot? newest = null;
                lock (journal._gate)
                {
                    foreach (var (of, key, snapshot, _) in journal._snapshots)
                    {
                        if (of == plugin && key.PersistenceId == persistenceId && range.Holds(key)
                            && key.SequenceNr >= (newest?.Key.SequenceNr ?? 0))
                            newest = new RestoredSnapshot(key, snapshot);
                    }
                }

                done(newest, null);
            });
        }

        public void DeleteSnapshots(string? pluginId, string persistenceId, SnapshotRange range, Action<Exception?> done)
        {
            var plugin = pluginId ?? "";
            Change(new JournalOperation.Delete(persistenceId), done, () => journal._snapshots.RemoveAll(one =>
                one.Plugin == plugin && one.Key.PersistenceId == persistenceId && range.Holds(one.Key)));
        }

        /// <summary>The system is gone: what was delayed never happens.</summary>
        public void Dispose() => _closed = true;

        private Dictionary<JournalEvent, Exception> StoreAll(string plugin, string persistenceId, List<JournalEvent> events)
        {
            var rejections = new Dictionary<JournalEvent, Exception>();
            lock (journal._gate)
            {
                foreach (var group in events.GroupBy(e => e.AtomicGroup))
                {
                    try
                    {
                        var encoded = group.Where(e => e.IsStored)
                            .Select(e => new InMemoryEvent(plugin, persistenceId, e.SequenceNr, e.CreatedTicks, RoundTrip(e.Payload))).ToList();
                        encoded.ForEach(journal.Append);
                    }
                    catch (Exception cause)
                    {
                        // A serializer may throw anything: these events are refused, as by the SQLite journal.
                        foreach (var e in group)
                            rejections.Add(e, cause);
                    }
                }
            }

            return rejections;
        }

        private static void Answer(List<JournalEvent> events, IWriteObserver observer, Dictionary<JournalEvent, Exception> rejections)
        {
            foreach (var e in events)
            {
                if (rejections.TryGetValue(e, out var cause))
                    observer.Rejected(e, cause);
                else
                    observer.Stored(e);
            }
        }

        private JournalException? Duplicate(string plugin, string persistenceId, long sequenceNr)
        {
            lock (journal._gate)
            {
                var highest = journal.HighestOf(plugin, persistenceId);
                return sequenceNr > highest ? null : new JournalException(
                    $"'{persistenceId}': expected a sequence number above {highest}, got {sequenceNr}; do two actors use this persistence id?");
            }
        }

        private void Change(JournalOperation operation, Action<Exception?> done, Action change)
        {
            var fault = journal.Faults(operation);
            Do(fault, () =>
            {
                var cause = Failure(fault);
                if (cause is null)
                {
                    try
                    {
                        lock (journal._gate)
                            change();
                    }
                    catch (System.Runtime.Serialization.SerializationException e)
                    {
                        cause = e;
                    }
                }

                done(cause);
            });
        }

        private object RoundTrip(object payload)
        {
            if (codec.IsEmpty)
                return payload;
            var (serializer, manifest, bytes) = codec.Serialize(payload);
            return codec.Deserialize(bytes, serializer, manifest);
        }

        private static Exception? Failure(JournalFault? fault) => fault switch
        {
            JournalFault.Fail fail => new JournalException(fail.Reason),
            JournalFault.Reject reject => new JournalException(reject.Reason),
            _ => null,
        };

        /// <summary>Now, or when everything before it is done and its own delay has passed; with NoAnswer never.</summary>
        private void Do(JournalFault? fault, Action action)
        {
            if (fault is JournalFault.NoAnswer)
                return;
            var delay = fault is JournalFault.Delay by ? by.By : TimeSpan.Zero;
            TimeSpan? wait = null;
            lock (_delayed)
            {
                var now = clock.Now;
                if (delay > TimeSpan.Zero || _delayed.Count > 0)
                {
                    _busyUntil = now + delay > _busyUntil ? now + delay : _busyUntil;
                    wait = _busyUntil - now;
                    _delayed.Enqueue(action);
                }
            }

            if (wait is { } time)
                clock.After(time, DoNext);
            else
                action();
        }

        private void DoNext()
        {
            Action action;
            lock (_delayed)
                action = _delayed.Dequeue();
            if (!_closed)
                action();
        }
    }
}
