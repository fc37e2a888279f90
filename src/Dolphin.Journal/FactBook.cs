namespace Dolphin.Journal;

/// <summary>
/// What a rewound journal knows beyond the point it was rewound to. The re-execution must persist these facts again, entity by entity
/// and in order; each is compared and ticked off, none is written twice. Only checksums are kept.
/// </summary>
/// <remarks>Used by the one thread that runs virtual time; 24 bytes per fact.</remarks>
internal sealed class FactBook
{
    private readonly Dictionary<(JournalFile File, string Id), EntityFacts> _byEntity = [];

    public long Rederived { get; private set; }
    public long Outstanding { get; private set; }

    /// <summary>Facts are added in the order of their rows.</summary>
    public void Add(JournalFile file, JournalEntity entity, JournalFact fact, long rewoundTo, ulong rewoundChecksum)
    {
        if (!_byEntity.TryGetValue((file, entity.Id), out var facts))
            _byEntity.Add((file, entity.Id), facts = new EntityFacts(entity, rewoundTo, rewoundChecksum));
        facts.Rows.Add(fact);
        Outstanding++;
    }

    /// <summary>The facts that an entity has still to repeat, or null.</summary>
    public EntityFacts? Find(JournalFile file, string id) => Outstanding > 0 ? _byEntity.GetValueOrDefault((file, id)) : null;

    /// <summary>True, and the fact is ticked off, if <paramref name="encoded"/> is what the next row of the entity holds.</summary>
    public bool TryRederive(JournalFile file, EntityFacts facts, long sequenceNr, long createdTicks, in EncodedEvent encoded)
    {
        var fact = facts.Next;
        if (fact.SequenceNr != sequenceNr || fact.Checksum != RowChecksum.OfEvent(
            facts.Checksum, sequenceNr, createdTicks, encoded.SerializerId, encoded.Manifest, encoded.Message))
        {
            return false;
        }

        facts.Advance();
        Outstanding--;
        Rederived++;
        if (facts.IsEmpty)
            _byEntity.Remove((file, facts.Entity.Id));
        return true;
    }

    /// <summary>Per file: what the entities with facts outstanding had reached, for a checkpoint that is taken before they caught up.</summary>
    public Dictionary<(JournalFile File, string Id), (long SequenceNr, ulong Checksum, long NextOrdering)> Reached()
    {
        var reached = new Dictionary<(JournalFile, string), (long, ulong, long)>();
        foreach (var (key, facts) in _byEntity)
            reached.Add(key, (facts.SequenceNr, facts.Checksum, facts.Next.Ordering));
        return reached;
    }

    internal sealed class EntityFacts(JournalEntity entity, long sequenceNr, ulong checksum)
    {
        private int _next;
        public JournalEntity Entity { get; } = entity;
        public List<JournalFact> Rows { get; } = [];
        /// <summary>The last event of the entity as far as this run has come.</summary>
        public long SequenceNr { get; private set; } = sequenceNr;
        public ulong Checksum { get; private set; } = checksum;
        public JournalFact Next => Rows[_next];
        public bool IsEmpty => _next == Rows.Count;

        public void Advance()
        {
            (SequenceNr, Checksum) = (Next.SequenceNr, Next.Checksum);
            _next++;
        }
    }
}
