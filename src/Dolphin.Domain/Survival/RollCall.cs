using System.Collections.Immutable;

namespace Dolphin.Domain.Survival;

/// <summary>Whom to ask for a sign of life, and who has owed one for too long. Time is an argument; whoever owns it asks and hears.</summary>
/// <remarks>
/// One question is out for each at most: in one process none gets lost, so a second would only make a long mailbox longer. Everybody has a turn before
/// anybody has another. Bounded by the services of one process.
/// </remarks>
/// <param name="patience">How long an answer may take.</param>
public sealed class RollCall(TimeSpan patience)
{
    /// <summary>Of one call: 522 assets with three actors each have all been asked after seven, and no call is a burst.</summary>
    public const int MostAsked = 256;

    private readonly List<Entry> _entries = []; // In the order in which they came.
    private readonly Dictionary<string, Entry> _byEntity = new(StringComparer.Ordinal); // Looked up; never walked.
    private readonly Queue<(Entry Entry, DateTimeOffset AskedAt)> _open = new(); // In order of asking, answered ones included until their turn.
    private readonly SortedDictionary<string, DateTimeOffset> _silent = new(StringComparer.Ordinal);
    private DateTimeOffset? _calledAt;
    private int _next;

    public TimeSpan Patience => patience;

    /// <summary>A service begins; one that is known already goes on.</summary>
    public void Enrol(string entity)
    {
        if (_byEntity.ContainsKey(entity)) return;
        var entry = new Entry(entity);
        _entries.Add(entry);
        _byEntity.Add(entity, entry);
    }

    /// <summary>A service has ended, and owes nothing any more.</summary>
    public void Leave(string entity)
    {
        if (!_byEntity.Remove(entity, out var entry)) return;
        var place = _entries.IndexOf(entry);
        _entries.RemoveAt(place);
        if (place < _next) _next--;
        entry.AskedAt = null;
        _silent.Remove(entity);
    }

    /// <returns>Whom to ask now; each owes an answer from <paramref name="at"/> on.</returns>
    public ImmutableArray<string> Call(DateTimeOffset at)
    {
        if (at - _calledAt > patience) BeginAnew(at);
        _calledAt = at;
        while (_open.TryPeek(out var oldest))
        {
            var isOwed = oldest.Entry.AskedAt == oldest.AskedAt;
            if (isOwed && at - oldest.AskedAt <= patience) break;
            if (isOwed) _silent[oldest.Entry.Entity] = oldest.AskedAt; // Asked, answered and asked again at one instant it stands there twice.
            _open.Dequeue();
        }

        var asked = ImmutableArray.CreateBuilder<string>(Math.Min(MostAsked, _entries.Count));
        for (var left = _entries.Count; left > 0 && asked.Count < MostAsked; left--)
        {
            _next = _next < _entries.Count ? _next : 0;
            var entry = _entries[_next++];
            if (entry.AskedAt is not null) continue;
            entry.AskedAt = at;
            _open.Enqueue((entry, at));
            asked.Add(entry.Entity);
        }

        return asked.DrainToImmutable();
    }

    public void Answered(string entity)
    {
        if (!_byEntity.TryGetValue(entity, out var entry)) return;
        entry.AskedAt = null;
        _silent.Remove(entity);
    }

    /// <summary>Who has not answered within patience, by when each was asked, in ordinal order. As of the newest call and the answers since.</summary>
    public ImmutableArray<(string Entity, DateTimeOffset Since)> Silent => [.. _silent.Select(s => (s.Key, s.Value))];

    // Whoever asks was away itself: answers may lie before it unread, so nobody is judged by what was asked before.
    private void BeginAnew(DateTimeOffset at)
    {
        var open = _open.Where(o => o.Entry.AskedAt == o.AskedAt).Select(o => o.Entry).ToList();
        _open.Clear();
        foreach (var entry in open)
        {
            entry.AskedAt = at;
            _open.Enqueue((entry, at));
        }
    }

    private sealed class Entry(string entity)
    {
        public string Entity => entity;
        /// <summary>Of the question that is out; null while none is.</summary>
        public DateTimeOffset? AskedAt { get; set; }
    }
}
