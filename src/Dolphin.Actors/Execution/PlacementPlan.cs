using Dolphin.Domain.Placement;

namespace Dolphin.Actors.Execution;

/// <summary>Which orders are worked through the book and how. Only where the market shows its books; elsewhere orders go as they are.</summary>
/// <param name="WorksExits">Whether orders that make a leg smaller are worked too: a stop is one of them, and would wait for as long as the policy's timeout.</param>
/// <param name="BooksShowOwnOrders">Whether the books that are shown have our own orders in them: a real venue's have, beside a paper venue they have not.</param>
public sealed record PlacementPlan(PlacementPolicy Policy, bool WorksExits, bool BooksShowOwnOrders);
