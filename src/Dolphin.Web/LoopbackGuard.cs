using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Dolphin.Web;

/// <summary>Decides who may ask what. A web page in the operator's own browser is the attacker this is about.</summary>
/// <remarks>
/// A page that points its own name at 127.0.0.1 (DNS rebinding) is stopped by the Host check, a page that posts across sites by the Origin
/// check, and both, with every other process of another user, by the token: reading is open on loopback, changing is not.
/// </remarks>
internal sealed class LoopbackGuard(string token)
{
    public const string TokenHeader = "X-Dolphin-Token";
    private readonly byte[] _token = Encoding.UTF8.GetBytes(token);

    /// <returns>The status and the reason to refuse with, or null to let it through.</returns>
    public (int Status, string Code, string Reason)? Refuse(HttpContext context)
    {
        var request = context.Request;
        if (context.Connection.RemoteIpAddress is not { } remote || !IPAddress.IsLoopback(remote))
            return (StatusCodes.Status403Forbidden, "http.not-loopback", "This address answers to its own machine only.");
        var port = context.Connection.LocalPort;
        if (!IsOurs(request.Host.Host) || request.Host.Port != port)
            return (StatusCodes.Status421MisdirectedRequest, "http.wrong-host", $"Expected the Host 127.0.0.1:{port} or localhost:{port}, found '{request.Host}'.");
        foreach (var origin in request.Headers.Origin)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var from) || from.Scheme != "http" || !IsOurs(from.Host) || from.Port != port)
                return (StatusCodes.Status403Forbidden, "http.wrong-origin", $"Requests from the page '{origin}' are not answered.");
        }
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) return null;
        return HasToken(request)
            ? null
            : (StatusCodes.Status401Unauthorized, "http.no-token", $"Changing something needs the header {TokenHeader} with the token in {ControlFile.Name} of the state folder.");
    }

    private bool HasToken(HttpRequest request) =>
        request.Headers[TokenHeader] is [{ } given] && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), _token);

    private static bool IsOurs(string host) => host is "127.0.0.1" or "localhost" or "[::1]" or "::1";
}
