using Dolphin.Actors.Cluster;
using Dolphin.Actors.Node;
using Dolphin.Domain;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Sensors;

/// <summary>Parent of all sensors. One that stays down is put on the board; what it costs, its layer's silence says.</summary>
/// <remarks>In a cluster a journal may be away for a while: a sensor that lost it is started again after <see cref="JournalPause"/>.</remarks>
public sealed class SensorsActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan JournalPause = TimeSpan.FromSeconds(5); // As for entities: long enough for a database that restarts.
    private readonly IReadOnlyList<SensorPlace> _sensors;
    private readonly Casualties _casualties;
    private readonly IClusterPort _cluster;

    public ITimerScheduler Timers { get; set; } = null!;

    public SensorsActor(IReadOnlyList<SensorPlace> sensors, IClusterPort cluster, RunBoard board)
    {
        (_sensors, _cluster, _casualties) = (sensors, cluster, new Casualties(board));
        Receive<Terminated>(OnTerminated);
        Receive<Revive>(revive => Start(revive.Sensor));
        Receive<LedgerProtocol.Acknowledge>(ToLedger);
        ReceiveAny(message =>
        {
            foreach (var sensor in Context.GetChildren()) sensor.Forward(message);
        });
    }

    /// <summary>A sensor's persistence id, and what people know it by.</summary>
    public static string IdOf(LayerId layer) => $"sensor-{layer.Name}";

    protected override void PreStart()
    {
        foreach (var sensor in _sensors) Start(sensor);
    }

    private static void Start(SensorPlace sensor) => Context.Watch(Context.ActorOf(sensor.Props, sensor.Name));

    protected override SupervisorStrategy SupervisorStrategy() => Supervision.Sensors(Context, (failure, directive) => _casualties.Note(Sender, failure, directive));

    private void ToLedger(LedgerProtocol.Acknowledge request)
    {
        var ledger = Context.Child(_sensors.First(s => s.Layer == LayerId.LedgerIntegrity).Name);
        if (!ledger.IsNobody()) ledger.Forward(request);
        else Sender.Tell(new LedgerProtocol.Refused(new Refusal("ledger.no-sensor",
            $"The sensor of {LayerId.LedgerIntegrity} stays down, so nothing can be compared. Nothing was acknowledged; start the node again.")));
    }

    private void OnTerminated(Terminated terminated)
    {
        var sensor = _sensors.First(s => string.Equals(s.Name, terminated.ActorRef.Path.Name, StringComparison.Ordinal));
        if (_cluster.RevivesEntities && !_casualties.WasStopped(terminated.ActorRef))
        {
            Context.GetLogger().Warning("{0} has lost its journal; it starts again in {1} s.", IdOf(sensor.Layer), JournalPause.TotalSeconds);
            _casualties.Forget(terminated.ActorRef);
            Timers.StartSingleTimer(sensor.Name, new Revive(sensor), JournalPause);
            return;
        }

        _casualties.Tell(terminated.ActorRef, IdOf(sensor.Layer), "Its layer is silent until the node is started again.", Context.GetLogger(), Context.System.Scheduler.Now);
    }

    private sealed record Revive(SensorPlace Sensor);
}

/// <param name="Name">Of the actor.</param>
public sealed record SensorPlace(LayerId Layer, string Name, Props Props);
