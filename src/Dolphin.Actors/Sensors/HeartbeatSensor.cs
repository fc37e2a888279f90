using Dolphin.Actors.Cluster;
using Dolphin.Actors.Market;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Sensors;

/// <param name="ClosedAt">When the newest slice closed.</param>
/// <param name="Interval">Its length.</param>
/// <param name="Drift">How far the time between the last two slices was off it.</param>
public sealed record HeartbeatState(DateTimeOffset? ClosedAt, TimeSpan Interval, TimeSpan Drift);

/// <summary>L4: do bars arrive on time?</summary>
public sealed class HeartbeatSensor : SensorActor<HeartbeatState>
{
    private readonly IClusterPort _cluster;
    private HeartbeatState _state = new(null, TimeSpan.Zero, TimeSpan.Zero);

    public HeartbeatSensor(SensorContext context, IClusterPort cluster) : base(LayerId.AlgoHeartbeat, context)
    {
        _cluster = cluster;
        Command<MarketProtocol.SliceClosed>(closed =>
        {
            var drift = _state.ClosedAt is { } before ? (closed.Slice.ClosesAt - before - closed.Slice.Interval).Duration() : TimeSpan.Zero;
            var isFirst = _state.ClosedAt is null;
            _state = new HeartbeatState(closed.Slice.ClosesAt, closed.Slice.Interval, drift);
            if (isFirst) Report(); // The controller has been waiting since it started.
        });
    }

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Topics.Slices, Self);
    }

    protected override HeartbeatState Capture() => _state;
    protected override void Restore(HeartbeatState snapshot) => _state = snapshot;

    // A bar is due one interval after the last: only what is beyond that is age.
    protected override LayerReading? Read(DateTimeOffset now) => _state.ClosedAt is { } closed
        ? new LayerReading.Scan(Later(now - closed - _state.Interval), _state.Drift)
        : null;

    private static TimeSpan Later(TimeSpan late) => late > TimeSpan.Zero ? late : TimeSpan.Zero;
}
