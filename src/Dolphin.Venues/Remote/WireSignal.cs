namespace Dolphin.Venues.Remote;

/// <summary>What a remote connection tells its listener, in order: connected, what is said, disconnected, and so on.</summary>
public abstract record WireSignal<T>
{
    private WireSignal() { }

    /// <summary>The venue answers. Whatever was said before is over: ask about everything that matters.</summary>
    public sealed record Connected(VenueHello Venue) : WireSignal<T>;

    /// <summary>The connection is gone, or the first attempt failed. It is tried again until it is disposed of.</summary>
    public sealed record Disconnected(string Reason) : WireSignal<T>;

    public sealed record Said(T What) : WireSignal<T>;
}
