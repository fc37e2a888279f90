using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Exits;

/// <summary>What the price did over a while, usually one closed bar. Which of its ends came first is not known.</summary>
/// <param name="From">Since when; the bar's open.</param>
/// <param name="Close">The newest price, and the only one whose place in time is known.</param>
public readonly record struct PriceSpan(DateTimeOffset From, Price High, Price Low, Price Close)
{
    /// <summary>A market could have done this: plausible prices, and the close between the ends.</summary>
    public bool IsPlausible => Plausible.Is(High) && Plausible.Is(Low) && Low <= Close && Close <= High;

    /// <summary>A moment: one price and nothing around it.</summary>
    public static PriceSpan Moment(DateTimeOffset at, Price price) => new(at, price, price, price);
}
