namespace Dolphin.Domain.Forewarning;

/// <summary>What a forewarner is told. Every one may come twice.</summary>
public abstract record ForewarnerInput
{
    private ForewarnerInput() { }
    /// <summary>Time has passed, and the market has been compared with the champion's.</summary>
    public sealed record Look(FitnessReading? Fitness, DateTimeOffset At) : ForewarnerInput;
    /// <summary>A fit has ended.</summary>
    /// <param name="ChampionOnSame">How the champion judges the challenger's held-out trials, which are of the newer market; null where none serves.</param>
    public sealed record Fitted(ModelCard Challenger, EnvelopeProof? ChampionOnSame, DateTimeOffset At) : ForewarnerInput;
    /// <summary>A fit has ended without a model.</summary>
    public sealed record Failed(long Number, Refusal Why, DateTimeOffset At) : ForewarnerInput;
}

/// <summary>What has happened to a forewarner. Stored for ever: add cases and optional fields; never rename, retype or reuse one.</summary>
public abstract record ForewarnerEvent
{
    private ForewarnerEvent() { }
    public abstract DateTimeOffset At { get; init; }
    /// <param name="Number">From 1; the seed of its chances is drawn from the run's and this.</param>
    /// <param name="NotBefore">Of the next one.</param>
    public sealed record FitWanted(long Number, FitReason Reason, DateTimeOffset NotBefore, DateTimeOffset At) : ForewarnerEvent;
    /// <summary>Said once for each champion.</summary>
    public sealed record MarketMoved(double Distance, double VolatilityRatio, DateTimeOffset At) : ForewarnerEvent;
    /// <summary>The challenger is proven and serves from now on.</summary>
    /// <param name="Former">How the champion before it judged the same trials; null where there was none.</param>
    public sealed record ChampionChanged(ModelCard Champion, EnvelopeProof? Former, DateTimeOffset NotBefore, DateTimeOffset At) : ForewarnerEvent;
    /// <summary>The challenger is not proven; the champion goes on.</summary>
    public sealed record ChallengerRejected(ModelCard Challenger, string Code, string Reason, DateTimeOffset NotBefore, DateTimeOffset At) : ForewarnerEvent;
    public sealed record FitFailed(long Number, string Code, string Reason, DateTimeOffset NotBefore, DateTimeOffset At) : ForewarnerEvent;
}
