using Dolphin.Domain.Esoteric;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Esoteric;

/// <summary>What EsoF may take, and how it is added up what it took.</summary>
public sealed class EsotericEffectStories
{
    private static readonly DateTimeOffset Monday = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly LayerDefinition Layer = Policy().Layers.Single(l => l.Id == LayerId.EsofService);

    private static SurvivalPolicy Policy()
    {
        var errors = new List<string>();
        return SurvivalSettings.Reference.ToPolicy(errors)!;
    }

    [Fact(DisplayName = "L8 never takes more than two percent, whatever is read, however long nothing is, and whenever it is asked; and it recovers no faster than its slope")]
    public void Never_more()
    {
        var histories =
            (from wait in Gen.Frequency((6, Gen.Choose(0, 120)), (2, Gen.Choose(0, 7_200)), (1, Gen.Choose(0, 2_000_000)))
             from kind in Gen.Choose(0, 9)
             from parts in Gen.Choose(-500, 1_500)
             select (Wait: wait, Value: kind switch { 0 => 0.0, 1 => double.NaN, 2 => double.NegativeInfinity, 3 => 1.0, 4 => double.MaxValue, _ => parts / 1000.0 }))
            .ListOf().ToArbitrary();
        Prop.ForAll(histories, steps =>
        {
            var controller = new SurvivalController(Policy(), [LayerId.EsofService], Monday, epoch: 1);
            var now = Monday;
            foreach (var (wait, value) in steps)
            {
                now += TimeSpan.FromSeconds(wait);
                if (controller.Assess(now).RTotal < 1 - EsotericReading.MostShaved - 1e-12) return false;
                controller.Report(new LayerReport(LayerId.EsofService, new LayerReading.Confidence(value), now), now);
                if (controller.Assess(now).RTotal is < 1 - EsotericReading.MostShaved - 1e-12 or > 1) return false;
            }
            return true;
        }).Check(Draws.Same(500));
    }

    [Fact(DisplayName = "Less information is never more risk: f of L3, L7 and L8 does not rise with the age of what they read, nor with silence")]
    public void Less_information()
    {
        var readings =
            (from distance in Gen.Choose(-1_000, 2_000)
             from shock in Gen.Choose(-1, 7_200)
             from confidence in Gen.Choose(0, 1_000)
             from age in Gen.Choose(0, 20_000)
             from older in Gen.Choose(0, 20_000)
             from silence in Gen.Choose(0, 20_000)
             select (distance: distance / 1000.0, shock, confidence: confidence / 1000.0, age, older, silence)).ToArbitrary();
        Prop.ForAll(readings, r =>
        {
            TimeSpan Age(bool old) => TimeSpan.FromSeconds(r.age + (old ? r.older : 0));
            DateTimeOffset? shock = r.shock < 0 ? null : Monday.AddSeconds(-r.shock);
            bool NoMore(LayerId id, Func<bool, LayerReading> read)
            {
                var layer = Policy().Layers.Single(l => l.Id == id);
                double F(bool old, double overdue)
                {
                    Assert.True(layer.Response.TryRead(read(old), Monday, out var channels));
                    return layer.Response.Evaluate(new LayerInputs(channels, 0, overdue));
                }
                return F(old: true, 0) <= F(old: false, 0) && F(old: false, r.silence) <= F(old: false, 0);
            }
            return NoMore(LayerId.McForewarner, old => new LayerReading.Envelope(r.distance, Age(old)))
                && NoMore(LayerId.ExfService, old => new LayerReading.Environment(shock, Age(old)))
                && NoMore(LayerId.EsofService, _ => new LayerReading.Confidence(r.confidence));
        }).Check(Draws.Same(1_000));
    }

    [Fact(DisplayName = "A reading that follows another is the same as one that was made anew, also across a phase and a station")]
    public void Cached()
    {
        EsotericReading? before = null;
        for (var hour = 0; hour < 24 * 120; hour += 7)
        {
            var (at, anew) = (Monday.AddHours(hour), EsotericReading.Of(Monday.AddHours(hour)));
            before = EsotericReading.Of(at, before);
            Assert.Equal((anew.NextPhase, anew.NextStation.TurnsRetrograde, anew.Confidence), (before.NextPhase, before.NextStation.TurnsRetrograde, before.Confidence));
            Assert.InRange((anew.NextStation.At - before.NextStation.At).TotalSeconds, -1, 1); // It is looked for from where one stands, to a tenth of a second.
        }
        Assert.Equal(EsotericReading.Of(Monday).NextPhase, EsotericReading.Of(Monday, before).NextPhase); // Back in time it looks anew.
    }

    [Fact(DisplayName = "Means are by time: an hour of 0.98 and three hours of 1 are 0.995; a gap that nobody watched weighs nothing")]
    public void By_time()
    {
        var effect = EsotericEffect.None;
        for (var minute = 0; minute <= 240; minute++) effect = effect.After(Monday.AddMinutes(minute), minute < 60 ? 0.98 : 1, without: 0.5, Patience);
        Assert.Equal((0.995, 0.4975, 0.5), (effect.MeanFactor!.Value, effect.MeanWith!.Value, effect.MeanWithout!.Value), EqualityComparer<(double, double, double)>.Create(
            (a, b) => Math.Abs(a.Item1 - b.Item1) + Math.Abs(a.Item2 - b.Item2) + Math.Abs(a.Item3 - b.Item3) < 1e-12));
        var later = effect.After(Monday.AddDays(9), 0.98, 0.1, Patience);
        Assert.Equal((effect.Seconds, effect.MeanFactor, 0.98, Monday), (later.Seconds, later.MeanFactor, later.LeastFactor, later.Since!.Value));
        Assert.Null(EsotericEffect.None.MeanFactor);
    }

    [Fact(DisplayName = "A day's result is weighed by the f that it began with; where EsoF acted the result would have been larger without it")]
    public void By_day()
    {
        EsotericEffect Days(bool acts) => EsotericEffect.None.Earned(new Money(10_000m), Monday.AddHours(1), 0.98, acts).Earned(new Money(9_000m), Monday.AddHours(2), 1, acts)
            .Earned(new Money(9_020m), Monday.AddDays(1), 0.99, acts).Earned(new Money(9_120m), Monday.AddDays(1).AddHours(3), 1, acts);
        var watched = Days(acts: false);
        Assert.Equal((1, 19.6m, 0m), (watched.Tally.Periods, watched.Tally.LossSpared.Quote, watched.Tally.ProfitGivenUp.Quote));
        var soFar = watched.TallySoFar(acts: false);
        Assert.Equal((2, 19.6m, 1m), (soFar.Periods, soFar.LossSpared.Quote, soFar.ProfitGivenUp.Quote));
        Assert.Equal(20m, Days(acts: true).Tally.LossSpared.Quote);
        Assert.Equal(1.0101m, decimal.Round(Days(acts: true).TallySoFar(acts: true).ProfitGivenUp.Quote, 4)); // A hundred that would have been 101.01.
    }

    [Fact(DisplayName = "A day that has just begun is none yet: nothing has come of it")]
    public void Begun()
    {
        var begun = EsotericEffect.None.Earned(new Money(10_000m), Monday, 0.98, acts: false);
        Assert.Equal(0, begun.TallySoFar(acts: false).Periods);
        Assert.Equal(0, EsotericReport.Of(acts: false, begun).Days);
        var second = begun.Earned(new Money(10_050m), Monday.AddHours(5), 0.98, acts: false).Earned(new Money(10_060m), Monday.AddDays(1), 0.98, acts: false);
        Assert.Equal((1, 1), (second.Tally.Periods, second.TallySoFar(acts: false).Periods));
        Assert.Equal(2, second.Earned(new Money(10_061m), Monday.AddDays(1).AddMinutes(1), 0.98, acts: false).TallySoFar(acts: false).Periods);
    }
}
