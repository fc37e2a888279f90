using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Venues;

/// <summary>A venue for USD-M futures in hedge mode. Commands go in, events come out at the listener given to the adapter; nothing blocks.</summary>
/// <remarks>
/// No answer is not an answer: a command whose event never comes has an unknown outcome, to be resolved by <see cref="VenueCommand.Query"/>.
/// <para>
/// What the venue does by itself (<see cref="VenueEvent.FundingPaid"/>, <see cref="VenueEvent.Liquidated"/>), and what somebody else trades on the account
/// (<see cref="VenueEvent.Filled"/> of an id that <see cref="ClientOrderIds.TryParse"/> does not know), has no id to ask for. So on opening, and
/// whenever a broken connection stands again, the newest <see cref="ToldAgain"/> of it are told again, the oldest first, before anything new; of what
/// is older nobody is told. Whoever is told takes each once. A venue whose stream repeats nothing has to be asked by its adapter: at Binance
/// USD-M, <c>GET /fapi/v1/income</c> for funding and <c>GET /fapi/v1/userTrades</c> for fills of orders that are not ours, <c>autoclose-</c>,
/// <c>adl_autoclose</c> and <c>settlement_autoclose-</c> ones among them.
/// </para>
/// </remarks>
public interface IVenue
{
    /// <summary>Settlements of funding (each one payment for every leg that was held), liquidated legs and fills of others, together.</summary>
    public const int ToldAgain = 256;

    void Send(VenueCommand command);

    /// <summary>Somebody new listens in the place of who listened before. A way that opens a session of its own for each is told again by that.</summary>
    void Reopened() { }
}

/// <summary>Everything a venue is asked.</summary>
[JsonDerivedType(typeof(Submit), "submit")]
[JsonDerivedType(typeof(Cancel), "cancel")]
[JsonDerivedType(typeof(CancelAll), "cancel-all")]
[JsonDerivedType(typeof(Query), "query")]
[JsonDerivedType(typeof(GetAccount), "get-account")]
public abstract record VenueCommand
{
    private VenueCommand() { }
    /// <summary>Answered by <see cref="VenueEvent.Accepted"/>, <see cref="VenueEvent.Rejected"/> or <see cref="VenueEvent.OutcomeUnknown"/>.</summary>
    public sealed record Submit(NewOrder Order) : VenueCommand;
    /// <summary>Answered by <see cref="VenueEvent.Closed"/>, or <see cref="VenueEvent.CancelRejected"/> (-2011) if the order is not open.</summary>
    public sealed record Cancel(ClientOrderId Id, Symbol Symbol) : VenueCommand;
    /// <summary>Every open order of the account; each is answered by <see cref="VenueEvent.Closed"/>, then one <see cref="VenueEvent.AllCancelled"/>.</summary>
    public sealed record CancelAll(string RequestId) : VenueCommand;
    /// <summary>Answered by <see cref="VenueEvent.OrderStatus"/>.</summary>
    public sealed record Query(ClientOrderId Id, Symbol Symbol) : VenueCommand;
    /// <summary>Answered by <see cref="VenueEvent.Account"/>.</summary>
    public sealed record GetAccount(string RequestId) : VenueCommand;
}

public enum OrderState { Open, Filled, Cancelled, Expired, Rejected, Unknown }

/// <summary>Everything a venue says. <c>At</c> is the venue's time of the fact, not of its arrival.</summary>
[JsonDerivedType(typeof(Accepted), "accepted")]
[JsonDerivedType(typeof(Rejected), "rejected")]
[JsonDerivedType(typeof(OutcomeUnknown), "outcome-unknown")]
[JsonDerivedType(typeof(Filled), "filled")]
[JsonDerivedType(typeof(Closed), "closed")]
[JsonDerivedType(typeof(CancelRejected), "cancel-rejected")]
[JsonDerivedType(typeof(AllCancelled), "all-cancelled")]
[JsonDerivedType(typeof(OrderStatus), "order-status")]
[JsonDerivedType(typeof(FundingPaid), "funding-paid")]
[JsonDerivedType(typeof(Liquidated), "liquidated")]
[JsonDerivedType(typeof(Account), "account")]
public abstract record VenueEvent(DateTimeOffset At)
{
    public sealed record Accepted(NewOrder Order, DateTimeOffset At) : VenueEvent(At);
    /// <param name="Code">The venue's code, such as -2019. A definite refusal: the order does not exist.</param>
    public sealed record Rejected(ClientOrderId Id, int Code, string Reason, DateTimeOffset At) : VenueEvent(At);
    /// <param name="Code">-1007, -1006 or an HTTP 5xx: the order may or may not exist.</param>
    public sealed record OutcomeUnknown(ClientOrderId Id, int Code, DateTimeOffset At) : VenueEvent(At);
    /// <summary>Of any order of the account, ours or not.</summary>
    public sealed record Filled(Fill Fill, DateTimeOffset At) : VenueEvent(At);
    /// <summary>The order is no longer open. What it had filled stays filled.</summary>
    public sealed record Closed(ClientOrderId Id, OrderState State, Quantity Cumulative, DateTimeOffset At) : VenueEvent(At);
    public sealed record CancelRejected(ClientOrderId Id, int Code, string Reason, DateTimeOffset At) : VenueEvent(At);
    public sealed record AllCancelled(string RequestId, int Count, DateTimeOffset At) : VenueEvent(At);
    /// <param name="State"><see cref="OrderState.Unknown"/>: the venue has never accepted this id.</param>
    /// <param name="Fills">Every fill of the order so far, in trade order.</param>
    public sealed record OrderStatus(ClientOrderId Id, OrderState State, Quantity Cumulative, ImmutableArray<Fill> Fills, DateTimeOffset At) : VenueEvent(At);
    /// <param name="Amount">Quote; above zero is received, below zero is paid by this leg.</param>
    public sealed record FundingPaid(Symbol Symbol, PositionSide Leg, decimal Rate, Money Amount, DateTimeOffset At) : VenueEvent(At);
    /// <summary>The venue closed a leg by force. The fill is the venue's own (<c>autoclose-</c> id) and must be booked as external.</summary>
    public sealed record Liquidated(Fill Fill, DateTimeOffset At) : VenueEvent(At);
    public sealed record Account(AccountView View, DateTimeOffset At) : VenueEvent(At);
}

/// <summary>The venue's own view of the account.</summary>
/// <param name="WalletBalance">Quote: deposits + realised - fees + funding.</param>
/// <param name="RequestId">The request this answers, or null when the venue published it by itself.</param>
public sealed record AccountView(
    string? RequestId, Money WalletBalance, Money UnrealisedPnl, Money InitialMargin, Money MaintenanceMargin,
    ImmutableArray<VenuePosition> Positions)
{
    public Money Equity => WalletBalance + UnrealisedPnl;
}

/// <param name="LastTradeId">The newest trade id of this leg that is included; zero if none.</param>
/// <param name="RealisedPnl">Quote, before fees and funding; <paramref name="Fees"/> paid; <paramref name="Funding"/> received.</param>
/// <param name="EntryCost">Quote: what the open quantity cost; exact, so that the entry price is EntryCost / Quantity.</param>
public sealed record VenuePosition(
    Symbol Symbol, PositionSide Leg, Quantity Quantity, Money EntryCost, Money RealisedPnl, Money Fees, Money Funding,
    Price? Mark, long LastTradeId);
