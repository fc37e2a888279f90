namespace Dolphin.Venues.Binance.Live;

/// <summary>The feed's own time, which never goes back or jumps, and how far the venue's clock is from it.</summary>
/// <param name="time">In a node the one that its actors have too: what the feed stamps they compare with their own time.</param>
/// <remarks>Safe for several threads.</remarks>
public sealed class FeedClock(TimeProvider time)
{
    private readonly long _began = time.GetTimestamp();
    private readonly DateTimeOffset _nowAtBegin = time.GetUtcNow();
    private long _offset, _roundTrip = long.MaxValue;

    /// <summary>Ticks of 100 ns since the feed began. Only ever grows.</summary>
    public long Ticks => time.GetElapsedTime(_began).Ticks;

    /// <summary>What to call this moment: what it was called at the beginning, and what has passed since.</summary>
    public DateTimeOffset Now => _nowAtBegin.AddTicks(Ticks);

    /// <summary>The venue's clock minus <see cref="Now"/>; zero until it was asked.</summary>
    public TimeSpan Offset => new(Volatile.Read(ref _offset));

    /// <summary>Of the question the offset comes from; it is right to half of this. Null until the venue was asked.</summary>
    public TimeSpan? RoundTrip => Volatile.Read(ref _roundTrip) is var ticks && ticks == long.MaxValue ? null : new(ticks);

    /// <summary>Takes one answer to "what time is it": of several the one that took least is believed, since half of its way is the most that it can be wrong by.</summary>
    /// <param name="asked"><see cref="Now"/> when it was asked.</param>
    /// <param name="took">Until the answer was there.</param>
    /// <param name="isFirst">Of a new series: what older ones said is forgotten.</param>
    public void Answered(DateTimeOffset venue, DateTimeOffset asked, TimeSpan took, bool isFirst)
    {
        if (!isFirst && took.Ticks >= Volatile.Read(ref _roundTrip)) return;
        Volatile.Write(ref _roundTrip, took.Ticks);
        Volatile.Write(ref _offset, (venue - (asked + (took / 2))).Ticks);
    }
}
