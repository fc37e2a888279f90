using Dolphin.Actors.Cluster;
using Dolphin.Actors.Market;
using Dolphin.Actors.Scan;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Sensors;

/// <param name="ClosedAt">When the newest slice closed; where the universe is scanned, the newest that was.</param>
/// <param name="Interval">Its length; or the time between two scans.</param>
/// <param name="Drift">How far the time between the last two slices, or scans, was off it.</param>
public sealed record HeartbeatState(DateTimeOffset? ClosedAt, TimeSpan Interval, TimeSpan Drift);

/// <summary>L4: do scans come on time? Where nothing is scanned: do bars arrive on time?</summary>
public sealed class HeartbeatSensor : SensorActor<HeartbeatState>
{
    private readonly IClusterPort _cluster;
    private readonly bool _scans;
    private HeartbeatState _state = new(null, TimeSpan.Zero, TimeSpan.Zero);

    /// <param name="scans">The universe is scanned.</param>
    public HeartbeatSensor(SensorContext context, bool scans, IClusterPort cluster) : base(LayerId.AlgoHeartbeat, context)
    {
        (_cluster, _scans) = (cluster, scans);
        Command<MarketProtocol.SliceClosed>(closed =>
        {
            var drift = _state.ClosedAt is { } before ? (closed.Slice.ClosesAt - before - closed.Slice.Interval).Duration() : TimeSpan.Zero;
            Beat(new HeartbeatState(closed.Slice.ClosesAt, closed.Slice.Interval, drift));
        });
        Command<ScanProtocol.Scanned>(scanned => Beat(new HeartbeatState(scanned.Picture.At, scanned.Picture.Period, scanned.Picture.Drift)));
    }

    private void Beat(HeartbeatState state)
    {
        var isFirst = _state.ClosedAt is null;
        _state = state;
        if (isFirst) Report(); // The controller has been waiting since it started.
    }

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(_scans ? Topics.Scan : Topics.Slices, Self);
    }

    protected override HeartbeatState Capture() => _state;
    protected override void Restore(HeartbeatState snapshot) => _state = snapshot;

    // A bar, or a scan, is due one interval after the last: only what is beyond that is age.
    protected override LayerReading? Read(DateTimeOffset now) => _state.ClosedAt is { } closed
        ? new LayerReading.Scan(Later(now - closed - _state.Interval), _state.Drift)
        : null;

    private static TimeSpan Later(TimeSpan late) => late > TimeSpan.Zero ? late : TimeSpan.Zero;
}
