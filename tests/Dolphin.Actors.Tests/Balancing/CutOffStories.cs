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
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.AutoExecution;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Tests.Balancing;

/// <summary>Balancer, strategy, book and execution together, cut off after every single event they have stored.</summary>
public sealed class CutOffStories
{
    private const decimal Equity = 20_000m, Leverage = 5m, Limit = 0.15m;

    // Opens at the third bar with a quarter of the account in one symbol, and is trimmed. Then the price stands still: a trim ends a basis point of the account below
    // the limit, and a price that rises breaks it again.
    private static readonly decimal[] Prices = [100m, 101m, 100m, 100m, 100m, 100m];

    [Theory(DisplayName = "Cut off after any stored event, whether the last orders reached the venue or not: the symbol ends within its limit, no command is done twice, none is lost")]
    [InlineData(false)]
    [InlineData(true)]
    public void Cut_off_anywhere(bool lastOrdersLost)
    {
        var whole = new InMemoryJournal();
        var venue = new FillingVenue(whole);
        using (var node = new SmallNode(whole, venue, ActorStage.Minute))
        {
            foreach (var price in Prices) node.Bar(price);
            node.AssertWithinLimit("unbroken");
        }
        Assert.Single(whole.EventsOf(ExposureBalancerActor.Id).OfType<ExecutorEvent.CarriedOut>());
        Assert.Equal(4, venue.Sent.Count); // Two open, two trim.

        for (var kept = 0; kept <= whole.Events.Length; kept++)
        {
            var rest = whole.AfterCrash(kept);
            var after = venue.AsKnown(rest, kept, lastOrdersLost);
            using var node = new SmallNode(rest, after, ActorStage.Minute * (Prices.Length + 1));
            for (var bar = 0; bar < 12; bar++) node.Bar(bar < Prices.Length ? Prices[bar] : 100m);
            node.AssertWithinLimit($"cut off after event {kept} of {whole.Events.Length}");
        }
    }

    private sealed class SmallNode : IDisposable
    {
        private readonly ActorSystem _system;
        private readonly InMemoryJournal _journal;
        private readonly FillingVenue _venue;
        private readonly IActorRef _asset, _execution;
        private readonly InProcessCluster _cluster = new(epoch: 3);
        private readonly RunBoard _board = new([Hedges.Asset]);
        private readonly RiskBoard _risk = new(ActorStage.Minute, TimeSpan.FromSeconds(10));
        private readonly InvariantLedger _invariants = new();
        private long _sequence;

        public SmallNode(InMemoryJournal journal, FillingVenue venue, TimeSpan after)
        {
            (_journal, _venue) = (journal, venue);
            _system = ActorSystem.Create("small", EngineSettings.VirtualTime with
            {
                VirtualStart = EngineSettings.VirtualTime.VirtualStart + after, AskDrivesTime = true,
                Persistence = new JournalSettings { InMemory = journal },
                Serializers = system => [new SerializerBinding(typeof(object), new DolphinSerializer(system))],
            });
            var (cluster, board, risk, invariants, assets) = (_cluster, _board, _risk, _invariants, new AssetDirectory());
            var errors = new List<string>();
            var limits = BalancerPolicy.Create(BalancerSettings.Default with { MinDiversification = 1, MaxSymbolExposure = Limit }, "test", errors);
            Assert.Empty(errors);
            var (balancing, ground, tenure) = (new BalancerPlan(limits!, Leverage), new BalancerGround([Hedges.Asset], cluster, risk, board, assets), cluster.Tenure);
            _system.ActorOf(Props.Create(() => new ExposureBalancerActor(balancing, ground, tenure)), "balancer");
            var (instruments, peers) = (new Dictionary<Symbol, Instrument> { [ActorStage.Btc] = ActorStage.Instrument }, new ExecutionPeers(new OpenDoor(venue), assets, board));
            var execution = _execution = _system.ActorOf(Props.Create(() => new ExecutionActor(ActorStage.Policy, instruments, peers, cluster, cluster.Tenure, risk, invariants)), "execution");
            var (plan, context, slot) = (Hedges.Asset, new StrategyContext(execution, risk, board, invariants, ActorStage.Fees), board.Of(ActorStage.Btc));
            var book = Props.Create(() => new PositionBookActor(ActorStage.Btc, cluster, invariants, slot));
            _asset = _system.ActorOf(Props.Create(() => new AssetActor(plan, new AssetGround(context, book, ActorRefs.Nobody, ActorRefs.Nobody, cluster, board))), "asset");
            assets.Open([KeyValuePair.Create(ActorStage.Btc, _asset)]);
            (venue.Client, venue.Clock) = (execution, () => _system.Scheduler.Now);
            Assess();
            execution.Tell(new ExecutionProtocol.Begin(WireWasLost: true), ActorRefs.NoSender);
            _system.VirtualTime().RunUntilIdle();
        }

        public void Bar(decimal price)
        {
            _system.VirtualTime().RunFor(ActorStage.Minute);
            _venue.Price = price;
            Assess();
            _asset.Tell(Hedges.Bar(_system.Scheduler.Now - ActorStage.Minute, price), ActorRefs.NoSender);
            _system.VirtualTime().RunUntilIdle();
            _execution.Tell(_venue.Account(ActorStage.Btc, Equity), ActorRefs.NoSender);
            _system.VirtualTime().RunUntilIdle();
        }

        private void Assess()
        {
            var now = _system.Scheduler.Now;
            var snapshot = new RiskSnapshot(3, ++_sequence, now, 1, Posture.Apex, now, 6m, InvariantFailed: false, null, null, []);
            _risk.Publish(snapshot);
            _cluster.Publish(Topics.Risk, snapshot);
        }

        public void AssertWithinLimit(string where)
        {
            _system.VirtualTime().RunFor(ActorStage.Minute);
            Assert.True(_board.Halted.IsEmpty, $"{where}: {_board.Halted.FirstOrDefault()}");
            Assert.True(_invariants.Counts.All(c => c.Violated == 0), $"{where}: {_invariants.Counts.FirstOrDefault(c => c.Violated > 0)}");
            var exposure = (_venue.Held(PositionSide.Long) + _venue.Held(PositionSide.Short)).Base * _venue.Price / Leverage / Equity;
            Assert.True(exposure is > 0m and <= Limit, $"{where}: {exposure:P2} of the account is in one symbol.");
            var twice = _venue.Sent.GroupBy(s => s.Order.Id).FirstOrDefault(g => g.Count() > 1);
            Assert.True(twice is null, $"{where}: {twice?.Key} was sent {twice?.Count()} times.");

            var hedge = _journal.EventsOf(StrategyIds.PersistenceIdOf(ActorStage.Strategy)).OfType<HedgeEvent>().ToList();
            var began = hedge.OfType<HedgeEvent.TrimAsked>().Where(t => !t.Waited).Select(t => t.Wish.Id).ToList();
            Assert.True(began.Distinct().Count() == began.Count, $"{where}: a trim was begun twice, {string.Join(", ", began)}.");
            Assert.Equal(_venue.Held(PositionSide.Long), hedge.Aggregate(HedgeState.Initial, HedgeDecider.Evolve).Legs.Long);

            var balancer = _journal.EventsOf(ExposureBalancerActor.Id);
            var issued = balancer.OfType<BalancerEvent.CommandIssued>().Select(c => c.Command.Id).ToList();
            Assert.Equal(Enumerable.Range(1, issued.Count).Select(i => (long)i), issued);
            // A look is one write; of one that was torn all the same the command that lacks its end expires.
            var done = balancer.OfType<ExecutorEvent>().Select(e => e.Id).ToList();
            Assert.True(done.Distinct().Count() == done.Count, $"{where}: a command was done twice, {string.Join(", ", done)}.");
            Assert.Subset(balancer.OfType<BalancerEvent.CommandExpired>().Select(e => e.Id).ToHashSet(), issued.Except(done).ToHashSet());
            var ended = balancer.OfType<BalancerEvent>().Count(e => e is BalancerEvent.CommandDone or BalancerEvent.CommandRejected or BalancerEvent.CommandExpired);
            Assert.True(ended == issued.Count, $"{where}: {issued.Count} commands, {ended} ends.");
        }

        public void Dispose() => _system.End().GetAwaiter().GetResult();
    }
}
