using Dolphin.Actors.Node;
using Dolphin.Domain;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Sensors;

/// <summary>Parent of all sensors. One that stays down is put on the board; what it costs, its layer's silence says.</summary>
public sealed class SensorsActor : ReceiveActor
{
    private readonly IReadOnlyList<SensorPlace> _sensors;
    private readonly Casualties _casualties;

    public SensorsActor(IReadOnlyList<SensorPlace> sensors, RunBoard board)
    {
        (_sensors, _casualties) = (sensors, new Casualties(board));
        Receive<Terminated>(OnTerminated);
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
        foreach (var sensor in _sensors) Context.Watch(Context.ActorOf(sensor.Props, sensor.Name));
    }

    protected override SupervisorStrategy SupervisorStrategy() => Supervision.Sensors(Context, failure => _casualties.Note(Sender, failure));

    private void ToLedger(LedgerProtocol.Acknowledge request)
    {
        var ledger = Context.Child(_sensors.First(s => s.Layer == LayerId.LedgerIntegrity).Name);
        if (!ledger.IsNobody()) ledger.Forward(request);
        else Sender.Tell(new LedgerProtocol.Refused(new Refusal("ledger.no-sensor",
            $"The sensor of {LayerId.LedgerIntegrity} stays down, so nothing can be compared. Nothing was acknowledged; start the node again.")));
    }

    private void OnTerminated(Terminated terminated)
    {
        var layer = _sensors.First(s => string.Equals(s.Name, terminated.ActorRef.Path.Name, StringComparison.Ordinal)).Layer;
        _casualties.Tell(terminated.ActorRef, IdOf(layer), "Its layer is silent until the node is started again.", Context.GetLogger(), Context.System.Scheduler.Now);
    }
}

/// <param name="Name">Of the actor.</param>
public sealed record SensorPlace(LayerId Layer, string Name, Props Props);
