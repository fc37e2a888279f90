namespace Dolphin.Venues.Binance.Live;

/// <summary>The feed's own time, which never goes back or jumps, and how far the venue's clock is from the machine's.</summary>
/// <remarks>Safe for several threads but for <see cref="Watch"/>, which one loop calls.</remarks>
public sealed class FeedClock(TimeProvider time)
{
    /// <summary>A machine whose clock is set by NTP is slewed, not moved; what moves more than this was set by hand, or the machine slept.</summary>
    public static readonly TimeSpan Jump = TimeSpan.FromSeconds(1);

    private readonly long _began = time.GetTimestamp();
    private readonly DateTimeOffset _wallAtBegin = time.GetUtcNow();
    private long _moved; // Ticks by which the wall clock was set since.
    private long _offset, _roundTrip = long.MaxValue;

    /// <summary>Ticks of 100 ns since the feed began. Only ever grows.</summary>
    public long Ticks => time.GetElapsedTime(_began).Ticks;

    /// <summary>What to call this moment: the wall clock's time at the beginning and what has passed since.</summary>
    public DateTimeOffset Now => _wallAtBegin.AddTicks(Ticks);

    /// <summary>The venue's clock minus the machine's; zero until it was asked.</summary>
    public TimeSpan Offset => new(Volatile.Read(ref _offset));

    /// <summary>Of the question the offset comes from; it is right to half of this. Null until the venue was asked.</summary>
    public TimeSpan? RoundTrip => Volatile.Read(ref _roundTrip) is var ticks && ticks == long.MaxValue ? null : new(ticks);

    /// <summary>Compares the wall clock with what has really passed.</summary>
    /// <returns>By how much it was set since the last look, if by <see cref="Jump"/> or more; the offset is then void.</returns>
    public TimeSpan? Watch()
    {
        var moved = (time.GetUtcNow() - Now).Ticks;
        var jump = new TimeSpan(moved - _moved);
        _moved = moved; // A slow drift of hours is no jump.
        if (jump.Duration() < Jump) return null;
        Volatile.Write(ref _roundTrip, long.MaxValue);
        return jump;
    }

    /// <summary>Takes one answer to "what time is it": of several the one that took least is believed, since half of its way is the most that it can be wrong by.</summary>
    /// <param name="asked">The wall clock when it was asked.</param>
    /// <param name="took">Until the answer was there.</param>
    /// <param name="isFirst">Of a new series: what older ones said is forgotten.</param>
    public void Answered(DateTimeOffset venue, DateTimeOffset asked, TimeSpan took, bool isFirst)
    {
        if (!isFirst && took.Ticks >= Volatile.Read(ref _roundTrip)) return;
        Volatile.Write(ref _roundTrip, took.Ticks);
        Volatile.Write(ref _offset, (venue - (asked + (took / 2))).Ticks);
    }
}
