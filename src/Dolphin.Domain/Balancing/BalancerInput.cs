using Dolphin.Domain.Market;

namespace Dolphin.Domain.Balancing;

/// <summary>What the balancer is told.</summary>
public abstract record BalancerInput
{
    private BalancerInput() { }

    /// <summary>Look at the portfolio, and act where a limit is breached. A look that is not newer than the last one decides nothing.</summary>
    /// <param name="At">Now; the snapshot may be a little older.</param>
    public sealed record Cycle(PortfolioSnapshot Snapshot, DateTimeOffset At) : BalancerInput;

    /// <summary>Time has passed: let expire what is too old. A cycle does so, too.</summary>
    public sealed record Tick(DateTimeOffset At) : BalancerInput;

    /// <summary>A holder has taken a command and is about to do it.</summary>
    public sealed record Taken(long Id, DateTimeOffset At) : BalancerInput;

    /// <summary>The holder of one symbol has done what it will do of a command that makes the portfolio larger.</summary>
    /// <param name="No">Why it did nothing, or null if it did something.</param>
    /// <param name="IsLast">Whoever else was asked for the same command has answered before.</param>
    public sealed record Grown(long Id, Symbol Symbol, Refusal? No, bool IsLast, DateTimeOffset At) : BalancerInput;

    /// <summary>The executor has done a command.</summary>
    public sealed record Done(long Id, DateTimeOffset At) : BalancerInput;

    /// <summary>The executor refuses a command (<see cref="CommandCheck"/>, or what the venue said).</summary>
    public sealed record Rejected(long Id, string Code, string Reason, DateTimeOffset At) : BalancerInput;
}
