using System.Text.Json;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Market;
using Dolphin.Domain.Tests.Hedging;
using Dolphin.Domain.Tests.TwoLegs;
using Dolphin.Domain.TwoLegs;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Compression;

public sealed class CompressionTrimStories
{
    private static Decision<CompressionEvent> Trim(CompressionRun run, long id, decimal longAtMost, decimal shortAtMost, bool exitsAllowed = true, double seconds = 3_600) =>
        run.Send(new CompressionInput.Trim(
            new TrimWish("balancer", id, new(longAtMost), new(shortAtMost), run.Now.AddSeconds(seconds)), Price.Of(4_950m), exitsAllowed, run.Now));

    [Fact(DisplayName = "Asked for less it goes there at once, without a swing; gap and residual stay, and what is closed is in the three numbers")]
    public void AtOnce()
    {
        var run = CompressionStage.Locked(longQuantity: 0.10m, shortQuantity: 0.10m);
        var (gap, residual) = (run.State.Gap, run.State.Residual);
        var asked = Assert.IsType<CompressionEvent.TrimAsked>(Assert.Single(Trim(run, 1, 0.06m, 0.06m).Events));
        Assert.Equal((LegIntent.Exit, 4_950m), (asked.Targets.Intent, asked.Targets.DecisionPrice.QuotePerBase));
        Assert.Equal(((0.06m, 0.06m), gap, residual, 0, true), (run.Legs, run.State.Gap, run.State.Residual, run.State.Swings, run.State.Locked));
        // Half of the gap of 100 for each of 0.08; at its middle there is no gain.
        Assert.Equal((-4m, 0m, 0.0005m * 0.08m * 4_950m), (run.State.Result.LockedLossReleased.Quote, run.State.Result.SwingGains.Quote, run.State.Result.Costs.Quote));
        Assert.Empty(Trim(run, 1, 0.01m, 0.01m).Events);
    }

    [Fact(DisplayName = "The swings go on from where it left them, down to flat")]
    public void GoesOn()
    {
        var run = CompressionStage.Locked();
        CompressionStage.FirstDownSwing(run);
        CompressionStage.UpSwing(run);
        Trim(run, 1, 0.05m, 0.06m);
        Assert.Equal((0.05m, 0.06m), run.Legs);
        (decimal, decimal)[] expected = [(0.05m, 0.04m), (0.03m, 0.04m), (0.03m, 0.02m), (0.01m, 0.02m), (0.01m, 0m), (0m, 0m)];
        for (var i = 0; i < expected.Length; i++)
        {
            _ = i % 2 == 0 ? CompressionStage.DownSwing(run) : CompressionStage.UpSwing(run);
            Assert.Equal(expected[i], run.Legs);
        }
        Assert.Equal(CompressionMode.Terminated, run.State.Mode);
    }

    [Fact(DisplayName = "It locks: a top-up after it would undo what was asked for")]
    public void Locks()
    {
        var run = CompressionStage.Locked(); // 0.08 and 0.10: the first down-swing would make the long leg 0.09.
        Trim(run, 1, 0.04m, 0.06m);
        Assert.Equal((0.04m, 0.06m), run.Legs);
        Assert.Equal((PositionSide.Short, 0.03m), Assert.IsType<CompressionEvent.Reduced>(Assert.Single(CompressionStage.FirstDownSwing(run))) is var r ? (r.Leg, r.Targets.To.Short.Base) : default);
    }

    [Fact(DisplayName = "The legs may be apart by the residual or as before, not more: it goes as far as that, and says what it held back")]
    public void HeldBack()
    {
        var run = CompressionStage.Locked(longQuantity: 0.10m, shortQuantity: 0.10m);
        var asked = Assert.IsType<CompressionEvent.TrimAsked>(Assert.Single(Trim(run, 1, 0.10m, 0.04m).Events));
        Assert.Equal((0.09m, 0.05m), (asked.Targets.To.Short.Base, asked.HeldBack.Short.Base));
        Assert.Equal((0.10m, 0.09m), run.Legs);
        asked = Assert.IsType<CompressionEvent.TrimAsked>(Assert.Single(Trim(run, 2, 0.055m, 0.055m).Events));
        Assert.Equal(((0.06m, 0.06m), 0.005m), (run.Legs, asked.TooSmall.Long.Base));
    }

    [Fact(DisplayName = "Closed as a whole it is over; what is asked of it while it closes everything waits for that")]
    public void Ends()
    {
        var run = CompressionStage.Locked();
        Trim(run, 1, 0m, 0m);
        Assert.Equal((CompressionMode.Terminated, (0m, 0m)), (run.State.Mode, run.Legs));
        Assert.Equal("compression.nothing-to-trim", Trim(run, 2, 0m, 0m).Refusal?.Code);

        run = CompressionStage.Locked();
        run.Venue.Answers = _ => Answer.Refusal;
        Trim(run, 1, 0.05m, 0.05m);
        run.Send(new CompressionInput.RequestExit("ada", 1, run.Now));
        run.Venue.Answers = _ => Answer.Full;
        Assert.IsType<CompressionEvent.Unwound>(run.At(4_950m)[0]);
        Assert.Equal((CompressionMode.Terminated, false), (run.State.Mode, run.State.Trims!.HasWork));
    }

    [Fact(DisplayName = "While orders are open the newest wish waits, comes before the next swing, and lapses in time; legs not filled alike are brought to the goal")]
    public void Waits()
    {
        var run = CompressionStage.Locked(longQuantity: 0.10m, shortQuantity: 0.10m);
        run.HoldOrders = true;
        CompressionStage.FirstDownSwing(run);
        var open = run.State.Pending!.Targets;
        Trim(run, 1, 0.01m, 0.01m);
        Assert.Equal("compression.decision-under-way", Trim(run, 2, 0.06m, 0.06m).Refusal?.Code);
        run.HoldOrders = false;
        run.Execute(open);
        run.Venue.Answers = order => order.Leg == PositionSide.Long ? Answer.Refusal : Answer.Full;
        Assert.Equal(2, Assert.IsType<CompressionEvent.TrimAsked>(Assert.Single(run.At(4_960m))).Wish.Id);
        Assert.Equal((0.10m, 0.06m), run.Legs);
        run.Venue.Answers = _ => Answer.Full;
        Assert.IsType<CompressionEvent.TrimAsked>(Assert.Single(run.At(4_970m)));
        Assert.Equal((0.06m, 0.06m), run.Legs);

        run.HoldOrders = true;
        Trim(run, 3, 0.05m, 0.05m);
        Trim(run, 4, 0.04m, 0.04m, seconds: 30);
        run.HoldOrders = false;
        run.Execute(run.State.Pending!.Targets);
        Assert.Equal("compression.trim-lapsed", Assert.IsType<CompressionEvent.TrimEnded>(Assert.Single(run.At(4_970m))).Code);
        Assert.Equal("compression.exits-not-allowed", Trim(run, 5, 0m, 0m, exitsAllowed: false).Refusal?.Code);
    }

    [Fact(DisplayName = "A compression that was never asked is stored as it always was")]
    public void StoredForm() => Assert.DoesNotContain("Trims", JsonSerializer.Serialize(CompressionStage.Locked().State), StringComparison.Ordinal);
}

public sealed class CompressionTrimProperties
{
    private static Arbitrary<(Locked Walk, int Seed)> With(Arbitrary<Locked> walks) =>
        (from walk in walks.Generator from seed in Gen.Choose(1, int.MaxValue - 1) select (walk, seed)).ToArbitrary();

    [Fact(DisplayName = "Gross never grows after the lock; a trim leaves the legs no further apart than before or than the residual, and says what stays above the wish")]
    public void Good() => Prop.ForAll(With(CompressionWalks.Wild), w =>
    {
        var (run, good) = (CompressionWalks.Begin(w.Walk), true);
        Play(run, w, (before, e, after) =>
        {
            good &= e is CompressionEvent.Adopted || !before.Locked || (after.Long.Quantity <= before.Long.Quantity && after.Short.Quantity <= before.Short.Quantity);
            good &= e.Orders is null || before.Pending is null;
            if (e is CompressionEvent.TrimAsked a)
                good &= TrimWalk.IsGood(new AskedTrim(a.Wish, a.Targets, a.TooSmall, a.HeldBack, a.Waited), before.Legs, before.Residual) && (!a.Waited || run.Risk.ExitsAllowed);
            if (e is CompressionEvent.Reduced or CompressionEvent.ToppedUp) good &= before.Trims is not { HasWork: true };
            // When all of a trim was filled the legs are where it wanted them, unless somebody else has changed one.
            if (before is { ExitWanted: CompressionExits.None, Pending: { Kind: CompressionDecision.AskedTrim } trim, Trims.UnderWay: { } underWay } && after is { Pending: null, Mode: CompressionMode.Active, Trims.UnderWay: null } && e is CompressionEvent.FillBooked)
                good &= after.Legs == underWay.Goal && after.Legs.Net.Abs() <= new Quantity(Math.Max(trim.Targets.From.Net.Abs().Base, before.Residual.Base));
        });
        return good;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact(DisplayName = "Trims or not: the three numbers and what is unrealised are the account's change of equity, to the last digit")]
    public void Identity() => Prop.ForAll(With(CompressionWalks.Alone), w =>
    {
        var run = CompressionWalks.Begin(w.Walk);
        Play(run, w, (_, _, _) => { });
        return new[] { 1m, 97.31m, 250m }.All(mark => run.State.ProfitAt(Price.Of(mark)) == run.Venue.Book.EquityChangeAt(Price.Of(mark)));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    [Fact(DisplayName = "Every input sent twice, and every wish sent again at the end, decides nothing new; the events make the same state again, and the books agree")]
    public void Idempotent() => Prop.ForAll(With(CompressionWalks.Wild), w =>
    {
        var run = CompressionWalks.Begin(w.Walk);
        var sent = Play(run, w, (_, _, _) => { });
        var late = sent.Where(wish => wish.Id <= (run.State.Trims?.LastId ?? 0) && wish.Id != run.State.Trims?.Waiting?.Id)
            .Sum(wish => run.Send(new CompressionInput.Trim(wish, Price.Of(100m), true, default)).Events.Length);
        return run.NewFromRepeats == 0 && late == 0 && run.Events.Aggregate(CompressionState.Initial, CompressionDecider.Evolve) == run.State
            && (run.State.Mode == CompressionMode.Idle
                || (run.Venue.Book.Long.Position == run.State.Long.Position && run.Venue.Book.Short.Position == run.State.Short.Position));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    [Fact(DisplayName = "The walks reach every event of a trim, at once and later, and every end of one")]
    public void Reach()
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        Prop.ForAll(With(CompressionWalks.Wild), w =>
        {
            Play(CompressionWalks.Begin(w.Walk), w, (before, e, _) =>
            {
                if (e is CompressionEvent.TrimWanted) seen.Add("wanted");
                if (e is CompressionEvent.TrimEnded ended) seen.Add(ended.Code);
                if (e is not CompressionEvent.TrimAsked a) return;
                seen.Add(a.Waited ? "later" : "at once");
                if (a.HeldBack != default) seen.Add("held back");
                if (!before.Locked && a.Orders is not null) seen.Add("locks");
            });
            return true;
        }).Check(Draws.Same(600));
        Assert.Empty(new[] { "wanted", "at once", "later", "held back", "locks", "compression.trim-lapsed", "compression.trim-unfilled" }.Except(seen, StringComparer.Ordinal));
    }

    private static List<TrimWish> Play(CompressionRun run, (Locked Walk, int Seed) w, Action<CompressionState, CompressionEvent, CompressionState> watch)
    {
        var (walk, chance) = (new TrimWalk(w.Seed), new Lcg((uint)w.Seed));
        run.Watch = watch;
        run.Play(w.Walk.Spells, (r, price) =>
        {
            // Orders that stay open for a while, so that something has to wait.
            if (r.State.Pending is { } open && chance.Next(2) == 0)
            {
                r.HoldOrders = false;
                r.Execute(open.Targets);
            }
            else if (chance.Next(20) == 0)
            {
                r.HoldOrders = true;
            }
            if (walk.Next(r.State.Legs, r.Now) is { } wish) r.Send(new CompressionInput.Trim(wish, price, walk.ExitsAllowed, r.Now));
        });
        if (run.State.Pending is { } left) run.Execute(left.Targets);
        return walk.Sent;
    }
}
