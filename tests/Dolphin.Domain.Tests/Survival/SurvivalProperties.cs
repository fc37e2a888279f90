using Dolphin.Domain.Survival;
using FsCheck;
using FsCheck.Fluent;
using static Dolphin.Domain.Tests.Survival.SurvivalHistories;
using static Dolphin.Domain.Tests.Survival.SurvivalRig;

namespace Dolphin.Domain.Tests.Survival;

/// <summary>What holds for every history of reports.</summary>
public sealed class SurvivalProperties
{
    private const double Rounding = 1e-12;

    private static void ForAll(Func<Step[], bool> holds) => Prop.ForAll(Arbitrary, holds).QuickCheckThrowOnFailure();

    /// <summary>The steps one by one, with the snapshot right after each and one a while later.</summary>
    private static IEnumerable<RiskSnapshot> Play(SurvivalController controller, IEnumerable<Step> steps)
    {
        foreach (var step in steps)
        {
            controller.Report(step.Report);
            yield return controller.Assess(At(step.At));
            yield return controller.Assess(At(step.At + 0.04));
        }
    }

    [Fact(DisplayName = "R_total is in [0, 1], and 0 exactly when an invariant is violated")]
    public void Range() => ForAll(history => Play(Fresh(), history).All(s =>
        s.RTotal is >= 0.0 and <= 1.0
        && s.RTotal == 0.0 == s.Layers.Any(l => l.Category == LayerCategory.Invariant && l.Damped == 0.0)
        && s.RTotal == 0.0 == s.InvariantFailed
        && (!s.InvariantFailed || s.Posture == Posture.Hibernate)
        && s.Layers.All(l => l.Category == LayerCategory.Invariant || l.Damped >= SurvivalController.Floor)));

    [Fact(DisplayName = "Healthy sensors that report every pulse keep R_total at exactly 1.0, whatever they read inside their deadbands")]
    public void Nominal_is_one()
    {
        var healthy =
            (from a in Gen.Choose(0, 1000)
             from b in Gen.Choose(0, 1000)
             select (a: a / 1000.0, b: b / 1000.0)).ListOf(40).ToArbitrary();
        Prop.ForAll(healthy, readings =>
        {
            var controller = Fresh();
            var now = 0.0;
            foreach (var (a, b) in readings)
            {
                LayerReading[] inside =
                [
                    LayerReading.Invariant.Ok, LayerReading.Invariant.Ok, new LayerReading.Envelope(1 + a, TimeSpan.FromSeconds(60 * b)),
                    new LayerReading.Scan(TimeSpan.FromSeconds(60 * a), TimeSpan.FromSeconds(b - 0.5)),
                    new LayerReading.Book(TimeSpan.FromSeconds(a / 2), TimeSpan.FromSeconds(b / 4), 0.3 * a, 1.2 * b - 0.6),
                    new LayerReading.Slippage(4 * a, 2 * b + 2 * a), new LayerReading.Environment(null, TimeSpan.FromSeconds(600 * b)),
                    new LayerReading.Confidence(1), new LayerReading.Drawdown(0),
                ];
                for (var i = 0; i < inside.Length; i++) controller.Report(new LayerReport(All[i], inside[i], At(now)));
                if (controller.Evaluate(At(now)) != 1.0 || controller.Evaluate(At(now + 0.999)) != 1.0) return false;
                now += 1;
            }
            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact(DisplayName = "The histories reach what they are to test: every layer degraded, latches, every posture, R_total mostly above 0")]
    public void Histories_are_rich()
    {
        var degraded = new SortedSet<LayerId>();
        var postures = new SortedSet<Posture>();
        var (looks, alive, latched, recovering) = (0, 0, 0, 0);
        Prop.ForAll(Arbitrary, history =>
        {
            foreach (var s in Play(Fresh(), history))
            {
                looks++;
                if (s.RTotal > 0) alive++;
                if (s.Layers.Any(l => l.Latched)) latched++;
                if (s.Layers.Any(l => l.Damped < l.F)) recovering++;
                postures.Add(s.Posture);
                foreach (var l in s.Layers.Where(l => l.Damped < 0.8)) degraded.Add(l.Layer);
            }
            return true;
        }).Check(Draws.Same(100));
        Assert.Equal(All.Length - 1, degraded.Count); // All but the esoteric layer, which only long silence brings that low.
        Assert.Equal(4, postures.Count);
        Assert.True(alive > looks / 2 && latched > looks / 20 && recovering > looks / 4, $"{looks} looks: {alive} alive, {latched} latched, {recovering} recovering.");
    }

    [Fact(DisplayName = "The controller agrees with the plain reference to nine digits")]
    public void Oracle() => Prop.ForAll(Arbitrary, history =>
    {
        var controller = Fresh();
        for (var i = 0; i < history.Length; i++)
        {
            controller.Report(history[i].Report);
            if (i % 20 != 0 && i < history.Length - 1) continue;
            var at = i + 1 < history.Length ? Math.Min(history[i].At + 0.03, history[i + 1].At) : history[i].At + 10;
            var expected = SurvivalOracle.RTotal(history[..(i + 1)], at);
            var actual = controller.Evaluate(At(at));
            if (Math.Abs(expected - actual) > 1e-9 * Math.Max(expected, 1e-9)) return false;
        }
        return true;
    }).QuickCheckThrowOnFailure();

    [Fact(DisplayName = "A fall is followed at once: the damped f is never above f")]
    public void Fast_attack() => ForAll(history => Play(Fresh(), history).All(s => s.Layers.All(l => l.Damped <= l.F)));

    [Fact(DisplayName = "Recovery is never steeper than the layer's slope, between any two looks")]
    public void Slow_recovery() => ForAll(history =>
    {
        RiskSnapshot? before = null;
        foreach (var now in Play(Fresh(), history))
        {
            if (before is not null)
                foreach (var (a, b) in before.Layers.Zip(now.Layers))
                {
                    var slope = ReferencePolicy.Layers.First(l => l.Id == a.Layer).Damping.RecoveryPerSecond;
                    if (b.Category != LayerCategory.Invariant && b.Damped > a.Damped + slope * (now.At - before.At).TotalSeconds + Rounding) return false;
                }
            before = now;
        }
        return true;
    });

    [Fact(DisplayName = "R_total does not depend on how often it is asked for: the same bits")]
    public void Asking_is_free() => ForAll(history =>
    {
        var (seldom, often) = (Fresh(), Fresh());
        for (var i = 0; i < history.Length; i++)
        {
            seldom.Report(history[i].Report);
            often.Report(history[i].Report);
            var next = i + 1 < history.Length ? history[i + 1].At : history[i].At + 100;
            for (var k = 0; k < 5; k++) often.Evaluate(At(history[i].At + (next - history[i].At) * k / 5));
        }
        var end = At(history[^1].At + 100);
        return BitConverter.DoubleToInt64Bits(seldom.Evaluate(end)) == BitConverter.DoubleToInt64Bits(often.Evaluate(end));
    });

    [Fact(DisplayName = "Stored and restored at any point, the controller goes on bit by bit as if it had never stopped")]
    public void Restart() => ForAll(history =>
    {
        var unbroken = Fresh();
        var restarted = Fresh();
        for (var i = 0; i < history.Length; i++)
        {
            unbroken.Report(history[i].Report);
            restarted.Report(history[i].Report);
            if (i % 3 == 0) restarted = Reborn(restarted, ReferencePolicy, All);
            if (i % 2 != 0) continue;
            if (Json(unbroken.Assess(At(history[i].At))) != Json(restarted.Assess(At(history[i].At)))) return false;
        }
        return Json(unbroken.Capture()) == Json(restarted.Capture());
    });

    [Fact(DisplayName = "A report sent twice decides nothing new")]
    public void Repeats() => ForAll(history =>
    {
        var (once, twice) = (Fresh(), Fresh());
        foreach (var step in history)
        {
            once.Report(step.Report);
            twice.Report(step.Report);
            twice.Report(step.Report);
            if (Json(once.Assess(At(step.At))) != Json(twice.Assess(At(step.At)))) return false;
        }
        return true;
    });

    [Fact(DisplayName = "Of reports of one instant the order does not matter")]
    public void Same_instant()
    {
        var pairs =
            from layer in Gen.Choose(0, All.Length - 1)
            from history in Arbitrary.Generator
            select (layer, history: history.Where(s => s.Layer == All[layer] && s.At > 5).Take(2).ToArray());
        Prop.ForAll(pairs.ToArbitrary(), pair =>
        {
            if (pair.history.Length < 2) return true;
            double After(int first)
            {
                var controller = Fresh();
                foreach (var (layer, reading) in Nominal) controller.Report(new LayerReport(layer, reading, At(0)));
                controller.Report(new LayerReport(All[pair.layer], pair.history[first].Reading, At(1)));
                controller.Report(new LayerReport(All[pair.layer], pair.history[1 - first].Reading, At(1)));
                return controller.Evaluate(At(1.5));
            }
            return After(0) == After(1);
        }).QuickCheckThrowOnFailure();
    }

    [Fact(DisplayName = "Worse input never means more risk: one report made worse in one channel lowers R_total or leaves it, for ever after")]
    public void Monotone()
    {
        var cases =
            from history in Arbitrary.Generator
            from which in Gen.Choose(0, history.Length - 1)
            from channel in Gen.Choose(0, 2)
            from amount in Gen.Choose(1, 200)
            select (history, which, channel, amount: amount / 50.0);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var worse = c.history.ToArray();
            var step = worse[c.which];
            worse[c.which] = step with { Reading = Worsen(step.Reading, step.At, c.channel, c.amount) };
            return Play(Fresh(), c.history).Zip(Play(Fresh(), worse)).All(pair => pair.Second.RTotal <= pair.First.RTotal + Rounding);
        }).QuickCheckThrowOnFailure();
    }

    /// <remarks>
    /// What holds, precisely: withhold or delay any reports, as long as what the controller then believes of each channel is at no time
    /// better than what the full history says (dropping bad news cannot be seen, dropping good or repeated news must not help). Then
    /// R_total is at no time above that of the full history. Silence in particular never raises a layer above its recovery slope.
    /// </remarks>
    [Fact(DisplayName = "Less information never means more risk: reports withheld or delayed never give a higher R_total at any time")]
    public void Less_information()
    {
        var cases =
            from history in Arbitrary.Generator
            from fate in Gen.Choose(0, 5).ListOf(history.Length)
            select (history, fate: fate.ToArray());
        var (withheld, delayed) = (0, 0);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var (full, partial) = (Fresh(), Fresh());
            var truth = new SortedDictionary<LayerId, LayerChannels>();
            var belief = ReferencePolicy.Layers.ToDictionary(l => l.Id, l => (Channels: l.Response.Nominal, At: 0.0));
            var late = new List<Step>();
            for (var i = 0; i < c.history.Length; i++)
            {
                var step = c.history[i];
                foreach (var waiting in late.ToArray()) // A delayed report arrives with its old stamp, unless it has become better than the truth.
                {
                    late.Remove(waiting);
                    if (waiting.At >= belief[waiting.Layer].At && NoBetter(waiting, truth[waiting.Layer])) Deliver(waiting, step.At);
                }
                full.Report(step.Report);
                truth[step.Layer] = Channels(step);
                if (c.fate[i] < 4 && step.At > 0 && NoWorse(step, belief[step.Layer]))
                {
                    if (c.fate[i] < 2) withheld++;
                    else
                    {
                        delayed++;
                        late.Add(step);
                    }
                }
                else Deliver(step, step.At);
                var next = i + 1 < c.history.Length ? c.history[i + 1].At : step.At + 3000;
                foreach (var at in (double[])[step.At, step.At + (next - step.At) / 2])
                    if (partial.Evaluate(At(at)) > full.Evaluate(At(at)) + Rounding) return false;
            }
            return true;

            void Deliver(Step step, double now)
            {
                partial.Report(step.Report, At(now));
                belief[step.Layer] = (Channels(step), step.At);
            }
        }).QuickCheckThrowOnFailure();
        Assert.True(withheld > 500 && delayed > 500, $"Only {withheld} reports withheld and {delayed} delayed: the property proves little.");

        static LayerResponse Response(LayerId layer) => ReferencePolicy.Layers.First(l => l.Id == layer).Response;
        static LayerChannels Channels(Step step) =>
            Response(step.Layer).TryRead(step.Reading, At(step.At), out var channels) ? channels : throw new InvalidOperationException("Unreadable.");
        static bool NoWorse(Step step, (LayerChannels Channels, double At) belief)
        {
            var channels = Channels(step);
            if (step.Reading is LayerReading.Environment) // A shock that is not known yet is news, and bad.
                return channels.B < 0 && channels.A <= belief.Channels.A;
            return Response(step.Layer).Worst(belief.Channels, channels) == belief.Channels;
        }
        static bool NoBetter(Step step, LayerChannels truth)
        {
            var channels = Channels(step);
            if (step.Reading is LayerReading.Environment) return channels.A >= truth.A;
            return Response(step.Layer).Worst(channels, truth) == channels;
        }
    }

    [Fact(DisplayName = "Silence of any set of sensors never raises a layer by more than its slope, and in the end ruins each one that is silent but L8, which has two percent to give")]
    public void Silence() => Prop.ForAll(Arbitrary, history =>
    {
        var controller = Fresh();
        foreach (var step in history) controller.Report(step.Report);
        var end = history[^1].At;
        var month = controller.Assess(At(end + 30 * 86_400.0));
        return month.RTotal == 0.0 && month.Layers.All(l => l.Layer == LayerId.EsofService ? Math.Abs(l.Damped - 0.98) < 1e-12 : l.Damped < 0.1);
    }).QuickCheckThrowOnFailure();
}
