using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Dolphin.Web;

/// <summary>How another process of the same user finds and may control the node that runs on a state folder.</summary>
/// <param name="Url">Loopback, with port, without a trailing slash.</param>
/// <param name="Token">Whoever can read the file may control the node, so only its owner can read it.</param>
public sealed record ControlFile(string Url, string Token, int ProcessId, DateTimeOffset StartedAt)
{
    public const string Name = "control.json";

    /// <summary>The header by which a node says which run answers: whoever was killed leaves its address to anybody.</summary>
    public const string RunHeader = "X-Dolphin-Run";

    /// <summary>What a run with this token is known by; it does not give the token away.</summary>
    public static string RunOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"run {token}")))[..16];

    /// <summary>Replaces the file in one step; it is never readable by others, not even for a moment.</summary>
    public void Write(string stateFolder)
    {
        var path = Path.Combine(stateFolder, Name);
        var fresh = $"{path}.{ProcessId}";
        File.Delete(fresh);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(fresh, options)) JsonSerializer.Serialize(stream, this, RunJson.Indented);
        File.Move(fresh, path, overwrite: true);
    }

    /// <returns>Null if there is none, or none that makes sense: then nothing is running there that could be asked.</returns>
    public static ControlFile? Read(string stateFolder)
    {
        try
        {
            var file = JsonSerializer.Deserialize<ControlFile>(File.ReadAllText(Path.Combine(stateFolder, Name)), RunJson.Compact);
            // The token goes only to this machine, whatever somebody wrote into the file.
            return file is not null && Uri.TryCreate(file.Url, UriKind.Absolute, out var url) && url is { Scheme: "http", IsLoopback: true } ? file : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Removes the file if it is still the one this process wrote.</summary>
    public static void Remove(string stateFolder, string token)
    {
        if (Read(stateFolder) is { } file && file.Token == token) File.Delete(Path.Combine(stateFolder, Name));
    }
}
