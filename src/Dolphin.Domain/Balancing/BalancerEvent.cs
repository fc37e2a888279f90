using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Balancing;

/// <summary>What has happened to the exposure balancer. Stored for ever: add cases and optional fields; never rename, retype or reuse one.</summary>
public abstract record BalancerEvent
{
    private BalancerEvent() { }

    public abstract DateTimeOffset At { get; init; }

    /// <summary>The portfolio was judged. The only event that need not be stored for each cycle: what decisions read is in the others, and of two
    /// the newer says all.</summary>
    /// <param name="Notes">What was assumed, and what was breached and left alone.</param>
    /// <param name="PartedWith">As for <see cref="Assessment.PartedWith"/>. It changes only with a hedge that is asked for, or with prices that come together.</param>
    public sealed record CycleAssessed(
        PortfolioMetrics Metrics, ImmutableArray<string> Notes, DateTimeOffset At,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? PartedWith = null) : BalancerEvent;

    /// <summary>The portfolio could not be judged; the next interval tries again.</summary>
    public sealed record CycleSkipped(string Code, string Reason, DateTimeOffset At) : BalancerEvent;

    /// <summary>An executor is asked. The event carries all it needs.</summary>
    public sealed record CommandIssued(BalancerCommand Command, DateTimeOffset At) : BalancerEvent;

    /// <summary>A holder has taken it and is about to do it.</summary>
    public sealed record CommandTaken(long Id, DateTimeOffset At) : BalancerEvent;

    /// <summary>One of those who were asked to open or grow has done what it will do of it.</summary>
    /// <param name="No">Why it did nothing, or null if it did something.</param>
    public sealed record GrowthAnswered(long Id, Symbol Symbol, Refusal? No, DateTimeOffset At) : BalancerEvent;

    /// <summary>It is done: of a cut, the legs are at or below what was asked; of a wish, it has come true, or its holders have done what they will do of it.</summary>
    public sealed record CommandDone(long Id, DateTimeOffset At) : BalancerEvent;

    /// <summary>The executor or the holder would not do it, or the venue did not fill it; the next look decides anew.</summary>
    public sealed record CommandRejected(long Id, string Code, string Reason, DateTimeOffset At) : BalancerEvent;

    /// <summary>Nobody said in time what became of it; of a wish: nobody took it.</summary>
    public sealed record CommandExpired(long Id, DateTimeOffset At) : BalancerEvent;

    public sealed record AlertRaised(BalancerAlert Alert, DateTimeOffset At) : BalancerEvent;

    /// <summary>The same was told less than a minute ago.</summary>
    public sealed record AlertThrottled(AlertKind Kind, DateTimeOffset At) : BalancerEvent;
}
