using System.Collections.Immutable;
using System.Text;

namespace Dolphin.Data.Recording;

/// <summary>One thing that is wrong with a recording, and where.</summary>
/// <param name="File">The path as it was given, with the file's name where a folder was given.</param>
/// <param name="Line">1-based, the header is line 1; 0 when the whole file (or folder) is meant.</param>
/// <param name="Column">Name of the column, or null when the whole line is meant.</param>
/// <param name="Expected">What would have been right.</param>
/// <param name="Came">What was there.</param>
public sealed record DataError(string File, long Line, string? Column, string Expected, string Came)
{
    /// <summary>What is wrong, without file and line.</summary>
    public string What => $"{(Column is null ? "" : $"column {Column}: ")}expected {Expected}; came {Came}.";

    public override string ToString() => $"{File}{(Line > 0 ? $", line {Line}" : "")}{(Column is null ? ":" : ",")} {What}";
}

/// <summary>A recording was refused as a whole. Nothing was written and nothing of it is used.</summary>
public sealed class RecordingException : Exception
{
    /// <summary>At most this many errors are described; the rest are only counted.</summary>
    public const int Described = 20;

    public RecordingException(ImmutableArray<DataError> errors, long count)
        : base(Describe(errors, count)) => (Errors, Count) = (errors, count);

    /// <summary>The first errors by file: what stopped the reading of it, then by line. Never empty.</summary>
    public ImmutableArray<DataError> Errors { get; }

    /// <summary>How many errors there are in all.</summary>
    public long Count { get; }

    internal static RecordingException Of(IReadOnlyList<ErrorList> lists)
    {
        var first = lists.SelectMany(list => list.First).Take(Described);
        return new([.. first], lists.Sum(list => list.Count));
    }

    private static string Describe(ImmutableArray<DataError> errors, long count)
    {
        var text = new StringBuilder(count == 1 ? "The recording cannot be used:" : $"The recording cannot be used; {count} errors:");
        foreach (var error in errors)
            text.Append('\n').Append("  ").Append(error);
        if (count > errors.Length)
            text.Append('\n').Append($"  ... and {count - errors.Length} more.");
        return text.ToString();
    }
}
