using System.Collections.Immutable;
using System.Diagnostics;
using Dolphin.Actors.Market;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Binance.Live;
using Dolphin.Venues.Binance.Rest;
using Dolphin.Venues.Paper;
using Dolphin.Venues.Remote;

namespace Dolphin.Node.Running;

/// <summary>Where a live node trades.</summary>
internal abstract record OutsidePlan
{
    private OutsidePlan() { }

    /// <summary>How long a bar takes.</summary>
    public TimeSpan Interval => this switch
    {
        Simulated plan => plan.World.Interval,
        Binance plan => plan.Bar,
        Remote plan => plan.Venue.Interval,
        _ => throw new UnreachableException($"Nothing is known of {this}."),
    };

    /// <summary>A paper venue and a simulated market in this process.</summary>
    public sealed record Simulated(PaperPolicy Venue, WorldPlan World) : OutsidePlan;

    /// <summary>The paper venue in this process, on the live market of Binance USD-M futures.</summary>
    /// <param name="Budget">Of <see cref="FeedSettings.Rest"/>, for all who ask it.</param>
    /// <param name="Bar">How long a bar takes.</param>
    /// <param name="LastPrices">What the venue's journal has of each symbol: what one is settled at that no price comes of any more.</param>
    public sealed record Binance(
        PaperPolicy Venue, FeedSettings Feed, ExchangeInfo Listed, HostBudget Budget, TimeSpan Bar, ImmutableDictionary<Symbol, Price> LastPrices) : OutsidePlan;

    /// <summary>A venue in another process.</summary>
    /// <param name="Venue">What it said of itself; another one is not traded with.</param>
    public sealed record Remote(RemoteAddress Address, VenueHello Venue) : OutsidePlan;
}
