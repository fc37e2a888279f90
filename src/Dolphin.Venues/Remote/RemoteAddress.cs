namespace Dolphin.Venues.Remote;

/// <summary>Where a venue listens, and the secret it wants to hear.</summary>
public sealed class RemoteAddress
{
    private readonly Uri _venue;

    /// <summary>Null: the venue is on this machine and asks for none.</summary>
    internal string? Secret { get; }

    private RemoteAddress(Uri venue, string? secret) => (_venue, Secret) = (venue, secret);

    /// <returns>Null if the text is no address such as <c>ws://127.0.0.1:7788</c> or <c>wss://venue.example:443</c>.</returns>
    public static RemoteAddress? TryParse(string text, string? secret) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "ws" or "wss" && uri.AbsolutePath is "/" && uri.UserInfo.Length == 0 && uri.Query.Length == 0
            ? new RemoteAddress(uri, secret)
            : null;

    internal Uri Socket(string path) => new(_venue, path);
    internal Uri Http(string path) => new UriBuilder(_venue) { Scheme = _venue.Scheme == "wss" ? "https" : "http", Path = path, Port = _venue.Port }.Uri;

    /// <summary>Never with the secret: this stands in logs.</summary>
    public override string ToString() => _venue.GetLeftPart(UriPartial.Authority);
}
