using Dolphin.Domain.Market;

namespace Dolphin.Domain.TwoLegs;

/// <summary>
/// Whoever watches the portfolio asks a strategy to bring its legs to at least these quantities: open them where there are none, make both larger alike, or
/// bring the smaller one nearer to the larger one. Whether, and how far, is the strategy's affair; it never goes further than is wished.
/// </summary>
/// <param name="By">Who asks.</param>
/// <param name="Id">From 1; rises over everything that is ever asked of one strategy, whoever holds the legs. An id that is not new does nothing.</param>
/// <param name="LongAtLeast">Base, zero or more. At or below what is held it asks for nothing.</param>
/// <param name="ShortAtLeast">Base, likewise.</param>
/// <param name="Until">A wish that has not been begun by then lapses: what was right may be wrong.</param>
public sealed record GrowWish(string By, long Id, Quantity LongAtLeast, Quantity ShortAtLeast, DateTimeOffset Until)
{
    public Legs AtLeast => new(LongAtLeast, ShortAtLeast);
}
