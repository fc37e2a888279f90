using System.Net.WebSockets;

namespace Dolphin.Venues.Remote;

/// <summary>The venue's end of one market connection.</summary>
public sealed class MarketSession(WebSocket socket, IVenueDesk desk, TimeProvider time)
{
    /// <summary>Serves the reader until one of the two ends it.</summary>
    /// <returns>Why it ended, for the log.</returns>
    public async Task<string> RunAsync(CancellationToken stopping)
    {
        using var life = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var outbox = new MarketOutbox();
        try
        {
            if (await desk.WatchAsync(outbox, life.Token).ConfigureAwait(false) is { } refusal)
            {
                await WireFrames.CloseAsync(socket, WebSocketCloseStatus.PolicyViolation, refusal, time).ConfigureAwait(false);
                return refusal;
            }

            var writing = WriteAsync(outbox, life.Token);
            var listening = WireFrames.ReadAsync(socket, RemoteProtocol.MaxRequestBytes, life.Token);
            var first = await Task.WhenAny(writing, listening).ConfigureAwait(false);
            await first.ConfigureAwait(false);
            var spoke = first == listening && await listening.ConfigureAwait(false) is not null;
            await life.CancelAsync().ConfigureAwait(false);
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (spoke) await WireFrames.CloseAsync(socket, WebSocketCloseStatus.PolicyViolation, "a reader of the market says nothing", time).ConfigureAwait(false);
            return spoke ? "it spoke, where a reader of the market says nothing" : "the reader closed it";
        }
        catch (OperationCanceledException)
        {
            return "the venue is stopping";
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or WireFormatException)
        {
            return $"the connection broke: {e.Message}";
        }
        finally
        {
            desk.Unwatch(outbox);
            await life.CancelAsync().ConfigureAwait(false);
            if (socket.State is not WebSocketState.Closed) socket.Abort();
        }
    }

    private async Task WriteAsync(MarketOutbox outbox, CancellationToken cancellation)
    {
        await WireFrames.WriteAsync(socket, WireJson.Write(new MarketMessage.Hello(desk.Hello)), cancellation).ConfigureAwait(false);
        while (true)
            await WireFrames.WriteAsync(socket, WireJson.Write(await outbox.TakeAsync(cancellation).ConfigureAwait(false)), cancellation).ConfigureAwait(false);
    }
}
