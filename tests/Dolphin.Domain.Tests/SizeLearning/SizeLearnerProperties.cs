using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Tests.TwoLegs;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.SizeLearning;

/// <summary>What holds for every history, sensible or not.</summary>
public sealed class SizeLearnerProperties
{
    private static readonly SizeLearningSettings Quick = new()
    {
        MaxOpen = 2, MinEpisodes = 10, FalseAlarm = 0.2, LoseAt = 0.4, PriorEpisodes = 2, FullAt = 0.5, ExpireAfter = TimeSpan.FromHours(2), ExplorationShare = 0.5, ExplorationReach = 0.25,
    };

    /// <summary>A step of a history: a name of few, what is measured, what is said to have come of it, and when.</summary>
    private sealed record Step(int Kind, string Name, SizeContext Context, decimal Offered, decimal Used, decimal Profit, decimal Notional, int Minutes);

    private static Gen<SizeContext> Contexts =>
        from n in Broken.Numbers.ArrayOf(6)
        select new SizeContext(n[0], n[1], n[2], n[3], n[4], n[5]);

    private static Gen<Step> Steps =>
        from kind in Gen.Choose(0, 9)
        from name in Gen.Elements("a", "b", "c", "d", "e", "f", "", "g")
        from context in Contexts
        from offered in Gen.Elements(0.5m, 0.75m, 1m, 1.37m, 1.5m, 0m, 2m)
        from used in Gen.Elements(0.5m, 1m, 1.5m, 0m, -1m)
        from profit in Gen.Frequency((40, Gen.Choose(-5, 30).Select(x => (decimal)x)), (1, Broken.Amounts), (1, Gen.Elements(-500m, -5_000m)))
        from notional in Gen.Frequency((30, Gen.Constant(1_000m)), (1, Broken.Amounts))
        from minutes in Gen.Frequency((30, Gen.Choose(0, 3)), (1, Gen.Choose(-60, 130)))
        select new Step(kind, name, context, offered, used, profit, notional, minutes);

    /// <summary>
    /// Plays the steps. Names are numbered by the round, so that most are new and some are copies. Most closes are of what is open, and in the second
    /// half what was a gain is a loss.
    /// </summary>
    private static SizeRun Play(Step[] steps, Action<SizeRun>? watch = null)
    {
        var run = new SizeRun(Quick);
        for (var i = 0; i < steps.Length; i++)
        {
            var s = steps[i];
            run.Now = run.Now.AddMinutes(s.Minutes);
            var id = s.Name.Length == 0 ? "" : $"{s.Name}{i / 16}";
            switch (s.Kind)
            {
                case 0 or 1 or 2: run.Open(id, run.Choose(id, s.Context)); break;
                case 3: run.Open(id, new SizeChoice(ScaledContext.Neutral, s.Offered, s.Used, Explored: false, OfferedLeft: i % 3 == 0 ? 1m : null, UsedLeft: i % 5 == 0 ? 1.2m : null)); break;
                case 4: run.Withdraw(id); break;
                case 5: run.Send(new SizeInput.Tick(run.Now)); break;
                case 6: run.Close(id, s.Profit, s.Notional); break;
                default:
                    if (run.State.Episodes.Open.IsEmpty) break;
                    run.Close(run.State.Episodes.Open[0].Id.Value, i / 150 % 2 == 0 ? s.Profit : -s.Profit, s.Notional);
                    break;
            }
            watch?.Invoke(run);
        }
        return run;
    }

    private static void ForAll(Func<Step[], bool> holds, Config? config = null) =>
        Prop.ForAll(Steps.ArrayOf(300).ToArbitrary(), holds).Check(config ?? Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact(DisplayName = "The histories reach every kind of event, exploration, positions that are no witness, and both causes of losing trust")]
    public void Reach()
    {
        var seen = new SortedDictionary<string, int>(StringComparer.Ordinal);
        void Count(string what) => seen[what] = seen.GetValueOrDefault(what) + 1;
        ForAll(steps =>
        {
            var run = Play(steps);
            foreach (var e in run.Events)
            {
                Count(e.GetType().Name);
                if (e is SizeEvent.TrustLost lost) Count("lost " + lost.Cause);
                if (e is SizeEvent.EpisodeOpened { Choice.Explored: true }) Count("explored");
                if (e is SizeEvent.EpisodeOpened { Witness: false }) Count("no witness");
            }
            return true;
        }, Draws.Same(200));
        var expected = typeof(SizeEvent).GetNestedTypes().Select(t => t.Name).Concat(["lost Evidence", "lost Regret", "explored", "no witness"]);
        Assert.All(expected, e => Assert.True(seen.GetValueOrDefault(e) >= 2, $"{e}: {seen.GetValueOrDefault(e)}; {string.Join(", ", seen)}"));
    }

    [Fact(DisplayName = "Whatever comes, nothing throws, every number stays finite, and every multiplier is 0.5 to 1.5")]
    public void Total() => ForAll(steps =>
    {
        var good = true;
        Play(steps, run =>
        {
            var s = run.State;
            var choice = run.Choose("next", new SizeContext(double.MaxValue, -1, double.NaN, 1, double.NegativeInfinity, 0.3));
            var report = SizeReport.Of(run.Policy, s);
            good &= choice.Used is >= 0.5m and <= 1.5m && choice.Offered is >= 0.5m and <= 1.5m && (s.Trusted || choice.Used == 1m)
                && s.Episodes.Open.All(e => e.Choice.Used is >= 0.5m and <= 1.5m) && s.Episodes.Open.Length <= 2 && s.Episodes.Ended.Length <= EpisodeBook.Remembered
                && s.Model.Sums.All(double.IsFinite) && s.Trust.Evidence > 0 && s.Trust.Evidence <= 5 * (1 + 1e-9)
                && report.Factors.All(f => double.IsFinite(f.Slope.Mean) && f.Slope.Error > 0 && f.AtLeast is >= 0.5m and <= 1.5m && f.AtMost is >= 0.5m and <= 1.5m);
        });
        return good;
    });

    [Fact(DisplayName = "The same events give the same state to the last bit, and every input sent twice changes nothing the second time")]
    public void Replays() => ForAll(steps =>
    {
        var run = Play(steps);
        return run.NewFromRepeats == 0 && run.Events.Aggregate(SizeLearnerState.Initial, SizeLearner.Evolve) == run.State && Play(steps).State == run.State;
    });

    [Fact(DisplayName = "Any events fold into any state")]
    public void Folds() => ForAll(steps =>
    {
        var run = Play(steps);
        var odd = run.Events.Where((_, i) => i % 3 != 0).Aggregate(run.State, SizeLearner.Evolve);
        return odd.Model.Sums.All(double.IsFinite);
    }, Config.QuickThrowOnFailure.WithMaxTest(50));

    [Fact(DisplayName = "Regret is, over all closed episodes, what the constant would have earned less what the multiplier did")]
    public void Regret() => ForAll(steps =>
    {
        var run = Play(steps);
        var (offered, used) = (0m, 0m);
        foreach (var closed in run.All<SizeEvent.EpisodeClosed>())
        {
            var choice = run.All<SizeEvent.EpisodeOpened>().Last(o => o.Id == closed.Id).Choice;
            var constant = closed.Profit.Quote / choice.Effective;
            offered += constant - choice.EffectiveOffered * constant;
            used += constant - closed.Profit.Quote;
        }
        return Math.Abs(run.State.RegretOffered.Quote - offered) < 0.0001m && Math.Abs(run.State.RegretUsed.Quote - used) < 0.0001m;
    });

    [Fact(DisplayName = "The multiplier offered for a position is fixed before its outcome: another outcome changes only later offers")]
    public void Before()
    {
        var chance = new Chance(17);
        var (good, bad) = (new SizeRun(), new SizeRun());
        for (var i = 0; i < 50; i++)
        {
            var context = SizeMarkets.Context(ref chance);
            var up = i % 2 == 0;
            good.Episode(context, _ => up ? 0.01 : -0.01);
            bad.Episode(context, _ => i == 48 ? -0.02 : up ? 0.01 : -0.01);
        }
        Assert.Equal(good.All<SizeEvent.EpisodeOpened>().SkipLast(1), bad.All<SizeEvent.EpisodeOpened>().SkipLast(1));
        Assert.NotEqual(good.All<SizeEvent.EpisodeOpened>().Last(), bad.All<SizeEvent.EpisodeOpened>().Last());
        Assert.NotEqual(good.Choose("next", SizeContext.Unknown).Offered, bad.Choose("next", SizeContext.Unknown).Offered);
    }
}

/// <summary>What the learner is for, over many seeded markets.</summary>
public sealed class TrustOverManySeeds
{
    private const int Episodes = 400;

    private static SizeRun Play(ulong seed, Func<Chance, ScaledContext, int, double> returned, int episodes = Episodes, SizeLearningSettings? settings = null)
    {
        var (run, chance) = (new SizeRun(settings), new Chance(seed));
        for (var i = 0; i < episodes; i++)
        {
            var context = SizeMarkets.Context(ref chance);
            var world = new Chance(chance.NextBits()); // A copy is handed on, so each episode has a generator of its own.
            run.Episode(context, x => returned(world, x, i));
        }
        return run;
    }

    [Fact(DisplayName = "On pure noise, of three kinds, trust is ever earned in no more than the share of markets that was allowed")]
    public void Noise()
    {
        // At one in five, so that there is something to count; three standard deviations of that count above it.
        var settings = new SizeLearningSettings { FalseAlarm = 0.2, MinEpisodes = 10 };
        const int Seeds = 150;
        var most = 0.2 * Seeds + 3 * Math.Sqrt(Seeds * 0.2 * 0.8);
        var earned = SizeMarkets.Noises.Select((noise, k) => (noise.Name, Count: Enumerable.Range(0, Seeds)
            .Count(i => Play((ulong)(1_000 * k + i), (chance, _, _) => noise.Return(chance), episodes: 250, settings).All<SizeEvent.TrustEarned>().Any()))).ToList();
        Assert.All(earned, e => Assert.True(e.Count <= most, $"{e.Name}: {e.Count} of {Seeds}"));
        Assert.True(earned.Sum(e => e.Count) > 0, "Nothing was ever earned: this would not see a test that is too strict to be one.");
    }

    [Fact(DisplayName = "Where the context foretells returns, trust is earned, and what was used then beats the constant")]
    public void Signal()
    {
        var runs = Enumerable.Range(0, 40).Select(i => Play((ulong)i, (chance, x, _) => 0.004 * x.Confidence - 0.003 * x.Volatility + 0.006 * chance.NextNormal())).ToList();
        Assert.True(runs.Count(r => r.State.Trusted) >= 36, $"{runs.Count(r => r.State.Trusted)} of 40");
        Assert.All(runs, r => Assert.True(r.State.RegretOffered < Money.Zero));
        Assert.True(runs.Count(r => r.State.RegretUsed < Money.Zero) >= 36);
        Assert.All(runs, r =>
        {
            var report = SizeReport.Of(r.Policy, r.State);
            Assert.True(report.Factors[(int)SizeFactor.Confidence] is { AtLeast: < 0.7m, AtMost: > 1.3m });
            Assert.True(report.Factors[(int)SizeFactor.Volatility] is { AtLeast: > 1.2m, AtMost: < 0.8m });
        });
    }

    [Fact(DisplayName = "A strategy that loses whatever the context is made smaller")]
    public void Losing()
    {
        var run = Play(5, (chance, _, _) => -0.004 + 0.008 * chance.NextNormal());
        Assert.True(run.State.Trusted);
        Assert.True(run.Choose("next", SizeContext.Unknown).Used < 0.6m);
        Assert.True(run.State.RegretUsed < Money.Zero);
    }

    [Fact(DisplayName = "When the world turns against what was learned, trust is lost before all that it earned is gone, and found again when it is learned anew")]
    public void Turns()
    {
        for (var seed = 0UL; seed < 10; seed++)
        {
            var run = Play(seed, (chance, x, i) => (i < 400 ? 0.008 : -0.008) * x.Confidence + 0.004 * chance.NextNormal(), episodes: 2_400,
                new SizeLearningSettings { HalfLife = 200 });
            Assert.Equal(1, run.State.TrustLosses);
            Assert.True(run.All<SizeEvent.TrustLost>().Single().Regret < Money.Zero);
            Assert.True(run.State.Trusted);
            Assert.True(run.State.RegretUsed < Money.Zero);
        }
    }

    [Fact(DisplayName = "Until trust is earned every position had the constant")]
    public void Constant()
    {
        var run = Play(3, (chance, x, _) => 0.004 * x.Margin + 0.006 * chance.NextNormal());
        var (trusted, before, after) = (false, 0, 0);
        foreach (var e in run.Events)
        {
            trusted = e is SizeEvent.TrustEarned || (trusted && e is not SizeEvent.TrustLost);
            if (e is not SizeEvent.EpisodeOpened { Choice: var choice }) continue;
            Assert.Equal(trusted ? choice.Offered : 1m, choice.Used);
            if (trusted) after++;
            else before++;
        }
        Assert.True(before >= 30 && after > 0, $"{before} before, {after} after");
    }
}
