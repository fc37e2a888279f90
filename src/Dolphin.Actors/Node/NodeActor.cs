using System.Collections.Immutable;
using Dolphin.Actors.Alpha;
using Dolphin.Actors.Balancing;
using Dolphin.Actors.Books;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Divergence;
using Dolphin.Actors.Execution;
using Dolphin.Actors.External;
using Dolphin.Actors.Forewarning;
using Dolphin.Actors.Funding;
using Dolphin.Actors.Hermes;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Scan;
using Dolphin.Actors.Sensors;
using Dolphin.Actors.Sizing;
using Dolphin.Actors.Strategies;
using Dolphin.Actors.Survival;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.Market;
using Dolphin.Domain.Scan;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Node;

/// <summary>Parent of everything that trades on this node: controller, sensors, execution, feed and one actor an asset.</summary>
public sealed class NodeActor : ReceiveActor
{
    /// <summary>The layers that have a sensor in every bar market; <see cref="NodePlan.InstalledLayers"/> has those that a plan adds.</summary>
    public static readonly ImmutableArray<LayerId> InstalledLayers =
        [LayerId.Quorum, LayerId.LedgerIntegrity, LayerId.AlgoHeartbeat, LayerId.SlippageDrift, LayerId.ExfService, LayerId.PortfolioDrawdown];

    private readonly NodePlan _plan;
    private readonly NodeGround _ground;
    private readonly AssetDirectory _assets = new();
    private readonly Casualties _casualties;
    private bool _leaving;
    private IActorRef _serviceWatch = ActorRefs.Nobody, _riskListener = ActorRefs.Nobody, _feeListener = ActorRefs.Nobody, _survival = ActorRefs.Nobody, _sensors = ActorRefs.Nobody, _execution = ActorRefs.Nobody, _feed = ActorRefs.Nobody,
        _hermes = ActorRefs.Nobody, _balancer = ActorRefs.Nobody, _divergenceListener = ActorRefs.Nobody, _divergence = ActorRefs.Nobody,
        _factors = ActorRefs.Nobody, _sizingListener = ActorRefs.Nobody, _accountMeter = ActorRefs.Nobody, _fundingListener = ActorRefs.Nobody, _funding = ActorRefs.Nobody, _sizeLearner = ActorRefs.Nobody, _forewarner = ActorRefs.Nobody,
        _scanListener = ActorRefs.Nobody, _scan = ActorRefs.Nobody, _alphaListener = ActorRefs.Nobody, _alpha = ActorRefs.Nobody;
    private IReadOnlyList<IActorRef> _scanShards = [];

    /// <summary>What people know an asset's actor by; its path has a number instead.</summary>
    public static string AssetIdOf(Symbol symbol) => $"asset-{symbol}";

    public NodeActor(NodePlan plan, NodeGround ground)
    {
        (_plan, _ground, _casualties) = (plan, ground, new Casualties(ground.Board, ground.Cluster));
        Receive<NodeProtocol.GetStarted>(_ => Sender.Tell(new NodeProtocol.Started(_feed, _execution, _survival, _sensors, _assets, _hermes)));
        Receive<DurableProtocol.TakeSnapshot>(ToDurable);
        Receive<DurableProtocol.GetStored>(ToDurable);
        Receive<NodeProtocol.Leaving>(_ => _leaving = true);
        Receive<Terminated>(OnTerminated);
    }

    protected override SupervisorStrategy SupervisorStrategy() => Supervision.Core(Context, (failure, directive) => _casualties.Note(Sender, failure, directive));

    protected override void PreStart()
    {
        var (_, cluster, risk, board, invariants, _) = _ground;
        if (_ground.AsksServices) WatchServices();
        _riskListener = Child(Props.Create(() => new RiskListenerActor(risk, cluster)), "risk-listener");
        var fees = new FeeBoard(_plan.Fees);
        _feeListener = Child(Props.Create(() => new FeeListenerActor(fees, cluster)), "fee-listener"); // Before execution: what that says after a recovery must be heard.
        _feed = Child(Props.Create(() => new FeedActor(cluster)), "feed");
        var (installed, flattens) = (_plan.InstalledLayers, _plan.Execution.FlattenOnPanic);
        _survival = One(SingletonNames.Survival,
            tenure => Props.Create(() => new SurvivalActor(_plan.Survival, installed, flattens, cluster, tenure, invariants, board)));
        var sensors = Sensors();
        _sensors = One(SingletonNames.Sensors, _ => Props.Create(() => new SensorsActor(sensors, cluster, board)));

        var instruments = _plan.Assets.ToDictionary(a => a.Symbol, a => a.Instrument);
        var execution = _plan.Execution with { Fees = _plan.Fees };
        var peers = new ExecutionPeers(_ground.Door, _assets, board) { ChangedRules = _ground.ChangedRules };
        _execution = One(SingletonNames.Execution,
            tenure => Props.Create(() => new ExecutionActor(execution, instruments, peers, cluster, tenure, risk, invariants)));

        var governed = _plan.Assets.Where(a => a.Hermes is not null).ToImmutableArray();
        var hermes = new HermesGround(cluster, risk, board, _assets);
        if (!governed.IsEmpty) _hermes = One(SingletonNames.Hermes, _ => Props.Create(() => new HermesActor(governed, hermes)));

        var alpha = Rank(_plan.Alpha);
        Scan(_plan.Scan);
        var divergence = Compare(_plan.Divergence);
        if (_plan.Balancer is { } balancer)
        {
            var balancing = new BalancerGround(_plan.Assets, cluster, risk, board, _assets, divergence, alpha?.Board);
            _balancer = One(ExposureBalancerActor.Id, tenure => Props.Create(() => new ExposureBalancerActor(balancer, balancing, tenure)));
        }

        var sizing = Size(_plan.Sizing, divergence, alpha);
        Listen(_plan.Factors);
        Forewarn(_plan.Forewarner);
        var context = new StrategyContext(_execution, risk, board, invariants, fees, sizing, alpha) { ChangedRules = _ground.ChangedRules };
        var plans = _plan.Assets.ToDictionary(a => a.Symbol.Name, StringComparer.Ordinal);
        var assets = cluster.Entities(Context, "asset", [.. _plan.Assets.Select(a => a.Symbol.Name)], symbol => Asset(plans[symbol], context));
        _assets.Open(_plan.Assets.Zip(assets, (plan, asset) => KeyValuePair.Create(plan.Symbol, Context.Watch(asset))));
        _execution.Tell(new ExecutionProtocol.Begin(_ground.WireWasLost));
        foreach (var core in (ReadOnlySpan<IActorRef>)[_serviceWatch, _riskListener, _feeListener, _survival, _sensors, _execution, _feed, _hermes, _balancer, _divergenceListener, _divergence, _factors, _sizingListener, _accountMeter, _fundingListener, _funding, _sizeLearner, _forewarner, _scanListener, _scan, _alphaListener, _alpha])
            if (!core.IsNobody()) Context.Watch(core);
        foreach (var shard in _scanShards) Context.Watch(shard);
    }

    // First of all, and before it has begun itself: whoever begins after it is heard.
    private void WatchServices()
    {
        var (roll, pulse, cluster) = (new ServiceWatchActor.Roll(_plan.Survival.Patience), _plan.Survival.Pulse, _ground.Cluster);
        _serviceWatch = Context.ActorOf(Props.Create(() => new ServiceWatchActor(roll, pulse, cluster)), QuorumWatchState.Watcher);
        Context.System.EventStream.Subscribe(_serviceWatch, typeof(NodeProtocol.Enrolled));
        Context.Enrol("node");
    }

    // Of this process, with nothing to recover.
    private IActorRef Child(Props props, string name)
    {
        var child = Context.ActorOf(props, name);
        Context.System.EventStream.Publish(new NodeProtocol.Enrolled(child, name));
        return child;
    }

    // Whoever keeps watch over services hears of those that begin where they can end and come back.
    private IActorRef One(string name, Func<ITenure, Props> props)
    {
        var cluster = _ground.Cluster;
        return cluster.Singleton(Context, name, tenure =>
        {
            if (cluster.RevivesEntities) cluster.Publish(Topics.Services, new NodeProtocol.ServiceBegun(name));
            return props(tenure);
        });
    }

    // Nobody else has to be told: what each leaves out is heard, or not heard, by those who live on it.
    private void OnTerminated(Terminated terminated)
    {
        if (_leaving) return;
        var child = terminated.ActorRef;
        var (entity, consequence) = child switch
        {
            _ when child.Equals(_survival) => (SingletonNames.Survival, "Its silence counts as a failed invariant until the node is started again: nothing is traded."),
            _ when child.Equals(_serviceWatch) => (QuorumWatchState.Watcher, "Nobody asks for signs of life: a service that hangs is not known until the node is started again."),
            _ when child.Equals(_riskListener) => ("risk-listener", "What it heard last ages, and counts as a failed invariant until the node is started again: nothing is traded."),
            _ when child.Equals(_feeListener) => ("fee-listener", "Orders are sized with the fees that were heard last until the node is started again."),
            _ when child.Equals(_sensors) => (SingletonNames.Sensors, "Every layer is silent until the node is started again."),
            _ when child.Equals(_execution) => (SingletonNames.Execution, "No order leaves until the node is started again; what the venue did meanwhile is asked for then."),
            _ when child.Equals(_hermes) => (SingletonNames.Hermes, "Whoever holds an asset's legs keeps them, as daring as it was told last, until the node is started again."),
            _ when child.Equals(_balancer) => (ExposureBalancerActor.Id, "Nobody watches what the whole portfolio carries until the node is started again."),
            _ when child.Equals(_divergenceListener) => ("divergence-listener", NoDivergence),
            _ when child.Equals(_divergence) => (DivergenceActor.Id, NoDivergence),
            _ when child.Equals(_factors) => (ExternalFactorsActor.Id, "Every external factor ages, and L7 with it, until the node is started again."),
            _ when child.Equals(_forewarner) => (ForewarnerActor.Id, "L3 is silent and decays, and the envelope's caps stay as they were, until the node is started again."),
            _ when child.Equals(_sizingListener) => ("sizing-listener", "What openings are sized by stays as it was heard last until the node is started again."),
            _ when child.Equals(_accountMeter) => (AccountMeterActor.Id, "Margin and recent profit stay as they were measured last until the node is started again."),
            _ when child.Equals(_fundingListener) => ("funding-listener", NoFunding),
            _ when child.Equals(_funding) => (FundingActor.Id, NoFunding),
            _ when child.Equals(_sizeLearner) => (SizeLearnerActor.Id, "Nothing more is learned, and what it said last holds, until the node is started again."),
            _ when child.Equals(_scanListener) => ("scan-listener", "Screens show the scan as it was heard last until the node is started again."),
            _ when child.Equals(_scan) => (ScanActor.Id, "The universe is not scanned until the node is started again; L4 ages."),
            _ when child.Equals(_alphaListener) => ("alpha-listener", NoAlpha),
            _ when child.Equals(_alpha) => (AlphaActor.Id, NoAlpha),
            _ when _scanShards.Contains(child) => (ScanShardActor.Kind, "The scan does its rows itself, which takes longer, until the node is started again."),
            _ when child.Equals(_feed) => ("feed", "No strategy and no sensor sees another bar until the node is started again."),
            _ => Ground(_assets.All.Single(a => a.Value.Equals(child)).Key),
        };
        _casualties.Tell(child, entity, consequence, Context.GetLogger(), Context.System.Scheduler.Now);
    }

    private const string NoDivergence = "Divergence is missing until the node is started again: the balancer takes 0.0 and says so, adaptive leverage the worst.";

    private const string NoFunding = "Funding rates age, and are missing in the end, until the node is started again.";

    private const string NoAlpha = "Nobody is ranked until the node is started again, and sizes are cut as they were, or as if no factor were known where that is more.";

    // The listener first: what is published after a recovery must be heard.
    private DivergenceBoard? Compare(DivergencePlan? plan)
    {
        if (plan is null) return null;
        var (cluster, run, board) = (_ground.Cluster, _ground.Board, new DivergenceBoard(plan.Patience));
        _divergenceListener = Child(Props.Create(() => new DivergenceListenerActor(board, run, cluster)), "divergence-listener");
        _divergence = One(DivergenceActor.Id, _ => Props.Create(() => new DivergenceActor(plan, cluster, run)));
        return board;
    }

    private AlphaGround? Rank(AlphaPlan? plan)
    {
        if (plan is null) return null;
        var (cluster, run, board) = (_ground.Cluster, _ground.Board, new AlphaBoard(plan.Patience));
        var (hearsFactors, wireWasLost) = (_plan.Factors is not null, _ground.WireWasLost);
        ImmutableArray<Symbol> universe = [.. _plan.Assets.Select(a => a.Symbol).Order()];
        _alphaListener = Child(Props.Create(() => new AlphaListenerActor(board, run, cluster)), "alpha-listener");
        _alpha = One(AlphaActor.Id, tenure => Props.Create(() => new AlphaActor(plan, universe, cluster, tenure, run, hearsFactors, wireWasLost)));
        return new AlphaGround(plan, board);
    }

    private void Scan(ScanPlan? plan)
    {
        if (plan is null) return;
        var (cluster, run) = (_ground.Cluster, _ground.Board);
        ImmutableArray<Symbol> universe = [.. _plan.Assets.Select(a => a.Symbol).Order()];
        _scanListener = Child(Props.Create(() => new ScanListenerActor(run, cluster)), "scan-listener");
        if (plan.Sharing is { } sharing)
        {
            var (policy, ranges) = (plan.Policy, RowRange.Split(universe.Length, sharing.Shards));
            _scanShards = cluster.Entities(
                Context, ScanShardActor.Kind, [.. ranges.Select(rows => ScanShardActor.IdOf(rows, universe.Length))], id => Props.Create(() => new ScanShardActor(policy, id)));
        }
        var shards = _scanShards;
        _scan = One(ScanActor.Id, _ => Props.Create(() => new ScanActor(plan, universe, shards, cluster, run)));
    }

    private SizingGround? Size(SizingPlan? plan, DivergenceBoard? divergence, AlphaGround? alpha)
    {
        if (plan is null) return null;
        var (cluster, run, board) = (_ground.Cluster, _ground.Board, new SizingBoard(_plan.Forewarner?.CapsUnheard ?? []));
        _sizingListener = Child(Props.Create(() => new SizingListenerActor(plan, board, run, cluster)), "sizing-listener");
        _accountMeter = One(AccountMeterActor.Id, _ => Props.Create(() => new AccountMeterActor(plan, cluster)));
        var funding = HearFunding(plan);
        if (plan.Policy.Learning is { } policy)
            _sizeLearner = One(SizeLearnerActor.Id, _ => Props.Create(() => new SizeLearnerActor(policy, cluster, run)));
        return new SizingGround(plan, board, divergence, _sizeLearner, alpha, funding);
    }

    private FundingBoard? HearFunding(SizingPlan plan)
    {
        if (!plan.AsksForFunding) return null;
        var (cluster, board) = (_ground.Cluster, new FundingBoard(_plan.Assets.Select(a => a.Symbol)));
        _fundingListener = Child(Props.Create(() => new FundingListenerActor(board, cluster)), "funding-listener");
        _funding = One(FundingActor.Id, _ => Props.Create(() => new FundingActor(cluster)));
        return board;
    }

    // After all who hear of factors: what lies behind the beginning, in files or kept, is told once and at once.
    private void Listen(ExternalFactorsPlan? plan)
    {
        if (plan is null) return;
        var (cluster, run, pulse, wireWasLost) = (_ground.Cluster, _ground.Board, _plan.Survival.Pulse, _ground.WireWasLost);
        _factors = One(ExternalFactorsActor.Id, _ => Props.Create(() => new ExternalFactorsActor(plan, pulse, wireWasLost, cluster, run)));
    }

    // After the sizing listener: what is published after a recovery must be heard.
    private void Forewarn(ForewarnerPlan? plan)
    {
        if (plan is null) return;
        var (cluster, run, context) = (EarsOf(LayerId.McForewarner), _ground.Board, new SensorContext(HearerOf(LayerId.McForewarner), _plan.Survival.Pulse));
        _forewarner = One(ForewarnerActor.Id, _ => Props.Create(() => new ForewarnerActor(plan, context, cluster, run)));
    }

    private (string, string) Ground(Symbol symbol)
    {
        _ground.Cluster.Publish(Topics.Bookings, new BookProtocol.Grounded(symbol)); // Its book went with it, and could lag for ever.
        return (AssetIdOf(symbol), "Its strategy and its book are down with it.");
    }

    private Props Asset(AssetPlan plan, StrategyContext context)
    {
        var (_, cluster, _, board, invariants, _) = _ground;
        var (symbol, slot) = (plan.Symbol, board.Of(plan.Symbol));
        var book = Props.Create(() => new PositionBookActor(symbol, cluster, invariants, slot));
        var ground = new AssetGround(context, book, _feed, _hermes, cluster, board);
        return Props.Create(() => new AssetActor(plan, ground));
    }

    // In a drill every sensor is spoken and listened to by way of another actor, whose fault ever it is: or the run with a fault would be another one before it begins.
    private IActorRef HearerOf(LayerId layer) => _plan.SensorFault is { } fault
        ? Context.ActorOf(Props.Create(() => new SensorFaultActor(fault, _survival)), $"fault-{layer.Name}")
        : _survival;

    private IClusterPort EarsOf(LayerId layer)
    {
        var cluster = _ground.Cluster;
        return _plan.SensorFault is { } fault
            ? new DeafPort(cluster, Context.ActorOf(Props.Create(() => new SensorEarActor(layer, fault, cluster)), $"ear-{layer.Name}"))
            : cluster;
    }

    private IReadOnlyList<SensorPlace> Sensors()
    {
        var (board, invariants, wireWasLost) = (_ground.Board, _ground.Invariants, _ground.WireWasLost);
        var (limit, shocks, patience) = (_plan.Survival.HeartbeatLimit, _plan.Shocks, _plan.Survival.Patience);
        var (deposit, scans, hearsFactors) = (_plan.Deposit, _plan.Scan is not null, _plan.Factors is not null);
        ImmutableArray<Symbol> symbols = [.. _plan.Assets.Select(a => a.Symbol)];
        return
        [
            Place(LayerId.Quorum, "quorum", (context, cluster) => Props.Create(() => new QuorumSensor(context, limit, cluster))),
            OfAccount(LayerId.LedgerIntegrity, "ledger", (context, cluster) => Props.Create(() => new LedgerSensor(context, patience, deposit, wireWasLost, cluster, invariants))),
            Place(LayerId.AlgoHeartbeat, "heartbeat", (context, cluster) => Props.Create(() => new HeartbeatSensor(context, scans, cluster))),
            OfAccount(LayerId.SlippageDrift, "slippage", (context, cluster) => Props.Create(() => new SlippageSensor(context, cluster))),
            Place(LayerId.ExfService, "shocks", (context, cluster) => Props.Create(() => new ShockSensor(context, shocks, hearsFactors, cluster))),
            OfAccount(LayerId.PortfolioDrawdown, "drawdown", (context, cluster) => Props.Create(() => new DrawdownSensor(context, wireWasLost, cluster, board))),
            .. _plan.HasBooks ? [Place(LayerId.ObStreamer, "books", (context, cluster) => Props.Create(() => new BookSensor(context, symbols, cluster)))] : (SensorPlace[])[],
            .. _plan.Esof is { } esof ? [Place(LayerId.EsofService, "esof", (context, cluster) => Props.Create(() => new EsofSensor(context, esof, cluster, board)))] : (SensorPlace[])[],
        ];

        SensorPlace Place(LayerId layer, string name, Func<SensorContext, IClusterPort, Props> props) =>
            new(layer, name, props(new SensorContext(HearerOf(layer), _plan.Survival.Pulse), EarsOf(layer)));

        SensorPlace OfAccount(LayerId layer, string name, Func<AccountContext, IClusterPort, Props> props) =>
            Place(layer, name, (context, cluster) => props(AccountContext.Of(context, limit), cluster));
    }

    private void ToDurable(object message)
    {
        _survival.Forward(message);
        _sensors.Forward(message);
        _execution.Forward(message);
        _hermes.Forward(message);
        _balancer.Forward(message);
        _divergence.Forward(message);
        _factors.Forward(message);
        _forewarner.Forward(message);
        _accountMeter.Forward(message);
        _funding.Forward(message);
        _sizeLearner.Forward(message);
        _scan.Forward(message);
        _alpha.Forward(message);
        foreach (var asset in _assets.All.Values) asset.Forward(message);
    }
}
