using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;

namespace Dolphin.Actors.Strategies;

/// <summary>What a strategy says of itself to its asset, whenever it has changed.</summary>
/// <param name="Holds">The legs are its own to trade: taken over or opened, and neither given up nor closed for good.</param>
/// <param name="Ended">It held legs, and came to its own end.</param>
/// <param name="Legs">What it holds; of one that gave its legs up in this life of its actor, what it gave up.</param>
public sealed record LegHolding(LegHolder Holder, bool Holds, bool Ended, Legs Legs);
