using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Sensors;

public sealed record SlippageState(double RealisedBps, double ExpectedBps, DateTimeOffset? At);

/// <summary>L6: what the last orders cost beyond what was expected.</summary>
/// <remarks>
/// Evidence ages: what an order cost hours ago says little about the next one, and a layer that waits for new orders before it
/// recovers would wait for ever in a posture that sends none. The excess halves every <see cref="HalfLife"/>.
/// </remarks>
public sealed class SlippageSensor : SensorActor<SlippageState>
{
    private static readonly TimeSpan HalfLife = TimeSpan.FromHours(1);
    private readonly IClusterPort _cluster;
    private SlippageState _state = new(0, 0, null);

    public SlippageSensor(SensorContext context, IClusterPort cluster) : base(LayerId.SlippageDrift, context)
    {
        _cluster = cluster;
        Command<Slippage>(slippage =>
        {
            _state = new SlippageState(slippage.RealisedBps, slippage.ExpectedBps, Now);
            Report();
        });
    }

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Topics.Slippage, Self);
    }

    protected override SlippageState Capture() => _state;
    protected override void Restore(SlippageState snapshot) => _state = snapshot;

    protected override LayerReading? Read(DateTimeOffset now)
    {
        if (_state.At is not { } at) return new LayerReading.Slippage(0, 0);
        var weight = Math.Pow(0.5, (now - at) / HalfLife);
        return new LayerReading.Slippage(_state.ExpectedBps + (_state.RealisedBps - _state.ExpectedBps) * weight, _state.ExpectedBps);
    }
}
