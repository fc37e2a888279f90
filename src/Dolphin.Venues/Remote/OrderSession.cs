using System.Net.WebSockets;
using System.Threading.Channels;

namespace Dolphin.Venues.Remote;

/// <summary>The venue's end of one order connection, from the hello to the end.</summary>
public sealed class OrderSession : IOrderSession
{
    /// <summary>Events that wait for a client; then it loses the connection.</summary>
    public const int EventsKept = 4_096;

    private readonly WebSocket _socket;
    private readonly IVenueDesk _desk;
    private readonly TimeProvider _time;
    private readonly Channel<OrderAnswer> _answers = Channel.CreateBounded<OrderAnswer>(EventsKept); // A write beyond it fails; nobody waits.
    private CancellationTokenSource? _life;

    public OrderSession(WebSocket socket, IVenueDesk desk, TimeProvider time) => (_socket, _desk, _time) = (socket, desk, time);

    public void Tell(VenueEvent said)
    {
        if (!_answers.Writer.TryWrite(new OrderAnswer.Said(said))) Volatile.Read(ref _life)?.Cancel();
    }

    public void End(string reason)
    {
        _answers.Writer.TryWrite(new OrderAnswer.Failed(reason));
        _answers.Writer.TryComplete();
    }

    /// <summary>Serves the client until one of the two ends it.</summary>
    /// <returns>Why it ended, for the log.</returns>
    public async Task<string> RunAsync(CancellationToken stopping)
    {
        using var life = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Volatile.Write(ref _life, life);
        try
        {
            return await ServeAsync(life).ConfigureAwait(false);
        }
        catch (WireFormatException e)
        {
            await SayAsync(e.Message, WebSocketCloseStatus.InvalidPayloadData).ConfigureAwait(false);
            return e.Message;
        }
        catch (OperationCanceledException)
        {
            _socket.Abort(); // A receive that was cancelled has aborted it already.
            return stopping.IsCancellationRequested ? "the venue is stopping" : $"the client has not read {EventsKept} events";
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException)
        {
            return $"the connection broke: {e.Message}";
        }
        finally
        {
            Volatile.Write(ref _life, null);
            _answers.Writer.TryComplete();
        }
    }

    private async Task<string> ServeAsync(CancellationTokenSource life)
    {
        if (await HelloAsync(life.Token).ConfigureAwait(false) is not { } hello) return "it ended before its hello";
        if (await _desk.EnterAsync(this, hello, life.Token).ConfigureAwait(false) is { } refusal)
        {
            await SayAsync(refusal, WebSocketCloseStatus.PolicyViolation).ConfigureAwait(false);
            return refusal;
        }

        try
        {
            await WireFrames.WriteAsync(_socket, WireJson.Write(new OrderAnswer.Hello(_desk.Hello)), life.Token).ConfigureAwait(false);
            var (reading, writing) = (ReadAsync(life.Token), WriteAsync(life.Token));
            var first = await Task.WhenAny(reading, writing).ConfigureAwait(false);
            _desk.Leave(this); // Before anything else is awaited: it is not told more, and nothing more of it is taken.
            if (first == writing) await WireFrames.SayGoodbyeAsync(_socket, WebSocketCloseStatus.NormalClosure, "ended by the venue", reading, _time).ConfigureAwait(false);
            await life.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(reading, writing)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var reason = await first.ConfigureAwait(false);
            await WireFrames.CloseAsync(_socket, WebSocketCloseStatus.NormalClosure, reason, _time).ConfigureAwait(false);
            return reason;
        }
        finally
        {
            _desk.Leave(this);
        }
    }

    private async Task<OrderRequest.Hello?> HelloAsync(CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(RemoteProtocol.HelloWithin, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            if (await WireFrames.ReadAsync(_socket, RemoteProtocol.MaxRequestBytes, both.Token).ConfigureAwait(false) is not { } message) return null;
            var request = WireJson.Read<OrderRequest>(message.Span);
            return request as OrderRequest.Hello ?? throw new WireFormatException("Expected a hello as the first message; came an order. It was not taken.");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<string> ReadAsync(CancellationToken cancellation)
    {
        while (await WireFrames.ReadAsync(_socket, RemoteProtocol.MaxRequestBytes, cancellation).ConfigureAwait(false) is { } message)
        {
            var request = WireJson.Read<OrderRequest>(message.Span);
            if (request is not OrderRequest.Order order) throw new WireFormatException("Expected an order; came a second hello.");
            OrderGate.RefuseNonsense(order.Command);
            _desk.Take(this, order);
        }

        return "the client closed it";
    }

    private async Task<string> WriteAsync(CancellationToken cancellation)
    {
        var reason = "the client closed it";
        await foreach (var answer in _answers.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
        {
            if (answer is OrderAnswer.Failed failed) reason = failed.Reason;
            await WireFrames.WriteAsync(_socket, WireJson.Write(answer), cancellation).ConfigureAwait(false);
        }

        return reason;
    }

    private async Task SayAsync(string reason, WebSocketCloseStatus status)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1), _time);
        try
        {
            await WireFrames.WriteAsync(_socket, WireJson.Write(new OrderAnswer.Failed(reason)), patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (WireFrames.IsGone(e))
        {
            _socket.Abort(); // It has been told as well as it can be.
        }

        await WireFrames.CloseAsync(_socket, status, reason, _time).ConfigureAwait(false);
    }
}
