namespace Dolphin.Domain.Scan;

/// <summary>vel_div fell to minus the threshold, or came back from there.</summary>
public abstract record PlungeEvent
{
    private PlungeEvent() { }

    /// <param name="VelDiv">v of the shortest window minus v of the longest, per scan.</param>
    public sealed record Began(long AtMs, double VelDiv) : PlungeEvent;

    /// <param name="Depth">The lowest vel_div of the plunge.</param>
    /// <param name="Scans">How long it lasted.</param>
    public sealed record Ended(long AtMs, double VelDiv, double Depth, int Scans) : PlungeEvent;
}

/// <summary>Where a plunge stands. <c>default</c>: there is none.</summary>
/// <remarks>
/// Design, 7.15: vel_div = v50 - v750 is the plunge depth. It is far below zero when assets that moved as one in the last minutes stop doing so, while the hour still does.
/// Two thresholds, so that noise around one is not an event each scan.
/// </remarks>
public readonly record struct Plunge(bool IsOn, double Depth, int Scans)
{
    /// <param name="velDiv">Null where it is not known: a plunge that is on goes on, none begins.</param>
    public (Plunge State, PlungeEvent? Event) After(ScanPolicy policy, double? velDiv, long atMs)
    {
        if (velDiv is not { } depth) return (IsOn ? this with { Scans = Scans + 1 } : this, null);
        if (!IsOn)
            return depth <= -policy.Settings.Plunge ? (new Plunge(IsOn: true, depth, 1), new PlungeEvent.Began(atMs, depth)) : (default, null);
        var on = new Plunge(IsOn: true, Math.Min(Depth, depth), Scans + 1);
        return depth >= -policy.Settings.PlungeOver ? (default, new PlungeEvent.Ended(atMs, depth, on.Depth, on.Scans)) : (on, null);
    }
}
