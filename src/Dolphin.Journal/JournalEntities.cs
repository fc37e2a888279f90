using System.Text;

namespace Dolphin.Journal;

/// <summary>All persistence ids of a file, in the order in which they were first seen.</summary>
internal sealed class JournalEntities
{
    private readonly Dictionary<string, JournalEntity> _byId = [];
    private readonly Dictionary<string, JournalEntity>.AlternateLookup<ReadOnlySpan<char>> _byChars;
    private readonly List<JournalEntity> _inOrder = [];
    private JournalEntity? _last;

    /// <summary>Entities that appear from now on see no snapshots but their own new ones: the file was rewound.</summary>
    public bool Rewound { get; set; }

    public JournalEntities() => _byChars = _byId.GetAlternateLookup<ReadOnlySpan<char>>();

    public IReadOnlyList<JournalEntity> All => _inOrder;

    public JournalEntity? Find(string id) => _byId.GetValueOrDefault(id);

    public JournalEntity GetOrAdd(string id) => _byId.TryGetValue(id, out var entity) ? entity : Add(id);

    /// <summary>Allocates only for an id not seen before.</summary>
    public JournalEntity GetOrAdd(ReadOnlySpan<byte> utf8)
    {
        if (_last is not null && utf8.SequenceEqual(_last.Utf8))
            return _last;
        Span<char> chars = utf8.Length <= 512 ? stackalloc char[512] : new char[utf8.Length];
        var id = chars[..Encoding.UTF8.GetChars(utf8, chars)];
        return _last = _byChars.TryGetValue(id, out var entity) ? entity : Add(id.ToString());
    }

    private JournalEntity Add(string id)
    {
        var entity = new JournalEntity(id) { VisibleSnapshots = Rewound ? [] : null };
        _byId.Add(id, entity);
        _inOrder.Add(entity);
        return entity;
    }
}
