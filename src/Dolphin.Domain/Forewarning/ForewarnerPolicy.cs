namespace Dolphin.Domain.Forewarning;

/// <summary>When the forewarner fits a new model, and what that has to prove before it serves.</summary>
public sealed record ForewarnerPolicy
{
    /// <summary>A day: trials are drawn from weeks of market, of which a day is a small part.</summary>
    public TimeSpan RefitEvery { get; init; } = TimeSpan.FromHours(24);
    /// <summary>After a fit that failed, or a challenger that was rejected; and never sooner because of the market.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromHours(1);
    /// <summary>Whoever fits is given up after this. A fit takes a minute; half an hour is a machine that has other things to do.</summary>
    public TimeSpan FitTimeout { get; init; } = TimeSpan.FromMinutes(30);
    /// <summary>Share of held-out catastrophes that a model must call outside. Trials of the same parameters differ by their paths, so no model gets all.</summary>
    public double LeastRecall { get; init; } = 0.8;
    /// <summary>Share of the other held-out trials that it may call outside too.</summary>
    public double MostFalseAlarm { get; init; } = 0.2;
    /// <summary>By how much recall less false alarm may be below the champion's on the same trials; a model of the newer market is preferred to a draw.</summary>
    public double MayBeWorseBy { get; init; } = 0.02;
}
