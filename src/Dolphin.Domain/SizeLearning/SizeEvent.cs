using System.Text.Json.Serialization;

namespace Dolphin.Domain.SizeLearning;

/// <summary>Why trust was lost.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TrustLoss>))]
public enum TrustLoss
{
    /// <summary>The evidence is below where it must be.</summary>
    Evidence,
    /// <summary>In money, and without a bound on any outcome, the constant would have been better.</summary>
    Regret,
}

/// <summary>What has happened to a size learner. Stored for ever: add cases and optional fields; never rename, retype or reuse one.</summary>
public abstract record SizeEvent
{
    private SizeEvent() { }

    public abstract DateTimeOffset At { get; init; }

    /// <param name="Witness">Its outcome will count for and against trust: it was opened after that of the last witness was known.</param>
    public sealed record EpisodeOpened(EpisodeId Id, SizeChoice Choice, bool Witness, DateTimeOffset At) : SizeEvent;

    /// <param name="Profit">Quote; net of fees and funding.</param>
    /// <param name="Notional">Quote; at the multiplier as it took effect.</param>
    /// <param name="Outcome">Profit over notional, not beyond <paramref name="Bound"/> either way.</param>
    /// <param name="Bound">Fraction of notional.</param>
    /// <param name="Kept">What this outcome leaves of the weight of those before it.</param>
    /// <param name="MostEvidence">What is above it is put away.</param>
    public sealed record EpisodeClosed(
        EpisodeId Id, Money Profit, Money Notional, double Outcome, double Bound, double Kept, double MostEvidence, DateTimeOffset At) : SizeEvent;

    /// <summary>Nobody said in time what came of it. As a witness it counts as the worst that could have come: silence must not earn trust.</summary>
    public sealed record EpisodeExpired(EpisodeId Id, DateTimeOffset At) : SizeEvent;

    /// <summary>It never came to be; nothing is learned.</summary>
    public sealed record EpisodeWithdrawn(EpisodeId Id, DateTimeOffset At) : SizeEvent;

    /// <param name="Regret">Quote, below zero: by how much the constant would have been worse, over all closed episodes.</param>
    public sealed record TrustEarned(double Evidence, double Needed, long Witnesses, Money Regret, DateTimeOffset At) : SizeEvent;

    /// <summary>The multiplier is 1 again, and evidence begins again at 1 or below.</summary>
    public sealed record TrustLost(TrustLoss Cause, double Evidence, double Needed, Money Regret, DateTimeOffset At) : SizeEvent;
}
