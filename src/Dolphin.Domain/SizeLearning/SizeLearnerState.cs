namespace Dolphin.Domain.SizeLearning;

/// <summary>Returns of a kind of episode.</summary>
/// <param name="Sum">Fractions of notional, each within the outcome's bound.</param>
public readonly record struct ReturnTally(long Count, double Sum, double SumOfSquares)
{
    public ReturnTally After(double outcome) => new(Count + 1, Sum + outcome, SumOfSquares + outcome * outcome);

    /// <summary>Mean and its standard error, or null with fewer than two.</summary>
    public ReturnEstimate? Estimate
    {
        get
        {
            if (Count < 2) return null;
            var mean = Sum / Count;
            return new ReturnEstimate(mean, Math.Sqrt(Math.Max(0, SumOfSquares - mean * Sum) / (Count - 1) / Count));
        }
    }
}

/// <summary>How many episodes came to which end.</summary>
/// <param name="Explored">Of the closed ones: with a multiplier beside the best.</param>
/// <param name="Bounded">Of the closed ones: returned more than the bound lets count, either way.</param>
/// <param name="Witnesses">Whose outcome counted for or against trust, expired ones included.</param>
public readonly record struct EpisodeCounts(long Closed, long Expired, long Withdrawn, long Explored, long Bounded, long Witnesses);

/// <summary>Everything the size learner remembers, and nothing it could not recover from its events.</summary>
/// <remarks>About 1.3 KB and 300 bytes for each open episode: under 4 KB with the default of eight.</remarks>
/// <param name="Trust">The evidence for it.</param>
/// <param name="TrustedSince">Null while it is not trusted.</param>
/// <param name="TrustLosses">How often trust was lost.</param>
/// <param name="LastLoss">Why it was lost the last time, or null.</param>
/// <param name="RegretOffered">Quote: what the constant would have earned more than what the learner offered, as far as caps would have let it change the size. Below zero: the learner was better.</param>
/// <param name="RegretUsed">Quote: what the constant would have earned more than what was used.</param>
/// <param name="Returns">Of all closed episodes, without forgetting.</param>
/// <param name="Up">Of episodes explored above the best multiplier.</param>
/// <param name="Down">Of episodes explored below it.</param>
/// <param name="LastEventAt">Time of the last event.</param>
public sealed record SizeLearnerState(
    ReturnModel Model, TrustWager Trust, DateTimeOffset? TrustedSince, long TrustLosses, TrustLoss? LastLoss, EpisodeBook Episodes, EpisodeCounts Counts,
    Money RegretOffered, Money RegretUsed, ReturnTally Returns, ReturnTally Up, ReturnTally Down, DateTimeOffset? LastEventAt)
{
    public static SizeLearnerState Initial { get; } = new(
        ReturnModel.Empty, TrustWager.Initial, TrustedSince: null, TrustLosses: 0, LastLoss: null, EpisodeBook.Empty, default,
        Money.Zero, Money.Zero, default, default, default, LastEventAt: null);

    public bool Trusted => TrustedSince is not null;

    /// <summary>What a position is to be sized by: of an open episode what was used, of any other the constant.</summary>
    public decimal MultiplierOf(EpisodeId id) => Episodes.Find(id)?.Choice.Used ?? SizeLearningPolicy.Constant;
}
