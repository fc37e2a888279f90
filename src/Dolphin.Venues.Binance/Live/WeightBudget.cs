namespace Dolphin.Venues.Binance.Live;

/// <summary>How much may still be asked of the venue's REST interface: no sixty seconds, wherever the venue's minute begins, see more request weight than a minute may have; where the venue has counted more, it is right.</summary>
/// <remarks>
/// What was given counts for a minute, to the instant: a bucket that holds a minute's weight and fills in a minute gives twice that in the first one, which is when every book is asked for.
/// Safe for several threads. Times are ticks of 100 ns of any clock that never goes back.
/// </remarks>
/// <param name="perMinute">Request weight for each minute, above zero.</param>
public sealed class WeightBudget(int perMinute)
{
    /// <summary>Without a word of the venue of how long: 429 is over with the minute that is counted, 418 lasts two minutes at least.</summary>
    private static readonly TimeSpan UsualPause = TimeSpan.FromMinutes(1), ShortestBan = TimeSpan.FromMinutes(2), LongestBan = TimeSpan.FromDays(3);

    private readonly Lock _gate = new();
    private readonly Queue<(long At, int Weight)> _taken = new(); // In the last minute, oldest first.
    private int _perMinute = perMinute, _sum;
    private long _closedUntil = long.MinValue;

    /// <summary>Takes the weight of a request if there is enough.</summary>
    /// <param name="weight">Above zero. Of more than there is in a minute the minute's is taken.</param>
    /// <returns>Zero if it was taken; else how long to wait before asking again.</returns>
    public TimeSpan Take(int weight, long now)
    {
        lock (_gate)
        {
            if (now < _closedUntil) return new TimeSpan(_closedUntil - now);
            Forget(now);
            var wanted = Math.Min(weight, _perMinute);
            if (_sum + wanted <= _perMinute)
            {
                Add(wanted, now);
                return TimeSpan.Zero;
            }
            var tooMuch = _sum + wanted - _perMinute;
            foreach (var (at, one) in _taken)
                if ((tooMuch -= one) <= 0) return new TimeSpan(at + TimeSpan.TicksPerMinute - now);
            return UsualPause; // What was taken is as much as the sum says: nobody comes here.
        }
    }

    /// <summary>How long the venue still wants to be left alone; zero if it does not.</summary>
    public TimeSpan ClosedFor(long now)
    {
        lock (_gate) return now < _closedUntil ? new TimeSpan(_closedUntil - now) : TimeSpan.Zero;
    }

    /// <summary>What the venue counted in its current minute (<c>X-MBX-USED-WEIGHT-1M</c>), of everybody behind this address.</summary>
    public void Counted(int used, long now)
    {
        lock (_gate)
        {
            Forget(now);
            var counted = Math.Min(used, _perMinute);
            if (counted > _sum) Add(counted - _sum, now); // Of others, or of ours before this began.
        }
    }

    /// <summary>The venue refused: nothing is asked until it allows it.</summary>
    /// <param name="isBan">418, which follows for those who go on after 429.</param>
    /// <param name="retryAfter">What it said (<c>Retry-After</c>); null if nothing. Zero and less say nothing either: who goes on at once is banned for longer.</param>
    public void Refused(bool isBan, TimeSpan? retryAfter, long now)
    {
        lock (_gate)
        {
            var pause = retryAfter is { } said && said > TimeSpan.Zero ? said : isBan ? ShortestBan : UsualPause;
            _closedUntil = Math.Max(_closedUntil, now + Math.Min(pause.Ticks, LongestBan.Ticks));
        }
    }

    /// <summary>What may be used for each minute has become another.</summary>
    public void Limit(int perMinute)
    {
        lock (_gate) _perMinute = Math.Max(1, perMinute);
    }

    private void Add(int weight, long now)
    {
        _taken.Enqueue((now, weight));
        _sum += weight;
    }

    private void Forget(long now)
    {
        while (_taken.TryPeek(out var oldest) && now - oldest.At >= TimeSpan.TicksPerMinute) _sum -= _taken.Dequeue().Weight;
    }
}
