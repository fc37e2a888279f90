using System.Collections.Immutable;
using Dolphin.Domain;
using Dolphin.Venues.Paper;
using Dolphin.Venues.Remote;

namespace Dolphin.Actors.Venue;

/// <summary>What <see cref="VenueGateActor"/> hears besides the venue's own events and facts.</summary>
public static class VenueGateProtocol
{
    /// <summary>The books are whole and the market runs: sessions may enter from now on.</summary>
    /// <param name="Venue">The venue's identity.</param>
    public sealed record Open(string Venue);

    /// <summary>Answered by <see cref="Entered"/> or <see cref="Refused"/>.</summary>
    public sealed record Enter(IOrderSession Session, OrderRequest.Hello Hello);
    public sealed record Entered;
    public sealed record Refused(string Reason);
    public sealed record Leave(IOrderSession Session);

    /// <summary>A command of a session. Of one that has not entered nothing is taken.</summary>
    public sealed record Take(IOrderSession Session, OrderRequest.Order Request);

    /// <summary>What the venue's journal holds from earlier lives, in its order: told before the venue is connected, for the counts and to be told again.</summary>
    public sealed record Past(ImmutableArray<PaperFact> Facts);

    /// <summary>Answered by an <see cref="OracleReport"/>.</summary>
    /// <param name="Newest">How many of the newest orders to list.</param>
    public sealed record GetOracle(int Newest);
}

/// <param name="Fence">A lower epoch than one that was heard of is turned away, and sessions that have one are ended. A real venue knows no epochs: without it they
/// are only counted.</param>
/// <param name="Deposit">Quote: what the account began with.</param>
public sealed record VenueGatePolicy(string Account, Money Deposit, bool Fence);
