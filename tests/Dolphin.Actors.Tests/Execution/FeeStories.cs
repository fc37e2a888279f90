using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Node;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;
using Dolphin.Venues;
using static Dolphin.Actors.Execution.ExecutionProtocol;

namespace Dolphin.Actors.Tests.Execution;

/// <summary>What the venue takes, as its fills show it, on its way to the board that strategies size with.</summary>
public sealed class FeeStories : ActorStage
{
    private readonly NotedVenue _venue;
    private readonly TestProbe _strategy;
    private readonly AssetDirectory _assets = new();
    private FeeBoard _board = null!;
    private IActorRef _execution = ActorRefs.Nobody;
    private int _lives;

    public FeeStories()
    {
        (_venue, _strategy) = (new NotedVenue(Journal), CreateTestProbe("strategy"));
        _assets.Open([KeyValuePair.Create(Btc, CreateTestProbe("asset").Ref)]);
        Live();
        Assess(Posture.Apex);
    }

    private void Live()
    {
        Sys.Stop(_execution);
        Settle();
        var (board, cluster) = (_board = new FeeBoard(Fees), Cluster);
        Sys.ActorOf(Props.Create(() => new FeeListenerActor(board, cluster)), $"fees-{++_lives}");
        _execution = StartExecution($"execution-{_lives}", Policy with { Fees = Fees }, _venue, _assets, wireWasLost: false);
    }

    private NewOrder Order(long sequence)
    {
        _strategy.Send(_execution, new Execute(Strategy, Btc, Targets(sequence, longTo: 2m, shortTo: 0m)));
        Settle();
        return _venue.Submits.Last();
    }

    private void Fill(NewOrder order, decimal rate, long trade = 1)
    {
        _execution.Tell(new VenueEvent.Filled(FillOf(order, trade, 2m, 2m) with { Fee = new Money(200m * rate) }, Clock));
        Settle();
    }

    private IEnumerable<ExecutionEvent.FeesCharged> Stored => Journal.EventsOf("execution").OfType<ExecutionEvent.FeesCharged>();

    [Fact(DisplayName = "As long as fills show what the plan says nothing is stored and nothing is said")]
    public void AsPlanned()
    {
        Fill(Order(1), rate: 0.0005m);
        Assert.Equal(Fees, _board.Now);
        Assert.Empty(Stored);
        Assert.Empty(Board.News);
        Assert.Null(DeskOf(_execution).Fees);
    }

    [Fact(DisplayName = "A fill that shows another rate changes it at once for everybody; it is stored once, and is the same after a crash")]
    public void Learns()
    {
        Fill(Order(1), rate: 0.0004m);
        Assert.Equal(new VenueFees(0.0002m, 0.0004m), _board.Now);
        Assert.Equal((0.0002m, 0.0004m), Assert.Single(Stored) is var stored ? (stored.Maker, stored.Taker) : default);
        Assert.Contains("0.04% of one that takes", Assert.Single(Board.News).Text, StringComparison.Ordinal);
        Live();
        Assert.Equal(new VenueFees(0.0002m, 0.0004m), _board.Now);
        Assert.Equal(new VenueFees(0.0002m, 0.0004m), DeskOf(_execution).Fees);
    }

    [Fact(DisplayName = "What the venue closes by force costs more, and says nothing of an order's fee")]
    public void Foreign()
    {
        var fill = FillOf(Order(1), 9, 2m, 2m) with { Order = new ClientOrderId("autoclose-1"), Fee = new Money(2.5m) };
        _execution.Tell(new VenueEvent.Liquidated(fill, Clock));
        Settle();
        Assert.Equal(Fees, _board.Now);
    }

    [Fact(DisplayName = "A node that joins later hears of it with the next word of the account")]
    public void Late()
    {
        Fill(Order(1), rate: 0.0004m);
        var (late, cluster) = (new FeeBoard(Fees), Cluster);
        Sys.ActorOf(Props.Create(() => new FeeListenerActor(late, cluster)), "late");
        Settle();
        Assert.Equal(Fees, late.Now);
        _execution.Tell(new VenueEvent.Account(new AccountView(null, new Money(10m), Money.Zero, Money.Zero, Money.Zero, []), Clock));
        Settle();
        Assert.Equal(0.0004m, late.Now.Taker);
    }
}
