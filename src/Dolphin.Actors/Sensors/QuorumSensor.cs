using Dolphin.Actors.Cluster;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Sensors;

public sealed record QuorumState(DateTimeOffset? HeardAt);

/// <summary>L1 in one process: the controller hears itself. What it publishes must come back to it within the heartbeat limit.</summary>
public sealed class QuorumSensor : SensorActor<QuorumState>
{
    private readonly IClusterPort _cluster;
    private readonly TimeSpan _limit;
    private QuorumState _state = new((DateTimeOffset?)null);

    public QuorumSensor(SensorContext context, TimeSpan heartbeatLimit, IClusterPort cluster) : base(LayerId.Quorum, context)
    {
        (_cluster, _limit) = (cluster, context.Pulse + heartbeatLimit);
        Command<RiskSnapshot>(_ =>
        {
            var isFirst = _state.HeardAt is null;
            _state = new QuorumState(Now);
            if (isFirst) Report(); // The controller has been waiting since it started.
        });
    }

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Topics.Risk, Self);
    }

    protected override QuorumState Capture() => _state;
    protected override void Restore(QuorumState snapshot) => _state = snapshot;

    protected override LayerReading? Read(DateTimeOffset now)
    {
        if (_state.HeardAt is not { } heard) return null; // The controller's own limit runs while nobody has spoken.
        return now - heard <= _limit
            ? LayerReading.Invariant.Ok
            : new LayerReading.Invariant(Holds: false, $"the controller was last heard {now - heard} ago; its limit is {_limit}");
    }
}
