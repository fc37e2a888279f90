using System.Collections.Immutable;
using System.Diagnostics;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.AutoExecution;

/// <summary>What one round of balancer and executor has decided, in the order in which it happened.</summary>
/// <param name="Events">Of both, each a <see cref="BalancerEvent"/> or an <see cref="ExecutorEvent"/>; to be stored as one, so that no command is issued without its end.</param>
public sealed record BalancerRound(ImmutableArray<object> Events, BalancerState Balancer, ExecutorState Executor)
{
    /// <summary>False where nothing happened that a later decision or a person would miss: a portfolio that was looked at and found well, once more.</summary>
    /// <param name="before">The state that the round began with.</param>
    public bool IsWorthStoring(BalancerState before)
    {
        if (Balancer.PartedWith != before.PartedWith) return true;
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
/// A command that asks holders for something stays open until each has said that it will not, or is done with it, or until its time has passed: who has taken it is asked again
/// until it is done, and whoever comes back after a crash asks again for what is open, by the same id. One that makes the portfolio larger is done as well when a look finds that
/// it has come true. One that the executor will not do is rejected with its reason.
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
        ExecutorEvent.CarriedOut => null, // The holders answer.
        ExecutorEvent.DoneAlready => new BalancerInput.Done(end.Id, end.At),
        ExecutorEvent.Refused e => new BalancerInput.Rejected(e.Id, e.Code, e.Reason, e.At),
        ExecutorEvent.Expired e => new BalancerInput.Rejected(e.Id, "balancing.expired", e.Reason, e.At),
        _ => throw new UnreachableException($"No answer for {end.GetType().Name}."),
    };

    /// <summary>What a holder says of a command.</summary>
    public static BalancerRound Hear(BalancerPolicy policy, BalancerState balancer, ExecutorState executor, HolderAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(answer);
        var input = executor.Find(answer.Id) switch
        {
            { Trim: { } trim } => OfTrim(trim, answer),
            { Growths: { } growths } => OfGrowth(balancer, growths, answer),
            _ => null, // Nobody was asked, or it has been forgotten.
        };
        return input is null ? new BalancerRound([], balancer, executor) : Decide(policy, balancer, executor, input, static () => throw new UnreachableException("An answer issues no command."));
    }

    private static BalancerInput OfTrim(TrimRequest trim, HolderAnswer answer) => answer switch
    {
        HolderAnswer.Taken => new BalancerInput.Taken(answer.Id, answer.At),
        HolderAnswer.Declined a => new BalancerInput.Rejected(a.Id, a.Why.Code, a.Why.Reason, a.At),
        HolderAnswer.Over a when a.Held.Long <= trim.Wish.LongAtMost && a.Held.Short <= trim.Wish.ShortAtMost => new BalancerInput.Done(a.Id, a.At),
        HolderAnswer.Over a => new BalancerInput.Rejected(a.Id, "balancing.unfilled",
            $"{trim.Symbol} has long {a.Held.Long} and short {a.Held.Short}; at most {trim.Wish.LongAtMost} and {trim.Wish.ShortAtMost} were wished, and {trim.Holder} does no more of it. The next look decides anew.", a.At),
        _ => throw new UnreachableException($"No rule for {answer}."),
    };

    private static BalancerInput? OfGrowth(BalancerState balancer, ImmutableArray<GrowRequest> growths, HolderAnswer answer)
    {
        var (request, isLast) = ((GrowRequest?)null, true);
        foreach (var growth in growths)
        {
            if (growth.Symbol == answer.Symbol) request = growth;
            else isLast &= balancer.AnswerTo(answer.Id, growth.Symbol) is not null;
        }
        return (request, answer) switch
        {
            (null, _) => null,
            (_, HolderAnswer.Taken) => new BalancerInput.Taken(answer.Id, answer.At),
            (_, HolderAnswer.Declined a) => new BalancerInput.Grown(a.Id, a.Symbol, a.Why, isLast, a.At),
            (_, HolderAnswer.Over a) => new BalancerInput.Grown(a.Id, a.Symbol, IsLarger(request.From, a.Held) ? null : new Refusal("balancing.unfilled",
                $"{a.Symbol} has long {a.Held.Long} and short {a.Held.Short}, no more than when it was asked, and {request.Holder} does no more of it."), isLast, a.At),
            _ => throw new UnreachableException($"No rule for {answer}."),
        };
    }

    private static bool IsLarger(Legs before, Legs now) => now.Long > before.Long || now.Short > before.Short;

    /// <summary>Trims whose holder is not done with them, the oldest first: what is to be asked for, again or for the first time.</summary>
    public static ImmutableArray<TrimRequest> Unanswered(BalancerState balancer, ExecutorState executor, DateTimeOffset now)
    {
        if (balancer.Open.Count == 0) return [];
        var requests = ImmutableArray.CreateBuilder<TrimRequest>();
        foreach (var ended in executor.Ended)
        {
            if (ended.Trim is { } trim && IsOpen(balancer, ended.Id, trim.Wish.Until, now)) requests.Add(trim);
        }
        return requests.DrainToImmutable();
    }

    /// <summary>Growth whose holder is not done with it, the oldest first: what is to be asked for, again or for the first time.</summary>
    public static ImmutableArray<GrowRequest> UnansweredGrowth(BalancerState balancer, ExecutorState executor, DateTimeOffset now)
    {
        if (balancer.Open.Count == 0) return [];
        var requests = ImmutableArray.CreateBuilder<GrowRequest>();
        foreach (var ended in executor.Ended)
        {
            if (ended.Growths is not { } growths) continue;
            foreach (var growth in growths)
            {
                if (IsOpen(balancer, ended.Id, growth.Wish.Until, now) && balancer.AnswerTo(ended.Id, growth.Symbol) is null) requests.Add(growth);
            }
        }
        return requests.DrainToImmutable();
    }

    private static bool IsOpen(BalancerState balancer, long id, DateTimeOffset until, DateTimeOffset now) => balancer.Open.Contains(id) && (until > now || balancer.IsTaken(id));
}
