using System.Net.WebSockets;

namespace Dolphin.Venues.Remote;

/// <summary>The market of a venue in another process, as it happens. What was missed while there was no connection is a gap.</summary>
/// <remarks>A slice is told once, and none that is older than one that was told. The listener must not block: what it does not take in time is merged at
/// the venue's end.</remarks>
public sealed class RemoteMarket : IAsyncDisposable
{
    private readonly string? _venue;
    private readonly Action<WireSignal<MarketMessage>> _listener;
    private readonly RemoteLink _link;
    private long _newest = long.MinValue; // Open time of the newest slice that was told.

    /// <param name="venue">The one that is meant; null takes whichever answers.</param>
    /// <param name="seed">Of the waits between attempts.</param>
    public RemoteMarket(RemoteAddress address, string? venue, ulong seed, TimeProvider time, Action<WireSignal<MarketMessage>> listener)
    {
        (_venue, _listener) = (venue, listener);
        _link = new RemoteLink(address, RemoteProtocol.MarketPath, seed, time, ServeAsync, reason => listener(new WireSignal<MarketMessage>.Disconnected(reason)));
    }

    public ValueTask DisposeAsync() => _link.StopAsync();

    private async Task ServeAsync(RemoteLink link, WebSocket socket, CancellationToken stopping)
    {
        var hello = await link.HelloAsync<MarketMessage>(socket, stopping).ConfigureAwait(false) as MarketMessage.Hello
            ?? throw new WireFormatException("Expected the venue's hello; came something else.");
        link.Require(hello.Venue, _venue);
        link.Reached();
        _listener(new WireSignal<MarketMessage>.Connected(hello.Venue));
        while (await WireFrames.ReadAsync(socket, RemoteProtocol.MaxAnswerBytes, stopping).ConfigureAwait(false) is { } bytes)
        {
            var message = WireJson.Read<MarketMessage>(bytes.Span);
            if (message is MarketMessage.Closed closed)
            {
                if (closed.OpenTimeMs <= _newest) continue; // The newest one again, after a reconnect.
                _newest = closed.OpenTimeMs;
            }

            _listener(new WireSignal<MarketMessage>.Said(message));
        }
    }
}
