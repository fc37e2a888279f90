using Dolphin.Data.Recording;

namespace Dolphin.Node.Cli;

/// <summary>A recording that is refused, to who named it.</summary>
internal static class DataRefusal
{
    /// <param name="path">The option or the configuration key that named it.</param>
    public static CliException Of(RecordingException refused, string path)
    {
        var shown = refused.Count > refused.Errors.Length ? $"; these are the first {refused.Errors.Length}" : "";
        return new CliException(ExitCode.DataInvalid, $"{path}: the recording cannot be used: it has {Verbs.Count(refused.Count, "error")}{shown}. Nothing was started.", [.. refused.Errors.Select(Detail)]);

        CliDetail Detail(DataError error) => new("error", path, error.File, error.Line > 0 ? error.Line : null, null, error.What);
    }
}
