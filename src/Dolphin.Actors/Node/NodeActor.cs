using System.Collections.Immutable;
using Dolphin.Actors.Books;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Hedging;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Sensors;
using Dolphin.Actors.Survival;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Node;

/// <summary>Parent of everything that trades on this node: controller, sensors, execution, feed and one actor an asset.</summary>
public sealed class NodeActor : ReceiveActor
{
    /// <summary>The layers that have a sensor in a bar market. The others are absent until their services come.</summary>
    public static readonly ImmutableArray<LayerId> InstalledLayers =
        [LayerId.Quorum, LayerId.LedgerIntegrity, LayerId.AlgoHeartbeat, LayerId.SlippageDrift, LayerId.ExfService, LayerId.PortfolioDrawdown];

    private readonly NodePlan _plan;
    private readonly NodeGround _ground;
    private readonly AssetDirectory _assets = new();
    private IActorRef _survival = ActorRefs.Nobody, _sensors = ActorRefs.Nobody, _execution = ActorRefs.Nobody, _feed = ActorRefs.Nobody;

    public NodeActor(NodePlan plan, NodeGround ground)
    {
        (_plan, _ground) = (plan, ground);
        Receive<NodeProtocol.GetStarted>(_ => Sender.Tell(new NodeProtocol.Started(_feed, _execution, _survival, _assets)));
        Receive<DurableProtocol.TakeSnapshot>(ToDurable);
        Receive<DurableProtocol.GetStored>(ToDurable);
    }

    protected override SupervisorStrategy SupervisorStrategy() => Supervision.Core;

    protected override void PreStart()
    {
        var (_, cluster, risk, board, invariants, _) = _ground;
        Context.ActorOf(Props.Create(() => new RiskListenerActor(risk, cluster)), "risk-listener");
        _survival = cluster.Singleton(Context, "survival",
            Props.Create(() => new SurvivalActor(_plan.Survival, InstalledLayers, cluster, invariants, board)));
        var sensors = Sensors(new SensorContext(_survival, _plan.Survival.Pulse));
        _sensors = Context.ActorOf(Props.Create(() => new SensorsActor(sensors)), "sensors");

        var instruments = _plan.Hedges.ToDictionary(h => h.Symbol, h => h.Instrument);
        var peers = new ExecutionPeers(_ground.Venue, _assets, board);
        _execution = cluster.Singleton(Context, "execution",
            Props.Create(() => new ExecutionActor(_plan.Execution, instruments, peers, cluster, risk, invariants)));

        var context = new StrategyContext(_execution, risk, board, invariants);
        _assets.Open(_plan.Hedges.Select((hedge, index) => KeyValuePair.Create(hedge.Symbol, Asset(hedge, index, context))));
        _execution.Tell(new ExecutionProtocol.Begin(_ground.WireWasLost));
        var assets = _assets.All;
        _feed = Context.ActorOf(Props.Create(() => new FeedActor(assets, cluster)), "feed");
    }

    // Numbered, because a symbol may hold characters that no path allows.
    private IActorRef Asset(HedgePlan hedge, int index, StrategyContext context)
    {
        var (_, cluster, _, board, invariants, _) = _ground;
        var strategy = Props.Create(() => new HedgeStrategyActor(hedge, context));
        var slot = board.Of(hedge.Symbol);
        var book = Props.Create(() => new PositionBookActor(hedge.Symbol, cluster, invariants, slot));
        return Context.ActorOf(Props.Create(() => new AssetActor(hedge.Symbol, hedge.StrategyId, strategy, book, cluster, board)), $"asset-{index:0000}");
    }

    private IReadOnlyList<(string, Props)> Sensors(SensorContext context)
    {
        var (_, cluster, _, _, invariants, _) = _ground;
        var (limit, shocks, patience) = (_plan.Survival.HeartbeatLimit, _plan.Shocks, _plan.Survival.Pulse + _plan.Survival.HeartbeatLimit);
        var (deposit, wireWasLost) = (_plan.Deposit, _ground.WireWasLost);
        return
        [
            ("quorum", Props.Create(() => new QuorumSensor(context, limit, cluster))),
            ("ledger", Props.Create(() => new LedgerSensor(context, patience, deposit, wireWasLost, cluster, invariants))),
            ("heartbeat", Props.Create(() => new HeartbeatSensor(context, cluster))),
            ("slippage", Props.Create(() => new SlippageSensor(context, cluster))),
            ("shocks", Props.Create(() => new ShockSensor(context, shocks, cluster))),
            ("drawdown", Props.Create(() => new DrawdownSensor(context, cluster))),
        ];
    }

    private void ToDurable(object message)
    {
        _survival.Forward(message);
        _sensors.Forward(message);
        _execution.Forward(message);
        foreach (var asset in _assets.All.Values) asset.Forward(message);
    }
}
