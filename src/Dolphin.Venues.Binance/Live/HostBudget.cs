namespace Dolphin.Venues.Binance.Live;

/// <summary>What everybody in this process may ask of one host, together: the venue counts weight, refuses and bans by address and not by who asks.</summary>
/// <remarks>Safe for several threads.</remarks>
/// <param name="share">Of what the venue allows for each minute; above 0, at most 0.8.</param>
public sealed class HostBudget(double share, TimeProvider time)
{
    /// <summary>What USD-M allows an address for each minute, until exchangeInfo says it.</summary>
    public const int UsualWeight = 2_400;

    private readonly long _began = time.GetTimestamp();
    private readonly WeightBudget _weight = new(Share(UsualWeight, share));
    private long _refusals, _used = -1, _perMinute = Share(UsualWeight, share);

    /// <summary>Request weight for each minute that all may use.</summary>
    public int PerMinute => (int)Volatile.Read(ref _perMinute);

    /// <summary>What the venue counted last, in its minute then, of everybody behind this address; null before it has said so.</summary>
    public int? Used => Volatile.Read(ref _used) is >= 0 and var used ? (int)used : null;

    /// <summary>429 and 418, whoever was answered so.</summary>
    public long Refusals => Volatile.Read(ref _refusals);

    /// <summary>How long nothing may be asked any more; zero if something may.</summary>
    public TimeSpan ClosedFor => _weight.ClosedFor(Now);

    /// <summary>Takes the weight of a request if there is enough.</summary>
    /// <returns>Zero if it was taken; else how long to wait before asking again.</returns>
    public TimeSpan Take(int weight) => _weight.Take(weight, Now);

    /// <summary>Takes the weight of a request, and waits for it where the minute's is used up, but not while the venue wants to be left alone.</summary>
    /// <returns>Zero if it was taken; else how long nothing may be asked.</returns>
    public async Task<TimeSpan> AdmitAsync(int weight, CancellationToken cancellation)
    {
        for (var wait = Take(weight); wait > TimeSpan.Zero; wait = Take(weight))
        {
            if (ClosedFor is var closed && closed > TimeSpan.Zero) return closed;
            await Task.Delay(wait, time, cancellation).ConfigureAwait(false);
        }
        return TimeSpan.Zero;
    }

    /// <summary>What the venue counted in its current minute (<c>X-MBX-USED-WEIGHT-1M</c>).</summary>
    public void Counted(int used)
    {
        Volatile.Write(ref _used, used);
        _weight.Counted(used, Now);
    }

    /// <summary>The venue refused somebody: nobody asks until it allows it.</summary>
    /// <param name="retryAfter">What it said; null if nothing.</param>
    public void Refused(bool isBan, TimeSpan? retryAfter)
    {
        Interlocked.Increment(ref _refusals);
        _weight.Refused(isBan, retryAfter, Now);
    }

    /// <summary>The venue allows so much for each minute.</summary>
    public void Limit(double allowed)
    {
        Volatile.Write(ref _perMinute, Share(allowed, share));
        _weight.Limit(PerMinute);
    }

    private static int Share(double allowed, double share) => Math.Max(1, (int)(allowed * share));

    private long Now => time.GetElapsedTime(_began).Ticks;
}
