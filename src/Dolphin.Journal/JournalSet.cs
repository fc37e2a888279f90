using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Dolphin.Journal;

/// <summary>All journal files of a system behind one writer thread.</summary>
/// <remarks>
/// In Durable mode any thread may call. In WriteBehind mode one thread at a time does, the one that runs virtual time.
/// </remarks>
public sealed class JournalSet : IEventStore
{
    private const int Piece = 4096;

    private readonly JournalSettings _settings;
    private readonly IPayloadCodec _codec;
    private readonly List<JournalFile> _files;
    private readonly JournalQueue _queue;
    private readonly JournalWriter _writer;
    private readonly Action<string> _warn;
    private readonly EventEncoder _factEncoder;
    private FactBook _facts = new();
    private Checkpoint? _previous;
    private bool _used;
    private bool _closed;

    bool IEventStore.IsWriteBehind => IsWriteBehind;
    private bool IsWriteBehind => _settings.Mode == DurabilityMode.WriteBehind;

    /// <summary>Rows found damaged when the files were opened, in the order of files and rows. Their entities will not recover.</summary>
    public IReadOnlyList<DamagedRow> Damage { get; }

    /// <summary>Why nothing can be stored any more (disk full, I/O error...), or null. Once set it stays.</summary>
    public Exception? Fault => _writer.Fault;

    /// <summary>Event rows written since opening.</summary>
    public long RowsWritten => _writer.RowsWritten;
    /// <summary>Transactions committed since opening.</summary>
    public long Commits => _writer.Commits;
    /// <summary>Events that the re-execution derived again after a rewind, equal to the stored ones.</summary>
    public long FactsRederived => _facts.Rederived;
    /// <summary>Stored events that the re-execution has not derived again (yet). Above 0 at its end, events were lost.</summary>
    public long FactsOutstanding => _facts.Outstanding;

    private JournalSet(JournalSettings settings, IPayloadCodec codec, List<JournalFile> files, Action<string> warn)
    {
        (_settings, _codec, _files, _warn) = (settings, codec, files, warn);
        _factEncoder = new EventEncoder(codec);
        Damage = files.SelectMany(file => file.Damage).ToArray();
        _queue = new JournalQueue(settings.QueueBound, settings.WriteTimeout);
        _writer = new JournalWriter(files, _queue, codec, settings.Mode == DurabilityMode.WriteBehind);
    }

    /// <summary>Opens or creates the files and verifies every row in them.</summary>
    /// <param name="writer">Stored with each row: who wrote it. With the number of times the file was opened it is the writer_uuid.</param>
    /// <param name="warn">Hears of what is wrong but not fatal, such as a damaged snapshot.</param>
    /// <exception cref="JournalSchemaException">A newer Dolphin wrote the file.</exception>
    /// <exception cref="JournalException">A file cannot be read.</exception>
    internal static JournalSet Open(JournalSettings settings, IPayloadCodec codec, string writer, Action<string> warn)
    {
        if (settings.Files.Count == 0)
            throw new ArgumentException("Persistence needs at least one journal file, got none.", nameof(settings));
        if (settings.QueueBound < 1)
            throw new ArgumentException($"Persistence: QueueBound is {settings.QueueBound}; expected at least 1 event.", nameof(settings));
        System.IO.Directory.CreateDirectory(settings.Directory);
        var files = new List<JournalFile>();
        try
        {
            foreach (var file in settings.Files)
                files.Add(new JournalFile(file.PluginId, Path.Combine(settings.Directory, file.FileName), writer, settings.MaxFileBytes, mayScatter: settings.Mode == DurabilityMode.Durable));
            return new JournalSet(settings, codec, files, warn);
        }
        catch
        {
            foreach (var file in files)
                file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Goes back to the newest intact checkpoint, or to the very beginning if there is none. Rows beyond it stay and become facts: a
    /// persist of the same persistence id and sequence number must repeat its row, and is then acknowledged without writing.
    /// Before any actor persists or recovers, once, in WriteBehind mode.
    /// </summary>
    /// <returns>False if it went to the beginning (of an empty journal too).</returns>
    public bool TryRewind([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Checkpoint? checkpoint)
    {
        RequireWriteBehind("Rewinding");
        if (_used)
            throw new InvalidOperationException("The journal was used already; a rewind comes before the first recovery, once.");
        _used = true;
        checkpoint = Call(_ => ChooseCheckpoint());
        var chosen = checkpoint;
        _facts = Call(_ => Rewind(chosen));
        _previous = checkpoint;
        return checkpoint is not null;
    }

    /// <summary>
    /// For a driver that does not rewind: the newest intact checkpoint, whose number and cursor it goes on from, while every entity
    /// recovers to its newest event. Before any actor persists or recovers, once, in WriteBehind mode.
    /// </summary>
    /// <returns>The checkpoint, or null if there is none, and when the newest event of all was stored; null if there is none.</returns>
    public (Checkpoint? Checkpoint, DateTimeOffset? NewestEvent) Newest()
    {
        RequireWriteBehind("Going on without a rewind");
        if (_used)
            throw new InvalidOperationException("The journal was used already; where it stands is asked before the first recovery, once.");
        _used = true;
        _previous = Call(_ => ChooseCheckpoint());
        var ticks = Call(_ => _files.Max(file => file.NewestCreated()));
        return (_previous, ticks > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null);
    }

    /// <summary>
    /// Saves a checkpoint: all snapshots saved since the last one and the sequence numbers that all entities have reached. The driver
    /// calls it when every actor has saved its snapshot and nothing is under way. Returns before it is durable; see <see cref="Flush"/>.
    /// </summary>
    /// <param name="number">Greater than that of every checkpoint before.</param>
    /// <param name="cursor">The driver's own state.</param>
    /// <exception cref="JournalException">The journal has failed.</exception>
    public void SaveCheckpoint(long number, DateTimeOffset at, byte[] cursor)
    {
        RequireWriteBehind("A checkpoint");
        ThrowIfFailed();
        _used = true;
        var reached = _facts.Reached();
        var cursorCopy = cursor.ToArray();
        _queue.Add(new ChangeRequest(writer => Save(writer, number, at, cursorCopy, reached), done: null));
    }

    /// <summary>
    /// The events of a persistence id that lie beyond the checkpoint that the journal was rewound to, oldest first, in the file named
    /// by <paramref name="pluginId"/>.
    /// </summary>
    public IEnumerable<(long SequenceNr, object Event)> ReadFacts(string persistenceId, string pluginId = "")
    {
        var file = FileOf(pluginId, persistenceId);
        if (_facts.Find(file, persistenceId) is not { } facts)
            yield break;
        foreach (var fact in ReadAll(file, persistenceId, facts.SequenceNr + 1, long.MaxValue, long.MaxValue))
            yield return fact;
    }

    /// <summary>Waits until everything queued so far is durable. (Snapshots in WriteBehind mode become so with their checkpoint.)</summary>
    /// <exception cref="JournalException">The journal has failed.</exception>
    public void Flush() => Call(static _ => true);

    /// <exception cref="JournalException">The journal has failed.</exception>
    public void ThrowIfFailed()
    {
        if (_writer.Fault is { } fault)
            throw new JournalException(fault.Message, fault);
    }

    /// <summary>Writes what is queued and closes the files.</summary>
    public void Dispose()
    {
        if (_closed)
            return;
        _closed = true;
        _queue.Close();
        _writer.Join();
        foreach (var file in _files)
            file.Dispose();
    }

    void IEventStore.RequirePlugin(string? pluginId, string persistenceId) => FileOf(pluginId, persistenceId);

    void IEventStore.Write(string? pluginId, string persistenceId, List<JournalEvent> events, IWriteObserver observer)
    {
        Debug.Assert(!IsWriteBehind);
        _queue.Add(new WriteRequest(persistenceId, events, observer) { File = FileOf(pluginId, persistenceId) });
    }

    List<WriteOutcome>? IEventStore.WriteNow(string? pluginId, string persistenceId, List<JournalEvent> events)
    {
        Debug.Assert(IsWriteBehind);
        _used = true;
        if (!events.Exists(static e => e.IsStored))
            return null;
        if (_writer.Fault is { } fault)
            return Outcomes(events.Count, new WriteOutcome(fault, Rejected: false));
        var file = FileOf(pluginId, persistenceId);
        if (_facts.Find(file, persistenceId) is null && !HasUnboundType(events))
        {
            _queue.Add(new WriteRequest(persistenceId, events, observer: null) { File = file });
            return null;
        }

        return WriteCarefully(file, persistenceId, events);
    }

    void IEventStore.Replay(string? pluginId, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, IReplayObserver observer)
    {
        var file = FileOf(pluginId, persistenceId);
        if (!IsWriteBehind)
        {
            _queue.Add(new ReplayRequest(persistenceId, fromSequenceNr, toSequenceNr, max, observer) { File = file });
            return;
        }

        _used = true;
        long highest;
        try
        {
            highest = _facts.Find(file, persistenceId)?.SequenceNr ?? Call(_ => file.Entities.GetOrAdd(persistenceId).LastSequenceNr);
            foreach (var (sequenceNr, payload) in ReadAll(file, persistenceId, fromSequenceNr, Math.Min(toSequenceNr, highest), max))
            {
                if (!observer.Replayed(sequenceNr, payload))
                    return;
            }
        }
        catch (JournalException e)
        {
            observer.Failed(e);
            return;
        }

        observer.Completed(highest);
    }

    void IEventStore.DeleteEvents(string? pluginId, string persistenceId, long toSequenceNr, Action<Exception?> done)
    {
        var file = FileOf(pluginId, persistenceId);
        Change(file, done, _ => file.DeleteEvents(file.Entities.GetOrAdd(persistenceId), toSequenceNr));
    }

    void IEventStore.SaveSnapshot(string? pluginId, SnapshotKey key, object snapshot, Action<Exception?> done)
    {
        var file = FileOf(pluginId, key.PersistenceId);
        if (IsWriteBehind && !_codec.Knows(snapshot.GetType()))
        {
            done(NoSerializer(snapshot));
            return;
        }

        Post(new SaveSnapshotRequest(key, snapshot, IsWriteBehind ? null : done) { File = file }, done);
    }

    void IEventStore.LoadSnapshot(string? pluginId, string persistenceId, SnapshotRange range,
        Action<RestoredSnapshot?, Exception?> done)
    {
        var file = FileOf(pluginId, persistenceId);
        if (!IsWriteBehind)
        {
            _queue.Add(new ChangeRequest(writer =>
            {
                writer.CommitAll();
                done(Load(writer, file, persistenceId, range, long.MaxValue), null);
            }, failure =>
            {
                if (failure is not null)
                    done(null, failure);
            }));
            return;
        }

        _used = true;
        RestoredSnapshot? snapshot;
        try
        {
            var limit = _facts.Find(file, persistenceId)?.SequenceNr ?? long.MaxValue;
            snapshot = Call(writer => Load(writer, file, persistenceId, range, limit));
        }
        catch (JournalException e)
        {
            done(null, e);
            return;
        }

        done(snapshot, null);
    }

    void IEventStore.DeleteSnapshots(string? pluginId, string persistenceId, SnapshotRange range, Action<Exception?> done)
    {
        var file = FileOf(pluginId, persistenceId);
        Change(file, done, writer => Delete(writer, file, file.Entities.GetOrAdd(persistenceId), range));
    }

    /// <summary>The slow way of <see cref="IEventStore.WriteNow"/>: compares with facts, and rejects types that no serializer takes.</summary>
    private List<WriteOutcome> WriteCarefully(JournalFile file, string persistenceId, List<JournalEvent> events)
    {
        var outcomes = Outcomes(events.Count, default);
        var write = new List<JournalEvent>();
        for (var start = 0; start < events.Count;)
        {
            var end = start + 1;
            while (end < events.Count && events[end].AtomicGroup == events[start].AtomicGroup)
                end++;
            var rejection = Rejection(events, start, end);
            for (var i = start; i < end; i++)
            {
                if (rejection is not null)
                {
                    outcomes[i] = new WriteOutcome(rejection, Rejected: true);
                }
                else if (events[i].IsStored && _facts.Find(file, persistenceId) is { } facts)
                {
                    if (Compare(file, facts, events[i]) is { } divergence)
                    {
                        // Nothing behind it may be stored either: it would build on what never happened.
                        for (; i < events.Count; i++)
                            outcomes[i] = new WriteOutcome(divergence, Rejected: false);
                        end = events.Count;
                    }
                }
                else if (events[i].IsStored)
                {
                    write.Add(events[i]);
                }
            }

            start = end;
        }

        if (write.Count > 0)
            _queue.Add(new WriteRequest(persistenceId, write, observer: null) { File = file });
        return outcomes;
    }

    private Exception? Rejection(List<JournalEvent> events, int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            if (events[i].IsStored && !_codec.Knows(events[i].Payload.GetType()))
                return NoSerializer(events[i].Payload);
        }

        return null;
    }

    private static System.Runtime.Serialization.SerializationException NoSerializer(object payload) =>
        new($"No serializer is bound to {payload.GetType().FullName}, to a base class or to an interface of it; it was not stored.");

    private bool HasUnboundType(List<JournalEvent> events) => Rejection(events, 0, events.Count) is not null;

    private DivergenceException? Compare(JournalFile file, FactBook.EntityFacts facts, JournalEvent @event)
    {
        var fact = facts.Next;
        EncodedEvent encoded;
        try
        {
            encoded = _factEncoder.Encode(@event.Payload);
        }
        catch (Exception e)
        {
            // A serializer may throw anything; what cannot be serialized cannot be what is stored.
            return Divergence(file, facts.Entity, fact, @event.SequenceNr, $"an event that cannot be serialized ({e.Message})", "");
        }

        if (_facts.TryRederive(file, facts, @event.SequenceNr, @event.CreatedTicks, encoded))
            return null;
        var actual = Encoding.UTF8.GetString(encoded.Manifest);
        var row = Call(_ => file.Row(fact.Ordering));
        var difference = row is not { } stored || stored.Manifest != actual || fact.SequenceNr != @event.SequenceNr ? ""
            : !stored.Message.AsSpan().SequenceEqual(encoded.Message)
                ? $", {encoded.Message.Length} bytes that differ from the stored {stored.Message.Length} at byte {stored.Message.AsSpan().CommonPrefixLength(encoded.Message)}"
            : stored.CreatedTicks != @event.CreatedTicks
                ? $", created {new DateTime(@event.CreatedTicks):O} where {new DateTime(stored.CreatedTicks):O} is stored" : ", another serializer";
        return Divergence(file, facts.Entity, fact, @event.SequenceNr, $"'{actual}' with sequence number {@event.SequenceNr}{difference}", actual);
    }

    private DivergenceException Divergence(JournalFile file, JournalEntity entity, JournalFact fact, long sequenceNr, string got, string actual)
    {
        var expected = Call(_ => file.Row(fact.Ordering))?.Manifest ?? "";
        return new DivergenceException(
            $"{file.Path}: row {fact.Ordering} ('{entity.Id}'): the re-execution should persist '{expected}' with sequence number "
            + $"{fact.SequenceNr} again, got {got}. Nothing was overwritten; the entity halts.", entity.Id, sequenceNr, fact.Ordering, expected, actual);
    }

    /// <summary>Reads on the writer's thread, piece by piece; what the caller does in between does not hold the writer.</summary>
    private IEnumerable<(long SequenceNr, object Event)> ReadAll(JournalFile file, string persistenceId, long from, long to, long max)
    {
        var replay = Call(_ =>
        {
            var entity = file.Entities.GetOrAdd(persistenceId);
            return entity.Damage is { } damage ? throw new DamagedJournalException(damage) : file.Replay(entity, from, to, max);
        });
        while (!replay.IsComplete)
        {
            var events = Call(writer =>
            {
                var stored = new List<StoredEvent>();
                replay.Read(Piece, stored);
                var entity = file.Entities.GetOrAdd(persistenceId);
                return stored.ConvertAll(one => (one.SequenceNr, Payload: writer.Decode(file, entity, one)));
            });
            foreach (var @event in events)
                yield return @event;
        }
    }

    private RestoredSnapshot? Load(JournalWriter writer, JournalFile file, string persistenceId, SnapshotRange range, long limit)
    {
        var entity = file.Entities.GetOrAdd(persistenceId);
        if (entity.Damage is { } damage)
            throw new DamagedJournalException(damage);
        if (writer.SnapshotBuffer.Find(file, entity) is { } held && range.Holds(held.Key) && held.Key.SequenceNr <= limit)
        {
            return new RestoredSnapshot(held.Key, _codec.Deserialize(
                held.Encoded.Message, held.Encoded.SerializerId, Encoding.UTF8.GetString(held.Encoded.Manifest)));
        }

        var candidates = file.Snapshots.Find(entity, range.MinSequenceNr, Math.Min(limit, range.MaxSequenceNr),
            range.MinCreated.Ticks, range.MaxCreated.Ticks);
        foreach (var stored in candidates)
        {
            if (writer.Decode(stored, out var problem) is { } snapshot)
                return new RestoredSnapshot(new SnapshotKey(persistenceId, stored.SequenceNr, new DateTime(stored.CreatedTicks, DateTimeKind.Utc)), snapshot);
            _warn($"{file.Path}: snapshot of '{persistenceId}' at sequence number {stored.SequenceNr} is discarded: {problem}. "
                + "Recovery goes on from an older snapshot or from the first event.");
        }

        return null;
    }

    private void Delete(JournalWriter writer, JournalFile file, JournalEntity entity, SnapshotRange range)
    {
        var (minTicks, maxTicks) = (range.MinCreated.Ticks, range.MaxCreated.Ticks);
        if (!IsWriteBehind)
        {
            file.Begin();
            file.Snapshots.Delete(entity, range.MinSequenceNr, range.MaxSequenceNr, minTicks, maxTicks);
            return;
        }

        // The last checkpoint may need the row: this run sees it no more, and the next checkpoint but one deletes it.
        if (writer.SnapshotBuffer.Find(file, entity) is { } held && range.Holds(held.Key))
            writer.SnapshotBuffer.Drop(file, entity);
        entity.VisibleSnapshots ??= [.. file.Snapshots.Find(entity, 0, long.MaxValue, long.MinValue, long.MaxValue).Select(one => one.SequenceNr)];
        foreach (var gone in file.Snapshots.Find(entity, range.MinSequenceNr, range.MaxSequenceNr, minTicks, maxTicks))
            entity.VisibleSnapshots.Remove(gone.SequenceNr);
        if (entity.NewestSnapshot is { } newest && !entity.VisibleSnapshots.Contains(newest.SequenceNr))
            entity.NewestSnapshot = null;
    }

    /// <summary>On the writer's thread: events of all files, snapshots of the later files, then in one transaction the rest.</summary>
    private void Save(JournalWriter writer, long number, DateTimeOffset at, byte[] cursor,
        Dictionary<(JournalFile File, string Id), (long SequenceNr, ulong Checksum, long NextOrdering)> reached)
    {
        writer.CommitAll();
        var previous = _previous;
        for (var i = _files.Count - 1; i >= 0; i--)
        {
            var file = _files[i];
            var needed = previous?.Entities.Where(entity => entity.File == file.PluginId).ToDictionary(entity => entity.PersistenceId, entity => entity.SnapshotSequenceNr);
            if (i > 0 && writer.SnapshotBuffer.IsEmpty(file))
                continue;
            file.Begin();
            writer.SnapshotBuffer.Write(file, entity => needed?.GetValueOrDefault(entity.Id));
            if (i > 0)
                writer.Commit(file);
        }

        var checkpoint = Describe(number, at, cursor, reached);
        _files[0].Checkpoints.Save(checkpoint, previous?.Number);
        writer.Commit(_files[0]);
        _previous = checkpoint;
    }

    private Checkpoint Describe(long number, DateTimeOffset at, byte[] cursor,
        Dictionary<(JournalFile File, string Id), (long SequenceNr, ulong Checksum, long NextOrdering)> reached)
    {
        var entities = new List<CheckpointEntity>();
        var orderings = new List<long>();
        foreach (var file in _files)
        {
            var lastOrdering = file.LastOrdering;
            foreach (var entity in file.Entities.All.OrderBy(entity => entity.Id, StringComparer.Ordinal))
            {
                if (entity.Damage is not null || (entity.LastSequenceNr == 0 && entity.NewestSnapshot is null))
                    continue;
                var (sequenceNr, checksum) = (entity.LastSequenceNr, entity.Checksum);
                if (reached.TryGetValue((file, entity.Id), out var behind))
                {
                    (sequenceNr, checksum) = (behind.SequenceNr, behind.Checksum);
                    lastOrdering = Math.Min(lastOrdering, behind.NextOrdering - 1);
                }

                entities.Add(new CheckpointEntity(file.PluginId, entity.Id, sequenceNr, entity.NewestSnapshot?.SequenceNr)
                {
                    Checksum = checksum,
                    SnapshotChecksum = entity.NewestSnapshot?.Checksum ?? 0,
                });
            }

            orderings.Add(lastOrdering);
        }

        return new Checkpoint(number, at, ImmutableCollectionsMarshal.AsImmutableArray(cursor), [.. entities]) { LastOrderings = [.. orderings] };
    }

    private Checkpoint? ChooseCheckpoint()
    {
        foreach (var (number, checkpoint) in _files[0].Checkpoints.ReadAll())
        {
            var problem = checkpoint is null ? "its checksum does not match" : Misfit(checkpoint);
            if (problem is null)
                return checkpoint;
            _warn($"{_files[0].Path}: checkpoint {number} is passed over: {problem}. An older one, or the beginning, is used.");
        }

        return null;
    }

    /// <summary>Why the files do not fit a checkpoint, or null. Damaged entities do not count: they halt anyway.</summary>
    private string? Misfit(Checkpoint checkpoint)
    {
        if (checkpoint.LastOrderings.Length != _files.Count)
            return $"it was saved with {checkpoint.LastOrderings.Length} journal files, there are {_files.Count}";
        foreach (var reached in checkpoint.Entities)
        {
            if (_files.Find(file => file.PluginId == reached.File) is not { } file)
                return $"it names the journal '{reached.File}', which is not configured";
            var entity = file.Entities.GetOrAdd(reached.PersistenceId);
            if (entity.Damage is not null)
                continue;
            if (entity.LastSequenceNr < reached.SequenceNr)
                return $"'{reached.PersistenceId}' had reached {reached.SequenceNr}, but {file.Path} ends at {entity.LastSequenceNr}";
            if (entity.DeletedTo > reached.SequenceNr)
                return $"'{reached.PersistenceId}' had reached {reached.SequenceNr}, but events up to {entity.DeletedTo} were deleted since";
            if (reached.SequenceNr > 0 && file.ChecksumAt(entity, reached.SequenceNr) is { } checksum && checksum != reached.Checksum)
                return $"the row of '{reached.PersistenceId}' with sequence number {reached.SequenceNr} is another one than then";
            if (reached.Snapshot is { } snapshot && !file.Snapshots.IsIntact(entity, snapshot))
                return $"the snapshot of '{reached.PersistenceId}' at {snapshot.SequenceNr} is damaged, missing or another one than then";
        }

        return null;
    }

    private FactBook Rewind(Checkpoint? checkpoint)
    {
        var facts = new FactBook();
        var reached = new Dictionary<(JournalFile, string), CheckpointEntity>();
        foreach (var entity in checkpoint?.Entities ?? [])
            reached.Add((_files.First(file => file.PluginId == entity.File), entity.PersistenceId), entity);
        for (var i = 0; i < _files.Count; i++)
        {
            var file = _files[i];
            file.Entities.Rewound = true;
            foreach (var entity in file.Entities.All)
            {
                var at = reached.GetValueOrDefault((file, entity.Id));
                if (entity.DeletedTo > (at?.SequenceNr ?? 0))
                    throw new JournalException(
                        $"{file.Path}: cannot go back to the beginning: the events of '{entity.Id}' up to {entity.DeletedTo} were deleted.");
                entity.NewestSnapshot = at?.Snapshot;
                entity.VisibleSnapshots = at?.SnapshotSequenceNr is { } snapshot ? [snapshot] : [];
            }

            file.ScanChecksums(checkpoint?.LastOrderings[i] ?? 0, (entity, fact) =>
            {
                var at = reached.GetValueOrDefault((file, entity.Id));
                if (entity.Damage is null && fact.SequenceNr > (at?.SequenceNr ?? 0))
                    facts.Add(file, entity, fact, at?.SequenceNr ?? 0, at is null || at.SequenceNr == 0 ? RowChecksum.Genesis(entity.Utf8) : at.Checksum);
            });
        }

        return facts;
    }

    private JournalFile FileOf(string? pluginId, string persistenceId)
    {
        if (string.IsNullOrEmpty(pluginId))
            return _files[0];
        foreach (var file in _files)
        {
            if (file.PluginId == pluginId)
                return file;
        }

        throw new JournalException(
            $"'{persistenceId}' wants the journal '{pluginId}'; configured are: {string.Join(", ", _files.Select(file => file.PluginId))}.");
    }

    private void Change(JournalFile file, Action<Exception?> done, Action<JournalWriter> change) =>
        Post(new ChangeRequest(change, IsWriteBehind ? null : done) { File = file }, done);

    private void Post(JournalRequest request, Action<Exception?> done)
    {
        _used = true;
        if (IsWriteBehind && _writer.Fault is { } fault)
        {
            done(fault);
            return;
        }

        _queue.Add(request);
        if (IsWriteBehind)
            done(null);
    }

    private T Call<T>(Func<JournalWriter, T> call)
    {
        var request = new CallRequest<T>(call);
        _queue.Add(request);
        return request.Wait(_settings.WriteTimeout);
    }

    private void RequireWriteBehind(string what)
    {
        if (!IsWriteBehind)
            throw new InvalidOperationException($"{what} is for replays: expected DurabilityMode.WriteBehind, the journal is {_settings.Mode}.");
    }

    private static List<WriteOutcome> Outcomes(int count, WriteOutcome all)
    {
        var outcomes = new List<WriteOutcome>(count);
        for (var i = 0; i < count; i++)
            outcomes.Add(all);
        return outcomes;
    }
}
