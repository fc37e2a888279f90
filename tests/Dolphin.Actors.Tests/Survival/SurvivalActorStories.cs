using System.Collections.Immutable;
using System.Text;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;
using Dolphin.Actors.Survival;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Tests.Survival;

/// <summary>The controller's one instance, and the listeners that write down what it says.</summary>
public sealed class SurvivalActorStories : ActorStage
{
    private static readonly ImmutableArray<LayerId> Installed = [LayerId.Quorum, LayerId.McForewarner, LayerId.PortfolioDrawdown];
    private readonly TestProbe _risk, _operator;
    private IActorRef _survival;

    public SurvivalActorStories()
    {
        (_risk, _operator) = (CreateTestProbe("risk"), CreateTestProbe("operator"));
        Cluster.Subscribe(Topics.Risk, _risk.Ref);
        _survival = Start("survival");
    }

    private static SurvivalPolicy Reference
    {
        get
        {
            var errors = new List<string>();
            return SurvivalSettings.Reference.Set("pulse", Minute).ToPolicy(errors) ?? throw new InvalidOperationException(string.Join(' ', errors));
        }
    }

    private InProcessCluster? _cluster; // Of a later process.

    private IActorRef Start(string name)
    {
        var (cluster, invariants, board, policy, installed) = (_cluster ?? Cluster, Invariants, Board, Reference, Installed);
        var actor = Sys.ActorOf(Props.Create(() => new SurvivalActor(policy, installed, false, cluster, cluster.Tenure, invariants, board)), name);
        Settle();
        return actor;
    }

    private void Report(LayerId layer, LayerReading reading)
    {
        _survival.Tell(new LayerReport(layer, reading, Clock), ActorRefs.NoSender);
        Settle();
    }

    private void AllWell(double drawdown = 0)
    {
        Report(LayerId.Quorum, LayerReading.Invariant.Ok);
        Report(LayerId.McForewarner, new LayerReading.Envelope(2, TimeSpan.Zero));
        Report(LayerId.PortfolioDrawdown, new LayerReading.Drawdown(drawdown));
    }

    private List<RiskSnapshot> Published() => Heard<RiskSnapshot>(_risk);

    private void Fly(int pulses)
    {
        for (var i = 0; i < pulses; i++)
        {
            AllWell();
            Wait(Minute);
        }

        AllWell();
    }

    [Fact(DisplayName = "It publishes at each pulse, in sequence, and reaches APEX when all is well")]
    public void Pulses()
    {
        Fly(5);
        var published = Published();
        Assert.Equal(Enumerable.Range(1, published.Count).Select(n => (long)n), published.Select(p => p.Sequence));
        Assert.Equal((1.0, Posture.Apex), (published[^1].RTotal, published[^1].Posture));
        Assert.Equal(Minute, published[^1].At - published[^2].At);
    }

    [Fact(DisplayName = "A fall is published at once, a rise waits for the pulse")]
    public void Falls_at_once()
    {
        Fly(5);
        Published();
        Wait(TimeSpan.FromSeconds(7));
        Report(LayerId.McForewarner, new LayerReading.Envelope(-1, TimeSpan.Zero));
        var fallen = Assert.Single(Published());
        Assert.Equal((0.5, Clock), (fallen.RTotal, fallen.At));
        Wait(TimeSpan.FromSeconds(7));
        Report(LayerId.McForewarner, new LayerReading.Envelope(2, TimeSpan.Zero));
        Assert.Empty(Published());
        Assert.Empty(Violations);
    }

    [Fact(DisplayName = "An invariant that fails is published at once with R_total 0 and HIBERNATE, and stands in the journal and on the board with its reason")]
    public void Invariant_fails()
    {
        Fly(5);
        Published();
        Wait(TimeSpan.FromSeconds(7));
        Report(LayerId.Quorum, new LayerReading.Invariant(Holds: false, "nobody there"));
        var failed = Assert.Single(Published());
        Assert.Equal((0.0, Posture.Hibernate, true), (failed.RTotal, failed.Posture, failed.InvariantFailed));
        Assert.Contains(Journal.EventsOf("survival").OfType<SurvivalEvent.InvariantFailed>(), e => e.Reason == "nobody there");
        Assert.Contains(Board.News, n => n.Text == "nobody there");
        Assert.Equal("HIBERNATE", Board.Postures[^1].To);
    }

    private QuorumWatchState Quorum => Board.Quorum!;

    [Fact(DisplayName = "A sensor's silence, the quorum lost by it, and its return are stored with their reasons, in order, and on the board; a flight in which all are heard stores nothing of it")]
    public void Watches_the_quorum()
    {
        Fly(5);
        Assert.Empty(Journal.EventsOf("survival").OfType<QuorumEvent>());
        Assert.Equal(QuorumWatchState.Initial, Quorum);
        for (var i = 0; i < 3; i++)
        {
            Report(LayerId.McForewarner, new LayerReading.Envelope(2, TimeSpan.Zero));
            Report(LayerId.PortfolioDrawdown, new LayerReading.Drawdown(0));
            Wait(Minute);
        }

        Assert.Equal((true, 1L), (Quorum.LostSince is not null, Quorum.Losses));
        Assert.Equal(LayerId.Quorum, Assert.Single(Quorum.Sensors).Layer);
        AllWell();
        Wait(Minute);
        Assert.False(Quorum.IsAlarmed);
        var stored = Journal.EventsOf("survival").OfType<QuorumEvent>().ToArray();
        Assert.Equal(["SensorSilent", "QuorumLost", "SensorHeard", "QuorumRegained"], stored.Select(e => e.GetType().Name));
        Assert.Contains("overdue", Assert.IsType<QuorumEvent.QuorumLost>(stored[1]).Reason, StringComparison.Ordinal);
        Assert.Equal(stored.Select(e => e.ToText()), Quorum.Actions.Select(a => a.Text));
    }

    [Fact(DisplayName = "Nodes that cannot be heard are stored when the cluster says so, and so are services that end")]
    public void Watches_nodes_and_services()
    {
        Fly(2);
        var grid = new HealthGrid(["a:1", "b:1", "c:1"], ["a:1", "b:1"], ImmutableSortedDictionary<string, NodeHealth>.Empty);
        Cluster.Publish(Topics.Grid, grid);
        Cluster.Publish(Topics.Services, new NodeProtocol.ServiceEnded("scan", "no memory"));
        Settle();
        Assert.Equal("c:1", Assert.Single(Quorum.Nodes));
        Assert.Equal("scan", Assert.Single(Quorum.Services));
        Cluster.Publish(Topics.Grid, grid with { Reachable = grid.Members });
        Cluster.Publish(Topics.Services, new NodeProtocol.ServiceBegun("scan"));
        Settle();
        Assert.False(Quorum.IsAlarmed);
        Assert.Equal(4, Quorum.Actions.Length);
    }

    [Fact(DisplayName = "Away for longer than its patience, the controller says so when it is back, judges nobody by what they said before, and counts what had ended as begun in a new process")]
    public void Comes_back()
    {
        Fly(5);
        Cluster.Publish(Topics.Services, new NodeProtocol.ServiceEnded("scan", "no memory"));
        Settle();
        var heard = Journal.EventsOf("survival").OfType<SurvivalEvent.Assessed>().Last().Snapshot.At;
        _survival.Tell(Kill.Instance, ActorRefs.NoSender);
        _survival.Tell(PoisonPill.Instance, ActorRefs.NoSender);
        Wait(TimeSpan.FromHours(1));
        _cluster = new InProcessCluster(epoch: 4);
        _cluster.Subscribe(Topics.Risk, _risk.Ref);
        _survival = Start("survival-again");
        Fly(2);
        var returned = Assert.Single(Journal.EventsOf("survival").OfType<QuorumEvent.ControllerReturned>());
        Assert.Equal(heard, returned.HeardAt);
        Assert.Equal(["ServiceEnded", "ControllerReturned", "ServicesBegun"], Journal.EventsOf("survival").OfType<QuorumEvent>().Select(e => e.GetType().Name));
        Assert.Equal((false, 3), (Quorum.IsAlarmed, Quorum.Actions.Length));
    }

    [Fact(DisplayName = "A quiet hour takes no row: nothing is recorded while nothing changes")]
    public void Records_changes_only()
    {
        Fly(5);
        var recorded = Journal.EventsOf("survival").Length;
        Assert.True(recorded > 0);
        Fly(60);
        Assert.Equal(recorded, Journal.EventsOf("survival").Length);
    }

    [Fact(DisplayName = "A reading that no sensor can mean counts as silence and is complained of")]
    public void Unreadable() =>
        EventFilter.Warning(contains: "cannot mean").ExpectOne(() => Report(LayerId.Quorum, new LayerReading.Drawdown(double.NaN)));

    [Fact(DisplayName = "An operator's acknowledgement releases the latch when it is stored; without a latch it is refused with the reason")]
    public void Acknowledge()
    {
        Fly(5);
        _operator.Send(_survival, new SurvivalProtocol.AcknowledgeDrawdown("ada"));
        Assert.Equal("survival.not-latched", Assert.Single(Heard<SurvivalProtocol.Refused>(_operator)).Refusal.Code);
        Wait(Minute);
        AllWell(drawdown: 0.12);
        Wait(Minute);
        AllWell(drawdown: 0.08);
        Wait(Minute);
        Assert.True(Drawdown().Latched);
        _operator.Send(_survival, new SurvivalProtocol.AcknowledgeDrawdown("ada"));
        Assert.Single(Heard<SurvivalProtocol.Acknowledged>(_operator));
        Assert.Equal("ada", Assert.Single(Journal.EventsOf("survival").OfType<SurvivalEvent.DrawdownAcknowledged>()).Operator);
        AllWell(drawdown: 0.08);
        Wait(Minute);
        Assert.False(Drawdown().Latched);
        LayerEntry Drawdown() => Published()[^1].Layers.Single(l => l.Layer == LayerId.PortfolioDrawdown);
    }

    [Fact(DisplayName = "After a crash it goes on from its snapshot bit by bit")]
    public void Recovers_bit_by_bit()
    {
        Fly(5);
        Wait(TimeSpan.FromSeconds(5));
        Report(LayerId.McForewarner, new LayerReading.Envelope(0.3, TimeSpan.FromMinutes(7)));
        Wait(TimeSpan.FromSeconds(13));
        _survival.Tell(DurableProtocol.TakeSnapshot.Now);
        Settle();
        var before = Stored();
        var sequence = Published()[^1].Sequence;
        Sys.Stop(_survival);
        Settle();
        _survival = Start("survival-2");
        Assert.Equal(before, Stored());
        Published();
        Wait(Minute);
        Assert.Equal(sequence + 1, Assert.Single(Published()).Sequence);
    }

    private string Stored() => Encoding.UTF8.GetString(StoredJson.Write(
        _survival.Ask<DurableProtocol.StoredState>(DurableProtocol.GetStored.Now).GetAwaiter().GetResult().State));

    [Fact(DisplayName = "A listener writes the newest assessment on its board and ignores what an older controller says")]
    public void Older_epochs_are_ignored()
    {
        var (board, cluster) = (new RiskBoard(Minute, Minute), new InProcessCluster(9));
        Sys.ActorOf(Props.Create(() => new RiskListenerActor(board, cluster)), "listener");
        Settle();
        var now = Assess(Posture.Apex, 1, sequence: 5, epoch: 9);
        foreach (var snapshot in (ReadOnlySpan<RiskSnapshot>)[now, now with { Epoch = 8, Sequence = 99, RTotal = 0.1 }, now with { Sequence = 4, RTotal = 0.2 }])
        {
            cluster.Publish(Topics.Risk, snapshot);
            Settle();
        }

        Assert.Same(now, board.Latest);
    }
}
