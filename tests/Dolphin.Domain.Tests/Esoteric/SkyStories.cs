using Dolphin.Domain.Esoteric;
using Xunit.Abstractions;

namespace Dolphin.Domain.Tests.Esoteric;

public sealed class SkyStories(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Begin = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), End = new(2031, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact(DisplayName = "Every phase of the Moon that almanacs print for 2020 to 2030 comes within two minutes of it, and no other")]
    public void Phases()
    {
        var ours = MoonPhases.Between(Begin, End).ToArray();
        var theirs = MoonAlmanac.Phases.ToArray();
        Assert.Equal(theirs.Length, ours.Length);
        Assert.True(theirs.Length > 540);
        var apart = ours.Zip(theirs, (o, t) => (o.Phase == t.Phase, Seconds: Math.Abs((o.At - t.At).TotalSeconds), t.At)).ToArray();
        Assert.All(apart, a => Assert.True(a.Item1));
        output.WriteLine($"{apart.Length} phases, at most {apart.Max(a => a.Seconds):0} s apart, {apart.Average(a => a.Seconds):0} s on average");
        Assert.All(apart, a => Assert.True(a.Seconds <= 120, $"{a.At:u} is {a.Seconds:0} s away."));
    }

    [Fact(DisplayName = "Two examples of the book: the new moon of February 1977, and the first last quarter of 2044")]
    public void Examples()
    {
        Assert.Equal(2443192.65118, MoonPhases.EphemerisDay(-283, MoonPhase.New), 5);
        Assert.Equal(2467636.49186, MoonPhases.EphemerisDay(544.75, MoonPhase.LastQuarter), 5);
        // Chapter 48: 1992 April 12, 0h TD.
        var moon = Moon.At(EphemerisTime.MomentOf(2448724.5));
        Assert.Equal(68.88, 180 - moon.Elongation, 0.05);
        Assert.Equal(0.6801, moon.Illumination, 0.0005);
    }

    [Fact(DisplayName = "Illumination agrees with the phases: nothing at new, half at the quarters, all at full, and the elongation is where it must be")]
    public void Illumination()
    {
        foreach (var phase in MoonPhases.Between(Begin, End))
        {
            var moon = Moon.At(phase.At);
            Assert.Equal(phase.Phase switch { MoonPhase.New => 0, MoonPhase.Full => 1, _ => 0.5 }, moon.Illumination, 0.01);
            Assert.InRange(Math.Abs(Math.IEEERemainder(moon.Elongation - 90 * (int)phase.Phase, 360)), 0, 0.7);
        }
    }

    // Days as calendars print them, in time zones of their own, so that the middle of one is the best guess of an instant; where the minute is published too, it is that.
    [Fact(DisplayName = "Every station of Mercury from 2020 to 2030 is within 24 hours of the middle of the day that calendars print, or of the minute where that is published, and there is no other")]
    public void Stations()
    {
        var ours = Mercury.Between(Begin, End).ToArray();
        var theirs = MercuryAlmanac.Days.ToArray();
        Assert.Equal(theirs.Select(t => t.TurnsRetrograde), ours.Select(o => o.TurnsRetrograde));
        var minutes = MercuryAlmanac.Minutes.ToArray();
        var apart = ours.Zip(theirs, (o, t) =>
        {
            var instant = minutes.Where(m => Math.Abs((m.At - t.Day).TotalDays) < 2).Select(m => (DateTimeOffset?)m.At).SingleOrDefault() ?? t.Day.AddHours(12);
            return (t.Day, Hours: Math.Abs((o.At - instant).TotalHours));
        }).ToArray();
        output.WriteLine($"{apart.Length} stations, at most {apart.Max(a => a.Hours):0.0} hours apart");
        Assert.All(apart, a => Assert.True(a.Hours <= 24, $"{a.Day:yyyy-MM-dd}: {a.Hours:0.0} hours apart"));
    }

    [Fact(DisplayName = "Where a station is published to the minute, ours is within three hours")]
    public void Minutes()
    {
        var apart = MercuryAlmanac.Minutes.Select(t => (Theirs: t, Ours: Mercury.Next(t.At.AddDays(-5)))).ToArray();
        Assert.Equal(16, apart.Length);
        output.WriteLine($"at most {apart.Max(a => Math.Abs((a.Ours.At - a.Theirs.At).TotalMinutes)):0} minutes apart");
        Assert.All(apart, a =>
        {
            Assert.Equal(a.Theirs.TurnsRetrograde, a.Ours.TurnsRetrograde);
            Assert.InRange((a.Ours.At - a.Theirs.At).TotalHours, -3, 3);
        });
    }

    [Theory(DisplayName = "Its longitude at the published stations is the published one, to a twentieth of a degree")]
    [InlineData("2026-02-26T06:48Z", 352, 33)]
    [InlineData("2026-03-20T19:32Z", 338, 29)]
    [InlineData("2026-06-29T17:35Z", 116, 15)]
    [InlineData("2026-07-23T22:57Z", 106, 18)]
    [InlineData("2026-10-24T07:12Z", 230, 58)]
    [InlineData("2026-11-13T15:53Z", 215, 2)]
    [InlineData("2027-06-10T18:15Z", 96, 21)]
    [InlineData("2027-10-28T14:10Z", 199, 18)]
    public void Longitudes(string at, int degrees, int minutes) => Assert.Equal(
        degrees + minutes / 60.0, Mercury.Longitude(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture)), 0.05);

    [Fact(DisplayName = "Between a station and the next Mercury runs one way, nineteen days and more")]
    public void Ways()
    {
        var stations = Mercury.Between(Begin, End).ToArray();
        foreach (var (from, to) in stations.Zip(stations.Skip(1)))
        {
            Assert.NotEqual(from.TurnsRetrograde, to.TurnsRetrograde);
            Assert.InRange((to.At - from.At).TotalDays, 19, 105);
            for (var share = 0.02; share < 1; share += 0.02)
                Assert.Equal(from.TurnsRetrograde, Mercury.IsRetrograde(from.At + share * (to.At - from.At)));
        }
    }
}
