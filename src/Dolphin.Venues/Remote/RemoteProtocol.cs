namespace Dolphin.Venues.Remote;

/// <summary>What both ends of the wire agree on before they speak.</summary>
/// <remarks>
/// WebSocket text messages, one JSON object each. <see cref="OrdersPath"/>: the client says hello, the venue answers with its own hello or
/// an error, then commands go in and events come out, all events of the account to every session of it, as on a venue's user stream.
/// <see cref="MarketPath"/>: the venue says hello and goes on speaking; the reader says nothing. Whoever says what the other cannot
/// understand is told so and loses the connection: nothing after it could be trusted.
/// </remarks>
public static class RemoteProtocol
{
    /// <summary>Raised with every change that the older end would misread. A venue speaks one version.</summary>
    public const int Version = 1;

    public const string OrdersPath = "/orders";
    public const string MarketPath = "/market";
    /// <summary>GET: the venue's hello as JSON, for whoever has to know what is listed before it trades.</summary>
    public const string VenuePath = "/venue";
    /// <summary>GET: what the venue has counted, as JSON.</summary>
    public const string OraclePath = "/oracle";

    /// <summary>Bytes of one message to the venue: an order is some 400.</summary>
    public const int MaxRequestBytes = 16 * 1024;
    /// <summary>Bytes of one message from the venue: bars of some thousand symbols, or an order with some ten thousand fills.</summary>
    public const int MaxAnswerBytes = 8 * 1024 * 1024;

    /// <summary>How late an order request may be where it does not say: what a new gateway has to wait for after the old one's last word.</summary>
    public static readonly TimeSpan DefaultRecvWindow = TimeSpan.FromSeconds(2);
    /// <summary>Binance's bound.</summary>
    public static readonly TimeSpan LongestRecvWindow = TimeSpan.FromSeconds(60);
    /// <summary>How far a client's clock may be ahead of the venue's: Binance's bound.</summary>
    public static readonly TimeSpan MostAhead = TimeSpan.FromSeconds(1);

    /// <summary>Each end pings so often, and takes the other for gone when a pong is overdue: a cut network says nothing by itself.</summary>
    public static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan PongWithin = TimeSpan.FromSeconds(4);
    /// <summary>For the hellos of both ends: a connection that says nothing holds a place.</summary>
    public static readonly TimeSpan HelloWithin = TimeSpan.FromSeconds(5);
}
