using System.Collections.Immutable;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Node;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Tests.Survival;

/// <summary>A whole node whose services are asked for signs of life, and one more that waits for something.</summary>
public sealed class ServiceWatchStories : NodeStage
{
    private readonly TaskCompletionSource _gate = new();

    private IActorRef Begin(string name)
    {
        var gate = _gate.Task;
        var actor = Sys.ActorOf(Props.Create(() => new Waiting(gate)), name);
        Sys.EventStream.Publish(new NodeProtocol.Enrolled(actor, name));
        Settle();
        return actor;
    }

    private IActorRef BeginWaiting(string name)
    {
        var actor = Begin(name);
        actor.Tell("wait", ActorRefs.NoSender);
        Settle();
        return actor;
    }

    private void OpenGate()
    {
        Sys.VirtualTime().Post(_gate.SetResult);
        Settle();
    }

    private void Minutes(int count)
    {
        for (var i = 0; i < count; i++) NominalMinute();
    }

    private string[] Stored => [.. Journal.EventsOf("survival").Select(e => e switch
    {
        QuorumEvent.ServicesSilent s => $"silent {string.Join(' ', s.Services.Select(x => x.Entity))}, patience {s.Patience.TotalSeconds} s",
        QuorumEvent.ServicesHeard h => $"heard {string.Join(' ', h.Services.Select(x => x.Entity))}",
        _ => null,
    }).OfType<string>()];

    private ImmutableArray<SilentService> Hanging => Board.Quorum!.Hanging ?? [];

    [Fact(DisplayName = "Everybody of a node is asked: controller, sensors, execution, feed, listeners, assets, strategies and books, and the node itself")]
    public void Everybody()
    {
        Sys.Stop(Node);
        Settle();
        var probe = CreateTestProbe("roll");
        Sys.EventStream.Subscribe(probe.Ref, typeof(NodeProtocol.Enrolled));
        StartNode("again");
        Assert.Equal(
            [
                "asset-BTCUSDT", "book-BTCUSDT", "execution", "fee-listener", "feed", "node", "risk-listener", "sensor-L1_QUORUM", "sensor-L2_LEDGER_INTEGRITY", "sensor-L4_ALGO_HEARTBEAT",
                "sensor-L6_SLIPPAGE_DRIFT", "sensor-L7_EXF_SERVICE", "sensor-L9_PORTFOLIO_DD", "sensors", "strategy-hedge-BTCUSDT", "survival",
            ],
            Heard<NodeProtocol.Enrolled>(probe).Select(e => e.Entity).Order(StringComparer.Ordinal));
    }

    [Fact(DisplayName = "While everybody answers nothing is stored of it")]
    public void Nothing_to_say()
    {
        Fly();
        Minutes(60);
        Assert.Empty(Stored);
    }

    [Fact(DisplayName = "A service that does not answer is stored once, when its patience is over, with since when; it is on the board and in the news, and stored once more when it answers")]
    public void Does_not_answer()
    {
        Fly();
        BeginWaiting("waiting");
        var asked = Clock + Minute; // With the next pulse.
        Minutes(2);
        Assert.Empty(Stored);
        Minutes(1);
        Assert.Equal(["silent waiting, patience 70 s"], Stored);
        Assert.Equal(new SilentService("waiting", "", asked), Assert.Single(Hanging));
        Assert.Contains(Board.News, n => n.Text.StartsWith("no answer from waiting (asked 120 s ago), patience 70 s", StringComparison.Ordinal));
        Assert.True(Board.Quorum!.IsAlarmed);
        Minutes(30);
        Assert.Single(Stored);
        OpenGate();
        Minutes(1);
        Assert.Equal(["silent waiting, patience 70 s", "heard waiting"], Stored);
        Assert.False(Board.Quorum!.IsAlarmed);
        Assert.Equal(1.0, Risk.Latest!.RTotal); // Nobody lives on it: as if it had ended.
    }

    [Fact(DisplayName = "One that is silent and then ends is silent no more: of its end others tell")]
    public void Ends()
    {
        Fly();
        var waiting = BeginWaiting("waiting");
        Minutes(3);
        Assert.Single(Hanging);
        Sys.Stop(waiting);
        OpenGate();
        Minutes(1);
        Assert.Empty(Hanging);
    }

    [Fact(DisplayName = "Neither a failure of who asks nor one of the controller forgets who is silent, or says it twice")]
    public void Failures()
    {
        Fly();
        BeginWaiting("waiting");
        Minutes(3);
        foreach (var name in (string[])["service-watch", "survival"])
        {
            Child(name).Tell(Kill.Instance, ActorRefs.NoSender);
            Settle();
            Minutes(3);
            Assert.Equal(["silent waiting, patience 70 s"], Stored);
            Assert.Equal("waiting", Assert.Single(Hanging).Entity);
        }

        OpenGate();
        Minutes(1);
        Assert.Empty(Hanging);
    }

    [Fact(DisplayName = "Who asks is missed too: a node that says nothing more of its services within patience has a silent one, and one that is gone has none")]
    public void Who_asks_is_silent()
    {
        Fly();
        HealthGrid Grid(params string[] members) => new([.. members], [.. members], ImmutableSortedDictionary<string, NodeHealth>.Empty);
        Cluster.Publish(Topics.Grid, Grid("", "b:1"));
        Cluster.Publish(Topics.Services, new NodeProtocol.SignsOfLife("b:1", []));
        Minutes(3);
        Assert.Equal("service-watch on b:1", Assert.Single(Hanging).Name);
        Cluster.Publish(Topics.Services, new NodeProtocol.SignsOfLife("b:1", [new SilentService("scan", "b:1", Clock)]));
        Minutes(1);
        Assert.Equal("scan on b:1", Assert.Single(Hanging).Name);
        Cluster.Publish(Topics.Grid, new HealthGrid(["", "b:1"], [""], ImmutableSortedDictionary<string, NodeHealth>.Empty));
        Cluster.Publish(Topics.Grid, Grid(""));
        Minutes(5);
        Assert.Empty(Hanging);
        Assert.DoesNotContain(Board.Halted, h => h.Entity == QuorumWatchState.Watcher);
    }

    /// <summary>Waits inside its handler for something that has not come yet: its mailbox is not worked off meanwhile.</summary>
    private sealed class Waiting : ReceiveActor
    {
        public Waiting(Task gate) => ReceiveAsync<string>(_ => gate);
    }
}
