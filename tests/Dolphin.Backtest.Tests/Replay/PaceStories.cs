using Dolphin.Backtest.Replay;

namespace Dolphin.Backtest.Tests.Replay;

/// <summary>How a replay keeps to a multiple of wall time.</summary>
public sealed class PaceStories
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A wall clock on which waiting takes no time: a timer that is armed moves the clock and fires.</summary>
    private sealed class Wall : TimeProvider
    {
        public TimeSpan Elapsed { get; set; }
        public List<TimeSpan> Waits { get; } = [];
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
        public override long GetTimestamp() => Elapsed.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waits.Add(dueTime);
            Elapsed += dueTime;
            return TimeProvider.System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    [Fact(DisplayName = "At 60x a minute of market takes a second of wall, and what the work itself took is not waited for again")]
    public void Keeps_pace()
    {
        var wall = new Wall();
        var pace = new Pace(60, wall, Start);
        pace.Await(Start.AddMinutes(1), CancellationToken.None);
        wall.Elapsed += TimeSpan.FromMilliseconds(300);
        pace.Await(Start.AddMinutes(2), CancellationToken.None);
        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(700)], wall.Waits);
    }

    [Fact(DisplayName = "Who is behind does not wait, and catches up")]
    public void Behind()
    {
        var wall = new Wall();
        var pace = new Pace(1, wall, Start);
        wall.Elapsed = TimeSpan.FromSeconds(150);
        pace.Await(Start.AddMinutes(1), CancellationToken.None);
        pace.Await(Start.AddMinutes(2), CancellationToken.None);
        Assert.Empty(wall.Waits);
        pace.Await(Start.AddMinutes(3), CancellationToken.None);
        Assert.Equal([TimeSpan.FromSeconds(30)], wall.Waits);
    }

    [Fact(DisplayName = "As fast as the machine can: never waits, however far the market is ahead")]
    public void Max()
    {
        var wall = new Wall();
        new Pace(null, wall, Start).Await(Start.AddYears(100), CancellationToken.None);
        Assert.Empty(wall.Waits);
    }

    [Fact(DisplayName = "Slower than real is a pace too: a day of market in ten thousand days of wall is waited for as a whole")]
    public void Very_slow()
    {
        var wall = new Wall();
        new Pace(0.0001, wall, Start).Await(Start.AddDays(1), CancellationToken.None);
        Assert.InRange(wall.Elapsed, TimeSpan.FromDays(10_000) - TimeSpan.FromMilliseconds(2), TimeSpan.FromDays(10_000) + TimeSpan.FromMilliseconds(2));
    }

    [Fact(DisplayName = "Who is asked to stop does not wait to the end")]
    public void Stop()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        new Pace(0.0001, TimeProvider.System, Start).Await(Start.AddDays(1), stop.Token);
    }
}
