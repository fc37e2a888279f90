namespace Dolphin.Venues.Binance.Recordings;

/// <summary>The messages of several files of one session in the order they were received; of equal times the file that was named first goes first.</summary>
internal sealed class MessageMerge : IDisposable
{
    private readonly List<MessageSource> _all = [], _waiting = [];
    private readonly Action<MessageSource, long, LineFault> _faults;
    private MessageSource? _current;

    /// <param name="faults">Told what is wrong with lines: the file's source and the line.</param>
    /// <exception cref="IOException">A file cannot be opened or read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public MessageMerge(IReadOnlyList<string> paths, Action<MessageSource, long, LineFault> faults)
    {
        _faults = faults;
        try
        {
            foreach (var path in paths) _all.Add(MessageSource.Open(path));
            foreach (var source in _all) Advance(source, at: _waiting.Count);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IReadOnlyList<MessageSource> Sources => _all;
    public long StoredBytes => _all.Sum(s => s.StoredBytes);
    public long StoredPosition => _all.Sum(s => s.StoredPosition);

    /// <summary>Moves to the next message.</summary>
    /// <param name="source">The file it is of; its message is valid until the next call.</param>
    /// <returns>False after the last one.</returns>
    public bool TryRead(out MessageSource source)
    {
        if (_current is not null) Advance(_current, _all.IndexOf(_current));
        source = _current = null!;
        foreach (var waiting in _waiting)
        {
            if (_current is null || (waiting.ReceivedNs ?? long.MinValue) < (_current.ReceivedNs ?? long.MinValue)) _current = waiting;
        }
        if (_current is null) return false;
        _waiting.Remove(_current);
        source = _current;
        return true;
    }

    public void Dispose()
    {
        foreach (var source in _all) source.Dispose();
    }

    private void Advance(MessageSource source, int at)
    {
        if (!source.TryRead((line, fault) => _faults(source, line, fault))) return;
        var before = _waiting.TakeWhile(w => _all.IndexOf(w) < at).Count();
        _waiting.Insert(before, source);
    }
}
