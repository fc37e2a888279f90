using System.Diagnostics;

namespace Dolphin.Domain.Forewarning;

/// <summary>How the fits of a run ended.</summary>
/// <param name="Served">Models that came to serve.</param>
/// <param name="Moved">How often the market had moved.</param>
/// <param name="Halved">How often leverage was halved, on other symbols than before.</param>
public readonly record struct ForewarnerTally(int Wanted, int Served, int Rejected, int Failed, int Moved, int Halved)
{
    public ForewarnerTally After(ForewarnerEvent @event) => @event switch
    {
        ForewarnerEvent.FitWanted => this with { Wanted = Wanted + 1 },
        ForewarnerEvent.ChampionChanged => this with { Served = Served + 1 },
        ForewarnerEvent.ChallengerRejected => this with { Rejected = Rejected + 1 },
        ForewarnerEvent.FitFailed => this with { Failed = Failed + 1 },
        ForewarnerEvent.MarketMoved => this with { Moved = Moved + 1 },
        ForewarnerEvent.LeverageHalved => this with { Halved = Halved + 1 },
        ForewarnerEvent.LeverageRestored => this, // Each ends one that was counted.
        _ => throw new UnreachableException($"Cannot count {@event.GetType().Name}."),
    };
}
