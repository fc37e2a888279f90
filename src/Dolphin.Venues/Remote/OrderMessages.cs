using System.Text.Json.Serialization;

namespace Dolphin.Venues.Remote;

/// <summary>What a client says on <see cref="RemoteProtocol.OrdersPath"/>.</summary>
[JsonDerivedType(typeof(Hello), "hello")]
[JsonDerivedType(typeof(Order), "order")]
public abstract record OrderRequest
{
    private OrderRequest() { }

    /// <summary>The first message, once.</summary>
    /// <param name="Epoch">The gateway's fencing epoch, zero or more.</param>
    public sealed record Hello(int Protocol, long Epoch, string Account) : OrderRequest;

    /// <param name="SentAt">By the gateway's clock, when whoever decided handed the command over.</param>
    /// <param name="RecvWindowMs">Whole milliseconds after it in which the venue may execute it; 1 to 60,000.</param>
    public sealed record Order(VenueCommand Command, DateTimeOffset SentAt, int RecvWindowMs) : OrderRequest;
}

/// <summary>What the venue says on <see cref="RemoteProtocol.OrdersPath"/>.</summary>
[JsonDerivedType(typeof(Hello), "hello")]
[JsonDerivedType(typeof(Said), "event")]
[JsonDerivedType(typeof(Failed), "error")]
public abstract record OrderAnswer
{
    private OrderAnswer() { }
    public sealed record Hello(VenueHello Venue) : OrderAnswer;
    public sealed record Said(VenueEvent Event) : OrderAnswer;
    /// <summary>The last message: why the venue ends the session.</summary>
    public sealed record Failed(string Reason) : OrderAnswer;
}
