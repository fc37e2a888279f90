using System.Collections.Immutable;

namespace Dolphin.Data.Recording;

/// <summary>Collects the errors of one file: describes the first ones, counts all.</summary>
internal sealed class ErrorList(string file)
{
    private readonly List<DataError> _first = [];

    public long Count { get; private set; }
    public IReadOnlyList<DataError> First => _first;

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
