namespace Dolphin.Domain.Forewarning;

/// <summary>When a market counts as another one than the trials were drawn from.</summary>
public sealed record FitnessSettings
{
    /// <summary>Kolmogorov-Smirnov distance of the two distributions of returns. A market with twice or half the volatility and the same shape is at 0.16.</summary>
    public double MovedBeyond { get; init; } = 0.15;
    /// <summary>Returns that are needed to say anything. Two days of five minutes: half of one day is always quieter than the other.</summary>
    public int LeastReturns { get; init; } = 576;
}

/// <summary>What the fitness monitor sees.</summary>
/// <param name="Returns">How many recent ones it was told.</param>
/// <param name="Distance">0 (alike) to 1; NaN while there are too few.</param>
/// <param name="VolatilityRatio">Recent volatility over that of the trials' sample; for people.</param>
public readonly record struct FitnessReading(int Returns, double Distance, double VolatilityRatio, bool HasMoved);

/// <summary>Says whether a model is still about the market that there is: recent returns against those its trials were drawn from.</summary>
public static class FitnessMonitor
{
    /// <param name="drawnFrom">What the trials' paths were drawn from.</param>
    /// <param name="recent">Log returns of bars of the same length.</param>
    public static FitnessReading Read(ReturnSample drawnFrom, ReadOnlySpan<double> recent, FitnessSettings settings)
    {
        ArgumentNullException.ThrowIfNull(drawnFrom);
        ArgumentNullException.ThrowIfNull(settings);
        if (recent.Length < settings.LeastReturns || drawnFrom.Count == 0) return new FitnessReading(recent.Length, double.NaN, double.NaN, HasMoved: false);
        var sum = 0.0;
        foreach (var r in recent) sum += r * r;
        var volatility = Math.Sqrt(sum / recent.Length / drawnFrom.Interval.TotalHours);
        var distance = KolmogorovSmirnov.Distance(recent.ToArray(), drawnFrom.Series.SelectMany(s => s).ToArray());
        return new FitnessReading(recent.Length, distance, volatility / drawnFrom.VolatilityPerRootHour, distance > settings.MovedBeyond);
    }
}
