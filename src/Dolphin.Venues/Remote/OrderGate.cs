using Dolphin.Domain.Market;

namespace Dolphin.Venues.Remote;

/// <summary>What stands between the wire and the matching engine: is the request in time, and within the rate? Pure but for what it counts.</summary>
/// <remarks>
/// What adds risk is refused when it is late; a cancel too, as on the venue it stands for. A cancel-all has no refusal to be answered with
/// and only ever takes risk away, so it is done however late it is, and questions are answered.
/// </remarks>
public sealed class OrderGate
{
    private readonly OrderRate _rate = new();

    /// <returns>The venue's refusal, or null: the command may go on.</returns>
    public VenueEvent? Refuse(OrderRequest.Order request, DateTimeOffset now)
    {
        switch (request.Command)
        {
            case VenueCommand.Submit { Order.Id: var id }:
                if (OutOfTime(request, now) is { } late) return new VenueEvent.Rejected(id, late.Code, late.Reason, now);
                return _rate.TryTake(now)
                    ? null
                    : new VenueEvent.Rejected(id, VenueCode.TooManyOrders,
                        $"Order {id}: more than {OrderRate.PerTenSeconds} orders in ten seconds or {OrderRate.PerMinute} in a minute; not executed, wait before the next one.", now);
            case VenueCommand.Cancel { Id: var id }:
                return OutOfTime(request, now) is { } lateCancel ? new VenueEvent.CancelRejected(id, lateCancel.Code, lateCancel.Reason, now) : null;
            default:
                return null;
        }
    }

    private static (int Code, string Reason)? OutOfTime(OrderRequest.Order request, DateTimeOffset now)
    {
        var window = TimeSpan.FromMilliseconds(request.RecvWindowMs);
        if (window <= TimeSpan.Zero || window > RemoteProtocol.LongestRecvWindow)
            return (VenueCode.BadRecvWindow, $"recvWindow is {request.RecvWindowMs} ms; expected 1 to {RemoteProtocol.LongestRecvWindow.TotalMilliseconds:0}. Not executed.");
        var age = now - request.SentAt;
        if (age > window)
            return (VenueCode.OutsideRecvWindow, $"The request is {age.TotalMilliseconds:0} ms old; expected at most its recvWindow of {request.RecvWindowMs} ms. Not executed.");
        return -age > RemoteProtocol.MostAhead
            ? (VenueCode.OutsideRecvWindow, $"The request is {(-age).TotalMilliseconds:0} ms ahead of the venue's clock; expected at most {RemoteProtocol.MostAhead.TotalMilliseconds:0}. Not executed.")
            : null;
    }

    /// <summary>Numbers and names that no market has are not handed to a matching engine: its arithmetic is exact, not unbounded.</summary>
    /// <exception cref="WireFormatException">One is there.</exception>
    public static void RefuseNonsense(VenueCommand command)
    {
        const decimal most = 1e12m;
        switch (command)
        {
            case VenueCommand.Submit { Order: var order }:
                Expect(order.Id.Value, "client order id", 64); // Beyond 36 the venue has an answer of its own.
                Expect(order.Symbol.Name, "symbol", 64);
                if (Math.Abs(order.Quantity.Base) > most || order.LimitPrice?.QuotePerBase > most)
                    throw new WireFormatException($"Order {order.Id}: expected quantity and price of at most {most:0}.");
                break;
            case VenueCommand.Cancel cancel:
                Expect(cancel.Id.Value, "client order id", 64);
                Expect(cancel.Symbol.Name, "symbol", 64);
                break;
            case VenueCommand.Query query:
                Expect(query.Id.Value, "client order id", 64);
                Expect(query.Symbol.Name, "symbol", 64);
                break;
            case VenueCommand.CancelAll all:
                Expect(all.RequestId, "request id", 128);
                break;
            case VenueCommand.GetAccount get:
                Expect(get.RequestId, "request id", 128);
                break;
            default:
                throw new WireFormatException($"{command.GetType().Name} is no command for the wire.");
        }

        static void Expect(string? text, string what, int length)
        {
            if (text is null || text.Length > length)
                throw new WireFormatException($"Expected a {what} of at most {length} characters; came {(text is null ? "none" : $"{text.Length}")}.");
        }
    }
}
