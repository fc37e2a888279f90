using Dolphin.Venues.Remote;

namespace Dolphin.Actors.Market;

/// <summary>What <see cref="MarketDeskActor"/> hears besides the market itself.</summary>
public static class MarketDeskProtocol
{
    /// <summary>Answered by <see cref="Watched"/> or <see cref="Refused"/>.</summary>
    public sealed record Watch(MarketOutbox Reader);
    public sealed record Watched;
    public sealed record Refused(string Reason);
    public sealed record Unwatch(MarketOutbox Reader);
}
