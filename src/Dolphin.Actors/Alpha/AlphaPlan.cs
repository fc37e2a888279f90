using Dolphin.Domain.Alpha;

namespace Dolphin.Actors.Alpha;

/// <summary>How assets are measured, ranked and cut. Known to be good.</summary>
/// <param name="Patience">How long a snapshot counts for whoever reads it, and the last bar of an asset for what is measured of it.</param>
public sealed record AlphaPlan(AlphaMeterPolicy Meter, AdaptiveBreakerPolicy Breaker, AlphaRankPolicy Rank, PlungePolicy Plunge, TimeSpan Patience)
{
    /// <summary>Whether directional strategies take the signals of plunges.</summary>
    public bool TradesPlunges { get; init; }

    /// <summary>How long the book lets directional positions be held; null: nobody asks it.</summary>
    public TradeHoldPolicy? Hold { get; init; }

    /// <summary>A snapshot of so many assets is the largest message that nodes may send each other.</summary>
    public const int MostAssets = 1_300;

    /// <summary>What a size is multiplied by where nothing is known: no factor has ever been heard.</summary>
    public double Blind { get; } = new AdaptiveBreaker(Breaker).At(DateTimeOffset.UnixEpoch).Multiplier;
}
