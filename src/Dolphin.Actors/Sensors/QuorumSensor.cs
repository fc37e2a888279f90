using Dolphin.Actors.Cluster;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Sensors;

public sealed record QuorumState(DateTimeOffset? HeardAt);

/// <summary>
/// L1: the controller hears itself, what it publishes comes back within the heartbeat limit; and where there is a cluster, its node hears
/// more than half of all nodes.
/// </summary>
public sealed class QuorumSensor : SensorActor<QuorumState>
{
    private readonly IClusterPort _cluster;
    private readonly TimeSpan _limit;
    private QuorumState _state = new((DateTimeOffset?)null);
    private HealthGrid? _grid; // Null in one process.

    public QuorumSensor(SensorContext context, TimeSpan heartbeatLimit, IClusterPort cluster) : base(LayerId.Quorum, context)
    {
        (_cluster, _limit) = (cluster, context.Pulse + heartbeatLimit);
        Command<RiskSnapshot>(_ =>
        {
            var isFirst = _state.HeardAt is null;
            _state = new QuorumState(Now);
            if (isFirst) Report(); // The controller has been waiting since it started.
        });
        Command<HealthGrid>(grid =>
        {
            var had = _grid?.HasMajority ?? true;
            _grid = grid;
            if (had && !grid.HasMajority) Report(); // A fall does not wait for the pulse.
        });
    }

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Topics.Risk, Self);
        _cluster.Subscribe(Topics.Grid, Self);
    }

    protected override QuorumState Capture() => _state;
    protected override void Restore(QuorumState snapshot) => _state = snapshot;

    protected override LayerReading? Read(DateTimeOffset now)
    {
        if (_grid is { HasMajority: false } grid)
            return new LayerReading.Invariant(Holds: false, $"{grid.Reachable.Count} of {grid.Members.Count} nodes can be heard; more than half are needed");
        if (_state.HeardAt is not { } heard) return null; // The controller's own limit runs while nobody has spoken.
        return now - heard <= _limit
            ? LayerReading.Invariant.Ok
            : new LayerReading.Invariant(Holds: false, $"the controller was last heard {now - heard} ago; its limit is {_limit}");
    }
}
