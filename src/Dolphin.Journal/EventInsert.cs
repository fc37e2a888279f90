namespace Dolphin.Journal;

/// <summary>An event that has its place in its entity's chain, on its way into a table.</summary>
internal readonly record struct UnwrittenEvent(JournalEntity Entity, long SequenceNr, long CreatedTicks, EncodedEvent Encoded, ulong Checksum);

/// <summary>Inserts event rows into one table with the columns of <c>journal</c>.</summary>
internal sealed class EventInsert
{
    public const string Columns = "ordering, created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid, checksum";

    private readonly SqliteStatement _insert;
    private JournalEntity? _bound;
    private byte[]? _boundManifest;

    public EventInsert(SqliteConnection db, string table, string writerUuid)
    {
        _insert = db.Prepare($"INSERT INTO {table} ({Columns}) VALUES (?9, ?1, 0, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
        _insert.BindText(7, writerUuid);
    }

    public void Run(long ordering, in UnwrittenEvent row)
    {
        var encoded = row.Encoded;
        _insert.Bind(1, row.CreatedTicks).Bind(3, row.SequenceNr).BindBlob(4, encoded.Message).Bind(6, encoded.SerializerId).Bind(8, (long)row.Checksum)
            .Bind(9, ordering);
        if (!ReferenceEquals(_bound, row.Entity))
            _insert.BindText(2, (_bound = row.Entity).Utf8);
        if (!ReferenceEquals(_boundManifest, encoded.Manifest))
            _insert.BindText(5, _boundManifest = encoded.Manifest);
        _insert.Run();
    }
}
