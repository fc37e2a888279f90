using System.Text.Json;
using Dolphin.Domain.SizeLearning;

namespace Dolphin.Domain.Tests.SizeLearning;

public sealed class EpisodeBookStories
{
    [Fact(DisplayName = "A position is opened with what was chosen, closed with what it earned, and the model has one outcome more")]
    public void One()
    {
        var run = new SizeRun();
        var choice = run.Choose("a", new SizeContext(0.9, 0.02, 0, 0, 0, 0.5));
        Assert.Equal((1m, 1m, false), (choice.Offered, choice.Used, choice.Explored));
        var opened = Assert.IsType<SizeEvent.EpisodeOpened>(Assert.Single(run.Open("a", choice).Events));
        Assert.Equal((choice, true, SizeRun.Start), (opened.Choice, opened.Witness, opened.At));
        run.Now = run.Now.AddHours(1);
        var closed = Assert.IsType<SizeEvent.EpisodeClosed>(Assert.Single(run.Close("a", profit: 5m, notional: 1_000m).Events));
        Assert.Equal((0.005, 0.02, run.Now), (closed.Outcome, closed.Bound, closed.At));
        Assert.Equal((1.0, 1L, 1L, 0), (run.State.Model.Weight, run.State.Counts.Closed, run.State.Counts.Witnesses, run.State.Episodes.Open.Length));
        Assert.Equal(0.005, run.State.Returns.Sum);
    }

    [Fact(DisplayName = "The same opening or close twice changes nothing, even after the episode has ended")]
    public void Twice()
    {
        var run = new SizeRun();
        run.Open("a", SizeRun.Offered(1.2m));
        run.Close("a", 5m);
        var state = run.State;
        Assert.Equal(0, run.NewFromRepeats);
        Assert.Same(Decision<SizeEvent>.Nothing, run.Close("a", 7m));
        Assert.Same(Decision<SizeEvent>.Nothing, run.Withdraw("a"));
        Assert.Same(Decision<SizeEvent>.Nothing, run.Open("a", SizeRun.Offered(0.8m)));
        Assert.Equal(state, run.State);
    }

    [Fact(DisplayName = "An ended episode is known for 64 others; nobody has ever heard of any other name")]
    public void Remembered()
    {
        var run = new SizeRun();
        run.Open("first", SizeRun.Offered(1m));
        run.Close("first", 1m);
        for (var i = 1; i < EpisodeBook.Remembered; i++) run.Played(1m, 0m);
        Assert.Null(run.Close("first", 1m).Refusal);
        run.Played(1m, 0m);
        Assert.Equal("size-learning.unknown-episode", run.Close("first", 1m).Refusal?.Code);
        Assert.Equal("size-learning.unknown-episode", run.Withdraw("other").Refusal?.Code);
        Assert.Equal(EpisodeBook.Remembered, run.State.Episodes.Ended.Length);
    }

    [Fact(DisplayName = "A multiplier is what was used while the episode is open, and the constant for everything else")]
    public void Multiplier()
    {
        var run = new SizeRun();
        run.Open("a", SizeRun.Offered(1.4m, used: 1.3m));
        Assert.Equal((1.3m, 1m), (run.State.MultiplierOf(new EpisodeId("a")), run.State.MultiplierOf(new EpisodeId("b"))));
        run.Close("a", 1m);
        Assert.Equal(1m, run.State.MultiplierOf(new EpisodeId("a")));
    }

    [Fact(DisplayName = "One more than may be open is refused: it has the constant, and its close is unknown")]
    public void Full()
    {
        var run = new SizeRun(new SizeLearningSettings { MaxOpen = 2 });
        run.Open("a", SizeRun.Offered(1m));
        run.Open("b", SizeRun.Offered(1m));
        Assert.Equal("Episode c is one more than the 2 that may be open. Its multiplier is 1, and nothing is learned from it.", run.Open("c", SizeRun.Offered(1.2m, 1.2m)).Refusal?.Reason);
        Assert.Equal(1m, run.State.MultiplierOf(new EpisodeId("c")));
        run.Close("a", 1m);
        Assert.Null(run.Open("c", SizeRun.Offered(1.2m)).Refusal);
    }

    [Fact(DisplayName = "Names and choices that cannot be are refused with what was expected")]
    public void Refused()
    {
        var run = new SizeRun();
        Assert.Equal("size-learning.bad-id", run.Open("", SizeRun.Offered(1m)).Refusal?.Code);
        Assert.Equal("size-learning.bad-id", run.Open(new string('x', 101), SizeRun.Offered(1m)).Refusal?.Code);
        Assert.Equal("size-learning.bad-id", run.Send(new SizeInput.Open(default, SizeRun.Offered(1m), run.Now)).Refusal?.Code);
        Assert.Equal("size-learning.bad-choice", run.Open("a", SizeRun.Offered(1.51m)).Refusal?.Code);
        Assert.Equal("size-learning.bad-choice", run.Open("a", SizeRun.Offered(1m, used: 0.49m)).Refusal?.Code);
        Assert.Equal("size-learning.bad-choice", run.Open("a", SizeRun.Offered(1m) with { UsedLeft = 0.4m }).Refusal?.Code);
        Assert.Equal("size-learning.bad-choice", run.Open("a", SizeRun.Offered(1m) with { OfferedLeft = 1.6m }).Refusal?.Code);
        Assert.Equal("size-learning.bad-choice", run.Open("a", SizeRun.Offered(1m) with { Context = ScaledContext.Only(SizeFactor.Pnl, double.NaN) }).Refusal?.Code);
        Assert.Equal("size-learning.bad-choice", run.Open("a", SizeRun.Offered(1m) with { Context = ScaledContext.Only(SizeFactor.Margin, 1.1) }).Refusal?.Code);
        Assert.Empty(run.Events);
        Assert.Null(run.Open(new string('x', 100), SizeRun.Offered(1m)).Refusal);
    }

    [Fact(DisplayName = "An absurd outcome is refused and the episode stays open; a merely wild one counts as the bound and no more")]
    public void Absurd()
    {
        var run = new SizeRun();
        for (var i = 0; i < 20; i++) run.Played(1m, 0.001m);
        run.Open("a", SizeRun.Offered(1m));
        foreach (var (profit, notional) in new[] { (1m, 0m), (1m, -5m), (1m, 0.0000001m), (1m, 1e11m), (1e11m, 1m), (decimal.MinValue, 1m), (decimal.MaxValue, decimal.MaxValue) })
            Assert.Equal("size-learning.absurd-outcome", run.Close("a", profit, notional).Refusal?.Code);
        Assert.NotNull(run.State.Episodes.Find(new EpisodeId("a")));
        var before = run.State.Model.At(run.Policy, ScaledContext.Neutral).Mean;
        run.Close("a", -900_000m);
        Assert.Equal(-0.02, run.All<SizeEvent.EpisodeClosed>().Last().Outcome);
        Assert.Equal(1, run.State.Counts.Bounded);
        Assert.InRange(before - run.State.Model.At(run.Policy, ScaledContext.Neutral).Mean, 0.0003, 0.0007); // 0.021 over 41.
    }

    [Fact(DisplayName = "A position that never came to be teaches nothing and is no witness")]
    public void Withdrawn()
    {
        var run = new SizeRun();
        run.Open("a", SizeRun.Offered(1.5m));
        Assert.IsType<SizeEvent.EpisodeWithdrawn>(Assert.Single(run.Withdraw("a").Events));
        Assert.Equal((0.0, TrustWager.Initial, 0L, 1L), (run.State.Model.Weight, run.State.Trust, run.State.Counts.Witnesses, run.State.Counts.Withdrawn));
    }

    [Fact(DisplayName = "Of positions open at a time only the first is a witness: the others may have been told by the same market")]
    public void Overlapping()
    {
        var run = new SizeRun();
        foreach (var id in new[] { "a", "b", "c" }) run.Open(id, SizeRun.Offered(1.5m));
        run.Close("b", 10m);
        Assert.Equal((TrustWager.Initial, 0L, 1L), (run.State.Trust, run.State.Counts.Witnesses, run.State.Counts.Closed));
        run.Close("a", 10m);
        Assert.Equal(1L, run.State.Counts.Witnesses);
        Assert.True(run.State.Trust.Evidence > 1.05);
        run.Open("d", SizeRun.Offered(1.5m));
        Assert.Equal([true, false, false, true], run.All<SizeEvent.EpisodeOpened>().Select(e => e.Witness));
    }

    [Fact(DisplayName = "What is never closed expires on time, and as a witness counts as the worst that could have come")]
    public void Expires()
    {
        var run = new SizeRun(new SizeLearningSettings { ExpireAfter = TimeSpan.FromHours(1) });
        run.Open("a", SizeRun.Offered(1.5m));
        run.Open("b", SizeRun.Offered(1.5m));
        run.Now = run.Now.AddMinutes(59);
        Assert.Same(Decision<SizeEvent>.Nothing, run.Send(new SizeInput.Tick(run.Now)));
        run.Now = run.Now.AddMinutes(1);
        var late = run.Close("b", 10m);
        Assert.Equal(["a", "b"], late.Events.Cast<SizeEvent.EpisodeExpired>().Select(e => e.Id.Value));
        Assert.Null(late.Refusal);
        Assert.Equal((2L, 1L, 0L), (run.State.Counts.Expired, run.State.Counts.Witnesses, run.State.Counts.Closed));
        var worst = new SizeRun();
        worst.Played(1.5m, -0.02m);
        Assert.Equal(worst.State.Trust, run.State.Trust);
        Assert.Equal(0, run.State.Model.Weight);
    }
}

public sealed class EffectStories
{
    [Fact(DisplayName = "A choice that a cap kept from changing any size has no regret and proves nothing, however it ends; its outcome is learned from")]
    public void Nothing_changed()
    {
        var run = new SizeRun();
        foreach (var (id, profit) in (ReadOnlySpan<(string, decimal)>)[("gain", 10m), ("loss", -10m)])
        {
            run.Open(id, SizeRun.Offered(1.5m, used: 1.5m).Bounded(offered: 1m, used: 1m));
            run.Close(id, profit);
        }

        Assert.Equal((Money.Zero, Money.Zero, 2L), (run.State.RegretOffered, run.State.RegretUsed, run.State.Counts.Witnesses));
        Assert.Equal(1, run.State.Trust.Evidence, 12);
        Assert.Equal(2, run.State.Model.Weight, 1);
        for (var i = 0; i < 60; i++)
        {
            run.Open($"{i}", SizeRun.Offered(1.5m).Bounded(offered: 1m, used: 1m));
            run.Close($"{i}", 10m);
        }

        Assert.False(run.State.Trusted);
    }

    [Fact(DisplayName = "Regret is reckoned by what a multiplier did to the size, and evidence by what the offer would have done")]
    public void Partly()
    {
        var run = new SizeRun();
        run.Open("a", SizeRun.Offered(1.5m, used: 1.4m).Bounded(offered: 1.25m, used: 1.2m));
        run.Close("a", 12m, 1_200m); // 1.2 times what the constant would have earned.
        Assert.Equal((new Money(-2.5m), new Money(-2m)), (run.State.RegretOffered, run.State.RegretUsed));
        var half = new SizeRun();
        half.Played(1.25m, 0.01m);
        Assert.Equal(half.State.Trust, run.State.Trust);
    }

    [Fact(DisplayName = "What a bound leaves is stored where it is not all, to six decimals and within the range of a multiplier")]
    public void Stored()
    {
        var choice = SizeRun.Offered(1.5m, used: 0.7m);
        Assert.Equal(choice, choice.Bounded(1.5m, 0.7m));
        Assert.Equal((1.333333m, 0.5m), choice.Bounded(4m / 3m, 1m / 3m) is var b ? (b.EffectiveOffered, b.Effective) : default);
        var bounded = choice.Bounded(1.2m, 0.9m);
        Assert.Equal(bounded, JsonSerializer.Deserialize<SizeChoice>(JsonSerializer.Serialize(bounded)));
        Assert.DoesNotContain("Left", JsonSerializer.Serialize(choice), StringComparison.Ordinal);
    }
}

public sealed class TrustStories
{
    private static SizeRun Trusted(SizeLearningSettings? settings = null)
    {
        var run = new SizeRun(settings);
        for (var i = 0; i < 30; i++) run.Played(1.5m, 0.01m);
        Assert.True(run.State.Trusted);
        return run;
    }

    [Fact(DisplayName = "Trust is earned when the evidence is enough and enough have borne witness, not before; until then the constant is used")]
    public void Earned()
    {
        var run = new SizeRun();
        for (var i = 1; i < 30; i++) Assert.Single(run.Played(1.5m, 0.01m).Events);
        Assert.Equal(20, run.State.Trust.Evidence, 9); // Long enough of it; the rest was put away.
        var context = new SizeContext(0.5, 0.01, 0, 0, 0, 0.4);
        Assert.Equal((1.5m, 1m), (run.Choose("next", context).Offered, run.Choose("next", context).Used));
        Assert.StartsWith("Not trusted: 29 episodes have borne witness; expected 30.", SizeReport.Of(run.Policy, run.State).Why, StringComparison.Ordinal);

        var earned = Assert.IsType<SizeEvent.TrustEarned>(run.Played(1.5m, 0.01m).Events[1]);
        Assert.Equal((30L, -150m), (earned.Witnesses, earned.Regret.Quote));
        Assert.Equal((1.5m, 1.5m), (run.Choose("next", context).Offered, run.Choose("next", context).Used));
    }

    [Fact(DisplayName = "A smaller position in a losing market earns trust just as well")]
    public void Smaller()
    {
        var run = new SizeRun();
        for (var i = 0; i < 30; i++) run.Played(0.5m, -0.01m);
        Assert.True(run.State.Trusted);
        Assert.Equal(0.5m, run.Choose("next", SizeContext.Unknown).Used);
    }

    [Fact(DisplayName = "Luck as good as bad earns nothing")]
    public void Even()
    {
        var run = new SizeRun();
        for (var i = 0; i < 400; i++) run.Played(1.5m, i % 2 == 0 ? 0.01m : -0.01m);
        Assert.Empty(run.All<SizeEvent.TrustEarned>());
        Assert.True(run.State.Trust.Evidence < 1);
    }

    [Fact(DisplayName = "Trust is lost when the evidence is gone, not at the first loss, and must then be earned from the beginning")]
    public void Lost()
    {
        var run = Trusted();
        for (var i = 0; i < 200; i++) run.Played(1.5m, 0.01m); // Money enough that it is the evidence that ends it.
        Assert.Single(run.Played(1.5m, -0.01m).Events);
        var losses = 1;
        for (; run.State.Trusted && losses < 100; losses++) run.Played(1.5m, -0.01m);
        Assert.InRange(losses, 3, 15);
        var lost = run.All<SizeEvent.TrustLost>().Single();
        Assert.Equal(TrustLoss.Evidence, lost.Cause);
        Assert.True(lost.Evidence < 1);
        Assert.Equal(1m, run.Choose("next", SizeContext.Unknown).Used);
        Assert.Contains("Trust was lost because the evidence was gone.", SizeReport.Of(run.Policy, run.State).Why, StringComparison.Ordinal);

        var wins = 0;
        for (; !run.State.Trusted && wins < 100; wins++) run.Played(1.5m, 0.01m);
        Assert.InRange(wins, 6, 60);
        Assert.Equal(1, run.State.TrustLosses);
    }

    [Fact(DisplayName = "A disaster beyond the bound ends trust by what it cost in money, and what was left of the evidence is put away")]
    public void Disaster()
    {
        var run = Trusted();
        var lost = Assert.IsType<SizeEvent.TrustLost>(run.Played(1.5m, -0.9m).Events[1]);
        Assert.Equal(TrustLoss.Regret, lost.Cause);
        Assert.True(lost.Evidence > 1 && lost.Regret.Quote > 0m);
        Assert.Equal(1, run.State.Trust.Evidence, 12);
        // However much evidence there is, the money comes first.
        for (var i = 0; i < 55; i++) run.Played(1.5m, 0.01m);
        Assert.Equal(20, run.State.Trust.Evidence, 9);
        Assert.False(run.State.Trusted);
        Assert.StartsWith("Not trusted: the constant would have earned ", SizeReport.Of(run.Policy, run.State).Why, StringComparison.Ordinal);
        for (var i = 0; i < 10; i++) run.Played(1.5m, 0.01m);
        Assert.True(run.State.Trusted && run.State.RegretOffered < Money.Zero);
    }

    [Fact(DisplayName = "Trust is lost by silence, too")]
    public void Silence()
    {
        var run = Trusted(new SizeLearningSettings { ExpireAfter = TimeSpan.FromHours(2) });
        for (var i = 0; run.State.Trusted; i++)
        {
            Assert.True(i < 10);
            run.Open($"silent:{i}", SizeRun.Offered(1.5m, 1.5m));
            run.Now = run.Now.AddHours(2);
            run.Send(new SizeInput.Tick(run.Now));
        }
        Assert.IsType<SizeEvent.TrustLost>(run.Events[^1]);
    }
}

public sealed class ExplorationStories
{
    private static SizeRun Trusted(double share, double reach = 0.1)
    {
        var run = new SizeRun(new SizeLearningSettings { ExplorationShare = share, ExplorationReach = reach });
        for (var i = 0; i < 30; i++) run.Played(i % 2 == 0 ? 1.2m : 1.5m, 0.02m);
        Assert.True(run.State.Trusted);
        return run;
    }

    private static List<SizeChoice> Choices(SizeRun run) => [.. Enumerable.Range(0, 1_000).Select(i => run.Choose($"e:{i}", SizeContext.Unknown))];

    [Fact(DisplayName = "Switched off, as it is by default, what is offered is what is used")]
    public void Off() => Assert.All(Choices(Trusted(share: 0)), c => Assert.True(c.Used == c.Offered && !c.Explored));

    [Fact(DisplayName = "Switched on, it is the share that was asked for, within its reach and within the range, and the same when asked again")]
    public void On()
    {
        var run = Trusted(share: 0.3, reach: 0.2);
        var choices = Choices(run);
        Assert.InRange(choices.Count(c => c.Explored), 255, 345);
        Assert.All(choices, c => Assert.True(c.Explored || c.Used == c.Offered));
        Assert.All(choices, c => Assert.True(Math.Abs(c.Used - c.Offered) <= 0.2m && c.Used is >= 0.5m and <= 1.5m));
        Assert.True(choices.Select(c => c.Used).Distinct().Count() > 10);
        Assert.Equal(choices, Choices(run));
        Assert.NotEqual(choices, [.. Enumerable.Range(0, 1_000).Select(i => SizeLearner.Choose(run.Policy, run.State, new EpisodeId($"e:{i}"), SizeContext.Unknown, seed: 8))]);
    }

    [Fact(DisplayName = "Who is not trusted does not explore")]
    public void Untrusted()
    {
        var run = new SizeRun(new SizeLearningSettings { ExplorationShare = 0.5 });
        Assert.All(Choices(run), c => Assert.True(c.Used == 1m && !c.Explored));
    }

    [Fact(DisplayName = "What exploring up and down returned is kept apart: the answer to whether size itself costs")]
    public void Tallies()
    {
        var run = Trusted(share: 0.3);
        foreach (var (used, profit) in new[] { (1.2m, 2m), (1.3m, 4m), (1.0m, 6m), (0.9m, 8m), (1.1m, 9m) })
        {
            run.Open($"x:{used}", SizeRun.Offered(1.1m, used, explored: true));
            run.Close($"x:{used}", profit);
        }
        var report = SizeReport.Of(run.Policy, run.State);
        Assert.Equal((5L, 2L, 2L), (run.State.Counts.Explored, run.State.Up.Count, run.State.Down.Count));
        Assert.Equal((0.003, 0.007), (Math.Round(report.ReturnUp!.Value.Mean, 12), Math.Round(report.ReturnDown!.Value.Mean, 12)));
        Assert.Equal(0.001, report.ReturnUp.Value.Error, 12);
        Assert.Contains("explored    up 0.3% ± 0.1%, down 0.7% ± 0.1%", report.ToText(), StringComparison.Ordinal);
    }
}

public sealed class RegretStories
{
    [Fact(DisplayName = "Regret is what the constant would have earned more: of the offer, and of what was used")]
    public void ByHand()
    {
        var run = new SizeRun();
        run.Open("a", SizeRun.Offered(1.3m, used: 1m));
        run.Close("a", 10m);
        Assert.Equal((-3m, 0m), (run.State.RegretOffered.Quote, run.State.RegretUsed.Quote));
        run.Open("b", SizeRun.Offered(0.5m, used: 0.8m));
        run.Close("b", -8m, 800m); // At the constant it would have lost 10 of 1000.
        Assert.Equal((-3m - 5m, -2m), (run.State.RegretOffered.Quote, run.State.RegretUsed.Quote));
        run.Open("c", SizeRun.Offered(1.5m, used: 1.5m));
        run.Close("c", -300m, 1_500m); // Beyond the bound: money has none.
        Assert.Equal((-8m + 100m, -2m + 100m), (run.State.RegretOffered.Quote, run.State.RegretUsed.Quote));
    }

    [Fact(DisplayName = "The report says how it stands, in figures and in lines")]
    public void Report()
    {
        var run = new SizeRun();
        var chance = new Chance(21);
        for (var i = 0; i < 40; i++) run.Episode(SizeMarkets.Context(ref chance), x => 0.01 * x.Confidence);
        run.Open("open", SizeRun.Offered(1m));
        var report = SizeReport.Of(run.Policy, run.State);
        Assert.Equal((40L, 40L, 1, false), (report.Counts.Closed, report.Counts.Witnesses, report.Open, report.Trusted));
        Assert.True(report.RegretOffered < Money.Zero);
        Assert.Equal(Money.Zero, report.RegretUsed);
        Assert.Equal(Enum.GetValues<SizeFactor>(), report.Factors.Select(f => f.Factor));
        var confidence = report.Factors[0];
        Assert.Equal((0.5m, 1.5m), (confidence.AtLeast, confidence.AtMost));
        Assert.InRange(confidence.Slope.Mean, 0.003, 0.01); // Twenty episodes of doubt beside forty.
        Assert.Equal(run.State.Returns.Sum / 40, report.MeanReturn!.Value.Mean, 15);
        var text = report.ToText();
        Assert.Contains("learned size: Not trusted: evidence is ", text, StringComparison.Ordinal);
        Assert.Contains("40 closed (40 witnesses, 0 beyond the bound, 0 explored), 1 open, 0 expired, 0 withdrawn", text, StringComparison.Ordinal);
        Assert.Contains("confidence  x 0.50 to 1.50, slope ", text, StringComparison.Ordinal);
        Assert.Equal(6 + 6, text.TrimEnd().Split('\n').Length);
        Assert.DoesNotContain("explored    up", text, StringComparison.Ordinal);
    }
}

public sealed class SizeStorageStories
{
    [Fact(DisplayName = "Events and state are stored as JSON and come back to the bit")]
    public void Json()
    {
        var run = new SizeRun(new SizeLearningSettings { ExpireAfter = TimeSpan.FromHours(3) });
        var chance = new Chance(2);
        for (var i = 0; i < 60; i++) run.Episode(SizeMarkets.Context(ref chance), x => 0.019 * x.Margin);
        Assert.True(run.State.Trusted);
        run.Open("never came", SizeRun.Offered(1m));
        run.Withdraw("never came");
        run.Open("lost", SizeRun.Offered(1.5m));
        run.Now = run.Now.AddHours(3);
        run.Send(new SizeInput.Tick(run.Now));
        run.Played(1.5m, -0.02m, 1e6m);
        Assert.False(run.State.Trusted);
        run.Open("open", run.Choose("open", SizeMarkets.Context(ref chance)));
        Assert.Equal(
            typeof(SizeEvent).GetNestedTypes().Select(t => t.Name).Order(StringComparer.Ordinal),
            run.Events.Select(e => e.GetType().Name).Distinct().Order(StringComparer.Ordinal));

        var state = SizeLearnerState.Initial;
        foreach (var e in run.Events)
        {
            var back = (SizeEvent)JsonSerializer.Deserialize(JsonSerializer.Serialize(e, e.GetType()), e.GetType())!;
            Assert.Equal(e, back);
            state = SizeLearner.Evolve(state, back);
        }
        Assert.Equal(run.State, state);
        Assert.Equal(state, JsonSerializer.Deserialize<SizeLearnerState>(JsonSerializer.Serialize(state)));
    }

    [Fact(DisplayName = "With eight open episodes and all that it remembers it takes less than 4 KB")]
    public void Small()
    {
        var run = new SizeRun();
        for (var i = 0; i < 100; i++) run.Played(1.2m, 0.001m);
        for (var i = 0; i < 8; i++) run.Open($"band-limited-hedging:1000SHIBUSDT:{i}", SizeRun.Offered(1.2m));
        Assert.Equal(8, run.State.Episodes.Open.Length);
        Copy(run.State); // Once before, so that nothing but the copy is counted.
        var before = GC.GetAllocatedBytesForCurrentThread();
        var copy = Copy(run.State);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(run.State, copy);
        Assert.InRange(bytes, 1_000, 4_000);
    }

    private static SizeLearnerState Copy(SizeLearnerState s)
    {
        var open = new OpenEpisode[s.Episodes.Open.Length];
        for (var i = 0; i < open.Length; i++) open[i] = s.Episodes.Open[i] with { Id = new EpisodeId(new string(s.Episodes.Open[i].Id.Value.AsSpan())) };
        return s with
        {
            Model = new ReturnModel([.. s.Model.Sums.AsSpan()]), Trust = new TrustWager([.. s.Trust.Accounts.AsSpan()]),
            Episodes = new EpisodeBook(System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(open), [.. s.Episodes.Ended.AsSpan()]),
        };
    }
}
