using System.Net;
using System.Net.WebSockets;

namespace Dolphin.Venues.Remote;

/// <summary>The venue answered, and there is nothing to trade with: another venue, another protocol, a wrong secret.</summary>
public sealed class RemoteRefusedException(string message) : Exception(message);

/// <summary>Keeps one connection to a venue: connects, serves, waits, connects again.</summary>
internal sealed class RemoteLink
{
    private readonly RemoteAddress _address;
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly Backoff _backoff;
    private readonly Func<WebSocket, CancellationToken, Task> _serve;
    private readonly Action<string> _lost;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private string? _told;

    /// <param name="serve">Speaks with the venue until the connection ends; calls <see cref="Reached"/> when the venue's hello was right.</param>
    /// <param name="lost">Why there is no connection. Not called twice in a row for the same reason.</param>
    public RemoteLink(RemoteAddress address, string path, ulong seed, TimeProvider time, Func<RemoteLink, WebSocket, CancellationToken, Task> serve, Action<string> lost)
    {
        (_address, _path, _time, _backoff, _lost) = (address, path, time, new Backoff(seed), lost);
        _serve = (socket, cancellation) => serve(this, socket, cancellation);
        _running = Task.Run(RunAsync);
    }

    public void Reached()
    {
        _backoff.Reset();
        _told = null;
    }

    public async ValueTask StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var reason = await OnceAsync().ConfigureAwait(false);
            if (_stop.IsCancellationRequested) return;
            if (!string.Equals(reason, _told, StringComparison.Ordinal)) _lost(_told = reason);
            await Task.Delay(_backoff.Next(), _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<string> OnceAsync()
    {
        using var socket = new ClientWebSocket();
        try
        {
            await ConnectAsync(socket).ConfigureAwait(false);
            await _serve(socket, _stop.Token).ConfigureAwait(false);
            return socket.CloseStatusDescription is { Length: > 0 } said ? $"the venue closed it: {said}" : "the venue closed it";
        }
        catch (Exception e) when (e is RemoteRefusedException or WireFormatException)
        {
            return e.Message;
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or System.Net.Sockets.SocketException or ObjectDisposedException)
        {
            return socket.HttpStatusCode is HttpStatusCode.Unauthorized ? "the venue does not know our secret (401)"
                : socket.HttpStatusCode >= HttpStatusCode.BadRequest ? $"the venue refused the connection ({(int)socket.HttpStatusCode})"
                : e is OperationCanceledException ? "the venue did not answer in time"
                : (e.InnerException ?? e).Message;
        }
        finally
        {
            await WireFrames.CloseAsync(socket, WebSocketCloseStatus.NormalClosure, "goodbye", _time).ConfigureAwait(false);
        }
    }

    private async Task ConnectAsync(ClientWebSocket socket)
    {
        socket.Options.Proxy = null; // What the environment says of proxies is not meant for a venue.
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.KeepAliveInterval = RemoteProtocol.PingEvery;
        socket.Options.KeepAliveTimeout = RemoteProtocol.PongWithin;
        if (_address.Secret is { } secret) socket.Options.SetRequestHeader("Authorization", $"Bearer {secret}");
        using var patience = new CancellationTokenSource(RemoteProtocol.HelloWithin, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, patience.Token);
        await socket.ConnectAsync(_address.Socket(_path), both.Token).ConfigureAwait(false);
    }

    /// <summary>The next message, if it comes as soon as a hello has to.</summary>
    /// <exception cref="RemoteRefusedException">Nothing came, or the end.</exception>
    public async Task<T> HelloAsync<T>(WebSocket socket, CancellationToken cancellation) where T : class
    {
        using var patience = new CancellationTokenSource(RemoteProtocol.HelloWithin, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        return await WireFrames.ReadAsync(socket, RemoteProtocol.MaxAnswerBytes, both.Token).ConfigureAwait(false) is { } message
            ? WireJson.Read<T>(message.Span)
            : throw new RemoteRefusedException($"the venue closed it before its hello{(socket.CloseStatusDescription is { Length: > 0 } said ? $": {said}" : "")}");
    }

    /// <exception cref="RemoteRefusedException">It is not the venue that was meant.</exception>
    public void Require(VenueHello hello, string? venue)
    {
        if (hello.Protocol != RemoteProtocol.Version)
            throw new RemoteRefusedException($"the venue at {_address} speaks protocol {hello.Protocol}; expected {RemoteProtocol.Version}. Nothing is traded there");
        if (venue is not null && !string.Equals(hello.Venue, venue, StringComparison.Ordinal))
            throw new RemoteRefusedException($"the venue at {_address} is {hello.Venue}; expected {venue}. Nothing is traded there: its books are not those our orders are in");
    }
}
