using Dolphin.Node.Cli;

namespace Dolphin.Node.Running;

/// <summary>The secret that a venue and those who trade there share. From a file or the environment, never from a command line, which every user can read.</summary>
internal static class VenueSecret
{
    public const string Variable = "DOLPHIN_VENUE_SECRET";
    private const int MinLength = 16, MaxLength = 512;

    /// <param name="file">Null: the environment is asked.</param>
    /// <returns>Null if there is none.</returns>
    /// <exception cref="CliException">The file cannot be read, or what is there is too short, too long, or no header could carry it.</exception>
    public static string? Read(string? file)
    {
        var (secret, where) = file is null ? (Environment.GetEnvironmentVariable(Variable), Variable) : (ReadFile(file), $"--secret-file {file}");
        if (string.IsNullOrEmpty(secret)) return file is null ? null : throw Refused(where, "it is empty");
        if (secret.Length is < MinLength or > MaxLength) throw Refused(where, $"it has {secret.Length} characters");
        return secret.All(c => c is > ' ' and < (char)127) ? secret : throw Refused(where, "it holds a blank or something that is not ASCII");
    }

    private static string ReadFile(string file)
    {
        try
        {
            // A secret that everybody on the machine can read is none.
            if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(file).HasFlag(UnixFileMode.OtherRead))
                throw Refused($"--secret-file {file}", "every user can read the file");
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused($"--secret-file {file}", e.Message.TrimEnd('.'));
        }
    }

    // Never with the secret in it.
    private static CliException Refused(string where, string why) => new(
        ExitCode.Usage, $"{where}: {why}; expected a secret of {MinLength} to {MaxLength} visible ASCII characters, in a file that not everybody can read. Nothing was started.");
}
