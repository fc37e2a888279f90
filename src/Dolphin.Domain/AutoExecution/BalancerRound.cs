using System.Collections.Immutable;
using System.Diagnostics;
using Dolphin.Domain.Balancing;

namespace Dolphin.Domain.AutoExecution;

/// <summary>What one round of balancer and executor has decided, in the order in which it happened.</summary>
/// <param name="Events">Of both, each a <see cref="BalancerEvent"/> or an <see cref="ExecutorEvent"/>; to be stored as one, so that no command is issued without its end.</param>
public sealed record BalancerRound(ImmutableArray<object> Events, BalancerState Balancer, ExecutorState Executor)
{
    /// <summary>False where nothing happened that a later decision or a person would miss: a portfolio that was looked at and found well, once more.</summary>
    /// <param name="before">The state that the round began with.</param>
    public bool IsWorthStoring(BalancerState before)
    {
        foreach (var e in Events)
        {
            if (e is BalancerEvent.CycleAssessed or BalancerEvent.AlertThrottled) continue;
            if (e is BalancerEvent.CycleSkipped { Code: var code } && string.Equals(code, before.LastSkip?.Code, StringComparison.Ordinal)) continue;
            return true;
        }
        return false;
    }
}

/// <summary>The balancer and, for every command it issues, the executor: one decision, so that one write can hold it.</summary>
/// <remarks>
/// A command that asks a holder for a trim stays open until the holder has answered, or its time has passed: whoever comes back after a crash asks again
/// for what is open, by the same id. One that became a wish stays open until a look finds that it has come true, or its time has passed: nobody has to answer a wish. One that the
/// executor will not do is rejected with its reason.
/// </remarks>
public static class BalancerRounds
{
    /// <param name="view">What the executor sees; asked for only if there is a command.</param>
    public static BalancerRound Decide(BalancerPolicy policy, BalancerState balancer, ExecutorState executor, BalancerInput input, Func<HoldersView> view)
    {
        ArgumentNullException.ThrowIfNull(view);
        var events = ImmutableArray.CreateBuilder<object>();
        var decided = BalancerDecider.Decide(policy, balancer, input).Events;
        foreach (var e in decided) Take(e);
        HoldersView? seen = null;
        foreach (var e in decided)
        {
            if (e is BalancerEvent.CommandIssued issued) Execute(issued.Command, seen ??= view());
        }
        return new BalancerRound(events.DrainToImmutable(), balancer, executor);

        void Execute(BalancerCommand command, HoldersView holders)
        {
            var decision = ExecutorDecider.Decide(executor, new ExecutorInput.Execute(command, holders));
            foreach (var e in decision.Events)
            {
                events.Add(e);
                executor = ExecutorDecider.Evolve(executor, e);
            }
            var answer = decision.Events.IsEmpty
                ? new BalancerInput.Rejected(command.Id, decision.Refusal!.Code, decision.Refusal.Reason, holders.Now)
                : AnswerOf(decision.Events[^1]);
            if (answer is null) return;
            foreach (var e in BalancerDecider.Decide(policy, balancer, answer).Events) Take(e);
        }

        void Take(BalancerEvent e)
        {
            events.Add(e);
            balancer = BalancerDecider.Evolve(balancer, e);
        }
    }

    private static BalancerInput? AnswerOf(ExecutorEvent end) => end switch
    {
        ExecutorEvent.CarriedOut => null, // A holder answers a trim, the portfolio a wish.
        ExecutorEvent.DoneAlready => new BalancerInput.Done(end.Id, end.At),
        ExecutorEvent.Refused e => new BalancerInput.Rejected(e.Id, e.Code, e.Reason, e.At),
        ExecutorEvent.Expired e => new BalancerInput.Rejected(e.Id, "balancing.expired", e.Reason, e.At),
        _ => throw new UnreachableException($"No answer for {end.GetType().Name}."),
    };

    /// <summary>Trims that a holder has not answered and that are still good, the oldest first: what is to be asked for, again or for the first time.</summary>
    public static ImmutableArray<TrimRequest> Unanswered(BalancerState balancer, ExecutorState executor, DateTimeOffset now)
    {
        if (balancer.Open.Count == 0) return [];
        var requests = ImmutableArray.CreateBuilder<TrimRequest>();
        foreach (var ended in executor.Ended)
        {
            if (ended.Trim is { } trim && trim.Wish.Until > now && balancer.Open.Contains(ended.Id)) requests.Add(trim);
        }
        return requests.DrainToImmutable();
    }
}
