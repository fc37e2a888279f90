using System.Collections.Immutable;
using Dolphin.Domain.AutoExecution;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;
using Dolphin.Domain.Tests.Balancing;
using static Dolphin.Domain.Tests.AutoExecution.ExecutorStage;
using static Dolphin.Domain.Tests.Balancing.BalancerStage;

namespace Dolphin.Domain.Tests.AutoExecution;

/// <summary>Balancer and executor as one decision: what is stored together, what stays open, and what is asked of whom again.</summary>
public sealed class BalancerRoundStories
{
    private static readonly BalancerPolicy Two = PolicyOf(BalancerSettings.Default with { MinDiversification = 1 });
    private readonly ExecutorStage _stage = new();
    private BalancerState _balancer = BalancerState.Initial;
    private ExecutorState _executor = ExecutorState.Initial;

    private BalancerRound Look(double at, bool entriesAllowed = true, bool exitsAllowed = true, BalancerPolicy? policy = null, params RankedSymbol[] ranks)
    {
        var snapshot = new PortfolioSnapshot(
            new Money(1_000m), _stage.Positions, 1.0, 0.0, At(at));
        return Do(new BalancerInput.Cycle(snapshot, At(at)), At(at), entriesAllowed, exitsAllowed, policy, ranks);
    }

    private BalancerRound Do(
        BalancerInput input, DateTimeOffset now, bool entriesAllowed = true, bool exitsAllowed = true, BalancerPolicy? policy = null, params RankedSymbol[] ranks)
    {
        var round = BalancerRounds.Decide(policy ?? Two, _balancer, _executor, input,
            () => new HoldersView(now, Known, _stage.Held.ToImmutableSortedDictionary(), [.. ranks], entriesAllowed, exitsAllowed));
        (_balancer, _executor) = (round.Balancer, round.Executor);
        return round;
    }

    private static IEnumerable<string> Names(BalancerRound round) => round.Events.Select(e => e.GetType().Name);

    [Fact(DisplayName = "A look, its commands and their ends are one list of events; folded again they make the same two states")]
    public void One_write()
    {
        _stage.Holds(Btc, 8m, 8m).Holds(Eth, 5m, 5m);
        var round = Look(1);
        Assert.Equal(["CycleAssessed", "CommandIssued", "CommandIssued", "CarriedOut", "CarriedOut"], Names(round));
        Assert.True(round.IsWorthStoring(BalancerState.Initial));
        Assert.Equal(round.Balancer, round.Events.OfType<BalancerEvent>().Aggregate(BalancerState.Initial, BalancerDecider.Evolve));
        Assert.Equal(round.Executor, round.Events.OfType<ExecutorEvent>().Aggregate(ExecutorState.Initial, ExecutorDecider.Evolve));
    }

    [Fact(DisplayName = "A trim stays open until its holder has answered: asked for again by the same id meanwhile, and no more afterwards")]
    public void Open_until_answered()
    {
        _stage.Holds(Btc, 8m, 8m);
        Look(1);
        Assert.Equal((1L, "hedge-BTCUSDT"), Assert.Single(BalancerRounds.Unanswered(_balancer, _executor, At(2))) is var asked ? (asked.Wish.Id, asked.Holder) : default);
        Assert.Equal(asked, Assert.Single(BalancerRounds.Unanswered(_balancer, _executor, At(60.9))));
        Do(new BalancerInput.Done(1, At(3)), At(3));
        Assert.Empty(BalancerRounds.Unanswered(_balancer, _executor, At(3)));
        Assert.Equal(1L, _balancer.Outcomes.Done);
    }

    private void Hear(HolderAnswer answer)
    {
        var round = BalancerRounds.Hear(Two, _balancer, _executor, answer);
        (_balancer, _executor) = (round.Balancer, round.Executor);
    }

    [Fact(DisplayName = "A trim is done when the legs are at or below what was asked, and not when it is taken: until then it is asked for, also beyond its minute; what its holder leaves is not done")]
    public void Done_when_filled()
    {
        _stage.Holds(Btc, 8m, 8m);
        Look(1);
        Hear(new HolderAnswer.Taken(Btc, 1, At(2)));
        Assert.Equal((0L, true), (_balancer.Outcomes.Done, _balancer.IsTaken(1)));
        Assert.Single(BalancerRounds.Unanswered(_balancer, _executor, At(900)));
        Look(30);
        Assert.Equal(1L, _balancer.LastCommandId); // It is under way.
        Hear(new HolderAnswer.Over(Btc, 1, new Legs(new(3.747m), new(3.7m)), At(901)));
        Assert.Equal((1L, 0), (_balancer.Outcomes.Done, _balancer.Open.Count));
        Assert.Empty(BalancerRounds.Unanswered(_balancer, _executor, At(901)));

        Look(910); // The legs are what they were.
        Hear(new HolderAnswer.Over(Btc, 2, new Legs(new(3.747m), new(3.748m)), At(911)));
        Assert.Equal((1L, 1L), (_balancer.Outcomes.Done, _balancer.Outcomes.Rejected));
        Hear(new HolderAnswer.Over(Btc, 99, default, At(912))); // Nobody was asked by that id.
        Assert.Equal(2L, _balancer.LastCommandId);
    }

    [Fact(DisplayName = "Of an expansion each symbol answers for itself: who declines is asked no more, and it is done when the others are; what is left as it was is not done")]
    public void Expansion_answers()
    {
        _stage.Holds(Btc, 4m, 3m).Holds(Eth, 3m, 3m);
        Look(1, policy: Default, ranks: [Ranked(Sol, 0), Ranked(Doge, 0), Ranked(Xrp, 0)]);
        Hear(new HolderAnswer.Declined(Doge, 1, new Refusal("hedge.not-warm", "Too few bars."), At(2)));
        Hear(new HolderAnswer.Taken(Sol, 1, At(2)));
        Assert.Equal([Sol, Xrp], BalancerRounds.UnansweredGrowth(_balancer, _executor, At(99)).Select(g => g.Symbol));
        Hear(new HolderAnswer.Over(Xrp, 1, default, At(3)));
        Hear(new HolderAnswer.Over(Btc, 1, new Legs(new(9m), new(9m)), At(3))); // It was not asked.
        Assert.Equal([1L], _balancer.Open.Ids.AsEnumerable());
        Hear(new HolderAnswer.Over(Sol, 1, new Legs(new(3m), new(3m)), At(300)));
        Assert.Equal((0, 1L, 0L, 2L), (_balancer.Open.Count, _balancer.Outcomes.Done, _balancer.Outcomes.Rejected, _balancer.Outcomes.GrowthDeclined));
    }

    [Fact(DisplayName = "A holder that declines to make the opposite leg larger has the dominant one trimmed at the next look instead")]
    public void Hedge_declined()
    {
        _stage.Holds(Btc, 3m, 0m).Grows(Btc).Holds(Eth, 3m, 3m);
        BalancerRound Diverge(double at)
        {
            if (_balancer.Unwilling is { } unwilling && unwilling.Knows(Btc, At(at))) _stage.Holds(Btc, 3m, 0m); // As the account is looked at in a run.
            return Do(new BalancerInput.Cycle(new PortfolioSnapshot(new Money(1_000m), _stage.Positions, 1.0, 0.12, At(at)), At(at)), At(at));
        }
        Assert.NotNull(Assert.Single(Diverge(1).Events.OfType<ExecutorEvent.CarriedOut>()).Asked);
        Hear(new HolderAnswer.Declined(Btc, 1, new Refusal("hedge.at-its-size", "No."), At(2)));
        var instead = Assert.Single(Diverge(11).Events.OfType<ExecutorEvent.CarriedOut>());
        Assert.Equal(("executor.cannot-open-opposite", true), (instead.Instead?.Code, instead.Trim is not null));
    }

    [Fact(DisplayName = "A trim that nobody answers in time expires, and is asked for no more")]
    public void Expires()
    {
        _stage.Holds(Btc, 8m, 8m);
        Look(1);
        Assert.Empty(BalancerRounds.Unanswered(_balancer, _executor, At(61)));
        Assert.Equal(["CommandExpired"], Names(Do(new BalancerInput.Tick(At(61)), At(61))));
        Assert.Equal((0, 1L), (_balancer.Open.Count, _balancer.Outcomes.Expired));
    }

    [Fact(DisplayName = "What a holder declines is rejected with the holder's reason; a minute later a look decides anew, by a new id")]
    public void Declined()
    {
        _stage.Holds(Btc, 8m, 8m);
        Look(1);
        Do(new BalancerInput.Rejected(1, "hedge.release-wanted", "Somebody takes the legs.", At(2)), At(2));
        Assert.Empty(BalancerRounds.Unanswered(_balancer, _executor, At(2)));
        Look(61);
        Assert.Empty(BalancerRounds.Unanswered(_balancer, _executor, At(61)));
        Look(71);
        Assert.Equal(2L, Assert.Single(BalancerRounds.Unanswered(_balancer, _executor, At(71))).Wish.Id);
    }

    [Fact(DisplayName = "An expansion is asked of each of its symbols until each has answered; a look that finds it true says it is done, and without an answer it expires after a minute")]
    public void Wishes()
    {
        _stage.Holds(Btc, 4m, 3m).Holds(Eth, 3m, 3m);
        RankedSymbol[] ranks = [Ranked(Sol, 0), Ranked(Doge, 0), Ranked(Xrp, 0)];
        var round = Look(1, policy: Default, ranks: ranks);
        Assert.Equal(["CycleAssessed", "CommandIssued", "CarriedOut"], Names(round));
        Assert.Equal([Doge, Sol, Xrp], round.Events.OfType<ExecutorEvent.CarriedOut>().Single().Openings.Select(o => o.Symbol));
        Assert.Empty(BalancerRounds.Unanswered(_balancer, _executor, At(1)));
        Assert.Equal([Doge, Sol, Xrp], BalancerRounds.UnansweredGrowth(_balancer, _executor, At(1)).Select(g => g.Symbol));
        Assert.Empty(BalancerRounds.UnansweredGrowth(_balancer, _executor, At(61)));
        Assert.Equal(["CommandExpired", "CycleAssessed"], Names(Look(61, policy: Default, ranks: ranks)));
        Assert.Equal(["CycleAssessed", "CommandIssued", "CarriedOut"], Names(Look(3_601, policy: Default, ranks: ranks))); // An hour later it is worth another word.
        _stage.Holds(Sol, 3m, 3m).Holds(Doge, 3m, 3m).Holds(Xrp, 3m, 3m); // Five, as was wished; at the last moment.
        Assert.Equal(["CommandDone", "CycleAssessed"], Names(Look(3_660, policy: Default)));
        Assert.Equal((0, 1L, 1L), (_balancer.Open.Count, _balancer.Outcomes.Done, _balancer.Outcomes.Expired));
    }

    [Fact(DisplayName = "Of a rebalance what is cut is asked of its holder, and what grows of the others; that is done too when the symbol has as much, whoever did it")]
    public void Growth()
    {
        _stage.Holds(Btc, 3.5m, 3.5m).Holds(Eth, 1m, 1m).Holds(Sol, 1m, 1m).Grows(Eth).Grows(Sol);
        var commands = Look(1).Events.OfType<BalancerEvent.CommandIssued>().Select(e => e.Command).ToList();
        Assert.Equal(["rebalance BTCUSDT 140 -> 91.67", "rebalance ETHUSDT 40 -> 64.17", "rebalance SOLUSDT 40 -> 64.17"], commands.Told());
        Assert.Equal(1L, Assert.Single(BalancerRounds.Unanswered(_balancer, _executor, At(1))).Wish.Id);
        Assert.Equal([(Eth, 2L), (Sol, 3L)], BalancerRounds.UnansweredGrowth(_balancer, _executor, At(1)).Select(g => (g.Symbol, g.Wish.Id)));
        _stage.Holds(Eth, 1.7m, 1.6m); // 66 of margin.
        Assert.Contains(new BalancerEvent.CommandDone(2, At(12)), Look(12).Events);
        Assert.Equal([1L, 3L], _balancer.Open.Ids.AsEnumerable());
    }

    [Fact(DisplayName = "Where entries are forbidden nobody is asked to grow, and reductions go out all the same")]
    public void No_entries()
    {
        _stage.Holds(Btc, 8m, 8m).Holds(Eth, 3m, 3m);
        var round = Look(1, entriesAllowed: false, policy: Default, ranks: [Ranked(Sol, 0)]);
        Assert.Equal(BalancerAction.Reduce, Assert.Single(round.Events.OfType<ExecutorEvent.CarriedOut>()).Action);
        var refused = Assert.Single(round.Events.OfType<ExecutorEvent.Refused>());
        Assert.Equal((BalancerAction.Expand, "executor.entries-not-allowed"), (refused.Action, refused.Code));
        Assert.Equal((refused.Id, refused.Code), Assert.Single(round.Events.OfType<BalancerEvent.CommandRejected>()) is var rejected ? (rejected.Id, rejected.Code) : default);
    }

    [Fact(DisplayName = "Beside a failed invariant nothing at all is asked of anybody")]
    public void No_exits()
    {
        _stage.Holds(Btc, 8m, 8m);
        var round = Look(1, entriesAllowed: false, exitsAllowed: false);
        Assert.Equal("executor.exits-not-allowed", Assert.Single(round.Events.OfType<ExecutorEvent.Refused>()).Code);
        Assert.Empty(BalancerRounds.Unanswered(_balancer, _executor, At(1)));
    }

    [Fact(DisplayName = "A portfolio that is well once more is not worth a row; a look that cannot be taken is, when it is news")]
    public void Worth_storing()
    {
        _stage.Holds(Btc, 3m, 3m);
        Assert.False(Look(1).IsWorthStoring(BalancerState.Initial));
        var blind = new PortfolioSnapshot(null, null, 1.0, 0.0, At(20));
        var before = _balancer;
        Assert.True(Do(new BalancerInput.Cycle(blind, At(20)), At(20)).IsWorthStoring(before));
        before = _balancer;
        Assert.False(Do(new BalancerInput.Cycle(blind with { At = At(30) }, At(30)), At(30)).IsWorthStoring(before));
    }

    [Fact(DisplayName = "A hedge that closes is asked for once while prices stay apart: what it freed goes on counting as used; that prices are together again is worth a row")]
    public void Parted()
    {
        var policy = PolicyOf(BalancerSettings.Default with { MinDiversification = 1, MaxSymbolExposure = 1m });
        BalancerRound At5(double divergence, double at) =>
            Do(new BalancerInput.Cycle(new PortfolioSnapshot(new Money(1_000m), [.. _stage.Positions.Select(p => p with { MayGrow = false })], 1.0, divergence, At(at)), At(at)), At(at), policy: policy);
        _stage.Holds(Btc, 20m, 0m);
        var trim = Assert.Single(At5(0.04, 1).Events.OfType<ExecutorEvent.CarriedOut>()).Trim!;
        Assert.Equal(new Quantity(15m), trim.Wish.LongAtMost); // 3 of 4 % may be felt: 300 of 400.
        _stage.Holds(Btc, 15m, 0m);
        Hear(new HolderAnswer.Over(Btc, 1, new Legs(new(15m), default), At(2)));
        foreach (var at in new[] { 20.0, 80, 4_000 }) Assert.Empty(At5(0.04, at).Events.OfType<BalancerEvent.CommandIssued>());
        Assert.Equal(new Money(400m), _balancer.PartedWith);
        var before = _balancer;
        Assert.True(At5(0.03, 4_100).IsWorthStoring(before));
        Assert.Null(_balancer.PartedWith);
        before = _balancer;
        Assert.False(At5(0.03, 4_200).IsWorthStoring(before));
        Assert.Equal(new Quantity(11.25m), Assert.Single(At5(0.04, 4_300).Events.OfType<ExecutorEvent.CarriedOut>()).Trim!.Wish.LongAtMost);
    }

    [Fact(DisplayName = "A stream that is taken out and put back is the same stream, with its bound and what it has lost; so are the commands without an answer")]
    public void Streams_round_trip()
    {
        var log = Enumerable.Range(1, 777).Aggregate(RecentLog<string>.Empty, (l, i) => l.Add($"{i}", out _));
        Assert.Equal(log, RecentLog<string>.Of([.. log], log.Dropped));
        Assert.Equal((RecentLog<string>.Bound, 7L), RecentLog<string>.Of([.. Enumerable.Range(0, RecentLog<string>.Bound + 2).Select(i => $"{i}")], 5) is var cut ? (cut.Count, cut.Dropped) : default);
        var open = new long[] { 300, 511, 700, 701 }.Aggregate(OpenCommands.None, (o, id) => o.With(id)).Without(511);
        Assert.Equal([300L, 700L, 701L], open.Ids.AsEnumerable());
        Assert.Equal(open, OpenCommands.Of(open.Newest, open.Ids));
    }
}
