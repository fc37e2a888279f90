using Dolphin.Domain;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;

namespace Dolphin.Actors.Strategies;

/// <summary>What a strategy says of itself to its asset, whenever it has changed.</summary>
/// <param name="Holds">The legs are its own to trade: taken over or opened, and neither given up nor closed for good.</param>
/// <param name="Ended">It held legs, and came to its own end.</param>
/// <param name="Legs">What it holds; of one that gave its legs up in this life of its actor, what it gave up.</param>
/// <param name="Opened">Quote; what one leg of its newest opening got, whoever has the legs since. Zero before the first, and of who opens nothing.</param>
public sealed record LegHolding(LegHolder Holder, bool Holds, bool Ended, Legs Legs, Money Opened = default);
