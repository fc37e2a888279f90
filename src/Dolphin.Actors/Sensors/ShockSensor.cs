using Dolphin.Actors.Cluster;
using Dolphin.Actors.Market;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Sensors;

/// <summary>L7 in a bar replay: shocks seen in market-wide realised volatility and breadth.</summary>
public sealed class ShockSensor : SensorActor<ShockState>
{
    private readonly ShockDetector _detector;
    private readonly IClusterPort _cluster;
    private readonly TimeSpan _pulse;

    public ShockSensor(SensorContext context, ShockPolicy policy, IClusterPort cluster) : base(LayerId.ExfService, context)
    {
        (_detector, _cluster, _pulse) = (new ShockDetector(policy), cluster, context.Pulse);
        Command<MarketProtocol.SliceClosed>(closed =>
        {
            var isFirst = _detector.LastSlice is null;
            if (_detector.Observe(closed.Slice) || isFirst) Report();
        });
    }

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Topics.Slices, Self);
    }

    protected override ShockState Capture() => _detector.Capture();
    protected override void Restore(ShockState snapshot) => _detector.Restore(snapshot);

    // In a bar market the next slice is due one pulse after the last: only what is beyond that is age, or long bars would cost for ever.
    protected override LayerReading? Read(DateTimeOffset now) => _detector.LastSlice is { } seen
        ? new LayerReading.Environment(_detector.LastShock, Later(now - seen - _pulse))
        : null;

    private static TimeSpan Later(TimeSpan late) => late > TimeSpan.Zero ? late : TimeSpan.Zero;
}
