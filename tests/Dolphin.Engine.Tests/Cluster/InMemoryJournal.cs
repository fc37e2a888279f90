using System.Collections.Immutable;
using Akka.Actor.Setup;

namespace Dolphin.EngineTests;

/// <summary>An operation of <see cref="InMemoryJournal"/> that was made to fail.</summary>
public sealed class JournalFaultException(string message) : Exception(message);

/// <summary>A row: the bytes and the manifest of the serializer, as a database would have them.</summary>
internal sealed record StoredRow(string PersistenceId, long SequenceNr, int SerializerId, string Manifest, byte[] Bytes, DateTime Timestamp);

/// <summary>
/// Events and snapshots that outlive the actor systems they are given to, behind a journal plugin as Akka.NET knows them. Its faults are those of
/// <see cref="Dolphin.Journal.InMemoryJournal"/>, which stands behind the engine's actors.
/// </summary>
public sealed class InMemoryJournal
{
    private readonly object _gate = new();
    private readonly List<StoredRow> _events = [];
    private readonly List<StoredRow> _snapshots = [];
    private readonly SortedDictionary<string, long> _highest = new(StringComparer.Ordinal);
    private readonly HashSet<(string, long)> _deleted = []; // Only asked, never walked.

    /// <summary>Asked before every operation; null means that all is well.</summary>
    public Func<JournalOperation, JournalFault?> Faults { get; set; } = static _ => null;

    /// <summary>How many events a recovery of that id would replay.</summary>
    public ImmutableArray<object> EventsOf(string persistenceId)
    {
        lock (_gate) return [.. _events.Where(e => e.PersistenceId == persistenceId && !_deleted.Contains((e.PersistenceId, e.SequenceNr)))];
    }

    internal void Add(IReadOnlyCollection<StoredRow> rows)
    {
        lock (_gate)
        {
            foreach (var row in rows)
            {
                _events.Add(row);
                _highest[row.PersistenceId] = row.SequenceNr;
            }
        }
    }

    internal long HighestOf(string persistenceId)
    {
        lock (_gate) return _highest.GetValueOrDefault(persistenceId);
    }

    internal List<StoredRow> Events(string persistenceId, long from, long to)
    {
        lock (_gate)
        {
            return [.. _events.Where(e => e.PersistenceId == persistenceId && e.SequenceNr >= from && e.SequenceNr <= to
                && !_deleted.Contains((persistenceId, e.SequenceNr)))];
        }
    }

    internal void Delete(string persistenceId, long to)
    {
        lock (_gate)
        {
            foreach (var row in _events.Where(e => e.PersistenceId == persistenceId && e.SequenceNr <= to)) _deleted.Add((persistenceId, row.SequenceNr));
        }
    }

    internal void Save(StoredRow snapshot)
    {
        lock (_gate)
        {
            _snapshots.RemoveAll(s => s.PersistenceId == snapshot.PersistenceId && s.SequenceNr == snapshot.SequenceNr);
            _snapshots.Add(snapshot);
        }
    }

    internal StoredRow? Newest(string persistenceId, SnapshotSelectionCriteria criteria)
    {
        lock (_gate) return _snapshots.Where(s => s.PersistenceId == persistenceId && Fits(s, criteria)).MaxBy(s => s.SequenceNr);
    }

    internal void DeleteSnapshots(string persistenceId, Predicate<StoredRow> which)
    {
        lock (_gate) _snapshots.RemoveAll(s => s.PersistenceId == persistenceId && which(s));
    }

    internal static bool Fits(StoredRow snapshot, SnapshotSelectionCriteria criteria) => snapshot.SequenceNr <= criteria.MaxSequenceNr
        && snapshot.SequenceNr >= criteria.MinSequenceNr && snapshot.Timestamp <= criteria.MaxTimeStamp;
}

/// <summary>Tells the plugins of one actor system which journal is theirs.</summary>
public sealed class JournalSetup(InMemoryJournal journal) : Setup
{
    public InMemoryJournal Journal { get; } = journal;

    internal static InMemoryJournal Of(ActorSystem system) =>
        (system.Settings.Setup.Get<JournalSetup>().Value ?? throw new InvalidOperationException($"'{system.Name}' was started without a {nameof(JournalSetup)}.")).Journal;
}
