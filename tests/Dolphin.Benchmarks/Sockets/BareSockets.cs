using System.Collections.Immutable;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Dolphin.Venues.Binance.Live;

namespace Dolphin.Benchmarks.Sockets;

/// <summary>The feed's connections and subscriptions, and nobody who looks at what comes: it is counted.</summary>
internal sealed class BareSockets : IAsyncDisposable
{
    private const int StreamsAtOnce = 50; // As the feed asks.

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private long _messages, _bytes;

    public BareSockets(Uri root, ImmutableArray<PlannedConnection> plan)
    {
        Asked = plan.Sum(connection => connection.Streams.Chunk(StreamsAtOnce).Count());
        _running = Task.WhenAll([.. plan.Select(connection => RunAsync(root, connection))]);
    }

    /// <summary>Subscriptions, each of which is answered with a message.</summary>
    public long Asked { get; }
    public long Messages => Interlocked.Read(ref _messages);
    public long Bytes => Interlocked.Read(ref _bytes);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync(Uri root, PlannedConnection plan)
    {
        using var socket = new ClientWebSocket();
        socket.Options.Proxy = null;
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        await socket.ConnectAsync(new Uri(root, plan.Route == StreamRoute.Public ? "/public/stream" : "/market/stream"), _stop.Token);
        foreach (var (id, streams) in plan.Streams.Chunk(StreamsAtOnce).Index())
            await socket.SendAsync(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { method = "SUBSCRIBE", @params = streams, id = id + 1 })), WebSocketMessageType.Text, endOfMessage: true, _stop.Token);
        var buffer = new byte[1 << 20];
        while (true)
        {
            var got = await socket.ReceiveAsync(buffer.AsMemory(), _stop.Token);
            Interlocked.Add(ref _bytes, got.Count);
            if (got.EndOfMessage) Interlocked.Increment(ref _messages);
        }
    }
}
