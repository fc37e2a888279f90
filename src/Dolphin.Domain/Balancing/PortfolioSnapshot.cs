using System.Collections.Immutable;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Balancing;

/// <summary>What one symbol ties up. Margins are in quote currency.</summary>
/// <param name="Margin">Of both legs together; zero or more. A symbol with zero is not held.</param>
/// <param name="Net">Signed: margin of the long leg less margin of the short leg, never beyond <paramref name="Margin"/>. Null where nobody says; then
/// all of the margin counts as net, which is the worst it can be, and which side it is on is left to the executor.</param>
/// <param name="IsFrozen">Its price is old, or nobody holds it: it cannot be traded now. Its margin counts, and no command names it.</param>
/// <param name="MayGrow">Whoever holds it makes it larger when asked to.</param>
public readonly record struct PortfolioPosition(Symbol Symbol, Money Margin, Money? Net, bool IsFrozen = false, bool MayGrow = true)
{
    public static PortfolioPosition OfMargin(Symbol symbol, Money margin) => new(symbol, margin, Net: null);
    public static PortfolioPosition OfLegs(Symbol symbol, Money longMargin, Money shortMargin) => new(symbol, longMargin + shortMargin, longMargin - shortMargin);
}

/// <summary>What the same thing costs at one venue; several of them say where it is dear.</summary>
public readonly record struct VenuePrice(string Venue, Price Price);

/// <summary>The portfolio as it was read, with holes where somebody did not answer.</summary>
/// <param name="TotalMargin">Quote; used and free together. Null: unavailable, and the cycle is skipped.</param>
/// <param name="Positions">One for each symbol, in any order. Null: unavailable, and the cycle is skipped.</param>
/// <param name="Confidence">Average confidence of the signals, 0 to 1. Null, or no such number: 0.5 is assumed.</param>
/// <param name="Divergence">Relative difference of prices between venues, 0 to 1. Null, or no such number: 0.0 is assumed.</param>
/// <param name="At">When it was read.</param>
/// <param name="Venues">Prices of the symbol that diverges, if two or more venues are known; else default.</param>
public sealed record PortfolioSnapshot(
    Money? TotalMargin, ImmutableArray<PortfolioPosition>? Positions, double? Confidence, double? Divergence, DateTimeOffset At,
    ImmutableArray<VenuePrice> Venues = default)
{
    /// <summary>What a missing confidence counts as: neither for nor against.</summary>
    public const double AssumedConfidence = 0.5;
    /// <summary>What a missing divergence counts as: nobody has seen venues part.</summary>
    public const double AssumedDivergence = 0.0;
    /// <summary>Quote; a margin above it is a mistake somewhere, and no product of a decision can overflow below it.</summary>
    public const decimal HighestMargin = 1_000_000_000_000m;
    /// <summary>Quote; nothing can be traded with a total margin below it.</summary>
    public const decimal LeastTotalMargin = 0.01m;
    /// <summary>Ten times what a venue lists; more are a mistake somewhere.</summary>
    public const int MostPositions = 5_000;
    /// <summary>Older (or as much from the future) it is not acted on: a command made from it would be as old as a command may get.</summary>
    public static readonly TimeSpan StaleAfter = BalancerCommand.Lifetime;
}

/// <summary>One symbol's part of the portfolio.</summary>
/// <param name="Exposure">Margin over total margin: check 2.</param>
/// <param name="Weight">Margin over used margin: check 5.</param>
public readonly record struct PositionMetrics(Symbol Symbol, Money Margin, double Exposure, double Weight);

/// <summary>What the portfolio looked like before anything was done about it.</summary>
/// <param name="TotalMargin">Quote, above zero.</param>
/// <param name="Utilisation">Used over total margin.</param>
/// <param name="SymbolCount">Symbols with margin.</param>
/// <param name="Confidence">0 to 1; the assumed one where there was none.</param>
/// <param name="Divergence">0 to 1; the assumed one where there was none.</param>
/// <param name="NetShare">Net over used margin, 0 to 1: the part of the divergence that would be felt. 0 with nothing used.</param>
/// <param name="Positions">Those with margin, in ordinal order of symbol.</param>
public sealed record PortfolioMetrics(
    Money UsedMargin, Money TotalMargin, double Utilisation, int SymbolCount, double Confidence, bool ConfidenceAssumed,
    double Divergence, bool DivergenceAssumed, double NetShare, ImmutableArray<PositionMetrics> Positions);
