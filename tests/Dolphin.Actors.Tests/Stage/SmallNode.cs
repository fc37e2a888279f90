using Dolphin.Actors.Balancing;
using Dolphin.Actors.Books;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Strategies;
using Dolphin.Actors.Tests.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Tests.Stage;

/// <summary>One hedged asset and the door to the venue, if wanted an exposure balancer beside them, in a system of their own on a journal of a test's choice.</summary>
internal sealed class SmallNode : IDisposable
{
    private readonly ActorSystem _system;
    private readonly FillingVenue _venue;
    private readonly IActorRef _asset, _execution;
    private readonly InProcessCluster _cluster = new(epoch: 3);
    private readonly RiskBoard _risk = new(ActorStage.Minute, TimeSpan.FromSeconds(10));
    private readonly InvariantLedger _invariants = new();
    private long _sequence;

    /// <param name="after">How long after the start of virtual time it begins.</param>
    public SmallNode(InMemoryJournal journal, FillingVenue venue, TimeSpan after, BalancerPlan? balancer = null)
    {
        _venue = venue;
        _system = ActorSystem.Create("small", EngineSettings.VirtualTime with
        {
            VirtualStart = EngineSettings.VirtualTime.VirtualStart + after, AskDrivesTime = true,
            Persistence = new JournalSettings { InMemory = journal },
            Serializers = system => [new SerializerBinding(typeof(object), new DolphinSerializer(system))],
        });
        var (cluster, board, risk, invariants, assets) = (_cluster, Board, _risk, _invariants, new AssetDirectory());
        if (balancer is not null)
        {
            var (ground, tenure) = (new BalancerGround([Hedges.Asset], cluster, risk, board, assets), cluster.Tenure);
            _system.ActorOf(Props.Create(() => new ExposureBalancerActor(balancer, ground, tenure)), "balancer");
        }

        var (instruments, peers) = (new Dictionary<Symbol, Instrument> { [ActorStage.Btc] = ActorStage.Instrument }, new ExecutionPeers(new OpenDoor(venue), assets, board));
        var execution = _execution = _system.ActorOf(Props.Create(() => new ExecutionActor(ActorStage.Policy, instruments, peers, cluster, cluster.Tenure, risk, invariants)), "execution");
        var (plan, context, slot) = (Hedges.Asset, new StrategyContext(execution, risk, board, invariants, new FeeBoard(ActorStage.Fees)), board.Of(ActorStage.Btc));
        var book = Props.Create(() => new PositionBookActor(ActorStage.Btc, cluster, invariants, slot));
        _asset = _system.ActorOf(Props.Create(() => new AssetActor(plan, new AssetGround(context, book, ActorRefs.Nobody, ActorRefs.Nobody, cluster, board))), "asset");
        assets.Open([KeyValuePair.Create(ActorStage.Btc, _asset)]);
        (venue.Client, venue.Clock) = (execution, () => _system.Scheduler.Now);
        Assess(); // Nothing holds back what would be sent a second time.
        execution.Tell(new ExecutionProtocol.Begin(WireWasLost: true), ActorRefs.NoSender);
        Settle();
    }

    public RunBoard Board { get; } = new([Hedges.Asset]);

    /// <summary>A minute later a bar closes.</summary>
    /// <param name="equity">Quote; where it is given the venue then says what the account is.</param>
    public void Bar(decimal price, decimal? equity = null)
    {
        _system.VirtualTime().RunFor(ActorStage.Minute);
        _venue.Price = price;
        Assess();
        var bar = Hedges.Bar(_system.Scheduler.Now - ActorStage.Minute, price);
        _cluster.Publish(Topics.Slices, new MarketProtocol.SliceClosed(new MarketSlice(bar.Bar.OpenTimeMs, ActorStage.Minute, new[] { new SymbolBar(ActorStage.Btc, bar.Bar) })));
        _asset.Tell(bar, ActorRefs.NoSender);
        Settle();
        if (equity is not { } said) return;
        _execution.Tell(_venue.Account(ActorStage.Btc, said), ActorRefs.NoSender);
        Settle();
    }

    /// <summary>A minute later nobody has stopped, every invariant has held, and no order was sent twice.</summary>
    public void AssertSound(string where)
    {
        _system.VirtualTime().RunFor(ActorStage.Minute);
        Assert.True(Board.Halted.IsEmpty, $"{where}: {Board.Halted.FirstOrDefault()}");
        Assert.True(_invariants.Counts.All(c => c.Violated == 0), $"{where}: {_invariants.Counts.FirstOrDefault(c => c.Violated > 0)}");
        var twice = _venue.Sent.GroupBy(s => s.Order.Id).FirstOrDefault(g => g.Count() > 1);
        Assert.True(twice is null, $"{where}: {twice?.Key} was sent {twice?.Count()} times.");
    }

    private void Assess()
    {
        var now = _system.Scheduler.Now;
        var snapshot = new RiskSnapshot(3, ++_sequence, now, 1, Posture.Apex, now, 6m, InvariantFailed: false, null, null, []);
        _risk.Publish(snapshot);
        _cluster.Publish(Topics.Risk, snapshot);
    }

    private void Settle() => _system.VirtualTime().RunUntilIdle();

    public void Dispose() => _system.End().GetAwaiter().GetResult();
}
