namespace Dolphin.Venues.Binance.Live;

/// <summary>How many connections may still be opened: the venue allows an address 300 attempts in five minutes.</summary>
/// <remarks>It uses half of them, because others may be behind the same address. Safe for several threads; times are ticks of 100 ns of any clock that never goes back.</remarks>
public sealed class ConnectionBudget
{
    public const int Most = 150;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly long[] _taken = new long[Most]; // A ring: the oldest is where the next one goes.
    private int _count, _next;

    /// <summary>Takes one attempt if there is one.</summary>
    /// <returns>Zero if it was taken; else how long until there is one.</returns>
    public TimeSpan Take(long now)
    {
        lock (_gate)
        {
            if (_count == Most && now - _taken[_next] < Window.Ticks) return new TimeSpan(Window.Ticks - (now - _taken[_next]));
            _taken[_next] = now;
            _next = (_next + 1) % Most;
            if (_count < Most) _count++;
            return TimeSpan.Zero;
        }
    }
}
