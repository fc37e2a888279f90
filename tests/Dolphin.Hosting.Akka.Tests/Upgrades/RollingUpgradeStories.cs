using System.Collections.Concurrent;
using System.Globalization;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.PublishSubscribe;
using Dolphin.Actors.Strategies;
using Dolphin.Actors.Survival;
using Dolphin.Hosting.Akka.Entities;
using Dolphin.Hosting.Akka.Tests.Traps;
using Dolphin.Hosting.Akka.Upgrades;

namespace Dolphin.Hosting.Akka.Tests.Upgrades;

/// <summary>The minutes of a rolling upgrade in which two versions talk to each other.</summary>
public sealed class RollingUpgradeStories
{
    private const int Many = 200;

    [Fact(DisplayName = "What both versions know goes both ways, in order; what the older one does not know is dropped with one warning that names it and its sender, and no connection ends")]
    public async Task Side_by_side()
    {
        await using var both = new TwoVersions();
        await both.FormedAsync();
        ConcurrentQueue<object> atOlder = new(), atNewer = new();
        both.Older.ActorOf(Props.Create(() => new Ear(atOlder)), "ear");
        both.Newer.ActorOf(Props.Create(() => new Ear(atNewer)), "ear");
        var older = await TwoVersions.SeenFromAsync(both.Newer, both.Older, "ear");
        var newer = await TwoVersions.SeenFromAsync(both.Older, both.Newer, "ear");
        var said = Numbers().ToList();

        // Every tenth message from the newer one is of a kind that the older one has never heard of, and every fifth has a field more.
        foreach (var number in said)
        {
            if (int.Parse(number, CultureInfo.InvariantCulture) % 10 == 0) older.Tell(new NewerWire.Teleport("hedge-BTCUSDT", 1));
            older.Tell(new SurvivalProtocol.AcknowledgeDrawdown(number));
            if (int.Parse(number, CultureInfo.InvariantCulture) % 5 == 0) older.Tell(new NewerWire.NewerExit("hedge-BTCUSDT", number, Because: "it is time"));
            newer.Tell(new SurvivalProtocol.AcknowledgeDrawdown(number));
            if (int.Parse(number, CultureInfo.InvariantCulture) % 5 == 0) newer.Tell(new StrategyProtocol.Exit("hedge-BTCUSDT", number));
        }

        await both.UntilAsync(() => atOlder.Count >= Many + Many / 5 && atNewer.Count >= Many + Many / 5, "everything that both know has arrived");
        Assert.Equal(said, atOlder.OfType<SurvivalProtocol.AcknowledgeDrawdown>().Select(a => a.Operator));
        Assert.Equal(said, atNewer.OfType<SurvivalProtocol.AcknowledgeDrawdown>().Select(a => a.Operator));
        Assert.All(atOlder.OfType<StrategyProtocol.Exit>(), e => Assert.Equal("hedge-BTCUSDT", e.StrategyId));
        Assert.Equal(Many / 5, atOlder.OfType<StrategyProtocol.Exit>().Count()); // Without the field that it does not know.
        Assert.Equal(Many / 5, atNewer.OfType<NewerWire.NewerExit>().Count(e => e.Because is null)); // Without the field that was not sent.
        Assert.Equal(Many + Many / 5, atOlder.Count);
        AssertToldOnce(both);
    }

    [Fact(DisplayName = "The same holds for messages to an entity of the cluster and on a topic: the unknown one is dropped, its neighbours arrive, the entity lives on")]
    public async Task Entities_and_topics()
    {
        await using var both = new TwoVersions();
        await both.FormedAsync();
        var regions = new[] { both.Older, both.Newer }.Select(s => ClusterSharding.Get(s).Start(
            "asset", _ => Props.Create(() => new Answering()), ClusterShardingSettings.Create(s), new EntityExtractor(8))).ToArray();
        await RegionsMetAsync(regions[1]);
        var id = await EntityOfAsync(both, regions[1]);
        for (var i = 0; i < 10; i++) regions[1].Tell(new EntityEnvelope(id, new NewerWire.Teleport(id, i)), ActorRefs.NoSender);
        // Asked by the newer one, with its newer field, after what the older one could not read.
        Assert.Equal(TwoVersions.AddressOf(both.Older), await AskAsync(regions[1], id));

        ConcurrentQueue<object> heard = new();
        var ear = both.Older.ActorOf(Props.Create(() => new Ear(heard)), "topic-ear");
        await DistributedPubSub.Get(both.Older).Mediator.Ask<SubscribeAck>(new Subscribe("risk", ear), TwoVersions.Patience);
        var mediator = DistributedPubSub.Get(both.Newer).Mediator;
        await both.UntilAsync(() =>
        {
            mediator.Tell(new Publish("risk", new NewerWire.Teleport("all", 0)));
            mediator.Tell(new Publish("risk", new SurvivalProtocol.AcknowledgeDrawdown("topic")));
            return !heard.IsEmpty;
        }, "the topic reaches the older one");
        Assert.All(heard, m => Assert.Equal(new SurvivalProtocol.AcknowledgeDrawdown("topic"), m));
        AssertToldOnce(both);
    }

    [Fact(DisplayName = "What is dropped again and again is told once for each node and reason, and what else is logged passes as it is")]
    public async Task Told_once()
    {
        using var system = ActorSystem.Create("log", "akka { loggers = [], stdout-loglevel = OFF }");
        var log = new ConcurrentQueue<object>();
        var filter = system.ActorOf(UnreadMessagesActor.Props(system.ActorOf(Props.Create(() => new Ear(log)))));
        Warning Unread(int port, string name) => new(new InvalidOperationException($"no {name}."),
            $"[akka.tcp://x@10.0.0.1:4054/system/endpointManager/endpointWriter/endpointReader-akka.ssl.tcp%3A%2F%2Fx%4010.0.0.2%3A{port}-3#12]", typeof(object), "Deserialization failed");
        var other = new Warning("[akka://x/user/y#1]", typeof(object), "as it is");
        foreach (var said in new[] { Unread(1, "a"), Unread(1, "a"), Unread(2, "a"), other, Unread(1, "b"), Unread(2, "a"), other }) filter.Tell(said);
        await KeeperNode.UntilAsync(() => log.LastOrDefault() == other && log.Count(m => m == other) == 2, "all of it has been handed on");
        await system.Terminate().WaitAsync(TwoVersions.Patience);
        Assert.Equal(
            ["10.0.0.2:1: no a.", "10.0.0.2:2: no a.", "as it is", "10.0.0.2:1: no b.", "as it is"],
            log.Cast<Warning>().Select(w => w.Message.ToString()!.Replace("From ", "", StringComparison.Ordinal).Split(" The connection")[0]));
    }

    private static void AssertToldOnce(TwoVersions both)
    {
        var told = Assert.Single(both.Said, s => s.Contains("strategy.teleport.v1", StringComparison.Ordinal));
        Assert.StartsWith($"From {TwoVersions.AddressOf(both.Newer)}: Another node sent a 'strategy.teleport.v1', which this version does not know: a newer one runs there.", told, StringComparison.Ordinal);
        Assert.DoesNotContain(both.Said, s => s.Contains("eserialization failed", StringComparison.Ordinal));
        Assert.Empty(both.Ended);
        Assert.True(both.AreTogether);
    }

    private static IEnumerable<string> Numbers() => Enumerable.Range(0, Many).Select(i => i.ToString(CultureInfo.InvariantCulture));

    // Shards that are asked for while only one region is known all go there, and stay for as long as a rebalance takes.
    private static async Task RegionsMetAsync(IActorRef region)
    {
        var began = TimeProvider.System.GetTimestamp();
        while ((await region.Ask<CurrentRegions>(GetCurrentRegions.Instance, TwoVersions.Patience)).Regions.Count < 2)
            if (TimeProvider.System.GetElapsedTime(began) > TwoVersions.Patience) Assert.Fail("The coordinator does not come to know both regions.");
    }

    /// <returns>The id of an entity that lives on the older node.</returns>
    private static async Task<string> EntityOfAsync(TwoVersions both, IActorRef region)
    {
        for (var i = 0; i < 64; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"e{i}");
            if (await AskAsync(region, id) == TwoVersions.AddressOf(both.Older)) return id;
        }

        Assert.Fail("None of 64 entities lives on the older node; expected about half of them.");
        return "";
    }

    // What is told while a shard is on its way may be lost, as everywhere: whoever asks, asks again.
    private static async Task<string> AskAsync(IActorRef region, string id)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return (await region.Ask<StrategyProtocol.Done>(new EntityEnvelope(id, new NewerWire.NewerExit(id, "test", "because")), TimeSpan.FromSeconds(3))).What;
            }
            catch (AskTimeoutException)
            {
                if (TimeProvider.System.GetElapsedTime(began) > TwoVersions.Patience) Assert.Fail($"Entity {id} did not answer.");
            }
        }
    }

    private sealed class Ear : ReceiveActor
    {
        public Ear(ConcurrentQueue<object> heard) => ReceiveAny(heard.Enqueue);
    }

    /// <summary>Says where it is; of either version.</summary>
    private sealed class Answering : ReceiveActor
    {
        public Answering()
        {
            var where = NodeNames.Of(global::Akka.Cluster.Cluster.Get(Context.System).SelfAddress);
            Receive<StrategyProtocol.Exit>(exit => Sender.Tell(new StrategyProtocol.Done(exit.StrategyId, where)));
            Receive<NewerWire.NewerExit>(exit => Sender.Tell(new StrategyProtocol.Done(exit.StrategyId, where)));
        }
    }
}
