using Dolphin.Domain.Market;

namespace Dolphin.Domain.TwoLegs;

/// <summary>Whoever watches the portfolio asks a strategy to bring its legs to at most these quantities. How and when is the strategy's affair.</summary>
/// <param name="By">Who asks.</param>
/// <param name="Id">From 1; rises over everything that is ever asked of one strategy, whoever holds the legs. An id that is not new does nothing, so
/// that a late second copy cannot trim what has grown since. A wish that was refused may come again by the same id.</param>
/// <param name="LongAtMost">Base, zero or more. At or above what is held it asks for nothing.</param>
/// <param name="ShortAtMost">Base, likewise.</param>
/// <param name="Until">A wish that has not been begun by then lapses: what was right may be wrong. One that has been begun is brought to its end.</param>
public sealed record TrimWish(string By, long Id, Quantity LongAtMost, Quantity ShortAtMost, DateTimeOffset Until)
{
    public Legs AtMost => new(LongAtMost, ShortAtMost);
}
