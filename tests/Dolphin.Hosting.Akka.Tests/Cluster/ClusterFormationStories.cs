using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Cluster.Tools.Singleton;
using Akka.DistributedData;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Hedging;
using Dolphin.Actors.Survival;
using Dolphin.Actors.Strategies;
using Dolphin.Domain.Survival;
using Dolphin.Hosting.Akka.Entities;
using Dolphin.Hosting.Akka.Journal;
using Dolphin.Hosting.Akka.Settings;
using Dolphin.Hosting.Akka.Tests.Postgres;
using Dolphin.Hosting.Akka.Tests.Traps;
using Npgsql;
using ClusterExtension = Akka.Cluster.Cluster;

namespace Dolphin.Hosting.Akka.Tests.Cluster;

/// <summary>What AkkaConfig says is enough for a cluster to work, and leaves nothing to a serializer that believes type names.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ClusterFormationStories(PostgresServer server)
{
    private static readonly string[] Ids = ["BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT", "ADAUSDT", "DOGEUSDT"];

    [PostgresFact(DisplayName = "A lighthouse and two nodes form a cluster that shards, publishes, shares data and hands its singleton over, every message written and read")]
    public async Task Works_together()
    {
        var connection = await server.CreateDatabaseAsync();
        await using (var database = NpgsqlDataSource.Create(connection)) await PostgresSchema.PrepareAsync(database, "dolphin-test", "plan", CancellationToken.None);
        await using var cluster = new ClusterOfThree(connection);
        await cluster.FormedAsync();

        foreach (var part in new Func<ClusterOfThree, Task>[] { ShardsAsync, PublishesAsync, SharesDataAsync, HandsOverAsync })
        {
            try
            {
                await part(cluster);
            }
            catch (Exception e)
            {
                Assert.Fail($"{part.Method.Name}: {e.Message} Said:\n{string.Join('\n', cluster.Said.Distinct(StringComparer.Ordinal).Take(30))}");
            }
        }
        Assert.DoesNotContain(cluster.Said, e => e.Contains("erializ", StringComparison.Ordinal) || e.Contains("WireTypes", StringComparison.Ordinal));
    }

    private static async Task ShardsAsync(ClusterOfThree cluster)
    {
        var regions = new[] { cluster.First, cluster.Second }.Select(s => ClusterSharding.Get(s).Start(
            "asset", _ => Props.Create(() => new Answering()), ClusterShardingSettings.Create(s), new EntityExtractor(8))).ToArray();
        var homes = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var id in Ids)
        {
            // The same entity answers, whichever node is asked.
            var answers = new List<string>();
            foreach (var region in regions) answers.Add((await AskAsync<StrategyProtocol.Done>(region, new EntityEnvelope(id, new StrategyProtocol.Exit(id, "test")))).What);
            Assert.Equal(answers[0], answers[1]);
            homes.Add(answers[0].Split('|')[1]);
        }
        Assert.Equal(2, homes.Count);
        Assert.DoesNotContain(NodeNames.Of(ClusterExtension.Get(cluster.Lighthouse).SelfAddress), homes);
    }

    private static async Task PublishesAsync(ClusterOfThree cluster)
    {
        var heard = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        var ear = cluster.Second.ActorOf(Props.Create(() => new Ear(heard)));
        var subscribed = await DistributedPubSub.Get(cluster.Second).Mediator.Ask<SubscribeAck>(new global::Akka.Cluster.Tools.PublishSubscribe.Subscribe("risk", ear), ClusterOfThree.Patience);
        Assert.Equal("risk", subscribed.Subscribe.Topic);
        var mediator = DistributedPubSub.Get(cluster.First).Mediator;
        var said = new SurvivalProtocol.Acknowledged(new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.Zero));
        await cluster.UntilAsync(() =>
        {
            mediator.Tell(new Publish("risk", said)); // At most once, and only to whom the mediator knows of.
            return heard.Task.IsCompleted;
        }, "the topic reaches the other node");
        Assert.Equal(said, await heard.Task);
    }

    private static async Task SharesDataAsync(ClusterOfThree cluster)
    {
        foreach (var system in new[] { cluster.First, cluster.Second }) _ = DistributedData.Get(system); // A node without a replicator would not answer.
        var key = new LWWDictionaryKey<string, NodeHealth>("test-health");
        var health = new NodeHealth("a:1", new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.Zero), null, 0.5, Posture.Turtle, ["BTCUSDT"], ["survival"], 0);
        var written = await DistributedData.Get(cluster.First).Replicator.Ask<IUpdateResponse>(Dsl.Update(key, LWWDictionary<string, NodeHealth>.Empty, new WriteAll(TimeSpan.FromSeconds(20)),
            map => map.SetItem(ClusterExtension.Get(cluster.First), "a:1", health)), ClusterOfThree.Patience);
        Assert.True(written.IsSuccessful, written.ToString());
        // The writer may not have known the other's replicator yet, and then waited for nobody: gossip brings it.
        IGetResponse? answer = null;
        await KeeperNode.UntilAsync(async () =>
        {
            answer = await DistributedData.Get(cluster.Second).Replicator.Ask<IGetResponse>(Dsl.Get(key, ReadLocal.Instance), ClusterOfThree.Patience);
            return answer.IsFound;
        }, "the second node has what the first wrote");
        var read = answer!.Get(key);
        Assert.Equal(("a:1", 0.5, Posture.Turtle), (read["a:1"].Node, read["a:1"].RTotal, read["a:1"].Posture));
        Assert.Equal(["BTCUSDT"], read["a:1"].Entities.ToArray());
    }

    private static async Task HandsOverAsync(ClusterOfThree cluster)
    {
        foreach (var system in new[] { cluster.First, cluster.Second })
        {
            system.ActorOf(ClusterSingletonManager.Props(Props.Create(() => new Answering()), PoisonPill.Instance, ClusterSingletonManagerSettings.Create(system)), "survival");
            system.ActorOf(ClusterSingletonProxy.Props("/user/survival", ClusterSingletonProxySettings.Create(system)), "survival-proxy");
        }
        async Task<string> HomeAsync(ActorSystem asker) =>
            (await AskAsync<StrategyProtocol.Done>(asker.ActorSelection("/user/survival-proxy"), new StrategyProtocol.Exit("survival", "test"))).What.Split('|')[1];
        var before = await HomeAsync(cluster.First);
        Assert.Equal(before, await HomeAsync(cluster.Second));
        var oldest = before == NodeNames.Of(ClusterExtension.Get(cluster.First).SelfAddress) ? cluster.First : cluster.Second;
        var other = oldest == cluster.First ? cluster.Second : cluster.First;

        await CoordinatedShutdown.Get(oldest).Run(CoordinatedShutdown.ClusterLeavingReason.Instance).WaitAsync(ClusterOfThree.Patience);
        Assert.Equal(NodeNames.Of(ClusterExtension.Get(other).SelfAddress), await HomeAsync(other));
        await cluster.UntilAsync(() => ClusterOfThree.UpIn(other) == 2, "the one that left is gone");
    }

    // What is told while an entity or singleton is on its way may be lost, as everywhere: whoever asks, asks again.
    private static async Task<T> AskAsync<T>(ICanTell whom, object question)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await whom.Ask<T>(question, TimeSpan.FromSeconds(3));
            }
            catch (AskTimeoutException)
            {
                if (TimeProvider.System.GetElapsedTime(deadline) > ClusterOfThree.Patience) Assert.Fail($"Nobody answered {question}.");
            }
        }
    }

    /// <summary>Says who and where it is.</summary>
    private sealed class Answering : ReceiveActor
    {
        public Answering()
        {
            var where = NodeNames.Of(ClusterExtension.Get(Context.System).SelfAddress);
            Receive<StrategyProtocol.Exit>(exit => Sender.Tell(new StrategyProtocol.Done(exit.StrategyId, $"{Self.Path.Name}|{where}")));
        }
    }

    private sealed class Ear : ReceiveActor
    {
        public Ear(TaskCompletionSource<object> heard) => Receive<SurvivalProtocol.Acknowledged>(said => heard.TrySetResult(said));
    }
}
