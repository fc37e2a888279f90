using System.Collections.Immutable;
using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Venues.Paper;

/// <summary>All there is to an exchange but its policy, instruments and funding rates: restored, it goes on bit for bit.</summary>
public sealed record PaperState(PaperBooks Books, PaperWorld World, PaperWire Wire, ImmutableArray<PaperFault> Faults);

/// <summary>The durable part: what <see cref="PaperExchange.Apply"/> rebuilds from facts.</summary>
/// <param name="Legs">Legs that ever traded, in ordinal order of symbol, LONG first.</param>
/// <param name="OpenOrders">In order of acceptance.</param>
/// <param name="ClosedOrders">Closed and refused orders that a query still finds, the oldest first.</param>
/// <param name="KnownIds">Base64 of 64-bit hashes (little endian) of the client order ids ever seen, the oldest first.</param>
public sealed record PaperBooks(
    long FactSequence, DateTimeOffset LastFactAt, Money Wallet, long LastTradeId, long LastOrder, long DuplicateSubmissions,
    ImmutableArray<PaperLegState> Legs, ImmutableArray<PaperOrder> OpenOrders, ImmutableArray<PaperOrder> ClosedOrders, string KnownIds);

public sealed record PaperLegState(
    Symbol Symbol, PositionSide Leg, Quantity Quantity, Money EntryCost, Money RealisedPnl, Money Fees, Money Funding, long LastTradeId);

/// <param name="Number">Acceptance order: 1, 2, 3, ...; zero for a refused order.</param>
/// <param name="Fills">In trade order.</param>
public sealed record PaperOrder(NewOrder Order, long Number, OrderState State, ImmutableArray<Fill> Fills)
{
    public Quantity Cumulative => Fills.IsEmpty ? Quantity.Zero : Fills[^1].Cumulative;
}

/// <summary>The market as the venue knows it.</summary>
/// <param name="ClockMs">Unix milliseconds of the newest work done.</param>
/// <param name="FundedUntilMs">Unix milliseconds: recorded rates up to and with this time have been settled.</param>
/// <param name="PublishedSequence">The newest fact in the account view that was published last.</param>
/// <param name="SliceIsOpen">Whether the newest slice is still forming.</param>
/// <param name="Bars">The newest bar of each symbol, in ordinal order; one that is of an older slice only gives its close.</param>
public sealed record PaperWorld(
    long ClockMs, long FundedUntilMs, long PublishedSequence, long SliceOpenMs, TimeSpan SliceInterval, bool SliceIsOpen,
    ImmutableArray<PaperBar> Bars);

/// <param name="Consumed">Base: what fills have taken of the bar's volume.</param>
public sealed record PaperBar(Symbol Symbol, Bar Bar, Quantity Consumed);

/// <summary>What is under way between client and venue.</summary>
/// <param name="Commands">In order of arrival.</param>
/// <param name="InstantTicks">UTC ticks of the newest instant at which the client sent; <paramref name="InstantNext"/> is its next free index.</param>
/// <param name="Reserved">Places of orders that were put back on the wire, so that commands sent again get their original index.</param>
/// <param name="Deliveries">In order of delivery.</param>
/// <param name="LastDueMs">Unix milliseconds: no delivery in order is due before it.</param>
public sealed record PaperWire(
    ImmutableArray<PaperCommand> Commands, long InstantTicks, int InstantNext, ImmutableArray<PaperPlace> Reserved,
    ImmutableArray<PaperDelivery> Deliveries, long LastDelivery, long LastDueMs);

/// <param name="ArrivesMs">Unix milliseconds.</param>
public sealed record PaperCommand(VenueCommand Command, DateTimeOffset SentAt, int SentIndex, long ArrivesMs);

public readonly record struct PaperPlace(long SentAtTicks, int SentIndex);

/// <param name="DueMs">Unix milliseconds.</param>
/// <param name="Number">Breaks ties; never reused.</param>
public sealed record PaperDelivery(VenueEvent Event, long DueMs, long Number);
