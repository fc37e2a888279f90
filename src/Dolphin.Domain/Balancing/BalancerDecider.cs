using System.Collections.Immutable;
using System.Diagnostics;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Balancing;

/// <summary>
/// The exposure balancer: looks at the whole portfolio and asks an executor for what brings it back inside its limits. Same state and input, same events.
/// </summary>
/// <remarks>
/// The balancer sends nothing itself: a <see cref="BalancerEvent.CommandIssued"/> is what the executor hears. Each look judges the portfolio
/// as it will be when the commands under way are done, and names none of their symbols: what is being done is not asked for twice. A wish that the portfolio grows is
/// closed by a look that finds it true, or by the answers of all who were asked. Where inputs are missing it degrades as <see cref="PortfolioSnapshot"/> says, and says so.
/// </remarks>
public static class BalancerDecider
{
    public static Decision<BalancerEvent> Decide(BalancerPolicy policy, BalancerState state, BalancerInput input) => input switch
    {
        BalancerInput.Cycle i => OnCycle(policy, state, i),
        BalancerInput.Tick i => new Decision<BalancerEvent>(Ends(state, seen: null, i.At), null),
        BalancerInput.Taken i => state.IsTaken(i.Id)
            ? Decision<BalancerEvent>.Nothing
            : Answered(state, i.Id, i.At, new BalancerEvent.CommandTaken(i.Id, i.At)),
        BalancerInput.Grown i => OnGrown(state, i),
        BalancerInput.Done i => Answered(state, i.Id, i.At, new BalancerEvent.CommandDone(i.Id, i.At)),
        BalancerInput.Rejected i => Answered(state, i.Id, i.At, new BalancerEvent.CommandRejected(i.Id, i.Code, i.Reason, i.At)),
        _ => throw new UnreachableException($"No rule for {input}."),
    };

    private static Decision<BalancerEvent> OnCycle(BalancerPolicy policy, BalancerState state, BalancerInput.Cycle cycle)
    {
        if (state.LastCycleAt >= cycle.At) return Decision<BalancerEvent>.Nothing;
        if (!policy.Settings.Enabled) return new Decision<BalancerEvent>(Ends(state, seen: null, cycle.At), null);
        var now = Ends(state, seen: null, cycle.At).Aggregate(state, Evolve); // What is too late leaves nothing to reckon with.
        var assessment = Stale(cycle) is { } stale
            ? new Assessment(null, [], [], [], stale, null)
            : ExposureAssessor.Assess(
                policy, cycle.Snapshot, now.ActedAt.Due(cycle.At), now.Wished ?? WishBook.Empty, CommandsUnderWay.Of(now), now.Cut ?? WishBook.Empty, now.Stuck ?? WishBook.Empty, now.PartedWith,
                now.LastCommandId, cycle.At);

        var ends = Ends(state, assessment.Metrics, cycle.At);
        var events = ImmutableArray.CreateBuilder<BalancerEvent>(ends.Length + assessment.Alerts.Length + assessment.Commands.Length + 1);
        events.AddRange(ends);
        if (assessment.Metrics is { } metrics) events.Add(new BalancerEvent.CycleAssessed(metrics, assessment.Notes, cycle.At, assessment.PartedWith));
        else events.Add(new BalancerEvent.CycleSkipped(assessment.Skipped!.Code, assessment.Skipped.Reason, cycle.At));
        foreach (var alert in assessment.Alerts) events.Add(Tell(state, alert));
        foreach (var command in assessment.Commands) events.Add(new BalancerEvent.CommandIssued(command, cycle.At));
        return new Decision<BalancerEvent>(events.DrainToImmutable(), null);
    }

    private static Refusal? Stale(BalancerInput.Cycle cycle)
    {
        var age = cycle.At - cycle.Snapshot.At;
        return age.Duration() < PortfolioSnapshot.StaleAfter
            ? null
            : new Refusal("balancing.snapshot-stale",
                $"The snapshot is of {cycle.Snapshot.At.UtcDateTime:u}, now it is {cycle.At.UtcDateTime:u}; expected less than {PortfolioSnapshot.StaleAfter.TotalSeconds:0} s between them. "
                + "The cycle is skipped, the next interval tries again.");
    }

    private static BalancerEvent Tell(BalancerState state, BalancerAlert alert) =>
        !alert.Kind.IsCritical() && state.ToldAt(alert.Kind) is { } told && alert.At - told < AlertKinds.Throttle
            ? new BalancerEvent.AlertThrottled(alert.Kind, alert.At)
            : new BalancerEvent.AlertRaised(alert, alert.At);

    /// <summary>Wishes that have come true, and whatever is too late.</summary>
    /// <param name="seen">The portfolio now, or null where nobody has looked.</param>
    private static ImmutableArray<BalancerEvent> Ends(BalancerState state, PortfolioMetrics? seen, DateTimeOffset now)
    {
        if (state.Open.Count == 0) return [];
        var ends = ImmutableArray.CreateBuilder<BalancerEvent>();
        foreach (var command in state.Commands)
        {
            if (!state.Open.Contains(command.Id)) continue;
            if (seen is not null && command.Grows && IsTrue(command, seen)) ends.Add(new BalancerEvent.CommandDone(command.Id, now));
            else if (now >= (state.IsTaken(command.Id) ? command.At + BalancerCommand.FillTime : command.ExpiresAt)) ends.Add(new BalancerEvent.CommandExpired(command.Id, now));
        }
        return ends.DrainToImmutable();
    }

    // Whoever did it, and even if it was the market: what was wished for is so.
    private static bool IsTrue(BalancerCommand wish, PortfolioMetrics seen)
    {
        if (wish.Action == BalancerAction.Expand) return seen.SymbolCount >= wish.SymbolsWanted;
        foreach (var position in seen.Positions)
        {
            if (position.Symbol == wish.Symbol) return position.Margin >= wish.TargetSize;
        }
        return false;
    }

    private static Decision<BalancerEvent> OnGrown(BalancerState state, BalancerInput.Grown grown)
    {
        if (state.AnswerTo(grown.Id, grown.Symbol) is not null) return Decision<BalancerEvent>.Nothing;
        var answered = new BalancerEvent.GrowthAnswered(grown.Id, grown.Symbol, grown.No, grown.At);
        var open = Answered(state, grown.Id, grown.At, answered);
        if (open.Refusal is not null || !grown.IsLast) return open;
        // Done if anybody did something of it.
        var did = grown.No is null;
        foreach (var answer in state.Answers ?? RecentLog<GrowthAnswer>.Empty) did |= answer.Id == grown.Id && answer.Did;
        return Decision<BalancerEvent>.Of(answered, did
            ? new BalancerEvent.CommandDone(grown.Id, grown.At)
            : new BalancerEvent.CommandRejected(grown.Id, grown.No!.Code, grown.No.Reason, grown.At));
    }

    private static Decision<BalancerEvent> Answered(BalancerState state, long id, DateTimeOffset at, BalancerEvent answer)
    {
        if (id < 1 || id > state.LastCommandId)
        {
            return Decision<BalancerEvent>.Refuse("balancing.unknown-command",
                $"Command {id} was never issued; expected 1 to {state.LastCommandId}. The answer of {at.UtcDateTime:u} is ignored.");
        }
        return state.Open.Contains(id)
            ? Decision<BalancerEvent>.Of(answer)
            : Decision<BalancerEvent>.Refuse("balancing.command-not-open",
                $"Command {id} is not open any more: answered before, expired, or fallen out of the stream. The answer of {at.UtcDateTime:u} is ignored.");
    }

    /// <summary>The state after one stored event. Total; reads no policy and validates nothing: the past is not up for debate.</summary>
    public static BalancerState Evolve(BalancerState state, BalancerEvent @event) => @event switch
    {
        BalancerEvent.CycleAssessed e => state with
        {
            LastCycleAt = e.At, CyclesAssessed = state.CyclesAssessed + 1, LastSkip = null, LastMetrics = e.Metrics, LastNotes = e.Notes, PartedWith = e.PartedWith,
        },
        BalancerEvent.CycleSkipped e => state with { LastCycleAt = e.At, CyclesSkipped = state.CyclesSkipped + 1, LastSkip = new Refusal(e.Code, e.Reason) },
        BalancerEvent.CommandIssued e => Issue(state, e),
        BalancerEvent.CommandTaken e => state.Open.Contains(e.Id) ? state with { Taken = (state.Taken ?? OpenCommands.None).With(e.Id) } : state,
        BalancerEvent.GrowthAnswered e => state with
        {
            Answers = (state.Answers ?? RecentLog<GrowthAnswer>.Empty).Add(new GrowthAnswer(e.Id, e.Symbol, e.No is null), out _),
            Unwilling = e.No is null ? state.Unwilling?.Without(e.Symbol) : (state.Unwilling ?? WishBook.Empty).Again(e.Symbol, e.At),
            Wished = e.No is null ? Opened(state, e) : state.Wished,
            Outcomes = e.No is null ? state.Outcomes : state.Outcomes with { GrowthDeclined = state.Outcomes.GrowthDeclined + 1 },
        },
        BalancerEvent.CommandDone e => WasCut(Close(state, e.Id, state.Outcomes with { Done = state.Outcomes.Done + 1 }) with { Wished = Unfulfilled(state, e.Id) }, ToCut(state, e.Id), e.At),
        BalancerEvent.CommandRejected e => IsStuck(Close(state, e.Id, state.Outcomes with { Rejected = state.Outcomes.Rejected + 1 }), ToCut(state, e.Id), e.At),
        BalancerEvent.CommandExpired e => IsStuck(Close(state, e.Id, state.Outcomes with { Expired = state.Outcomes.Expired + 1 }), ToCut(state, e.Id), e.At),
        BalancerEvent.AlertRaised e => Raise(state, e),
        BalancerEvent.AlertThrottled e => state with { LastCycleAt = e.At, Throttled = state.Throttled + 1 },
        _ => throw new UnreachableException($"Cannot fold {@event.GetType().Name}; skipping it would corrupt the balancer's state."),
    };

    private static BalancerState Issue(BalancerState state, BalancerEvent.CommandIssued e)
    {
        var commands = state.Commands.Add(e.Command, out var fallen);
        var open = state.Open.With(e.Command.Id);
        var forgets = fallen is not null && open.Contains(fallen.Id);
        return state with
        {
            LastCycleAt = e.At, LastCommandId = Math.Max(state.LastCommandId, e.Command.Id), Commands = commands,
            Open = forgets ? open.Without(fallen!.Id) : open, Taken = forgets ? state.Taken?.Without(fallen!.Id) : state.Taken,
            Outcomes = forgets ? state.Outcomes with { Forgotten = state.Outcomes.Forgotten + 1 } : state.Outcomes,
            Actions = state.Actions.OneMore(e.Command.Action), ActedAt = state.ActedAt.With(e.Command.Action, e.At),
            Wished = e.Command.Grows || e.Command.Opens ? (state.Wished ?? WishBook.Empty).With(e.Command) : state.Wished,
        };
    }

    // Events of another history may close what was never open here; then nothing is counted.
    private static BalancerState Close(BalancerState state, long id, CommandOutcomes outcomes) =>
        state.Open.Contains(id) ? state with { Open = state.Open.Without(id), Taken = state.Taken?.Without(id), Outcomes = outcomes } : state;

    // An expansion names no symbol: who opened for it is known by its answer, and was given something from then on.
    private static WishBook? Opened(BalancerState state, BalancerEvent.GrowthAnswered e) =>
        state.Find(e.Id) is { Action: BalancerAction.Expand } ? (state.Wished ?? WishBook.Empty).With(e.Symbol, e.At) : state.Wished;

    // An expansion that came true is another wish when it is needed again. Of a symbol that was given something nothing is taken, and nothing more is given, within the hour.
    private static WishBook? Unfulfilled(BalancerState state, long done)
    {
        if (state.Wished is not { } wished || !state.Open.Contains(done)) return state.Wished;
        return state.Find(done) is { Action: BalancerAction.Expand } wish ? wished.Without(wish) : wished;
    }

    // What an open command makes smaller.
    private static Symbol? ToCut(BalancerState state, long id) =>
        state.Open.Contains(id) && state.Find(id) is { Grows: false, Hedge: null or { Close.Quote: > 0m }, Symbol: { } symbol } ? symbol : null;

    // What was at its size is not any more.
    private static BalancerState WasCut(BalancerState state, Symbol? cut, DateTimeOffset at) => cut is not { } symbol ? state : state with
    {
        Cut = (state.Cut ?? WishBook.Empty).With(symbol, at), Unwilling = state.Unwilling?.Without(symbol), Stuck = state.Stuck?.Without(symbol),
    };

    // Thought to be done it would be asked for at every look, and nobody else would be cut in its place.
    private static BalancerState IsStuck(BalancerState state, Symbol? cut, DateTimeOffset at) =>
        cut is { } symbol ? state with { Stuck = (state.Stuck ?? WishBook.Empty).Again(symbol, at) } : state;

    private static BalancerState Raise(BalancerState state, BalancerEvent.AlertRaised e)
    {
        var told = state with { LastCycleAt = e.At, Alerts = state.Alerts.Add(e.Alert, out _) };
        return e.Alert.Kind switch
        {
            AlertKind.MarginOverload => told with { MarginOverloadToldAt = e.At },
            AlertKind.HighDivergence => told with { HighDivergenceToldAt = e.At },
            _ => throw new UnreachableException($"No time for {e.Alert.Kind}."),
        };
    }
}
