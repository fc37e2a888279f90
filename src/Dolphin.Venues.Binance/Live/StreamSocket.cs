using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Live;

/// <summary>Takes the messages of all connections, from whichever thread read them.</summary>
internal interface IStreamReader
{
    /// <param name="isAhead">It comes from a connection that is to replace another one, which is still there: what does not follow yet will come again.</param>
    void Take(in StreamMessage message, bool isAhead);
}

/// <summary>One connection from its opening to its end: subscribes, reads every message in place, and says when all that was asked for comes.</summary>
/// <remarks>
/// Reading allocates nothing: one buffer that grows to the longest message there was, up to <see cref="FeedSettings.LargestFrame"/>. A longer message ends the connection. The
/// venue's pings (every three minutes) are answered by <see cref="ClientWebSocket"/> while it is read from, which it always is.
/// </remarks>
internal sealed class StreamSocket(PlannedConnection plan, FeedSettings settings, IStreamReader reader, FeedCounters counters, FeedClock clock, TimeProvider time) : IDisposable
{
    /// <summary>Streams of one SUBSCRIBE: a message of two kilobytes.</summary>
    private const int StreamsAtOnce = 50;

    /// <summary>Between two messages of ours. The venue disconnects who sends more than ten a second, its pongs counted.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    /// <summary>For the connection and for each answer: the venue takes a fraction of a second.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _life = new();
    private readonly TaskCompletionSource _delivering = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _asked = (plan.Streams.Length + StreamsAtOnce - 1) / StreamsAtOnce;
    private byte[] _buffer = new byte[1 << 14];
    private int _answered;
    private bool _hasEvents;
    private string? _why;
    private long _heard = clock.Ticks;

    /// <summary>Completes when every subscription was answered and an event has come.</summary>
    public Task Delivering => _delivering.Task;

    /// <summary>It is to replace a connection that is still there.</summary>
    public bool IsAhead { get; set; }

    /// <summary>When a message came last; <see cref="FeedClock.Ticks"/>.</summary>
    public long Heard => Volatile.Read(ref _heard);

    /// <summary>Ends it. <see cref="RunAsync"/> then returns this reason.</summary>
    public void Close(string why)
    {
        Interlocked.CompareExchange(ref _why, why, null);
        try
        {
            _life.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself meanwhile.
        }
    }

    /// <summary>Connects, subscribes and reads until the connection ends or is not wanted any more.</summary>
    /// <returns>Why it ended.</returns>
    public async Task<string> RunAsync(CancellationToken stopping)
    {
        using var stop = stopping.UnsafeRegister(static me => ((StreamSocket)me!).Close("it is not needed any more"), this);
        using var socket = new ClientWebSocket();
        if (settings.Streams.IsLoopback) socket.Options.Proxy = null; // What the environment says of proxies is not meant for this machine.
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.KeepAliveInterval = TimeSpan.Zero; // The venue asks; who is silent is noticed by what he does not send.
        try
        {
            using (var patience = new CancellationTokenSource(Patience, time))
            using (var both = CancellationTokenSource.CreateLinkedTokenSource(_life.Token, patience.Token))
                await socket.ConnectAsync(AddressOf(settings.Streams, plan.Route), both.Token).ConfigureAwait(false);
            counters.Add(FeedCount.ConnectionsOpened);
            Volatile.Write(ref _heard, clock.Ticks);
            var subscribing = SubscribeAsync(socket);
            var why = await ReadAsync(socket).ConfigureAwait(false);
            Close(why);
            await subscribing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return why;
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or System.Net.Sockets.SocketException or HttpRequestException)
        {
            if (_why is { } why) return why; // Whoever cancels a read breaks the connection; there is nobody left to say goodbye to.
            return (int)socket.HttpStatusCode >= 400 ? $"the venue refused the connection ({(int)socket.HttpStatusCode})"
                : e is OperationCanceledException ? $"no connection within {Patience.TotalSeconds:0} s"
                : (e.InnerException ?? e).Message.TrimEnd('.');
        }
    }

    public void Dispose() => _life.Dispose();

    /// <summary>Where the streams of a route are served, all in one connection.</summary>
    internal static Uri AddressOf(Uri root, StreamRoute route) =>
        new($"{root.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{(route == StreamRoute.Public ? "public" : "market")}/stream");

    private async Task SubscribeAsync(ClientWebSocket socket)
    {
        try
        {
            for (var (id, at) = (1, 0); at < plan.Streams.Length; id++, at += StreamsAtOnce)
            {
                if (id > 1) await Task.Delay(Pace, time, _life.Token).ConfigureAwait(false);
                await socket.SendAsync(Subscription(id, at), WebSocketMessageType.Text, endOfMessage: true, _life.Token).ConfigureAwait(false);
            }
            await Task.Delay(Patience, time, _life.Token).ConfigureAwait(false);
            if (Volatile.Read(ref _answered) < _asked) Close($"{_asked - _answered} of {_asked} subscriptions were not answered within {Patience.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The reader finds the same and says it.
        }
    }

    private ReadOnlyMemory<byte> Subscription(int id, int at)
    {
        var text = new StringBuilder("{\"method\":\"SUBSCRIBE\",\"params\":[");
        foreach (var stream in plan.Streams.AsSpan()[at..Math.Min(at + StreamsAtOnce, plan.Streams.Length)])
            text.Append(text[^1] == '[' ? "" : ",").Append('"').Append(JsonEncodedText.Encode(stream)).Append('"');
        return Encoding.UTF8.GetBytes(text.Append("],\"id\":").Append(id.ToString(CultureInfo.InvariantCulture)).Append('}').ToString());
    }

    private async Task<string> ReadAsync(ClientWebSocket socket)
    {
        while (true)
        {
            var length = 0;
            while (true)
            {
                if (length == _buffer.Length && !TryGrow())
                {
                    counters.Add(FeedCount.FramesTooLarge);
                    return $"a message of more than {settings.LargestFrame} bytes came";
                }
                var got = await socket.ReceiveAsync(_buffer.AsMemory(length), _life.Token).ConfigureAwait(false);
                if (got.MessageType == WebSocketMessageType.Close)
                {
                    var (code, said) = ((int?)socket.CloseStatus, socket.CloseStatusDescription);
                    return $"the venue closed it ({code}{(string.IsNullOrEmpty(said) ? "" : $": {said}")})";
                }
                length += got.Count;
                if (got.EndOfMessage) break;
            }
            Volatile.Write(ref _heard, clock.Ticks);
            Take(_buffer.AsSpan(0, length));
        }
    }

    private void Take(ReadOnlySpan<byte> text)
    {
        counters.Add(FeedCount.Messages);
        counters.Add(FeedCount.Bytes, text.Length);
        var fault = MessageParser.Read(text, out var message);
        if (fault != MessageFault.None) counters.Add(fault);
        else if (message.Kind == MessageKind.Reply) Answer(message);
        else
        {
            reader.Take(message, IsAhead);
            if (_hasEvents) return;
            _hasEvents = true;
            SayIfDelivering();
        }
    }

    private void Answer(in StreamMessage reply)
    {
        if (reply.IsError)
        {
            counters.Add(FeedCount.SubscriptionsRefused);
            Close("the venue refused a subscription");
            return;
        }
        if (reply.RequestId is null or < 1 || reply.RequestId > _asked) return;
        Interlocked.Increment(ref _answered);
        SayIfDelivering();
    }

    private void SayIfDelivering()
    {
        if (_hasEvents && Volatile.Read(ref _answered) >= _asked) _delivering.TrySetResult();
    }

    private bool TryGrow()
    {
        if (_buffer.Length >= settings.LargestFrame) return false;
        Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, settings.LargestFrame));
        return true;
    }
}
