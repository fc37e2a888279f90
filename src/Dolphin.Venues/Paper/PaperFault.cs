namespace Dolphin.Venues.Paper;

/// <summary>What can go wrong on demand. The first four concern the answer to a new order, the others any delivery.</summary>
public enum PaperFaultKind
{
    /// <summary>The order is processed as usual; its answer is <see cref="VenueEvent.OutcomeUnknown"/> (-1007).</summary>
    UnknownExecuted,
    /// <summary>The order never reaches the matching engine; its answer is <see cref="VenueEvent.OutcomeUnknown"/> (-1007).</summary>
    UnknownLost,
    /// <summary>The order is refused with <see cref="PaperFault.Code"/>.</summary>
    Reject,
    /// <summary>The order is processed as usual; neither acceptance nor refusal is ever told. Its fills are.</summary>
    DropAnswer,
    /// <summary>The delivery, and with it all that follow, is late by <see cref="PaperFault.Delay"/>.</summary>
    DelayDelivery,
    /// <summary>A second copy of the delivery follows after <see cref="PaperFault.Delay"/>.</summary>
    DuplicateDelivery,
    /// <summary>The delivery is late by <see cref="PaperFault.Delay"/> and later ones overtake it.</summary>
    ReorderDelivery,
}

/// <summary>One fault switch. Whether it strikes is a pure hash of (seed, kind, id), so the same order always meets the same fate.</summary>
/// <param name="PerMillion">How many of a million it strikes: 0 to 1 000 000.</param>
/// <param name="IdPrefix">Strikes only what concerns a client order id (or request id) that begins so; empty means all.</param>
/// <param name="Code">For <see cref="PaperFaultKind.Reject"/>: the venue's code, below zero. Otherwise zero.</param>
/// <param name="Delay">For the delivery faults: whole milliseconds, zero or more. Otherwise zero.</param>
public sealed record PaperFault(PaperFaultKind Kind, int PerMillion, string IdPrefix, int Code, TimeSpan Delay)
{
    public const int Always = 1_000_000;

    internal bool Strikes(ulong seed, string id, long number) =>
        id.StartsWith(IdPrefix, StringComparison.Ordinal)
        && (PerMillion >= Always || StableHash.Below(StableHash.Of(seed, 100 + (int)Kind, id, number), Always) < PerMillion);
}
