using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Dolphin.Domain.Balancing;

namespace Dolphin.Domain.AutoExecution;

/// <summary>
/// How a command ended: each one ends once, in exactly one of these. Stored for ever: add cases and optional fields; never rename, retype or reuse one.
/// </summary>
public abstract record ExecutorEvent
{
    private ExecutorEvent() { }

    /// <summary>Of the command.</summary>
    public abstract long Id { get; init; }
    public abstract BalancerAction Action { get; init; }
    public abstract DateTimeOffset At { get; init; }

    /// <summary>What is to be asked of holders is in the event, and is sent when the event is stored. Stored as <c>executor.carried-out.v1</c>.</summary>
    /// <param name="Trim">Of a reduction, of a rebalance down, or of a hedge whose holder opens no leg; else null.</param>
    /// <param name="Growth">Of a rebalance up; else null.</param>
    /// <param name="Openings">Of an expansion, the best symbol first; else empty.</param>
    /// <param name="Instead">What of the command could not be had, and what is done in its place; or null.</param>
    /// <param name="Asked">Of whom it is asked to open or grow, in order; null where nobody is, and in what was written when nobody was.</param>
    public sealed record CarriedOut(
        long Id, BalancerAction Action, TrimRequest? Trim, GrowthWish? Growth, ImmutableArray<OpeningWish> Openings, Refusal? Instead, DateTimeOffset At,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImmutableArray<GrowRequest>? Asked = null) : ExecutorEvent;

    /// <summary>What the command wanted is so already. Stored as <c>executor.done-already.v1</c>.</summary>
    public sealed record DoneAlready(long Id, BalancerAction Action, string Reason, DateTimeOffset At) : ExecutorEvent;

    /// <summary>It will not be done; the balancer's next look decides anew. Stored as <c>executor.refused.v1</c>.</summary>
    public sealed record Refused(long Id, BalancerAction Action, string Code, string Reason, DateTimeOffset At) : ExecutorEvent;

    /// <summary>It came too late. Stored as <c>executor.expired.v1</c>.</summary>
    public sealed record Expired(long Id, BalancerAction Action, string Reason, DateTimeOffset At) : ExecutorEvent;
}
