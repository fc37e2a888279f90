using Dolphin.Actors.Balancing;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Node;
using Dolphin.Actors.Strategies;
using Dolphin.Actors.Tests.Alpha;
using Dolphin.Actors.Tests.Divergence;
using Dolphin.Actors.Tests.External;
using Dolphin.Actors.Tests.Forewarning;
using Dolphin.Actors.Tests.Hedging;
using Dolphin.Actors.Tests.Scan;
using Dolphin.Actors.Tests.Sizing;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Divergence;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Venues.Paper;

namespace Dolphin.Actors.Tests.Node;

/// <summary>What a node asks its cluster to have one of, beside the list of it.</summary>
public sealed class SingletonNamesStories : NodeStage
{
    [Fact(DisplayName = "A node with everything that a plan can have asks for exactly what the list of singletons has; the operator's is asked for by whoever hosts the node")]
    public void List()
    {
        var errors = new List<string>();
        var (limits, hermes) = (BalancerPolicy.Create(BalancerSettings.Default, "test", errors)!, HermesPolicy.Create(new HermesSettings(), new RegimeSettings(), "test", errors)!);
        Assert.Empty(errors);
        var other = new Symbol("ETHUSDT"); // A universe has two at least.
        var second = AssetPlan.Alone(Hedges.Plan with { StrategyId = $"hedge-{other}", Symbol = other, Instrument = Instrument with { Symbol = other } }, Deposit);
        var plan = new NodePlan([Hedges.Asset with { Hermes = hermes, OpeningLeg = new Money(12_000m) }, second], Reference(Minute), Shocks, Policy, Deposit, Fees, new BalancerPlan(limits, Leverage: 5m))
        {
            Divergence = DivergenceStories.Plan(new QuoteVenuePolicy(Seed: 7, TimeSpan.FromSeconds(2), new Bps(0m), OutageShare: 0, TimeSpan.FromMinutes(10))),
            Sizing = Learners.Plan(Learners.Leverage, Learners.Learning),
            Scan = ScanStories.Plan(),
            Factors = ExternalFactorsStories.Plan([]), Alpha = AlphaStories.Plan(),
            Forewarner = ForewarnerPlans.Plan(),
        };
        Sys.Stop(Node); // Two of one persistence id would write over each other.
        Settle();
        var cluster = new Noting(Cluster);
        var ground = new NodeGround(new OpenDoor(Venue), cluster, Risk, new RunBoard(plan.Assets), Invariants, WireWasLost: true);
        Sys.ActorOf(Props.Create(() => new NodeActor(plan, ground)), "full-node");
        Settle();
        Assert.Equal(SingletonNames.All, cluster.Names.Append(OperatorActor.Id).Order(StringComparer.Ordinal));
    }

    private sealed class Noting(IClusterPort inner) : IClusterPort
    {
        public List<string> Names { get; } = [];
        public bool RevivesEntities => inner.RevivesEntities;
        public string Node => inner.Node;

        public IActorRef Singleton(IActorRefFactory parent, string name, Func<ITenure, Props> props)
        {
            Names.Add(name);
            return inner.Singleton(parent, name, props);
        }

        public IReadOnlyList<IActorRef> Entities(IActorRefFactory parent, string kind, IReadOnlyList<string> ids, Func<string, Props> props) => inner.Entities(parent, kind, ids, props);
        public void Subscribe(Topic topic, IActorRef subscriber) => inner.Subscribe(topic, subscriber);
        public void Publish(Topic topic, object message) => inner.Publish(topic, message);
    }
}
