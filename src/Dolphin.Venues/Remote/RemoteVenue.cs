using System.Net.WebSockets;
using System.Threading.Channels;
using Dolphin.Domain.Market;

namespace Dolphin.Venues.Remote;

/// <summary>A venue in another process. Nothing is ever sent twice, and nothing waits for a connection that is not there.</summary>
/// <remarks>
/// An order that cannot leave, because there is no connection or <see cref="Waiting"/> commands wait already, is answered at once with a
/// definite refusal (<see cref="NotSent"/>); any other command is dropped, and has no answer. An order that may have left when the
/// connection broke is answered with an unknown outcome. After <see cref="WireSignal{T}.Connected"/> the client has to ask about everything
/// it has open. The listener is called from several threads, in order for each connection, and must not block.
/// </remarks>
public sealed class RemoteVenue : IVenue, IAsyncDisposable
{
    /// <summary>Commands that wait to be written: some seconds of the venue's rate.</summary>
    public const int Waiting = 1_024;
    /// <summary>Orders without an answer that are remembered; of an older one the listener is not told that its outcome is unknown.</summary>
    public const int Unanswered = 4_096;
    /// <summary>No venue's code: the order never left this process.</summary>
    public const int NotSent = -1;

    private readonly OrderRequest.Hello _hello;
    private readonly string? _venue;
    private readonly Action<WireSignal<VenueEvent>> _listener;
    private readonly TimeProvider _time;
    private readonly Func<bool> _mayLeave;
    private readonly int _recvWindowMs;
    private readonly RemoteLink _link;
    private readonly Lock _gate = new();
    private readonly List<ClientOrderId> _unanswered = []; // In the order they left.
    private Channel<OrderRequest.Order>? _outgoing; // Null: no connection.

    /// <param name="venue">The one that is meant; null takes whichever answers first, each time.</param>
    /// <param name="recvWindow">How late the venue may still execute an order; whole milliseconds.</param>
    /// <param name="seed">Of the waits between attempts.</param>
    /// <param name="mayLeave">Asked right before each command is written; what may not leave is refused as never sent. Null: always.</param>
    public RemoteVenue(
        RemoteAddress address, string? venue, string account, long epoch, TimeSpan recvWindow, ulong seed, TimeProvider time, Action<WireSignal<VenueEvent>> listener,
        Func<bool>? mayLeave = null)
    {
        (_hello, _venue, _listener, _time) = (new OrderRequest.Hello(RemoteProtocol.Version, epoch, account), venue, listener, time);
        _mayLeave = mayLeave ?? (static () => true);
        _recvWindowMs = (int)recvWindow.TotalMilliseconds;
        _link = new RemoteLink(address, RemoteProtocol.OrdersPath, seed, time, ServeAsync, reason => listener(new WireSignal<VenueEvent>.Disconnected(reason)));
    }

    public void Send(VenueCommand command)
    {
        // The gateway's clock at the decision: what waits here, or in a process that was suspended, is late when it arrives.
        var request = new OrderRequest.Order(command, _time.GetUtcNow(), _recvWindowMs);
        string why;
        lock (_gate)
        {
            if (_outgoing is { } outgoing && outgoing.Writer.TryWrite(request)) return;
            why = _outgoing is null ? "there is no connection to the venue" : $"{Waiting} commands are waiting to be sent";
        }

        Refuse(request, why);
    }

    public ValueTask DisposeAsync() => _link.StopAsync();

    private async Task ServeAsync(RemoteLink link, WebSocket socket, CancellationToken stopping)
    {
        await WireFrames.WriteAsync(socket, WireJson.Write(_hello), stopping).ConfigureAwait(false);
        var hello = await link.HelloAsync<OrderAnswer>(socket, stopping).ConfigureAwait(false) switch
        {
            OrderAnswer.Hello h => h.Venue,
            OrderAnswer.Failed failed => throw new RemoteRefusedException($"the venue refused the session: {failed.Reason}"),
            _ => throw new WireFormatException("Expected the venue's hello; came an event."),
        };
        link.Require(hello, _venue);
        link.Reached();

        var outgoing = Channel.CreateBounded<OrderRequest.Order>(new BoundedChannelOptions(Waiting) { SingleReader = true });
        using var life = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        lock (_gate) _outgoing = outgoing;
        try
        {
            _listener(new WireSignal<VenueEvent>.Connected(hello));
            var (reading, writing) = (ReadAsync(socket, life.Token), WriteAsync(socket, outgoing.Reader, life.Token));
            var first = await Task.WhenAny(reading, writing).ConfigureAwait(false);
            await life.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(reading, writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await first.ConfigureAwait(false);
        }
        finally
        {
            Disconnect(outgoing);
        }
    }

    private async Task ReadAsync(WebSocket socket, CancellationToken cancellation)
    {
        while (await WireFrames.ReadAsync(socket, RemoteProtocol.MaxAnswerBytes, cancellation).ConfigureAwait(false) is { } message)
        {
            switch (WireJson.Read<OrderAnswer>(message.Span))
            {
                case OrderAnswer.Said { Event: var said }:
                    if (AnswerTo(said) is { } id)
                    {
                        lock (_gate) _unanswered.Remove(id);
                    }

                    _listener(new WireSignal<VenueEvent>.Said(said));
                    break;
                case OrderAnswer.Failed failed:
                    throw new RemoteRefusedException($"the venue ended the session: {failed.Reason}");
                default:
                    throw new WireFormatException("Expected an event; came a second hello.");
            }
        }
    }

    private async Task WriteAsync(WebSocket socket, ChannelReader<OrderRequest.Order> outgoing, CancellationToken cancellation)
    {
        await foreach (var request in outgoing.ReadAllAsync(cancellation).ConfigureAwait(false))
        {
            if (!_mayLeave())
            {
                Refuse(request, "this gateway's tenure is over");
                continue;
            }

            var message = WireJson.Write(request);
            if (request.Command is VenueCommand.Submit submit)
            {
                // Before the first byte: from here on nobody knows.
                lock (_gate)
                {
                    _unanswered.Add(submit.Order.Id);
                    if (_unanswered.Count > Unanswered) _unanswered.RemoveAt(0);
                }
            }

            await WireFrames.WriteAsync(socket, message, cancellation).ConfigureAwait(false);
        }
    }

    private void Disconnect(Channel<OrderRequest.Order> outgoing)
    {
        ClientOrderId[] unanswered;
        lock (_gate)
        {
            _outgoing = null;
            outgoing.Writer.TryComplete();
            unanswered = [.. _unanswered];
            _unanswered.Clear();
        }

        foreach (var id in unanswered) Say(new VenueEvent.OutcomeUnknown(id, VenueCode.Timeout, _time.GetUtcNow()));
        while (outgoing.Reader.TryRead(out var never)) Refuse(never, "the connection to the venue broke before it was sent");
    }

    private void Refuse(OrderRequest.Order request, string why)
    {
        if (request.Command is VenueCommand.Submit submit)
            Say(new VenueEvent.Rejected(submit.Order.Id, NotSent, $"Order {submit.Order.Id} was not sent: {why}.", request.SentAt));
    }

    private void Say(VenueEvent @event) => _listener(new WireSignal<VenueEvent>.Said(@event));

    // Whatever says that the venue knows the order, or never will.
    private static ClientOrderId? AnswerTo(VenueEvent said) => said switch
    {
        VenueEvent.Accepted e => e.Order.Id,
        VenueEvent.Rejected e => e.Id,
        VenueEvent.OutcomeUnknown e => e.Id,
        VenueEvent.Filled e => e.Fill.Order,
        VenueEvent.Closed e => e.Id,
        VenueEvent.OrderStatus { State: not OrderState.Unknown } e => e.Id,
        _ => null,
    };
}
