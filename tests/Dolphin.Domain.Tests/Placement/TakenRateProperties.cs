using Dolphin.Domain.Placement;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Placement;

public sealed class TakenRateProperties
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    [Fact(DisplayName = "A steady stream of trades comes to its own rate, whatever its steps, and halves in ten seconds of silence")]
    public void Steady() => Prop.ForAll(
        (from lots in Gen.Choose(1, 1_000) from milliseconds in Gen.Choose(1, 200) select (lots, milliseconds)).ToArbitrary(), story =>
        {
            var (rate, at) = (new TakenRate(0, Noon), Noon);
            for (var i = 0; i < 120_000 / story.milliseconds; i++) rate = rate.After(story.lots, at = at.AddMilliseconds(story.milliseconds));
            var steady = story.lots * 1_000d / story.milliseconds;
            Assert.InRange(rate.PerSecond / steady, 0.98, 1.02);
            Assert.Equal(rate.PerSecond / 2, rate.FadedTo(at.AddSeconds(TakenRate.HalfLifeSeconds)).PerSecond, steady * 1e-9);
            Assert.Equal(rate, rate.FadedTo(at.AddSeconds(-1)));
        }).Check(Draws.Same(60));
}
