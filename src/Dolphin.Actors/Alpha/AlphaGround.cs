using Dolphin.Domain.Alpha;
using Dolphin.Domain.Market;

namespace Dolphin.Actors.Alpha;

/// <summary>Alpha as sizers of this process use it: nobody is asked, everything is read.</summary>
public sealed record AlphaGround(AlphaPlan Plan, AlphaBoard Board)
{
    /// <returns>
    /// What the adaptive breaker leaves of a size, times its boost. Where nothing was heard lately, the smaller of what it left then and what it leaves when it knows nothing: silence gives back
    /// none of what was cut. Of who was never heard of, what it leaves when it knows nothing.
    /// </returns>
    public double MultiplierOf(Symbol symbol, DateTimeOffset now)
    {
        if (Board.Latest is not { } seen || seen.Find(symbol) is not { Multiplier: var last }) return Plan.Blind;
        return Board.IsFresh(seen, now) ? last : Math.Min(last, Plan.Blind);
    }
}
