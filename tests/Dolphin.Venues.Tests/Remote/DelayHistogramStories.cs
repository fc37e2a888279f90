using Dolphin.Venues.Remote;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Venues.Tests.Remote;

public sealed class DelayHistogramStories
{
    [Fact(DisplayName = "A quantile is at least what so many really took, and at most an eighth more")]
    public void Quantiles()
    {
        // Every order of magnitude is as likely: a microsecond to a quarter of an hour.
        var delay = Gen.Choose(0, 29).SelectMany(octave => Gen.Choose(1 << octave, (1 << (octave + 1)) - 1));
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(delay.NonEmptyListOf().ToArbitrary(), Gen.Choose(1, 1000).ToArbitrary(), (all, permille) =>
        {
            var histogram = new DelayHistogram();
            foreach (var us in all) histogram.Add(TimeSpan.FromMicroseconds(us));
            var exact = all.Order().ElementAt((int)Math.Ceiling(permille / 1000.0 * all.Count) - 1);
            var shown = histogram.Quantile(permille / 1000.0).TotalMicroseconds;
            return histogram.Count == all.Count && shown >= exact && shown <= Math.Max(exact * 1.125 + 1, 2);
        }));
    }

    [Fact(DisplayName = "What came between two looks is their difference")]
    public void Difference()
    {
        var histogram = new DelayHistogram();
        histogram.Add(TimeSpan.FromSeconds(9));
        var before = histogram.Counts;
        histogram.Add(TimeSpan.FromMilliseconds(2));
        var since = new DelayHistogram(histogram.Counts, before);
        Assert.Equal(1, since.Count);
        Assert.InRange(since.Quantile(1).TotalMilliseconds, 2, 2.25);
    }

    [Fact(DisplayName = "Nothing counted is no delay; less than a microsecond counts as one, days as the longest there is")]
    public void Ends()
    {
        var histogram = new DelayHistogram();
        Assert.Equal(TimeSpan.Zero, histogram.Quantile(0.5));
        histogram.Add(TimeSpan.Zero);
        histogram.Add(TimeSpan.FromDays(3));
        Assert.True(histogram.Quantile(0.5) <= TimeSpan.FromMicroseconds(2));
        Assert.InRange(histogram.Quantile(1), TimeSpan.FromMinutes(70), TimeSpan.FromMinutes(72));
    }
}
