using System.Collections.Immutable;
using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Venues.Remote;

/// <summary>What a venue says of itself before anything else.</summary>
/// <param name="Protocol"><see cref="RemoteProtocol.Version"/> of the venue.</param>
/// <param name="Venue">The same for as long as the venue's books are the same ones; another venue, or one begun anew, has another.</param>
/// <param name="Account">The one account there is.</param>
/// <param name="Market">sim or replay.</param>
/// <param name="Interval">How long a bar takes on the wall clock.</param>
/// <param name="Recorded">How long a bar took where it was recorded; the same as <paramref name="Interval"/> where it is not played faster.</param>
/// <param name="Deposit">Quote: what the account began with.</param>
/// <param name="Symbols">In ordinal order.</param>
public sealed record VenueHello(
    int Protocol, string Venue, string Account, string Market, TimeSpan Interval, TimeSpan Recorded, Money Deposit, ImmutableArray<ListedSymbol> Symbols);

/// <param name="PriceDecimals">Digits after the point that the symbol's prices have.</param>
public sealed record ListedSymbol(Symbol Symbol, int PriceDecimals, int VolumeDecimals);
