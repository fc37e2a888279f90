using Dolphin.Domain.Market;
using Dolphin.Venues.Binance.Live;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Tests.Live;

/// <summary>One line by itself, on the stand-in.</summary>
public sealed class StreamLineStories
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3); // Less than the budget is used up for.

    [Fact(DisplayName = "A connection that ends while its replacement waits for the budget of connections is missing at once, and not when there is budget again")]
    public async Task Ends_while_its_replacement_waits()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        var settings = OpenFeed.SettingsOf(venue) with { RotateAfter = TimeSpan.FromSeconds(1) };
        var (time, owner, budget) = (new NotedTime(), new Owner(), new ConnectionBudget());
        var clock = new FeedClock(time);
        for (var i = 1; i < ConnectionBudget.Most; i++) Assert.Equal(TimeSpan.Zero, budget.Take(clock.Ticks)); // One is left.
        var line = new StreamLine(StreamPlan.Of([new Symbol("BTCUSDT")], 200)[0], settings, owner, budget, new FeedCounters(), clock, time, seed: 7);
        using var stop = new CancellationTokenSource();
        var running = line.RunAsync(stop.Token);
        try
        {
            await using (venue.Turning())
            {
                await owner.Up.Task.WaitAsync(Patience);
                await time.WaitsForBudget.Task.WaitAsync(Patience);
                foreach (var socket in venue.Sockets) socket.Abort();
                Assert.NotEmpty(await owner.Down.Task.WaitAsync(Patience));
            }
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }
        Assert.Equal(1, venue.Opened);
    }

    private sealed class Owner : ILineOwner
    {
        public TaskCompletionSource Up { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public TaskCompletionSource<string> Down { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void LineUp(StreamLine line) => Up.TrySetResult();
        public void LineDown(StreamLine line, string why) => Down.TrySetResult(why);

        public void Take(in StreamMessage message, bool isAhead)
        {
            // Whatever it says, the line is there.
        }
    }

    /// <summary>This machine's, and it notes when somebody begins to wait for minutes: nobody but who waits for the budget does.</summary>
    private sealed class NotedTime : TimeProvider
    {
        public TaskCompletionSource WaitsForBudget { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime > Patience && dueTime <= ConnectionBudget.Window) WaitsForBudget.TrySetResult();
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
