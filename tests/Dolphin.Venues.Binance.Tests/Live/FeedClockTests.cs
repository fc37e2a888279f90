using Dolphin.Venues.Binance.Live;

namespace Dolphin.Venues.Binance.Tests.Live;

public sealed class FeedClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    private sealed class HeldTime : TimeProvider
    {
        public DateTimeOffset Wall { get; set; } = Noon;
        public long Passed { get; set; }
        public override DateTimeOffset GetUtcNow() => Wall;
        public override long GetTimestamp() => Passed;
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan time) => (Wall, Passed) = (Wall + time, Passed + time.Ticks);
    }

    private readonly HeldTime _time = new();

    [Fact(DisplayName = "A wall clock that is set moves neither the feed's time nor the venue's offset from it")]
    public void Jumps()
    {
        var clock = new FeedClock(_time);
        clock.Answered(Noon.AddSeconds(3), clock.Now, TimeSpan.FromMilliseconds(20), isFirst: true);
        var before = clock.Offset;
        _time.Pass(TimeSpan.FromMinutes(1));
        _time.Wall = _time.Wall.AddHours(-2);
        Assert.Equal((Noon.AddMinutes(1), TimeSpan.FromMinutes(1).Ticks), (clock.Now, clock.Ticks));

        clock.Answered(Noon.AddMinutes(1).AddSeconds(3), clock.Now, TimeSpan.FromMilliseconds(20), isFirst: true);
        Assert.Equal(before, clock.Offset);
    }

    [Fact(DisplayName = "Of several answers the quickest is believed, and a new series forgets the old one")]
    public void Quickest()
    {
        var clock = new FeedClock(_time);
        Assert.Equal((TimeSpan.Zero, null), (clock.Offset, clock.RoundTrip));

        clock.Answered(Noon.AddSeconds(5), Noon, TimeSpan.FromMilliseconds(400), isFirst: true);
        clock.Answered(Noon.AddMilliseconds(1_020), Noon, TimeSpan.FromMilliseconds(40), isFirst: false);
        clock.Answered(Noon.AddSeconds(9), Noon, TimeSpan.FromMilliseconds(300), isFirst: false);
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(40)), (clock.Offset, clock.RoundTrip!.Value));

        clock.Answered(Noon.AddMilliseconds(150), Noon, TimeSpan.FromMilliseconds(100), isFirst: true);
        Assert.Equal(TimeSpan.FromMilliseconds(100), clock.Offset);
    }
}
