using System.Net.WebSockets;

namespace Dolphin.Venues.Remote;

/// <summary>Whole text messages over a WebSocket, with a bound.</summary>
internal static class WireFrames
{
    private const int FirstBytes = 4 * 1024;
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1); // A stop must not wait for a peer that is gone.

    /// <returns>Null when the other end has closed.</returns>
    /// <exception cref="WireFormatException">A binary message, or one that is longer than <paramref name="limit"/> bytes; the rest of it is not read.</exception>
    /// <exception cref="WebSocketException">The connection broke; perhaps in the middle of a message, of which nothing is used.</exception>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(WebSocket socket, int limit, CancellationToken cancellation)
    {
        var buffer = new byte[FirstBytes];
        for (var length = 0; ;)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation).ConfigureAwait(false);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            if (part.MessageType != WebSocketMessageType.Text) throw new WireFormatException("Expected a text message; came a binary one.");
            length += part.Count;
            if (length > limit) throw new WireFormatException($"Expected a message of at most {limit} bytes; this one is longer.");
            if (part.EndOfMessage) return buffer.AsMemory(0, length);
            // One byte beyond the limit, to see that it is exceeded.
            if (length == buffer.Length) Array.Resize(ref buffer, Math.Min(2 * buffer.Length, limit + 1));
        }
    }

    public static ValueTask WriteAsync(WebSocket socket, ReadOnlyMemory<byte> message, CancellationToken cancellation) =>
        socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellation);

    /// <summary>Says goodbye to somebody who may not listen any more: not waited for longer than a moment, and never a failure.</summary>
    /// <remarks>What is still coming is read and dropped: a socket that is closed with something unread takes the goodbye back.</remarks>
    public static async Task CloseAsync(WebSocket socket, WebSocketCloseStatus status, string reason, TimeProvider time)
    {
        using var patience = new CancellationTokenSource(Moment, time);
        if (await TryCloseOutputAsync(socket, status, reason, patience.Token).ConfigureAwait(false))
            await DrainAsync(socket, patience.Token).ConfigureAwait(false);
    }

    /// <summary>The same while somebody else is reading: that is given a moment to hear the other end's goodbye.</summary>
    public static async Task SayGoodbyeAsync(WebSocket socket, WebSocketCloseStatus status, string reason, Task reading, TimeProvider time)
    {
        using var patience = new CancellationTokenSource(Moment, time);
        if (await TryCloseOutputAsync(socket, status, reason, patience.Token).ConfigureAwait(false))
            await Task.WhenAny(reading, Task.Delay(Moment, time, patience.Token)).ConfigureAwait(false);
    }

    private static async Task<bool> TryCloseOutputAsync(WebSocket socket, WebSocketCloseStatus status, string reason, CancellationToken patience)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return false;
        try
        {
            await socket.CloseOutputAsync(status, Short(reason), patience).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (IsGone(e))
        {
            socket.Abort();
            return false;
        }
    }

    private static async Task DrainAsync(WebSocket socket, CancellationToken patience)
    {
        var rest = new byte[FirstBytes];
        try
        {
            while (socket.State is WebSocketState.CloseSent) await socket.ReceiveAsync(rest.AsMemory(), patience).ConfigureAwait(false);
        }
        catch (Exception e) when (IsGone(e))
        {
            socket.Abort();
        }
    }

    public static bool IsGone(Exception e) => e is WebSocketException or OperationCanceledException or InvalidOperationException or IOException;

    // A close frame holds 123 bytes; what is not ASCII may need three each.
    private static string Short(string reason) => reason.Length <= 40 ? reason : reason[..40];
}
