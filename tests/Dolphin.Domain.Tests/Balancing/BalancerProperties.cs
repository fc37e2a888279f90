using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;
using FsCheck;
using FsCheck.Fluent;
using static Dolphin.Domain.Tests.Balancing.BalancerStage;

namespace Dolphin.Domain.Tests.Balancing;

/// <summary>What holds for every portfolio and every set of limits.</summary>
public sealed class BalancerProperties
{
    private static void ForAll(Func<BalancerPolicy, PortfolioSnapshot, bool> holds, Config? config = null) =>
        Prop.ForAll(Portfolios.Good, x => holds(PolicyOf(x.Settings), x.Snapshot)).Check(config ?? Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact(DisplayName = "The portfolios reach every check alone, and every check together with every other")]
    public void Reach()
    {
        var seen = new SortedDictionary<string, int>(StringComparer.Ordinal);
        void Count(string what) => seen[what] = seen.GetValueOrDefault(what) + 1;
        ForAll((policy, snapshot) =>
        {
            var found = Assess(snapshot, policy);
            var actions = found.Commands.Select(c => c.Action.Word()).Distinct().Order(StringComparer.Ordinal).ToList();
            if (actions.Count == 1) Count("alone " + actions[0]);
            foreach (var a in actions)
                foreach (var b in actions)
                    if (string.CompareOrdinal(a, b) < 0) Count($"{a} with {b}");
            if (found.Commands.IsEmpty) Count("nothing");
            if (found.Commands.Any(c => c.Action == BalancerAction.ReduceMargin && c.TargetSize.Quote == 0m)) Count("closed");
            if (found.Commands.Any(c => c.Hedge is { Close.Quote: > 1m })) Count("hedge without room");
            if (found.Commands.Any(c => c.Hedge is { Close.Quote: 0m })) Count("hedge with room");
            foreach (var note in new[] { "no expansion", "no hedge" })
                if (found.Notes.Any(n => n.Contains(note, StringComparison.Ordinal))) Count(note);
            return true;
        }, Draws.Same(2_000));
        var words = Enum.GetValues<BalancerAction>().Select(a => a.Word()).Order(StringComparer.Ordinal).ToArray();
        string[] expected =
        [
            .. words.Select(w => "alone " + w), .. words.SelectMany(a => words.Where(b => string.CompareOrdinal(a, b) < 0).Select(b => $"{a} with {b}")),
            "nothing", "closed", "hedge without room", "hedge with room", "no expansion", "no hedge",
        ];
        Assert.All(expected, e => Assert.True(seen.GetValueOrDefault(e) >= 3, $"{e}: {seen.GetValueOrDefault(e)} of 2000"));
    }

    [Fact(DisplayName = "After all commands of an assessment no limit is breached: a second look asks for nothing but what an expansion still has to bring")]
    public void Clears() => ForAll((policy, snapshot) =>
    {
        var first = Assess(snapshot, policy);
        var held = snapshot.Again(first, first.Commands.Where(c => c.Action != BalancerAction.Expand), policy);
        var grown = snapshot.Again(first, first.Commands, policy);
        return held.Commands.All(c => c.Action == BalancerAction.Expand)
            && grown.Commands.All(c => c.Action == BalancerAction.Rebalance || (c.Action == BalancerAction.Expand && !first.Of(BalancerAction.Expand).Any()))
            && !grown.Alerts.Any(a => a.Kind == AlertKind.MarginOverload);
    });

    [Fact(DisplayName = "Whichever checks may act: those that did are clear afterwards")]
    public void Clears_what_it_may() => Prop.ForAll(Portfolios.Good, Gen.Choose(0, (int)BalancerChecks.All).ToArbitrary(), (x, due) =>
    {
        var policy = PolicyOf(x.Settings);
        var first = Assess(x.Snapshot, policy, (BalancerChecks)due);
        var held = x.Snapshot.Again(first, first.Commands.Where(c => c.Action != BalancerAction.Expand), policy, (BalancerChecks)due);
        var grown = x.Snapshot.Again(first, first.Commands, policy, (BalancerChecks)due);
        return first.Commands.Select(c => c.Action).Distinct().All(a => !(a == BalancerAction.Rebalance ? held : grown).Of(a).Any());
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact(DisplayName = "Commands are numbered in order of priority, carry a reason, and say how they get from what is held to their target")]
    public void Well_formed() => ForAll((policy, snapshot) =>
    {
        var good = true;
        var now = snapshot;
        var (id, priority) = (0L, 1);
        foreach (var command in Assess(snapshot, policy).Commands)
        {
            var position = now.Positions!.Value.FirstOrDefault(p => p.Symbol == command.Symbol);
            good &= command.Id == ++id && command.Priority >= priority && command.Reason.EndsWith('.') && command.TargetSize.Quote >= 0m && command.ExpiresAt == command.At.AddSeconds(60);
            priority = command.Priority;
            good &= command.Action switch
            {
                BalancerAction.ReduceMargin => command.TargetSize - command.Change == position.Margin && command.Change.Quote < 0m,
                BalancerAction.Reduce => command.TargetSize - command.Change == position.Margin && command.Change.Quote <= 0m,
                BalancerAction.Rebalance => command.TargetSize - command.Change == position.Margin && command.Change.Quote != 0m,
                BalancerAction.Hedge => command.Hedge is { } h && command.Change == h.Open && h.Open.Quote >= 0m && h.Close.Quote >= 0m && (h.Open.Quote > 0m) != (h.Close.Quote > 0m) && h.HeldTarget.Quote >= 0m
                    && command.TargetSize + h.HeldTarget == position.Margin + h.Open - h.Close,
                _ => command.Symbol is null && command.Change == command.TargetSize * command.NewSymbols,
            };
            now = now.After([command]);
        }
        return good;
    });

    [Fact(DisplayName = "Rebalancing moves margin and makes none; nothing an assessment opens takes the used margin above the target")]
    public void Totals() => ForAll((policy, snapshot) =>
    {
        var found = Assess(snapshot, policy);
        var after = snapshot.After(found.Commands).Positions!.Value.Sum(p => p.Margin.Quote);
        return found.Of(BalancerAction.Rebalance).Sum(c => c.Change.Quote) == 0m
            && after <= Math.Max(found.Metrics!.UsedMargin.Quote, policy.TargetUtilisation * snapshot.TotalMargin!.Value.Quote);
    });

    [Fact(DisplayName = "Overload closes no more than it must: one position larger than the last one, the target would be missed")]
    public void Frugal() => ForAll((policy, snapshot) =>
    {
        var found = Assess(snapshot, policy, BalancerChecks.MarginOverload);
        if (found.Commands.IsEmpty) return true;
        var after = Assess(snapshot.After(found.Commands), policy);
        var largestCut = found.Commands.Max(c => c.TargetSize.Quote - c.Change.Quote);
        var untouched = snapshot.Positions!.Value.Where(p => found.Commands.All(c => c.Symbol != p.Symbol));
        return policy.TargetUtilisation * snapshot.TotalMargin!.Value.Quote - after.Metrics!.UsedMargin.Quote <= 0.00000001m
            && found.Commands.Count(c => c.TargetSize.Quote > 0m) <= 1
            && untouched.All(p => p.Margin.Quote >= largestCut);
    });

    [Fact(DisplayName = "What is felt of a divergence comes down to the threshold and not needlessly further")]
    public void Felt() => ForAll((policy, snapshot) =>
    {
        var found = Assess(snapshot, policy, BalancerChecks.Divergence);
        if (found.Commands.IsEmpty) return true;
        var after = Assess(snapshot.After(found.Commands), policy).Metrics!;
        // What was closed goes on counting as used.
        var whole = Math.Max((double)found.PartedWith!.Value.Quote, (double)after.UsedMargin.Quote);
        var felt = after.Divergence * after.NetShare * (double)after.UsedMargin.Quote / whole;
        var threshold = (double)policy.Settings.DivergenceThreshold;
        // A step of the amounts is worth this much of what is felt.
        return felt <= threshold + 1e-12 && felt >= threshold - 1e-6 - 4e-8 / whole;
    });

    [Fact(DisplayName = "More confidence never expands less")]
    public void Confidence() => ForAll((policy, snapshot) =>
    {
        var before = 0m;
        foreach (var confidence in new[] { 0.0, 0.1, 0.5, 0.9, 1.0 })
        {
            var each = Assess(snapshot with { Confidence = confidence }, policy).Of(BalancerAction.Expand).Select(c => c.TargetSize.Quote).SingleOrDefault();
            if (each < before) return false;
            before = each;
        }
        return true;
    });

    [Fact(DisplayName = "The order of the snapshot changes nothing, and neither does a second assessment")]
    public void Order() => ForAll((policy, snapshot) =>
    {
        var found = Assess(snapshot, policy).Commands;
        return found.SequenceEqual(Assess(snapshot with { Positions = [.. snapshot.Positions!.Value.Reverse()] }, policy).Commands)
            && found.SequenceEqual(Assess(snapshot, policy).Commands);
    });

    [Fact(DisplayName = "No snapshot, however broken, throws; it is judged or refused with a reason")]
    public void Any_snapshot() => Prop.ForAll(Portfolios.Broken.ToArbitrary(), snapshot =>
    {
        var found = Assess(snapshot);
        return (found.Skipped is null) == (found.Metrics is not null) && (found.Skipped is not { } s || (s.Reason.EndsWith('.') && s.Code.StartsWith("balancing.", StringComparison.Ordinal)));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));
}

/// <summary>What holds for every day of looks and answers.</summary>
public sealed class BalancerHistoryProperties
{
    private sealed record Day(BalancerPolicy Policy, List<BalancerEvent> Events, BalancerState State, int FromRepeats);

    private static void ForAll(Func<Day, bool> holds, Config? config = null) =>
        Prop.ForAll(Portfolios.Days, x => holds(Live(PolicyOf(x.Settings), x.Looks))).Check(config ?? Config.QuickThrowOnFailure.WithMaxTest(80));

    private static Day Live(BalancerPolicy policy, (int Seconds, PortfolioSnapshot Snapshot, int Answer)[] looks)
    {
        var (state, events, repeats, now) = (BalancerState.Initial, new List<BalancerEvent>(), 0, 0);
        void Send(BalancerInput input)
        {
            foreach (var again in new[] { false, true })
            {
                var decided = BalancerDecider.Decide(policy, state, input);
                if (again) repeats += decided.Events.Length;
                foreach (var e in decided.Events)
                {
                    events.Add(e);
                    state = BalancerDecider.Evolve(state, e);
                }
            }
        }
        foreach (var (seconds, snapshot, answer) in looks)
        {
            now += seconds;
            Send(new BalancerInput.Cycle(snapshot with { At = At(now - 1) }, At(now)));
            if (answer == 1) Send(new BalancerInput.Done(state.LastCommandId, At(now)));
            if (answer == 2) Send(new BalancerInput.Rejected(state.LastCommandId - 1, "x", "y", At(now)));
            if (answer == 4) Send(new BalancerInput.Taken(state.LastCommandId, At(now)));
            if (answer is 5 or 6) Send(new BalancerInput.Grown(state.LastCommandId, new Symbol($"S{now % 3}"), answer == 5 ? new Refusal("x", "y") : null, IsLast: now % 2 == 0, At(now)));
            if (answer == 3) Send(new BalancerInput.Tick(At(now + 0.5)));
        }
        return new Day(policy, events, state, repeats);
    }

    [Fact(DisplayName = "The days reach every kind of event, and streams that overflow")]
    public void Reach()
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        ForAll(day =>
        {
            foreach (var e in day.Events) seen.Add(e.GetType().Name);
            if (day.State.Commands.Dropped > 0) seen.Add("commands dropped");
            return true;
        }, Draws.Same(300));
        Assert.Equal(typeof(BalancerEvent).GetNestedTypes().Select(t => t.Name).Append("commands dropped").Order(StringComparer.Ordinal), seen);
    }

    [Fact(DisplayName = "Every input sent twice decides nothing new")]
    public void Idempotent() => ForAll(day => day.FromRepeats == 0);

    [Fact(DisplayName = "Folding the events again gives the same state as deciding did")]
    public void Replays() => ForAll(day => day.Events.Aggregate(BalancerState.Initial, BalancerDecider.Evolve) == day.State);

    [Fact(DisplayName = "Ids rise by one, every command is open or has exactly one end, and the counts say so")]
    public void Accounts() => ForAll(day =>
    {
        var issued = day.Events.OfType<BalancerEvent.CommandIssued>().Select(e => e.Command).ToList();
        var outcomes = day.State.Outcomes;
        return issued.Select(c => c.Id).SequenceEqual(Enumerable.Range(1, issued.Count).Select(i => (long)i))
            && day.State.LastCommandId == issued.Count && day.State.Actions.Total == issued.Count
            && outcomes.Done + outcomes.Rejected + outcomes.Expired + outcomes.Forgotten + day.State.Open.Count == issued.Count
            && Enum.GetValues<BalancerAction>().All(a => day.State.Actions[a] == issued.Count(c => c.Action == a));
    });

    [Fact(DisplayName = "Neither stream is longer than 500, and what fell out is counted")]
    public void Bounded() => ForAll(day =>
        day.State.Commands.Count <= 500 && day.State.Alerts.Count <= 500 && day.State.Open.Count <= day.State.Commands.Count
        && day.State.Commands.Count + day.State.Commands.Dropped == day.State.LastCommandId
        && day.State.Commands.Select(c => c.Id).SequenceEqual(day.Events.OfType<BalancerEvent.CommandIssued>().Select(e => e.Command.Id).TakeLast(500)));

    [Fact(DisplayName = "A check of priority 2 acts at most every 10 s, one of priority 3 at most every 30 s")]
    public void Cadence() => ForAll(day => day.Events.OfType<BalancerEvent.CommandIssued>().GroupBy(e => e.Command.Action).All(g =>
    {
        var times = g.Select(e => e.At).Distinct().ToList();
        return times.Zip(times.Skip(1)).All(pair => pair.Second - pair.First >= g.Key.Cadence());
    }));

    [Fact(DisplayName = "No alert of a kind that is not critical is told twice in a minute; critical ones always are")]
    public void Throttled() => ForAll(day =>
    {
        var told = day.Events.OfType<BalancerEvent.AlertRaised>().Where(e => e.Alert.Kind == AlertKind.HighDivergence).Select(e => e.At).ToList();
        var held = day.Events.OfType<BalancerEvent.AlertThrottled>().ToList();
        return told.Zip(told.Skip(1)).All(pair => pair.Second - pair.First >= TimeSpan.FromMinutes(1))
            && held.All(e => e.Kind == AlertKind.HighDivergence && told.Exists(t => t < e.At && e.At - t < TimeSpan.FromMinutes(1)))
            && day.State.Throttled == held.Count;
    });

    [Fact(DisplayName = "Once somebody has looked no command is open after its 60 seconds, and none that a holder has taken after its hour")]
    public void Expires() => ForAll(day =>
    {
        var end = day.Events.Count == 0 ? At(0) : day.Events[^1].At;
        var after = BalancerDecider.Decide(day.Policy, day.State, new BalancerInput.Tick(end + BalancerCommand.Lifetime)).Events.Aggregate(day.State, BalancerDecider.Evolve);
        var late = BalancerDecider.Decide(day.Policy, day.State, new BalancerInput.Tick(end + BalancerCommand.FillTime)).Events.Aggregate(day.State, BalancerDecider.Evolve);
        return after.Open.Ids.All(id => after.IsTaken(id)) && late.Open.Count == 0 && late.Taken is not { Count: > 0 } && day.Events.OfType<BalancerEvent.CommandExpired>().All(e =>
            e.At >= day.Events.OfType<BalancerEvent.CommandIssued>().Single(i => i.Command.Id == e.Id).Command.ExpiresAt);
    });

    [Fact(DisplayName = "Evolve is total: events of one day fold into the state of another")]
    public void Total() => Prop.ForAll(Portfolios.Days, Portfolios.Days, (a, b) =>
    {
        var state = Live(PolicyOf(a.Settings), a.Looks).State;
        foreach (var e in Live(PolicyOf(b.Settings), b.Looks).Events) state = BalancerDecider.Evolve(state, e);
        return state.Commands.Count <= 500 && state.Open.Count <= state.LastCommandId;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));
}
