namespace Dolphin.Venues.Remote;

/// <summary>How many orders the account may place: 300 in ten seconds and 1,200 in a minute, Binance's limits, as sliding windows.</summary>
public sealed class OrderRate
{
    public const int PerTenSeconds = 300;
    public const int PerMinute = 1_200;
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(10), Long = TimeSpan.FromMinutes(1);

    private readonly Queue<DateTimeOffset> _minute = new(); // At most PerMinute; the oldest first.
    private readonly Queue<DateTimeOffset> _tenSeconds = new();

    /// <returns>False if the order would exceed a limit; it is then not counted.</returns>
    public bool TryTake(DateTimeOffset now)
    {
        Forget(_minute, now - Long);
        Forget(_tenSeconds, now - Short);
        if (_minute.Count >= PerMinute || _tenSeconds.Count >= PerTenSeconds) return false;
        _minute.Enqueue(now);
        _tenSeconds.Enqueue(now);
        return true;
    }

    private static void Forget(Queue<DateTimeOffset> window, DateTimeOffset until)
    {
        while (window.TryPeek(out var oldest) && oldest <= until) window.Dequeue();
    }
}
