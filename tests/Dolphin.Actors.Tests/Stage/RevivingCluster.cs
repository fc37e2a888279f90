using Dolphin.Actors.Cluster;

namespace Dolphin.Actors.Tests.Stage;

/// <summary>As where more than one process is: whoever stops is started again.</summary>
internal sealed class RevivingCluster(IClusterPort inner) : IClusterPort
{
    public bool RevivesEntities => true;
    public string Node => inner.Node;
    public IActorRef Singleton(IActorRefFactory parent, string name, Func<ITenure, Props> props) => inner.Singleton(parent, name, props);
    public IReadOnlyList<IActorRef> Entities(IActorRefFactory parent, string kind, IReadOnlyList<string> ids, Func<string, Props> props) => inner.Entities(parent, kind, ids, props);
    public void Subscribe(Topic topic, IActorRef subscriber) => inner.Subscribe(topic, subscriber);
    public void Publish(Topic topic, object message) => inner.Publish(topic, message);
}
