namespace Dolphin.Backtest.Replay;

/// <summary>Holds virtual time back to a multiple of wall time. It changes when things are shown, never what happens.</summary>
/// <param name="speed">Seconds of market time in one second of wall time; null never waits.</param>
internal sealed class Pace(double? speed, TimeProvider clock, DateTimeOffset start)
{
    private readonly long _began = clock.GetTimestamp();

    /// <summary>Waits until the wall has reached <paramref name="market"/>, or the token asks to stop.</summary>
    public void Await(DateTimeOffset market, CancellationToken stop)
    {
        if (speed is not { } factor) return;
        var ahead = (market - start) / factor - clock.GetElapsedTime(_began);
        if (ahead > TimeSpan.FromMilliseconds(1)) stop.WaitHandle.WaitOne(ahead);
    }
}
