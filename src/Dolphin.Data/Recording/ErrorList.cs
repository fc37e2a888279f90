using System.Collections.Immutable;

namespace Dolphin.Data.Recording;

/// <summary>Collects the errors of one file: describes the first ones, counts all.</summary>
internal sealed class ErrorList(string file)
{
    private readonly List<DataError> _first = [];
    private DataError? _stop;

    public long Count { get; private set; }

    /// <summary>The described errors: what stopped the reading before all, then by line.</summary>
    public IEnumerable<DataError> First => _first.OrderBy(e => e.Line).Prepend(_stop).OfType<DataError>();

    /// <summary>Adds what made the rest of the file unreadable: described in any case, however many errors came before it.</summary>
    public void AddStop(long line, string expected, string came)
    {
        Count++;
        _stop = new(file, line, null, expected, came);
    }

    public void Add(long line, string? column, string expected, string came)
    {
        Count++;
        if (_first.Count < RecordingException.Described)
            _first.Add(new(file, line, column, expected, came));
    }

    /// <inheritdoc cref="Add(long, string?, string, string)"/>
    public void Add(long line, string? column, string expected, ReadOnlySpan<byte> came)
    {
        // A file of a million bad rows makes twenty texts, not a million.
        if (_first.Count < RecordingException.Described)
            Add(line, column, expected, came.IsEmpty ? "nothing" : $"'{DataText.Show(came)}'");
        else
            Count++;
    }
}
