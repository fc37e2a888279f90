using Microsoft.AspNetCore.Http;

namespace Dolphin.Web;

/// <summary>Who asks something of a run, for its journal.</summary>
/// <remarks>It is what a client says of itself, not proof: whoever holds the token may say any name.</remarks>
public static class Asker
{
    public const string Header = "X-Dolphin-By";
    public const int MaxLength = 64; // Stored with every request, and shown on one line.

    /// <summary>Who says nothing of himself.</summary>
    public const string Unnamed = "loopback http";

    /// <summary>The name as the header may carry it: what it must not have becomes <c>_</c>, what is too long is cut.</summary>
    public static string Fit(string name)
    {
        var cut = name.Length <= MaxLength ? name : name[..MaxLength];
        return string.Create(cut.Length, cut, static (fit, from) =>
        {
            for (var i = 0; i < fit.Length; i++) fit[i] = IsAllowed(from[i]) ? from[i] : '_';
        });
    }

    /// <returns>Null if the header is there and is no name.</returns>
    internal static string? Of(HttpRequest request) => request.Headers[Header] switch
    {
        [] => Unnamed,
        [{ Length: > 0 and <= MaxLength } name] when name.All(IsAllowed) => name,
        _ => null,
    };

    private static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '@' or ':';
}
