namespace Dolphin.Domain.SizeLearning;

/// <summary>What the size learner is told. Any of them may come twice.</summary>
public abstract record SizeInput
{
    private SizeInput() { }

    /// <summary>Now.</summary>
    public abstract DateTimeOffset At { get; init; }

    /// <summary>A position was opened with a multiplier that <see cref="SizeLearner.Choose"/> gave.</summary>
    public sealed record Open(EpisodeId Id, SizeChoice Choice, DateTimeOffset At) : SizeInput;

    /// <summary>The position is closed.</summary>
    /// <param name="Profit">Quote; realised, net of fees and funding.</param>
    /// <param name="Notional">Quote, above zero: the most it held, at the multiplier as it took effect.</param>
    public sealed record Close(EpisodeId Id, Money Profit, Money Notional, DateTimeOffset At) : SizeInput;

    /// <summary>The position never came to be.</summary>
    public sealed record Withdraw(EpisodeId Id, DateTimeOffset At) : SizeInput;

    /// <summary>Time has passed: give up what is too old. Every other input does so, too.</summary>
    public sealed record Tick(DateTimeOffset At) : SizeInput;
}
