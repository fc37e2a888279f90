using System.Collections.Immutable;
using Dolphin.Actors.Books;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Hedging;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Venues;

namespace Dolphin.Actors.Tests.Hedging;

/// <summary>Strategy, book and execution together, cut off after every single event they have stored.</summary>
public sealed class RestartStories
{
    // Opens at the third bar, rebalances at every move, and leaves at the end.
    private static readonly decimal[] Prices = [100m, 101m, 100m, 101m, 100.2m, 101.5m, 101.4m, 100.6m];

    [Theory(DisplayName = "Cut off after any stored event, whether the last orders reached the venue or not: no decision is sent twice, none is lost, all three agree")]
    [InlineData(false)]
    [InlineData(true)]
    public void Cut_off_anywhere(bool lastOrdersLost)
    {
        var whole = new InMemoryJournal();
        var venue = new FillingVenue(whole);
        using (var node = new SmallNode(whole, venue, ActorStage.Minute))
            foreach (var price in Prices) node.Bar(price);
        Assert.True(venue.Sent.Count >= 6 && whole.Events.Length >= 30, $"{venue.Sent.Count} orders and {whole.Events.Length} events: the story needs more.");

        for (var kept = 0; kept <= whole.Events.Length; kept++)
        {
            var rest = whole.AfterCrash(kept);
            var after = venue.AsKnown(rest, kept, lastOrdersLost);
            using var node = new SmallNode(rest, after, ActorStage.Minute * (Prices.Length + 1));
            for (var bar = 0; bar < 12; bar++) node.Bar(bar % 2 == 0 ? 100.1m : 101.3m);
            node.Bar(101.3m); // Inside the band: what is under way can end.
            node.AssertSettled($"cut off after event {kept} of {whole.Events.Length}");
        }
    }

    /// <summary>One asset and the door to the venue, in a system of their own.</summary>
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
            var (instruments, peers) = (new Dictionary<Symbol, Instrument> { [ActorStage.Btc] = ActorStage.Instrument }, new ExecutionPeers(new OpenDoor(venue), assets, board));
            var execution = _execution = _system.ActorOf(Props.Create(() => new ExecutionActor(ActorStage.Policy, instruments, peers, cluster, cluster.Tenure, risk, invariants)), "execution");
            var (plan, context, slot) = (Hedges.Asset, new StrategyContext(execution, risk, board, invariants, ActorStage.Fees), board.Of(ActorStage.Btc));
            var book = Props.Create(() => new PositionBookActor(ActorStage.Btc, cluster, invariants, slot));
            _asset = _system.ActorOf(Props.Create(() => new AssetActor(plan, new AssetGround(context, book, ActorRefs.Nobody, ActorRefs.Nobody, cluster, board))), "asset");
            assets.Open([KeyValuePair.Create(ActorStage.Btc, _asset)]);
            (venue.Client, venue.Clock) = (execution, () => _system.Scheduler.Now);
            Assess(); // Nothing holds back what would be sent a second time.
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
        }

        private void Assess()
        {
            var now = _system.Scheduler.Now;
            var snapshot = new RiskSnapshot(3, ++_sequence, now, 1, Posture.Apex, now, 6m, InvariantFailed: false, null, null, []);
            _risk.Publish(snapshot);
            _cluster.Publish(Topics.Risk, snapshot);
        }

        public void AssertSettled(string where)
        {
            _system.VirtualTime().RunFor(ActorStage.Minute);
            var (state, book) = (_journal.EventsOf(StrategyIds.PersistenceIdOf(ActorStage.Strategy)).OfType<HedgeEvent>().Aggregate(HedgeState.Initial, HedgeDecider.Evolve), _board.Of(ActorStage.Btc).Book!);
            Assert.True(_board.Halted.IsEmpty, $"{where}: {_board.Halted.FirstOrDefault()}");
            Assert.True(_invariants.Counts.All(c => c.Violated == 0), $"{where}: {_invariants.Counts.FirstOrDefault(c => c.Violated > 0)}");
            var twice = _venue.Sent.GroupBy(s => s.Order.Id).FirstOrDefault(g => g.Count() > 1);
            Assert.True(twice is null, $"{where}: {twice?.Key} was sent {twice?.Count()} times.");
            Assert.True(state.Pending is null, $"{where}: the strategy waits for {state.Pending}.");
            Assert.True(_board.Orders.Open == 0, $"{where}: {_board.Orders.Open} orders are open.");
            foreach (var leg in Hedges.Legs)
            {
                Assert.True(_venue.Held(leg) == state[leg].Quantity && _venue.Held(leg) == book[leg].Quantity,
                    $"{where}: {leg} is {_venue.Held(leg)} at the venue, {state[leg].Quantity} to the strategy, {book[leg].Quantity} in the book.");
            }

            Assert.True(_venue.Sent.Count > 2 && state.Cycle > 0, $"{where}: it did not go on trading.");
        }

        public void Dispose() => _system.End().GetAwaiter().GetResult();
    }
}
