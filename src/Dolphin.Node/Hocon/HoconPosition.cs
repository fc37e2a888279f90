namespace Dolphin.Node.Hocon;

/// <summary>Where a value stands: file as the user named it, line and column counted from 1.</summary>
public readonly record struct HoconPosition(string File, int Line, int Column)
{
    public override string ToString() => $"{File}:{Line}:{Column}";
}

/// <summary>The text cannot be read as HOCON. The message says what was expected and what came; <see cref="At"/> says where.</summary>
public sealed class HoconException : Exception
{
    public HoconPosition At { get; }

    /// <summary>The message without the position, for a report that has a column of its own for it.</summary>
    public string Detail { get; }

    public HoconException(HoconPosition at, string detail) : base($"{at}: {detail}") => (At, Detail) = (at, detail);
}

/// <summary>Bounds on what a configuration may ask of the reader; beyond them it is an error, never a slow start.</summary>
/// <param name="MaxDepth">Objects and arrays inside each other.</param>
/// <param name="MaxFileChars">UTF-16 units in one file.</param>
/// <param name="MaxIncludeDepth">Files including files.</param>
/// <param name="MaxFiles">Files of one configuration, each counted as often as it is included.</param>
/// <param name="MaxValues">Values after substitution: a few lines of nested references can otherwise mean billions.</param>
public sealed record HoconLimits(int MaxDepth, int MaxFileChars, int MaxIncludeDepth, int MaxFiles, int MaxValues)
{
    // A plan for every symbol of the venue with overrides of its own is below 20,000 values and 1 MB of text.
    public static readonly HoconLimits Standard = new(MaxDepth: 64, MaxFileChars: 4_000_000, MaxIncludeDepth: 8, MaxFiles: 64, MaxValues: 200_000);
}
