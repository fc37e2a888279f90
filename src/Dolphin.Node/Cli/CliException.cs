using System.Collections.Immutable;

namespace Dolphin.Node.Cli;

/// <summary>Ends the process with a code and a message for a person; thrown where a verb, or the machinery below it, cannot go on.</summary>
public sealed class CliException(ExitCode code, string message, ImmutableArray<CliDetail> details = default) : Exception(message)
{
    public ExitCode Code { get; } = code;
    public ImmutableArray<CliDetail> Details { get; } = details.IsDefault ? [] : details;
}

/// <summary>One of several things that are wrong.</summary>
/// <param name="Path">The configuration key, the option or the data row concerned.</param>
/// <param name="File">Null where there is no file; then line and column are null too.</param>
/// <param name="Line">1-based; null where the whole file is meant.</param>
/// <param name="Column">1-based, in characters; null where the whole line is meant.</param>
public sealed record CliDetail(string Severity, string Path, string? File, long? Line, int? Column, string Message)
{
    public override string ToString() => $"{(File is null ? "" : $"{File}:{(Line is null ? "" : $"{Line}:")}{(Column is null ? "" : $"{Column}:")} ")}{Severity}: {Message}";
}
