using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Cluster.Tools.Singleton;
using Dolphin.Actors.Cluster;
using Dolphin.Hosting.Akka.Entities;
using Dolphin.Hosting.Akka.Fencing;
using Dolphin.Hosting.Akka.Settings;
using Dolphin.Hosting.Akka.Singletons;

namespace Dolphin.Hosting.Akka;

/// <summary>The cluster port over Akka.Cluster: singletons with a tenure from the database, sharded entities, topics by distributed pub-sub.</summary>
public sealed class ClusterPort(ActorSystem system, ClusterSettings settings, ITenures tenures, TimeProvider clock) : IClusterPort
{
    /// <summary>The one singleton that reaches out of the cluster, so that what it sent has to be waited out.</summary>
    public const string Gateway = SingletonNames.Execution;

    private readonly IActorRef _mediator = DistributedPubSub.Get(system).Mediator;

    /// <summary>This node's name in the cluster.</summary>
    public string Node { get; } = NodeNames.Of(global::Akka.Cluster.Cluster.Get(system).SelfAddress);

    /// <summary>Where this process's assets live, the entities that were asked for last; nobody before there are any.</summary>
    public IActorRef Region { get; private set; } = ActorRefs.Nobody;

    public ActingSingletons Acting { get; } = new();
    public bool RevivesEntities => true;

    public IActorRef Singleton(IActorRefFactory parent, string name, Func<ITenure, Props> props)
    {
        var waitsOut = string.Equals(name, Gateway, StringComparison.Ordinal) ? settings.Tenure.VenueWindow + settings.Tenure.Skew : TimeSpan.Zero;
        var (plan, store, time, acting) = (new SingletonPlan(name, props, Node, settings.Tenure.Lease, waitsOut, FailoverBudget.Membership(settings.SplitBrain)), tenures, clock, Acting);
        var manager = parent.ActorOf(ClusterSingletonManager.Props(
            Props.Create(() => new SingletonHostActor(plan, store, time, acting)), SingletonHostActor.HandOver.Now,
            ClusterSingletonManagerSettings.Create(system).WithRole(ClusterSettings.TraderRole).WithSingletonName(name)), name);
        return parent.ActorOf(ClusterSingletonProxy.Props(
            manager.Path.ToStringWithoutAddress(),
            ClusterSingletonProxySettings.Create(system).WithRole(ClusterSettings.TraderRole).WithSingletonName(name)), $"{name}-proxy");
    }

    public IReadOnlyList<IActorRef> Entities(IActorRefFactory parent, string kind, IReadOnlyList<string> ids, Func<string, Props> props)
    {
        var region = Region = ClusterSharding.Get(system).Start(
            kind, entity => props(EntityIds.ToId(entity)),
            ClusterShardingSettings.Create(system).WithRole(ClusterSettings.TraderRole).WithRememberEntities(true), new EntityExtractor(settings.Shards));
        // Remembered for ever once started; whoever starts says it again, because a plan may have got more of them.
        foreach (var id in ids) region.Tell(new ShardRegion.StartEntity(EntityIds.ToEntity(id)), ActorRefs.NoSender);
        var provider = ((ExtendedActorSystem)system).Provider;
        return [.. ids.Select(id => new EntityRef(region, id, provider))];
    }

    public void Subscribe(Topic topic, IActorRef subscriber)
    {
        if (topic.OnNode is { } carries) system.EventStream.Subscribe(subscriber, carries);
        else _mediator.Tell(new Subscribe(topic.Name, subscriber), ActorRefs.NoSender);
    }

    public void Publish(Topic topic, object message)
    {
        if (topic.OnNode is not null) system.EventStream.Publish(message);
        else _mediator.Tell(new Publish(topic.Name, message), ActorRefs.NoSender);
    }
}
