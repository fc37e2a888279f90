using Dolphin.Actors.Cluster;
using Dolphin.Actors.Node;
using Dolphin.Domain;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Sensors;

/// <summary>Parent of all sensors. What it costs that one stays down, its layer's silence says.</summary>
public sealed class SensorsActor : RevivingParent
{
    private readonly int _ledger;

    public SensorsActor(IReadOnlyList<SensorPlace> sensors, IClusterPort cluster, RunBoard board)
        : base(SingletonNames.Sensors, [.. sensors.Select(s => new ChildPlace(IdOf(s.Layer), s.Name, s.Props))], "Its layer is silent until the node is started again.", cluster, board)
    {
        _ledger = sensors.ToList().FindIndex(s => s.Layer == LayerId.LedgerIntegrity);
        Receive<LedgerProtocol.Acknowledge>(ToLedger);
        ReceiveAny(ForwardToAll);
    }

    /// <summary>A sensor's persistence id, and what people know it by.</summary>
    public static string IdOf(LayerId layer) => $"sensor-{layer.Name}";

    private void ToLedger(LedgerProtocol.Acknowledge request)
    {
        var ledger = Child(_ledger);
        if (!ledger.IsNobody()) ledger.Forward(request);
        else Sender.Tell(new LedgerProtocol.Refused(new Refusal("ledger.no-sensor",
            $"The sensor of {LayerId.LedgerIntegrity} stays down, so nothing can be compared. Nothing was acknowledged; start the node again.")));
    }
}

/// <param name="Name">Of the actor.</param>
public sealed record SensorPlace(LayerId Layer, string Name, Props Props);
