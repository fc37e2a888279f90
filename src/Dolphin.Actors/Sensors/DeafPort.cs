using Dolphin.Actors.Cluster;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Sensors;

/// <summary>The cluster as one sensor hears it in a drill: not at all while the fault makes it deaf.</summary>
/// <param name="ear">A <see cref="SensorEarActor"/> of its own.</param>
public sealed class DeafPort(IClusterPort cluster, IActorRef ear) : IClusterPort
{
    public bool RevivesEntities => cluster.RevivesEntities;
    public string Node => cluster.Node;
    public IActorRef Singleton(IActorRefFactory parent, string name, Func<ITenure, Props> props) => cluster.Singleton(parent, name, props);
    public IReadOnlyList<IActorRef> Entities(IActorRefFactory parent, string kind, IReadOnlyList<string> ids, Func<string, Props> props) => cluster.Entities(parent, kind, ids, props);
    public void Subscribe(Topic topic, IActorRef subscriber) => ear.Tell(new SensorEarActor.Listen(topic, subscriber));
    public void Publish(Topic topic, object message) => cluster.Publish(topic, message);
}

/// <summary>Hears for one sensor, and keeps from it what is said while the fault makes it deaf.</summary>
public sealed class SensorEarActor : ReceiveActor
{
    private IActorRef _sensor = ActorRefs.Nobody;

    public SensorEarActor(LayerId layer, SensorFault fault, IClusterPort cluster)
    {
        Receive<Listen>(listen =>
        {
            _sensor = listen.Sensor;
            cluster.Subscribe(listen.Topic, Self);
        });
        ReceiveAny(heard =>
        {
            if (!fault.IsDeaf(layer, Context.System.Scheduler.Now)) _sensor.Forward(heard);
        });
    }

    public sealed record Listen(Topic Topic, IActorRef Sensor);
}
