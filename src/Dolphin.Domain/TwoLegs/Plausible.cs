using Dolphin.Domain.Market;

namespace Dolphin.Domain.TwoLegs;

/// <summary>What any market can do. Whatever is outside is a broken feed or a mistake; inside, no product of a decision can overflow a decimal.</summary>
public static class Plausible
{
    /// <summary>Quote per base.</summary>
    public const decimal LowestPrice = 0.000000001m, HighestPrice = 1_000_000_000m;
    /// <summary>Quote; of one fill, one leg or one fee.</summary>
    public const decimal HighestNotional = 10_000_000_000m;
    /// <summary>Base; of one fill or one leg.</summary>
    public const decimal HighestQuantity = 1_000_000_000_000_000m;

    public static bool Is(Price price) => price.QuotePerBase is >= LowestPrice and <= HighestPrice;

    public static bool Is(Fill fill) =>
        Is(fill.Price) && fill.Quantity.Base is > 0m and <= HighestQuantity
        && fill.Price.QuotePerBase * fill.Quantity.Base <= HighestNotional && Math.Abs(fill.Fee.Quote) <= HighestNotional;
}
