using System.Collections.Immutable;
using Dolphin.Actors.Directional;
using Dolphin.Actors.Hermes;
using Dolphin.Actors.Node;
using Dolphin.Backtest.Replay;
using Dolphin.Domain;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Reporting;
using static Dolphin.Actors.Node.OperatorProtocol;

namespace Dolphin.Node.Running;

/// <summary>What operators ask of a live run: stored by the operator's actor, done by the one concerned.</summary>
internal sealed class LiveControl(IActorRef @operator, NodePlan plan, ITimeProvider time) : IRunControl
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly ImmutableSortedSet<string> _strategies = plan.Strategies.Select(s => s.StrategyId).ToImmutableSortedSet(StringComparer.Ordinal);
    private readonly HermesReach _hermes = new(plan.Assets);
    private readonly SignalReach _signals = new(plan.Assets);

    public Task<ControlAnswer> ExitAsync(string strategy, string by, CancellationToken cancellation) => AskAsync(Verbs.Exit, strategy, by, cancellation);

    public Task<ControlAnswer> ResumeAsync(string strategy, string by, CancellationToken cancellation) => AskAsync(Verbs.Resume, strategy, by, cancellation);

    public Task<ControlAnswer> AcknowledgeDrawdownAsync(string by, CancellationToken cancellation) =>
        AskAsync(new Asked(Verbs.AcknowledgeDrawdown, null, by, time.Now), cancellation);

    public Task<ControlAnswer> AcknowledgeLedgerAsync(string by, CancellationToken cancellation) =>
        AskAsync(new Asked(Verbs.AcknowledgeLedger, null, by, time.Now), cancellation);

    public Task<ControlAnswer> TellHermesAsync(OperatorWord word, string by, CancellationToken cancellation) =>
        _hermes.Objection(word) is { } objection ? Task.FromResult(objection) : AskAsync(Asked.Of(word, by, time.Now), cancellation);

    public Task<ControlAnswer> SignalAsync(SignalWord word, string by, CancellationToken cancellation) =>
        _signals.Objection(word) is { } objection ? Task.FromResult(objection) : AskAsync(Asked.Of(word, by, time.Now), cancellation);

    private Task<ControlAnswer> AskAsync(string verb, string strategy, string by, CancellationToken cancellation) => _strategies.Contains(strategy)
        ? AskAsync(new Asked(verb, strategy, by, time.Now), cancellation)
        : Task.FromResult<ControlAnswer>(new ControlAnswer.NoSuchStrategy([.. _strategies]));

    private async Task<ControlAnswer> AskAsync(Asked asked, CancellationToken cancellation)
    {
        try
        {
            return Answers.Of(await @operator.Ask<object>(asked, Patience, cancellation));
        }
        catch (AskTimeoutException)
        {
            return new ControlAnswer.Refused(new Refusal("operator.no-answer",
                $"{asked.Strategy ?? asked.Hermes?.Symbol.Name ?? asked.Verb}: nobody answered within {Patience.TotalSeconds:0} s: it may be halted, or stopping. Whether it was done is not known; look with dolphin status."));
        }
    }
}
