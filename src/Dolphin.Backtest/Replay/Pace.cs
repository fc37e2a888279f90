namespace Dolphin.Backtest.Replay;

/// <summary>Holds virtual time back to a multiple of wall time. It changes when things are shown, never what happens.</summary>
/// <param name="speed">Seconds of market time in one second of wall time; null never waits.</param>
internal sealed class Pace(double? speed, TimeProvider clock, DateTimeOffset start)
{
    private const double EnoughSeconds = 0.001; // Shorter than what a wait is late by.
    private const double LongestSeconds = 86_400; // Of one wait; timers cannot be armed for months, and there may be years to wait.
    private readonly long _began = clock.GetTimestamp();

    /// <summary>Waits until the wall has reached <paramref name="market"/>, or the token asks to stop.</summary>
    public void Await(DateTimeOffset market, CancellationToken stop)
    {
        if (speed is not { } factor) return;
        while (!stop.IsCancellationRequested)
        {
            var ahead = (market - start).TotalSeconds / factor - clock.GetElapsedTime(_began).TotalSeconds;
            if (ahead <= EnoughSeconds) return;
            Task.WaitAny(Task.Delay(TimeSpan.FromSeconds(Math.Min(ahead, LongestSeconds)), clock, stop));
        }
    }
}
