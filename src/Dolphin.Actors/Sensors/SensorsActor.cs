using Dolphin.Actors.Node;

namespace Dolphin.Actors.Sensors;

/// <summary>Parent of all sensors, by the layer's name.</summary>
public sealed class SensorsActor : ReceiveActor
{
    private readonly IReadOnlyList<(string Name, Props Props)> _sensors;

    public SensorsActor(IReadOnlyList<(string Name, Props Props)> sensors)
    {
        _sensors = sensors;
        ReceiveAny(message =>
        {
            foreach (var sensor in Context.GetChildren()) sensor.Forward(message);
        });
    }

    protected override void PreStart()
    {
        foreach (var (name, props) in _sensors) Context.ActorOf(props, name);
    }

    protected override SupervisorStrategy SupervisorStrategy() => Supervision.Sensors;
}
