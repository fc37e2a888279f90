using Dolphin.Domain.Alpha;

namespace Dolphin.Actors.Alpha;

/// <summary>How assets are measured, ranked and cut. Known to be good.</summary>
/// <param name="Patience">How long a snapshot counts for whoever reads it.</param>
public sealed record AlphaPlan(AlphaMeterPolicy Meter, AdaptiveBreakerPolicy Breaker, AlphaRankPolicy Rank, PlungePolicy Plunge, TimeSpan Patience)
{
    /// <summary>A snapshot of so many assets is the largest message that nodes may send each other.</summary>
    public const int MostAssets = 1_500;

    /// <summary>What a size is multiplied by where nothing is known: no factor has ever been heard.</summary>
    public double Blind { get; } = new AdaptiveBreaker(Breaker).At(DateTimeOffset.UnixEpoch).Multiplier;
}
