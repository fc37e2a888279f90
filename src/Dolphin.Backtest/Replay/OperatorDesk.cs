using System.Collections.Concurrent;
using System.Collections.Immutable;
using Dolphin.Actors.Directional;
using Dolphin.Actors.Hermes;
using Dolphin.Actors.Strategies;
using Dolphin.Actors.Sensors;
using Dolphin.Actors.Survival;
using Dolphin.Domain;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Reporting;
using static Dolphin.Actors.Node.OperatorProtocol;

namespace Dolphin.Backtest.Replay;

/// <summary>Brings what operators ask into virtual time: heard between two slices, stored, and heard again there after a crash.</summary>
internal sealed class OperatorDesk(IEnumerable<string> strategies, HermesReach hermes, SignalReach signals) : IRunControl
{
    private const int MaxWaiting = 100; // Far beyond what people type between two slices; more are refused.
    private readonly ImmutableSortedSet<string> _strategies = [.. strategies];
    private readonly ConcurrentQueue<(Func<DateTimeOffset, Asked> At, TaskCompletionSource<ControlAnswer> Answer)> _waiting = [];
    private readonly Queue<Asked> _again = [];
    private volatile bool _closed;

    public IActorRef Actor { get; private set; } = ActorRefs.Nobody;

    /// <param name="again">What was asked beyond the checkpoint in an earlier life, in order.</param>
    public void Open(IActorRef actor, IEnumerable<Asked> again)
    {
        Actor = actor;
        foreach (var asked in again) _again.Enqueue(asked);
    }

    public Task<ControlAnswer> ExitAsync(string strategy, string by, CancellationToken cancellation) => WaitFor(Verbs.Exit, strategy, by);

    public Task<ControlAnswer> ResumeAsync(string strategy, string by, CancellationToken cancellation) => WaitFor(Verbs.Resume, strategy, by);

    public Task<ControlAnswer> AcknowledgeDrawdownAsync(string by, CancellationToken cancellation) => Wait(now => new Asked(Verbs.AcknowledgeDrawdown, null, by, now));

    public Task<ControlAnswer> AcknowledgeLedgerAsync(string by, CancellationToken cancellation) => Wait(now => new Asked(Verbs.AcknowledgeLedger, null, by, now));

    public Task<ControlAnswer> TellHermesAsync(OperatorWord word, string by, CancellationToken cancellation) =>
        hermes.Objection(word) is { } objection ? Task.FromResult(objection) : Wait(now => Asked.Of(word, by, now));

    public Task<ControlAnswer> SignalAsync(SignalWord word, string by, CancellationToken cancellation) =>
        signals.Objection(word) is { } objection ? Task.FromResult(objection) : Wait(now => Asked.Of(word, by, now));

    /// <summary>On the driver's thread, between two slices.</summary>
    public void Hear(DateTimeOffset now)
    {
        while (_again.TryPeek(out var asked) && asked.At <= now) Ask(_again.Dequeue());
        while (_again.Count == 0 && _waiting.TryDequeue(out var request))
            request.Answer.SetResult(Ask(request.At(now)));
    }

    /// <summary>The run is over: whoever still waits, or comes later, is refused. Safe to call again.</summary>
    public void Close()
    {
        _closed = true;
        RefuseWaiting();
    }

    private Task<ControlAnswer> WaitFor(string verb, string strategy, string by) => _strategies.Contains(strategy)
        ? Wait(now => new Asked(verb, strategy, by, now))
        : Task.FromResult<ControlAnswer>(new ControlAnswer.NoSuchStrategy([.. _strategies]));

    private Task<ControlAnswer> Wait(Func<DateTimeOffset, Asked> at)
    {
        if (_waiting.Count >= MaxWaiting)
            return Task.FromResult<ControlAnswer>(new ControlAnswer.Refused(new Refusal("operator.too-many", $"{MaxWaiting} requests wait already; ask again in a moment.")));
        var answer = new TaskCompletionSource<ControlAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue((at, answer));
        if (_closed) RefuseWaiting(); // It may have come in after the door was shut.
        return answer.Task;
    }

    private void RefuseWaiting()
    {
        while (_waiting.TryDequeue(out var request))
        {
            request.Answer.SetResult(new ControlAnswer.Refused(new Refusal("operator.run-over",
                "The run has ended or is stopping, and hears nothing any more. Nothing was done; start it again to ask again.")));
        }
    }

    // Runs the system as far as that takes no time. Who has not answered by then never will, and a replay must not wait for it.
    private ControlAnswer Ask(Asked asked)
    {
        using var given = new CancellationTokenSource();
        var answer = Actor.Ask<object>(asked, given.Token);
        if (answer.IsCompleted) return Answers.Of(answer.GetAwaiter().GetResult());
        given.Cancel();
        return new ControlAnswer.Refused(new Refusal("operator.no-answer",
            $"{asked.Strategy ?? (asked.Hermes is { } word ? $"Hermes for {word.Symbol}" : "The survival controller")} did not answer: it, or the operator's journal, is halted. The report says why, under halted; dolphin status shows it."));
    }
}

/// <summary>What actors answer operators, in the words of the control port.</summary>
public static class Answers
{
    public static ControlAnswer Of(object answer) => answer switch
    {
        StrategyProtocol.Done done => new ControlAnswer.Done(done.What),
        StrategyProtocol.Refused refused => new ControlAnswer.Refused(refused.Refusal),
        SurvivalProtocol.Acknowledged acknowledged => new ControlAnswer.Done($"The drawdown is acknowledged as of {acknowledged.At:u}; the layer recovers by its slope."),
        SurvivalProtocol.Refused refused => new ControlAnswer.Refused(refused.Refusal),
        LedgerProtocol.Acknowledged acknowledged => new ControlAnswer.Done(
            $"The difference is acknowledged as of {acknowledged.At:u}; books and venue agree again, and are compared anew. It was: {acknowledged.Reason}"),
        HermesProtocol.Done done => new ControlAnswer.Done(done.What),
        HermesProtocol.Refused refused => new ControlAnswer.Refused(new Refusal(refused.Refusal.Code, $"{refused.Symbol}: {refused.Refusal.Reason}")),
        LedgerProtocol.Refused refused => new ControlAnswer.Refused(refused.Refusal),
        _ => throw new System.Diagnostics.UnreachableException($"Nobody answers an operator with {answer}."),
    };
}
