using Dolphin.Actors.Execution;
using Dolphin.Actors.Node;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Venues;
using static Dolphin.Actors.Market.MarketProtocol;

namespace Dolphin.Actors.Tests.Stage;

/// <summary>A whole node with everything in it, on a venue and a market that the test plays.</summary>
public abstract class NodeStage : ActorStage
{
    public static readonly Money Deposit = new(10_000m);

    protected NodeStage()
    {
        Venue = new NotedVenue(Journal);
        Node = StartNode("node");
        Started = Node.Ask<NodeProtocol.Started>(new NodeProtocol.GetStarted()).GetAwaiter().GetResult();
        Settle();
    }

    protected IActorRef StartNode(string name)
    {
        var (plan, ground) = (Plan(Reference(Minute)), new NodeGround(new OpenDoor(Venue), Cluster, Risk, Board, Invariants, WireWasLost: true) { AsksServices = true });
        var node = Sys.ActorOf(Props.Create(() => new NodeActor(plan, ground)), name);
        Settle();
        return node;
    }

    protected NotedVenue Venue { get; }
    protected IActorRef Node { get; }
    protected NodeProtocol.Started Started { get; }

    /// <summary>The reference figures of the design, with sensors that report once a <paramref name="pulse"/>.</summary>
    protected static SurvivalPolicy Reference(TimeSpan pulse)
    {
        var errors = new List<string>();
        return SurvivalSettings.Reference.Set("pulse", pulse).ToPolicy(errors) ?? throw new InvalidOperationException(string.Join(' ', errors));
    }

    protected static ShockPolicy Shocks { get; } = new(TimeSpan.FromMinutes(5), TimeSpan.FromHours(24), VolatilityRatio: 4, Breadth: 0.8, WarmUp: TimeSpan.FromHours(1));

    private static NodePlan Plan(SurvivalPolicy survival)
    {
        var errors = new List<string>();
        var policy = HedgePolicy.Create(new HedgeSettings(), "test", errors) ?? throw new InvalidOperationException(string.Join(' ', errors));
        return new NodePlan([AssetPlan.Alone(new Actors.Hedging.HedgePlan(Strategy, Btc, policy, Instrument), Deposit)], survival, Shocks, Policy, Deposit, Fees);
    }

    protected IActorRef Child(string path) =>
        Resolve($"/user/node/{path}");

    /// <summary>One minute in which all is well: a bar that closes on time, and an account that holds what was deposited.</summary>
    protected void NominalMinute(decimal? equity = null)
    {
        Wait(Minute);
        CloseSlice();
        ShowAccount(equity ?? Deposit.Quote);
    }

    protected void CloseSlice()
    {
        Started.Feed.Tell(new SliceClosed(new MarketSlice((Clock - Minute).ToUnixTimeMilliseconds(), Minute, ReadOnlyMemory<SymbolBar>.Empty)), ActorRefs.NoSender);
        Settle();
    }

    protected void ShowAccount(decimal equity)
    {
        var view = new AccountView(null, Deposit, new Money(equity - Deposit.Quote), Money.Zero, Money.Zero, []);
        Started.Execution.Tell(new VenueEvent.Account(view, Clock), ActorRefs.NoSender);
        Settle();
    }

    /// <summary>Minutes enough for every invariant to have spoken and the posture to have climbed.</summary>
    protected void Fly()
    {
        for (var i = 0; i < 6; i++) NominalMinute();
        Assert.Equal((1.0, Posture.Apex), (Risk.Latest!.RTotal, Risk.Latest.Posture));
    }
}
