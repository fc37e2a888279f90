using System.Text.Json.Serialization;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Sensors;

/// <param name="At">When the newest order of the means ended.</param>
/// <param name="Notional">Quote: what was traded behind the means, each order halved every hour. Zero in what versions without it stored.</param>
/// <param name="SeenAt">When execution, which tells of orders, last showed an account too; null in what versions without it stored.</param>
public sealed record SlippageState(
    double RealisedBps, double ExpectedBps, DateTimeOffset? At,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] double Notional = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? SeenAt = null);

/// <summary>L6: what the last orders cost beyond what was expected.</summary>
/// <remarks>
/// Drift is a mean, not the newest order: when hundreds of symbols trade at the same close, whichever thin one ends last says nothing of
/// the others. Each order counts by what it traded, and evidence ages: what an order cost hours ago says little about the next one, and a
/// layer that waits for new orders before it recovers would wait for ever in a posture that sends none. So the weight of each order, and
/// the excess that is left without new ones, halve every <see cref="HalfLife"/>. That nothing was traded is known as long as execution
/// is heard: who tells of orders shows the account too.
/// </remarks>
public sealed class SlippageSensor : AccountSensor<SlippageState>
{
    private static readonly TimeSpan HalfLife = TimeSpan.FromHours(1);
    private readonly IClusterPort _cluster;
    private SlippageState _state = new(0, 0, null);

    public SlippageSensor(AccountContext context, IClusterPort cluster) : base(LayerId.SlippageDrift, context, cluster)
    {
        _cluster = cluster;
        Command<Slippage>(slippage =>
        {
            (_state, SeenAt) = (Mean(slippage, Now), Now);
            Report();
        });
    }

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Topics.Slippage, Self);
    }

    protected override SlippageState Capture() => _state with { SeenAt = SeenAt };
    protected override void Restore(SlippageState snapshot) => (_state, SeenAt) = (snapshot, snapshot.SeenAt);

    protected override LayerReading? Read(DateTimeOffset now)
    {
        if (SeenAt is null) return null;
        var aged = AgedTo(now);
        return new LayerReading.Slippage(aged.RealisedBps, aged.ExpectedBps);
    }

    // The mean as it has aged, not as it was: else a tiny order after hours of silence would bring back what had been forgiven.
    private SlippageState Mean(Slippage order, DateTimeOffset now)
    {
        var (before, traded) = (AgedTo(now), (double)order.Notional.Quote);
        var share = traded / (before.Notional + traded);
        return new SlippageState(
            before.RealisedBps + (order.RealisedBps - before.RealisedBps) * share, before.ExpectedBps + (order.ExpectedBps - before.ExpectedBps) * share,
            now, before.Notional + traded);
    }

    private SlippageState AgedTo(DateTimeOffset now)
    {
        if (_state.At is not { } at) return _state;
        var left = Math.Pow(0.5, (now - at) / HalfLife);
        return new SlippageState(_state.ExpectedBps + (_state.RealisedBps - _state.ExpectedBps) * left, _state.ExpectedBps, now, _state.Notional * left);
    }
}
