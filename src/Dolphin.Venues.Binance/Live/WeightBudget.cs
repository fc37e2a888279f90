namespace Dolphin.Venues.Binance.Live;

/// <summary>How much may still be asked of the venue's REST interface: a bucket of request weight that fills evenly and believes the venue where that has counted more.</summary>
/// <remarks>Safe for several threads. Times are ticks of 100 ns of any clock that never goes back.</remarks>
/// <param name="perMinute">Request weight for each minute, above zero.</param>
public sealed class WeightBudget(int perMinute)
{
    /// <summary>Without a word of the venue of how long: 429 is over with the minute that is counted, 418 lasts two minutes at least.</summary>
    private static readonly TimeSpan UsualPause = TimeSpan.FromMinutes(1), ShortestBan = TimeSpan.FromMinutes(2), LongestBan = TimeSpan.FromDays(3);

    private readonly Lock _gate = new();
    private int _perMinute = perMinute;
    private double _left = perMinute;
    private long _at = long.MinValue, _closedUntil = long.MinValue;

    /// <summary>Takes the weight of a request if there is enough.</summary>
    /// <param name="weight">At most what there is in a minute, or it is never given.</param>
    /// <returns>Zero if it was taken; else how long to wait before asking again.</returns>
    public TimeSpan Take(int weight, long now)
    {
        lock (_gate)
        {
            if (now < _closedUntil) return new TimeSpan(_closedUntil - now);
            Fill(now);
            var wanted = Math.Min(weight, _perMinute);
            if (_left >= wanted)
            {
                _left -= wanted;
                return TimeSpan.Zero;
            }
            return TimeSpan.FromMinutes((wanted - _left) / _perMinute) + TimeSpan.FromMilliseconds(1);
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
            Fill(now);
            _left = Math.Min(_left, Math.Max(0, _perMinute - used));
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
            _left = 0;
            _at = _closedUntil;
        }
    }

    /// <summary>What may be used for each minute has become another.</summary>
    public void Limit(int perMinute)
    {
        lock (_gate)
        {
            _perMinute = Math.Max(1, perMinute);
            _left = Math.Min(_left, _perMinute);
        }
    }

    private void Fill(long now)
    {
        if (_at == long.MinValue) _at = now;
        if (now <= _at) return;
        _left = Math.Min(_perMinute, _left + new TimeSpan(now - _at).TotalMinutes * _perMinute);
        _at = now;
    }
}
