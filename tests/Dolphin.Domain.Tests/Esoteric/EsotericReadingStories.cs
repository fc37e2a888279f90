using Dolphin.Domain.Esoteric;
using Dolphin.Domain.Survival;

namespace Dolphin.Domain.Tests.Esoteric;

public sealed class EsotericReadingStories
{
    private static EsotericReading At(string text) => EsotericReading.Of(DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture));

    [Fact(DisplayName = "No moment of eleven years shaves more than two percent, and none adds")]
    public void AtMostTwo()
    {
        var factors = Enumerable.Range(0, 3_215).Select(i => EsotericReading.Of(new DateTimeOffset(2020, 1, 1, 6, 0, 0, TimeSpan.Zero).AddHours(30 * i)).Factor()).ToArray();
        Assert.All(factors, f => Assert.InRange(f, 1 - EsotericReading.MostShaved - 1e-12, 1));
        // It reaches both ends: the worst of skies and the best.
        Assert.True(factors.Min() < 0.981);
        Assert.True(factors.Max() > 0.9999);
    }

    [Fact(DisplayName = "A Monday of a full moon with Mercury retrograde has a hazard of one; a Tuesday of a quarter without has none")]
    public void Hazard()
    {
        // Full moon 2026-03-03 (a Tuesday), Mercury retrograde from 2026-02-26; the Monday before is a day away.
        var dark = At("2026-03-02T23:00Z");
        Assert.True(dark is { IsMercuryRetrograde: true, Weekday: 1 });
        Assert.InRange(dark.Hazard, 0.97, 1);
        var bright = At("2026-11-17T12:00Z");
        Assert.True(bright is { IsMercuryRetrograde: false, Weekday: 0, NextPhase.Phase: MoonPhase.Full });
        Assert.InRange(bright.Hazard, 0, 0.001);
        Assert.Equal((1 - 0.02 * dark.Hazard, 1 - 0.02 * bright.Hazard), (dark.Factor(), bright.Factor()), EqualityComparer<(double, double)>.Create((a, b) => Math.Abs(a.Item1 - b.Item1) + Math.Abs(a.Item2 - b.Item2) < 1e-12));
    }

    [Fact(DisplayName = "L8 itself makes the same f of the confidence")]
    public void Layer()
    {
        var reading = At("2026-03-02T23:00Z");
        var response = new ConfidenceResponse(0.9, 0.1, 11_182, EsotericReading.MostShaved);
        Assert.True(response.TryRead(new LayerReading.Confidence(reading.Confidence), reading.At, out var channels));
        Assert.Equal(reading.Factor(), response.Evaluate(new LayerInputs(channels, 0, 0)), 12);
    }

    [Fact(DisplayName = "Harmonics have no seam at midnight or on Monday, and tell two weekdays apart")]
    public void Seamless()
    {
        var (before, after) = (At("2026-01-04T23:59:59Z").Harmonics, At("2026-01-05T00:00:01Z").Harmonics);
        Assert.Equal(5, before.Length);
        Assert.All(before.Zip(after), p => Assert.True(Math.Abs(p.First.Cos - p.Second.Cos) + Math.Abs(p.First.Sin - p.Second.Sin) < 1e-3));
        Assert.All(before, h => Assert.Equal(1, h.Cos * h.Cos + h.Sin * h.Sin, 12));
        Assert.Equal((1, 0), (Math.Round(At("2026-01-05T00:00Z").Harmonics[0].Cos, 9), Math.Round(At("2026-01-05T00:00Z").Harmonics[0].Sin, 9)));
        Assert.Equal(-1, At("2026-01-08T12:00Z").Harmonics[0].Cos, 9); // Half a week later.
        Assert.Equal(7, Enumerable.Range(5, 7).Select(d => Math.Round(At($"2026-01-{d:00}T00:00Z").Harmonics[0].Cos, 6) * 3 + Math.Round(At($"2026-01-{d:00}T00:00Z").Harmonics[0].Sin, 6)).Distinct().Count());
    }

    [Fact(DisplayName = "The tally says what it would have done: losses a little smaller, and profits too")]
    public void Tally()
    {
        var tally = default(EsotericTally).After(0.98, new Money(-1_000m)).After(0.99, new Money(500m)).After(1, new Money(-700m));
        Assert.Equal((3, 20m, 5m, 15m), (tally.Periods, tally.LossSpared.Quote, tally.ProfitGivenUp.Quote, tally.Helped.Quote));
    }
}
