using System.Text.Json;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;
using Dolphin.Domain.Tests.Hedging;
using Dolphin.Domain.Tests.TwoLegs;
using Dolphin.Domain.TwoLegs;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Protection;

public sealed class ProtectorTrimStories
{
    private static Decision<ProtectorEvent> Trim(ProtectorRun run, long id, decimal longAtMost, decimal shortAtMost, bool exitsAllowed = true, double seconds = 3_600) =>
        run.Send(new ProtectorInput.Trim(
            new TrimWish("balancer", id, new(longAtMost), new(shortAtMost), run.Now.AddSeconds(seconds)), Price.Of(100m), exitsAllowed, run.Now));

    [Fact(DisplayName = "Asked for less it goes there at once, passive or enabled, at the posture's price and not at its own limit")]
    public void AtOnce()
    {
        var run = ProtectorStage.Passive();
        var asked = Assert.IsType<ProtectorEvent.TrimAsked>(Assert.Single(Trim(run, 1, 3m, 3m).Events));
        Assert.Equal((null, LegIntent.Exit), (asked.Targets.Limit, asked.Targets.Intent));
        Assert.Equal(((3m, 3m), ProtectorMode.Passive), (run.Legs, run.State.Mode));
        Assert.Equal((0m, 0.0002m * 100m * 4m), (run.State.Realised.Quote, run.State.Costs.Quote));
        run.Enable();
        Trim(run, 2, 2m, 2m);
        Assert.Equal((2m, 2m), run.Legs);
        Assert.Empty(Trim(run, 2, 1m, 1m).Events);
    }

    [Fact(DisplayName = "It is no action of its own: anchor, pauses and the count of actions are those of its own orders")]
    public void NoActionOfItsOwn()
    {
        var run = ProtectorStage.Enabled();
        ProtectorStage.Trim(run.At(100m));
        var before = run.State;
        Trim(run, 1, 3m, 2m);
        Assert.Equal((3m, 2m), run.Legs);
        Assert.Equal(
            (before.Anchor, before.OrderedAt, before.OrderedTick, before.AwaitsCooldown, before.CooldownTick, before.Actions, before.Trimming),
            (run.State.Anchor, run.State.OrderedAt, run.State.OrderedTick, run.State.AwaitsCooldown, run.State.CooldownTick, run.State.Actions, run.State.Trimming));

        // Nor does it begin a cooldown: the first action of its own comes at the next look.
        run = ProtectorStage.Enabled(longQuantity: 12m, shortQuantity: 8m);
        Trim(run, 1, 6m, 4m);
        ProtectorStage.Trim(run.At(100m));
    }

    [Fact(DisplayName = "The drift follows the legs: brought to its target by a trim it has nothing to do, and the report says so")]
    public void Drift()
    {
        var run = ProtectorStage.Enabled();
        ProtectorStage.Trim(run.At(100m));
        Trim(run, 1, 4m, 4m);
        Assert.IsType<ProtectorEvent.CooldownBegan>(Assert.Single(run.At(100m)));
        Assert.IsType<ProtectorEvent.Balanced>(Assert.Single(run.At(101m)));
        var report = ProtectorReport.Of(run.Policy, run.State, Price.Of(101m), run.Now, run.Tick);
        Assert.Equal(((decimal?)0m, (decimal?)0.5m, (Supervision?)Supervision.None, 1), (report.Drift, report.Share, report.Supervision, report.Actions));
    }

    [Fact(DisplayName = "With a target that is not one half it goes on from where the trim left it, by its own rule")]
    public void Tilted()
    {
        var run = ProtectorStage.Enabled(ProtectorStage.Settings with { RebalanceTargetRatio = 0.6m });
        Assert.Empty(run.At(100m));
        Trim(run, 1, 4m, 4m); // The larger leg first: that is a drift of -0.1 now.
        Assert.Equal(PositionSide.Short, ProtectorStage.Trim(run.At(100m)).Leg);
    }

    [Fact(DisplayName = "While an order is open the newest wish waits; it comes before anything of its own")]
    public void Waits()
    {
        var run = ProtectorStage.Enabled();
        run.HoldOrders = true;
        var open = ProtectorStage.Trim(run.At(100m));
        Assert.IsType<ProtectorEvent.TrimWanted>(Assert.Single(Trim(run, 1, 1m, 1m).Events));
        Assert.Equal("protector.decision-under-way", Trim(run, 2, 3m, 3m).Refusal?.Code);
        run.HoldOrders = false;
        run.Execute(open.Targets);
        Assert.Equal((5.6m, 4m), run.Legs);
        var asked = Assert.IsType<ProtectorEvent.TrimAsked>(Assert.Single(run.At(100m)));
        Assert.Equal((2L, true, (3m, 3m)), (asked.Wish.Id, asked.Waited, run.Legs));
        Assert.IsType<ProtectorEvent.CooldownBegan>(Assert.Single(run.At(100m)));
    }

    [Fact(DisplayName = "A wish that waited too long lapses; one whose orders are not filled is asked for ten times")]
    public void Ends()
    {
        var run = ProtectorStage.Enabled();
        run.HoldOrders = true;
        var open = ProtectorStage.Trim(run.At(100m));
        Trim(run, 1, 1m, 1m, seconds: 30);
        run.HoldOrders = false;
        run.Execute(open.Targets);
        Assert.Equal("protector.trim-lapsed", Assert.IsType<ProtectorEvent.TrimEnded>(Assert.Single(run.At(100m))).Code);
        run.Venue.Answers = _ => Answer.Refusal;
        Trim(run, 2, 1m, 1m);
        for (var i = 1; i < TrimProgress.MaxTries; i++) Assert.IsType<ProtectorEvent.TrimAsked>(Assert.Single(run.At(100m)));
        Assert.Equal("protector.trim-unfilled", Assert.IsType<ProtectorEvent.TrimEnded>(Assert.Single(run.At(100m))).Code);
    }

    [Fact(DisplayName = "It adds nothing to the net position, and says what it held back; refused with nothing held, and where no exit is allowed")]
    public void Bounds()
    {
        var run = ProtectorStage.Passive();
        var asked = Assert.IsType<ProtectorEvent.TrimAsked>(Assert.Single(Trim(run, 1, 6m, 0m).Events));
        Assert.Equal((null, 4m), (asked.Orders, asked.HeldBack.Short.Base)); // 2 apart they are already.
        Assert.Equal("protector.exits-not-allowed", Trim(run, 2, 1m, 1m, exitsAllowed: false).Refusal?.Code);
        Trim(run, 3, 0m, 0m);
        Assert.Equal((0m, 0m), run.Legs);
        Assert.Equal("protector.nothing-to-trim", Trim(run, 4, 0m, 0m).Refusal?.Code);
        Assert.Equal("protector.nothing-to-trim", Trim(new ProtectorRun(run.Policy, run.Instrument), 1, 0m, 0m).Refusal?.Code);
        Assert.Empty(run.At(100m));
    }

    [Fact(DisplayName = "A protector that was never asked is stored as it always was")]
    public void StoredForm() => Assert.DoesNotContain("Trims", JsonSerializer.Serialize(ProtectorStage.Enabled().State), StringComparison.Ordinal);
}

public sealed class ProtectorTrimProperties
{
    private static readonly Arbitrary<(Wallet Walk, int Seed)> Walked =
        (from walk in ProtectorWalks.Wild.Generator from seed in Gen.Choose(1, int.MaxValue - 1) select (walk, seed)).ToArbitrary();

    [Fact(DisplayName = "No event makes a leg larger; a trim adds nothing to the net position and says what stays above the wish; its own orders keep to their rules")]
    public void Good() => Prop.ForAll(Walked, w =>
    {
        var (run, good) = (ProtectorWalks.Begin(w.Walk), true);
        Play(run, w, (before, e, after) =>
        {
            good &= e is ProtectorEvent.Adopted || (after.Long.Quantity <= before.Long.Quantity && after.Short.Quantity <= before.Short.Quantity);
            good &= e.Orders is null || before.Pending is null;
            if (e is ProtectorEvent.TrimAsked a)
                good &= TrimWalk.IsGood(new AskedTrim(a.Wish, a.Targets, a.TooSmall, a.HeldBack, a.Waited), before.Legs, slack: default) && (!a.Waited || run.Risk.ExitsAllowed);
            if (e is ProtectorEvent.Trimmed t)
            {
                var target = run.Policy.Settings.RebalanceTargetRatio;
                var from = before.Legs.Long.Base / before.Legs.Gross.Base - target;
                // A leg that stands alone has the same share until it is gone.
                var to = t.Targets.To.AreFlat ? 0m : t.Targets.To.Long.Base / t.Targets.To.Gross.Base - target;
                good &= before.Trims is not { HasWork: true } && before.Mode == ProtectorMode.Enabled && from * to >= -1e-12m && Math.Abs(to) <= Math.Abs(from) + 1e-12m;
            }
        });
        return good;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    [Fact(DisplayName = "Every input sent twice, and every wish sent again at the end, decides nothing new; the events make the same state again, and the books agree")]
    public void Idempotent() => Prop.ForAll(Walked, w =>
    {
        var run = ProtectorWalks.Begin(w.Walk);
        var sent = Play(run, w, (_, _, _) => { });
        var late = sent.Where(wish => wish.Id <= (run.State.Trims?.LastId ?? 0) && wish.Id != run.State.Trims?.Waiting?.Id)
            .Sum(wish => run.Send(new ProtectorInput.Trim(wish, Price.Of(100m), true, default)).Events.Length);
        return run.NewFromRepeats == 0 && late == 0 && run.Events.Aggregate(ProtectorState.Initial, ProtectorDecider.Evolve) == run.State
            && (run.State.Mode == ProtectorMode.Idle || (run.Venue.Book.Long.Position == run.State.Long.Position && run.Venue.Book.Short.Position == run.State.Short.Position
                && (run.State.Incarnation > 1 || (run.Venue.Book.Realised == run.State.Realised && run.Venue.Book.Fees == run.State.Costs))));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    [Fact(DisplayName = "The walks reach every event of a trim, at once and later, and every end of one")]
    public void Reach()
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        Prop.ForAll(Walked, w =>
        {
            Play(ProtectorWalks.Begin(w.Walk), w, (before, e, _) =>
            {
                if (e is ProtectorEvent.TrimWanted) seen.Add("wanted");
                if (e is ProtectorEvent.TrimEnded ended) seen.Add(ended.Code);
                if (e is ProtectorEvent.TrimAsked a) seen.Add(before.Mode + (a.Waited ? " later" : " at once"));
            });
            return true;
        }).Check(Draws.Same(400));
        Assert.Empty(new[] { "wanted", "Enabled at once", "Enabled later", "Passive at once", "protector.trim-lapsed", "protector.trim-unfilled" }.Except(seen, StringComparer.Ordinal));
    }

    private static List<TrimWish> Play(ProtectorRun run, (Wallet Walk, int Seed) w, Action<ProtectorState, ProtectorEvent, ProtectorState> watch)
    {
        var walk = new TrimWalk(w.Seed);
        run.Watch = watch;
        run.Play(w.Walk.Stretches, (r, price) =>
        {
            if (walk.Next(r.State.Legs, r.Now) is { } wish) r.Send(new ProtectorInput.Trim(wish, price, walk.ExitsAllowed, r.Now));
        });
        return walk.Sent;
    }
}
