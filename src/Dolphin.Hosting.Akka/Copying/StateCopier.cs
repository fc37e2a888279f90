using System.Collections.Immutable;
using System.Data.Common;
using System.Globalization;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Journal;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Hosting.Akka.Journal;

namespace Dolphin.Hosting.Akka.Copying;

/// <summary>Copies the journal of a state folder into an empty database of a cluster, row by row and byte by byte, in one transaction.</summary>
/// <remarks>
/// Snapshots go over with the events: of sensors and of what strategies measure they are all there is, so a replay of the events alone would
/// end in another state. Whatever ends the copy before its last line, even a kill, leaves the database as it was.
/// </remarks>
public static class StateCopier
{
    private const int ProgressEvery = 50_000; // Rows: some seconds of work.

    /// <param name="cluster">Name of the cluster that shall own the database.</param>
    /// <param name="progress">Hears a sentence now and then.</param>
    /// <exception cref="CopyRefusedException">The folder is damaged or a newer program's, or the database is not empty.</exception>
    /// <exception cref="ClusterRefusedException">The database belongs to another cluster or plan, or a newer program wrote it.</exception>
    /// <exception cref="CopyDiffersException">What was read back is not what was sent.</exception>
    /// <exception cref="DbException">The database cannot be reached, or refuses.</exception>
    public static async Task<StateCopyReport> CopyAsync(
        CopySource source, CopyTarget target, string cluster, Action<string> progress, CancellationToken cancellation)
    {
        RefuseDamage(source.Journal);
        var epoch = Math.Max(source.Epoch, NewestEpoch(source.Journal, cancellation));
        var (notes, snapshots) = WorthCopying(source.Journal);

        await using var transaction = await target.Connection.BeginTransactionAsync(cancellation);
        await target.ClaimAsync(transaction, cluster, $"{source.Plan}/{source.Venue}", cancellation);
        if (await target.ActingAsync(transaction, cancellation) is { } acting)
            throw new CopyRefusedException($"A node works on the database now ({acting}); expected none. Nothing was copied; stop the cluster's nodes, and take a database that has no events yet.");
        await RefuseEventsAsync(transaction, cancellation);

        var sent = new Digests();
        await SendAsync(source.Journal, snapshots, transaction, sent, progress, cancellation);
        // In a folder all of them acted under the epoch of its start; those that its plan did not have have had no tenure under it, and begin above it like the others.
        await target.EndTenuresAsync(transaction, SingletonNames.All, epoch, $"copied from {source.Folder}", cancellation);

        progress($"Reading {Count(source.Journal.EventCount, "event")} back.");
        var entities = sent.All();
        await CompareAsync(transaction, entities, progress, cancellation);
        await transaction.CommitAsync(cancellation);
        return new StateCopyReport(
            source.Folder, cluster, source.Plan, source.Venue, entities.Sum(e => e.Events), entities.Sum(e => e.Snapshots), epoch, entities, LeftOutOf(source.Journal), notes);
    }

    internal static string Count(long number, string thing) => string.Create(CultureInfo.InvariantCulture, $"{number:#,##0} {thing}{(number == 1 ? "" : "s")}");

    private static void RefuseDamage(WholeJournal journal)
    {
        if (journal.Damage.Count == 0) return;
        var more = journal.Damage.Count > 3 ? $" And {Count(journal.Damage.Count - 3, "row")} more." : "";
        throw new CopyRefusedException(
            $"{string.Join(' ', journal.Damage.Take(3))}{more} Nothing was copied: a copy would look whole. Restore {journal.Path} from a backup, or go on in the folder without the entity.");
    }

    // Also of names: what this version cannot read no node of it could.
    private static long NewestEpoch(WholeJournal journal, CancellationToken cancellation)
    {
        var newest = 0L;
        foreach (var row in journal.Events())
        {
            cancellation.ThrowIfCancellationRequested();
            RequireKnown(journal, row.PersistenceId, row.SequenceNr, row.SerializerId, row.Manifest);
            if (StoredTypes.TypeOf(row.Manifest) != typeof(ExecutionEvent.Intended)) continue;
            var intended = (ExecutionEvent.Intended)StoredJson.Read(row.Message, typeof(ExecutionEvent.Intended));
            // Early versions wrote it into the order's id alone.
            var named = ClientOrderIds.TryParse(intended.Order.Id, out var name) ? name.Value.Epoch : 0;
            newest = Math.Max(newest, Math.Max(intended.Epoch, named));
        }
        return newest;
    }

    private static void RequireKnown(WholeJournal journal, string persistenceId, long sequenceNr, int serializer, string manifest)
    {
        if (serializer == DolphinSerializer.Id && StoredTypes.Table.Any(t => string.Equals(t.Name, manifest, StringComparison.Ordinal))) return;
        throw new CopyRefusedException(
            $"{journal.Path}: row {sequenceNr} of {persistenceId} is a '{manifest}' of serializer {serializer}, which this version does not know: a newer one wrote it. Nothing was copied; copy with that version.");
    }

    /// <returns>What to say about snapshots, and the ones that are copied.</returns>
    private static (ImmutableArray<string> Notes, ImmutableArray<(string PersistenceId, long SequenceNr)> Worth) WorthCopying(WholeJournal journal)
    {
        var (notes, worth) = (ImmutableArray.CreateBuilder<string>(), ImmutableArray.CreateBuilder<(string, long)>());
        var covered = new Dictionary<string, long>(StringComparer.Ordinal); // Only looked up.
        foreach (var row in journal.Snapshots())
        {
            if (!row.IsIntact)
            {
                notes.Add($"The snapshot of {row.PersistenceId} at {row.SequenceNr} is damaged and was left out, as a recovery passes it over.");
                continue;
            }
            RequireKnown(journal, row.PersistenceId, row.SequenceNr, row.SerializerId, row.Manifest);
            worth.Add((row.PersistenceId, row.SequenceNr));
            covered[row.PersistenceId] = row.SequenceNr;
        }
        foreach (var entity in journal.Entities.Where(e => e.DeletedTo > covered.GetValueOrDefault(e.PersistenceId)))
            throw new CopyRefusedException(
                $"{journal.Path}: the events of {entity.PersistenceId} up to {entity.DeletedTo} were deleted, and no snapshot that is whole says what they came to. Nothing was copied; restore the file from a backup.");
        return (notes.ToImmutable(), worth.ToImmutable());
    }

    private static async Task RefuseEventsAsync(DbTransaction transaction, CancellationToken cancellation)
    {
        foreach (var (table, kind, newest) in new[] { ("journal", "an event", "ordering"), ("snapshot", "a snapshot", "created") })
        {
            await using var query = Command(transaction, $"SELECT persistence_id, sequence_number FROM {table} ORDER BY {newest} DESC LIMIT 1");
            await using var row = await query.ExecuteReaderAsync(cancellation);
            if (!await row.ReadAsync(cancellation)) continue;
            throw new CopyRefusedException(
                $"The database already has {kind} of {row.GetString(0)}, number {row.GetInt64(1)}; expected none, because two histories of one entity cannot be made one. Nothing was copied; take a new database.");
        }
    }

    private static async Task SendAsync(
        WholeJournal journal, ImmutableArray<(string PersistenceId, long SequenceNr)> worth, DbTransaction transaction, Digests sent,
        Action<string> progress, CancellationToken cancellation)
    {
        await using (var events = new RowInserter(
            transaction, "journal", "created", "deleted", "persistence_id", "sequence_number", "message", "manifest", "identifier", "writer_uuid"))
        {
            var done = 0L;
            foreach (var row in journal.Events())
            {
                sent.Of(row.PersistenceId).Add(row);
                await events.AddAsync(
                    [row.Created, row.IsDeleted, row.PersistenceId, row.SequenceNr, row.Message, row.Manifest, row.SerializerId, (object?)row.Writer ?? DBNull.Value], cancellation);
                if (++done % ProgressEvery == 0) progress($"{Count(done, "event")} of {Count(journal.EventCount, "event")} sent.");
            }
            await events.FlushAsync(cancellation);
        }

        var chosen = worth.ToHashSet();
        await using var snapshots = new RowInserter(transaction, "snapshot", "persistence_id", "sequence_number", "created", "snapshot", "manifest", "serializer_id");
        foreach (var row in journal.Snapshots().Where(r => chosen.Contains((r.PersistenceId, r.SequenceNr))))
        {
            sent.Of(row.PersistenceId).Add(row);
            await snapshots.AddAsync([row.PersistenceId, row.SequenceNr, row.Created, row.Snapshot, row.Manifest, row.SerializerId], cancellation);
        }
        await snapshots.FlushAsync(cancellation);
    }

    private static async Task CompareAsync(DbTransaction transaction, ImmutableArray<CopiedEntity> sent, Action<string> progress, CancellationToken cancellation)
    {
        var (read, told) = (0L, 0L);
        foreach (var expected in sent)
        {
            using var digest = new EntityDigest();
            await foreach (var row in EventsAsync(transaction, expected.PersistenceId, cancellation)) digest.Add(row);
            await foreach (var row in SnapshotsAsync(transaction, expected.PersistenceId, cancellation)) digest.Add(row);
            var found = digest.Of(expected.PersistenceId);
            if (found != expected) throw new CopyDiffersException($"The database gave back {found}; sent was {expected}. Nothing was kept: what it stores is not what it is given.");
            read += found.Events;
            if (read - told >= ProgressEvery) progress($"{Count(told = read, "event")} compared.");
        }

        await using var all = Command(transaction, "SELECT (SELECT count(*) FROM journal) + (SELECT count(*) FROM snapshot)");
        var (rows, mine) = (Convert.ToInt64(await all.ExecuteScalarAsync(cancellation), CultureInfo.InvariantCulture), sent.Sum(e => e.Events + e.Snapshots));
        if (rows != mine) throw new CopyDiffersException($"The database has {rows} rows; sent were {mine}. Nothing was kept.");
    }

    private static async IAsyncEnumerable<EventRow> EventsAsync(
        DbTransaction transaction, string persistenceId, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var query = Command(transaction,
            "SELECT sequence_number, created, deleted, identifier, manifest, writer_uuid, message FROM journal WHERE persistence_id = @id ORDER BY sequence_number", persistenceId);
        await using var row = await query.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            yield return new EventRow(
                persistenceId, row.GetInt64(0), row.GetInt64(1), row.GetBoolean(2), row.GetInt32(3), row.GetString(4),
                await row.IsDBNullAsync(5, cancellation) ? null : row.GetString(5), row.GetFieldValue<byte[]>(6));
        }
    }

    private static async IAsyncEnumerable<SnapshotRow> SnapshotsAsync(
        DbTransaction transaction, string persistenceId, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var query = Command(transaction,
            "SELECT sequence_number, created, serializer_id, manifest, snapshot FROM snapshot WHERE persistence_id = @id ORDER BY sequence_number", persistenceId);
        await using var row = await query.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
            yield return new SnapshotRow(persistenceId, row.GetInt64(0), row.GetInt64(1), row.GetInt32(2), row.GetString(3), row.GetFieldValue<byte[]>(4), IsIntact: true);
    }

    private static ImmutableArray<LeftOut> LeftOutOf(WholeJournal journal) => journal.CheckpointCount == 0
        ? []
        : [new LeftOut("checkpoints", journal.CheckpointCount, "Where a replay can be taken up again; a cluster takes up every entity where it is.")];

#pragma warning disable CA2100 // Names of our own tables; what is looked for goes by a parameter.
    private static DbCommand Command(DbTransaction transaction, string sql, string? persistenceId = null)
    {
        var command = transaction.Connection!.CreateCommand();
        (command.Transaction, command.CommandText, command.CommandTimeout) = (transaction, sql, RowInserter.PatienceSeconds);
        if (persistenceId is null) return command;
        var id = command.CreateParameter();
        (id.ParameterName, id.Value) = ("@id", persistenceId);
        command.Parameters.Add(id);
        return command;
    }
#pragma warning restore CA2100

    private sealed class Digests
    {
        private readonly SortedDictionary<string, EntityDigest> _byId = new(StringComparer.Ordinal);

        public EntityDigest Of(string persistenceId) => _byId.TryGetValue(persistenceId, out var digest) ? digest : _byId[persistenceId] = new EntityDigest();

        public ImmutableArray<CopiedEntity> All() => [.. _byId.Select(e => e.Value.Of(e.Key))];
    }
}
