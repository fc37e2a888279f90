using Dolphin.Actors.Cluster;

namespace Dolphin.Hosting.Akka.Fencing;

/// <summary>A tenure that holds as long as it is renewed in time.</summary>
/// <remarks>
/// Its end is counted from before the renewal was asked for, on this process's monotonic clock, so it is never later than the database
/// thinks; that clock goes on while a process is stopped and while the machine sleeps, so whoever wakes up after its lease sees at once that it is over.
/// </remarks>
/// <param name="asked">The clock's timestamp before the tenure was taken.</param>
internal sealed class LeasedTenure(long epoch, TimeProvider clock, TimeSpan lease, long asked) : ITenure
{
    private readonly long _lease = (long)(lease.TotalSeconds * clock.TimestampFrequency);
    private long _until = asked + (long)(lease.TotalSeconds * clock.TimestampFrequency);
    private volatile bool _over;

    public long Epoch { get; } = epoch;
    public bool TookOver => true;
    public bool Holds => !_over && clock.GetTimestamp() < Volatile.Read(ref _until);

    /// <param name="before">The clock's timestamp before the renewal was asked for.</param>
    public void Renewed(long before) => Volatile.Write(ref _until, before + _lease);

    /// <summary>For good: another one has begun, or this one has stopped acting.</summary>
    public void End() => _over = true;
}
