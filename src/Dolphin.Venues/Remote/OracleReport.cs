using System.Collections.Immutable;
using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Venues.Remote;

/// <summary>What <c>GET /oracle</c> says.</summary>
/// <param name="Epochs">In rising order; at most <see cref="VenueOracle.EpochsKept"/>.</param>
/// <param name="Repeated">Orders whose id came more than once; at most <see cref="VenueOracle.RepeatedKept"/>, the newest.</param>
/// <param name="Newest">As many of the newest orders as were asked for.</param>
public sealed record OracleReport(
    OracleBooks Books, OracleOrders Orders, ImmutableArray<OracleEpoch> Epochs, OracleLife ThisLife, ImmutableArray<OracleOrder> Repeated,
    ImmutableArray<OracleOrder> Newest);

/// <summary>What the venue's books say at this moment.</summary>
/// <param name="CashGap">Wallet less (deposit + realised - fees + funding of all legs): zero, or the venue has miscounted.</param>
/// <param name="LastSlice">Open time of the newest bar that has closed; null if none has since the start.</param>
/// <param name="Sessions">Order connections that are open.</param>
public sealed record OracleBooks(
    string Venue, DateTimeOffset At, long FactSequence, int OpenOrders, Money Wallet, Money Equity, Money CashGap,
    ImmutableArray<OraclePosition> Positions, DateTimeOffset? LastSlice, bool MarketHasEnded, int Sessions);

public sealed record OraclePosition(
    Symbol Symbol, PositionSide Leg, Quantity Quantity, Money RealisedPnl, Money Fees, Money Funding, long LastTradeId);

/// <summary>Over all lives of the venue.</summary>
/// <param name="Received">Every order that arrived, whatever became of it; of those refused for time or rate only this life's.</param>
/// <param name="Duplicates">How often an id arrived that had been there before (-4116).</param>
/// <param name="AcceptedTwice">How often an id was accepted that had been accepted before: never, unless the venue forgot it.</param>
/// <param name="Overlaps">Orders accepted with a lower epoch in their id after one with a higher epoch was accepted.</param>
public sealed record OracleOrders(
    long Received, long Accepted, long Rejected, long Duplicates, long AcceptedTwice, long Fills, long Liquidations, long Overlaps);

/// <param name="Accepted">Orders whose id carries this epoch.</param>
/// <param name="FirstAt">When the first of them arrived, by the venue's clock.</param>
public sealed record OracleEpoch(long Epoch, long Accepted, DateTimeOffset FirstAt, DateTimeOffset LastAt);

/// <summary>Since the venue's process started.</summary>
/// <param name="OlderSessions">Sessions that said a lower epoch than one the venue had heard of.</param>
/// <param name="Fenced">Sessions turned away or ended for it; zero without the fence.</param>
/// <param name="Late">Requests outside their recvWindow (-1021).</param>
/// <param name="OverRate">Orders beyond the rate (-1015).</param>
/// <param name="AcceptedAfterHigherSession">As the overlaps, but counted from the moment the newer gateway said hello.</param>
/// <param name="HighestEpoch">-1 if nobody has said one.</param>
public sealed record OracleLife(
    long Sessions, long OlderSessions, long Fenced, long Late, long OverRate, long AcceptedAfterHigherSession, long HighestEpoch, OracleDelay BarToOrder);

/// <summary>Milliseconds from the close of the newest bar, as the venue tells it, to the arrival of an order: both ways over the wire are in it.</summary>
/// <remarks>An order that takes longer than a bar is counted from a later one; so these say something while the greatest is well below a bar.</remarks>
/// <param name="Counts">Of the <see cref="DelayHistogram"/>: what came between two reports is their difference.</param>
public sealed record OracleDelay(long Orders, double P50, double P99, double P999, double Max, ImmutableArray<long> Counts)
{
    public static OracleDelay Of(DelayHistogram delays) => new(
        delays.Count, delays.Quantile(0.5).TotalMilliseconds, delays.Quantile(0.99).TotalMilliseconds, delays.Quantile(0.999).TotalMilliseconds,
        delays.Quantile(1).TotalMilliseconds, delays.Counts);
}

/// <param name="Epoch">What the id says; null for an id that is not made as ours are.</param>
public sealed record OracleOrder(string Id, long? Epoch, long Received, long Accepted, DateTimeOffset FirstAt, DateTimeOffset LastAt);
