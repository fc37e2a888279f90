namespace Dolphin.Venues.Binance.Live;

/// <summary>How long nothing has come of one stream of a symbol on a connection that lives, and when that connection is to be replaced for it; feed's ticks.</summary>
/// <remarks>
/// What the venue has stopped sending on one connection it may send on another. Of a symbol that is really silent no connection brings anything: each time in a row that
/// another one did not help the silence has to last for twice as long, later for an hour more.
/// </remarks>
internal struct StreamSilence
{
    private static readonly long LongestWait = TimeSpan.FromHours(1).Ticks;

    private long _enough; // How long it has to last, since another connection was tried.

    /// <summary>When something came last, or could come again.</summary>
    public long HeardAt { get; private set; }

    public void Heard(long now) => (HeardAt, _enough) = (now, 0);

    /// <param name="patience">For the first time.</param>
    public readonly bool IsDue(long now, long patience) => now - HeardAt >= Math.Max(patience, _enough);

    /// <summary>Its connection is replaced, for whomever.</summary>
    public void Tried(long now)
    {
        var silent = now - HeardAt;
        _enough = silent + Math.Min(silent, LongestWait);
    }
}
