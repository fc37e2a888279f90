using Dolphin.Domain.Alpha;
using Dolphin.Domain.Market;

namespace Dolphin.Actors.Alpha;

/// <summary>Alpha as sizers of this process use it: nobody is asked, everything is read.</summary>
public sealed record AlphaGround(AlphaPlan Plan, AlphaBoard Board)
{
    /// <returns>What the adaptive breaker leaves of a size, times its boost. Where nothing was heard lately, what it leaves when it knows nothing.</returns>
    public double MultiplierOf(Symbol symbol, DateTimeOffset now) => Board.Read(now)?.Find(symbol)?.Multiplier ?? Plan.Blind;
}
