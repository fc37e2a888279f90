using Dolphin.Actors.Cluster;
using Dolphin.Actors.External;
using Dolphin.Actors.Market;
using Dolphin.Domain.External;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Sensors;

/// <summary>L7: shocks seen in market-wide realised volatility and breadth and, where a plan has external factors, theirs and how old they are.</summary>
public sealed class ShockSensor : SensorActor<ShockState>
{
    private readonly ShockDetector _detector;
    private readonly IClusterPort _cluster;
    private readonly TimeSpan _pulse;
    private readonly bool _hearsFactors;
    private FactorLevel? _factors;

    /// <param name="hearsFactors">There is somebody who tells of them, and whose silence ages.</param>
    public ShockSensor(SensorContext context, ShockPolicy policy, bool hearsFactors, IClusterPort cluster) : base(LayerId.ExfService, context)
    {
        (_detector, _cluster, _pulse, _hearsFactors) = (new ShockDetector(policy), cluster, context.Pulse, hearsFactors);
        if (hearsFactors)
        {
            Command<ExternalFactors.Levelled>(heard => Hear(heard.Level));
            Command<ExternalFactors.Observed>(static _ => { }); // Values themselves are for others.
            Command<ExternalFactors.Known>(static _ => { });
        }
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
        if (_hearsFactors) _cluster.Subscribe(Topics.Factors, Self);
    }

    protected override ShockState Capture() => _detector.Capture() with { Factors = _factors };

    protected override void Restore(ShockState snapshot)
    {
        _detector.Restore(snapshot);
        _factors = _hearsFactors ? snapshot.Factors : null;
    }

    private void Hear(FactorLevel level)
    {
        var isShock = level.ShockAt is { } shock && !(shock <= _factors?.ShockAt);
        _factors = level;
        if (isShock) Report();
    }

    // In a bar market the next slice is due one pulse after the last, and so is the next word of factors: only what is beyond that is age, or long bars would cost for ever.
    protected override LayerReading? Read(DateTimeOffset now)
    {
        if (_detector.LastSlice is not { } seen) return null;
        var (shock, age) = (_detector.LastShock, Later(now - seen - _pulse));
        if (!_hearsFactors) return new LayerReading.Environment(shock, age);
        _factors ??= new FactorLevel(ShockAt: null, TimeSpan.Zero, now, ""); // Who never says a word is waited for from now on.
        var aged = _factors.Age + Later(now - _factors.At - _pulse);
        return new LayerReading.Environment(Newer(shock, _factors.ShockAt), aged > age ? aged : age);
    }

    private static DateTimeOffset? Newer(DateTimeOffset? a, DateTimeOffset? b) => b is null || a > b ? a : b;
    private static TimeSpan Later(TimeSpan late) => late > TimeSpan.Zero ? late : TimeSpan.Zero;
}
