using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Dolphin.Web;

/// <summary>Decides who may speak to the venue: whoever knows the secret; without one, this machine's own programs.</summary>
/// <remarks>
/// A web page in somebody's browser can open a WebSocket to 127.0.0.1, whatever site it is from. A browser says so in the Origin header,
/// which no trading node sends, so a request that has one is refused; and one that means another host by its name, as a page does that points
/// its own name here.
/// </remarks>
public sealed class VenueGuard
{
    private const string Scheme = "Bearer ";
    private readonly byte[]? _secret;

    /// <param name="secret">Null: none is asked for; then only loopback may be served.</param>
    public VenueGuard(string? secret) => _secret = secret is null ? null : Hash(secret);

    public bool HasSecret => _secret is not null;

    /// <returns>The status and the reason to refuse with, or null to let it through.</returns>
    public (int Status, string Code, string Reason)? Refuse(HttpContext context)
    {
        var request = context.Request;
        if (request.Headers.Origin.Count > 0) return (StatusCodes.Status403Forbidden, "venue.wrong-origin", "Web pages are not answered.");
        if (_secret is null)
        {
            if (context.Connection.RemoteIpAddress is not { } remote || !IPAddress.IsLoopback(remote))
                return (StatusCodes.Status403Forbidden, "venue.not-loopback", "Without a secret this venue answers to its own machine only.");
            return IsOurs(request.Host.Host) ? null : (StatusCodes.Status421MisdirectedRequest, "venue.wrong-host", $"Expected a loopback Host, found '{request.Host}'.");
        }

        return Knows(request) ? null : (StatusCodes.Status401Unauthorized, "venue.no-secret", "Expected the venue's secret in the header Authorization: Bearer.");
    }

    // The hashes are compared, in constant time: neither the secret's text nor its length can be found out by trying.
    private bool Knows(HttpRequest request) =>
        request.Headers.Authorization is [{ } given] && given.StartsWith(Scheme, StringComparison.Ordinal)
        && CryptographicOperations.FixedTimeEquals(Hash(given[Scheme.Length..]), _secret);

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static bool IsOurs(string host) => host is "127.0.0.1" or "localhost" or "[::1]" or "::1";
}
