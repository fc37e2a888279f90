using Dolphin.Actors.Execution;
using Dolphin.Actors.Compression;
using Dolphin.Actors.Funding;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Sizing;
using Dolphin.Actors.Strategies;
using Dolphin.Actors.Tests.Hedging;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Market;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;
using Dolphin.Domain.TwoLegs;
using static Dolphin.Actors.Execution.ExecutionProtocol;
using static Dolphin.Actors.Tests.Sizing.Learners;

namespace Dolphin.Actors.Tests.Sizing;

/// <summary>A compression whose residual a learner has a say in, and the learner that hears of its lock.</summary>
public sealed class CompressionSizingStories : ActorStage
{
    private static readonly CompressionPlan Plain = new(
        "compression-BTCUSDT", Btc, CompressionPolicy.Create(new CompressionSettings { WarmUpBars = 2, PositionCap = 100_000m, Capital = 100_000m, MaxVolatility = 1m }, "test", [])!, Instrument);

    private readonly TestProbe _execution, _feed, _learner;
    private IActorRef _strategy = ActorRefs.Nobody;
    private SizingGround? _sizing;

    public CompressionSizingStories() => (_execution, _feed, _learner) = (CreateTestProbe("execution"), CreateTestProbe("feed"), CreateTestProbe("learner"));

    private void Start(SizeLearnerState? learner, decimal residual = 0.1m)
    {
        var funding = new FundingBoard([Btc]);
        funding.Publish(SymbolFunding.After(null, new FundingRate(Btc, Clock, 0.0009m), isForecast: false));
        _sizing = learner is null ? null : new SizingGround(Plan(learning: Learning), new SizingBoard([]) { Learner = learner }, Divergence: null, _learner.Ref, Funding: funding);
        var (plan, context) = (Plain with { Policy = CompressionPolicy.Create(Plain.Policy.Settings with { Residual = residual }, "test", [])! }, new StrategyContext(_execution.Ref, Risk, Board, Invariants, new FeeBoard(Fees), _sizing));
        _strategy = Sys.ActorOf(Props.Create(() => new CompressionActor(plan, context, StrategyProtocol.Stance.Alone)), "compression");
        // Both legs under water at 100: long from 105, short from 95.
        _feed.Send(_strategy, new StrategyProtocol.Adopt("plan",
            new HandOver(new LegPosition(new Quantity(10m), new Money(1_050m)), new LegPosition(new Quantity(8m), new Money(760m)), 1, 1), Price.Of(100m)));
        Settle();
    }

    private void Bar(decimal price)
    {
        Wait(Minute);
        Assess(Posture.Apex);
        _feed.Send(_strategy, Hedges.Bar(Clock - Minute, price));
        Settle();
    }

    private List<CompressionEvent> Stored => [.. Journal.EventsOf(StrategyIds.PersistenceIdOf("compression-BTCUSDT")).OfType<CompressionEvent>()];

    [Fact(DisplayName = "Without a learner, and with one that is not trusted, the residual is the plan's, and nothing is stored of a choice where nobody was asked")]
    public void Off()
    {
        Start(null);
        var adopted = Assert.IsType<CompressionEvent.Adopted>(Assert.Single(Stored));
        Assert.Equal(new Quantity(1m), adopted.Residual);
        Assert.DoesNotContain("choice", System.Text.Encoding.UTF8.GetString(StoredJson.Write(adopted)), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "What the bounds of a residual leave of the multiplier is stored with the choice")]
    public void Bounded()
    {
        Start(Successes(40, DateTimeOffset.UnixEpoch).Aggregate(SizeLearnerState.Initial, (s, input) => SizeLearner.Decide(Learning, s, input).Events.Aggregate(s, SizeLearner.Evolve)), residual: 0.4m);
        var adopted = Assert.IsType<CompressionEvent.Adopted>(Assert.Single(Stored));
        Assert.Equal((new Quantity(5m), 1.5m, 1.25m, 1.25m), (adopted.Residual, adopted.Choice!.Used, adopted.Choice.Effective, adopted.Choice.EffectiveOffered));
        Assert.Equal(adopted, StoredJson.Read(StoredJson.Write(adopted), typeof(CompressionEvent.Adopted)));
    }

    [Fact(DisplayName = "A trusted learner makes the residual larger, the choice is stored with it, and the learner is told when the lock begins, not before")]
    public void Trusted()
    {
        var state = Successes(40, DateTimeOffset.UnixEpoch).Aggregate(SizeLearnerState.Initial, (s, input) => SizeLearner.Decide(Learning, s, input).Events.Aggregate(s, SizeLearner.Evolve));
        Start(state);
        var adopted = Assert.IsType<CompressionEvent.Adopted>(Assert.Single(Stored));
        Assert.Equal(1.5m, adopted.Choice!.Used);
        Assert.Equal(0.1, adopted.Choice.Context.Funding, 9); // Ten long and eight short: a ninth of 0.09 % is 0.01 %, a tenth of what counts as 1.
        Assert.Equal(new Quantity(1.5m), adopted.Residual);
        Assert.Empty(Heard<SizeInput>(_learner));
        foreach (var price in (ReadOnlySpan<decimal>)[100m, 101m, 102m, 101m, 100m, 99m, 100m, 101m, 102m, 101m]) Bar(price);
        Assert.Contains(Stored, e => e is CompressionEvent.ToppedUp or CompressionEvent.Reduced);
        var told = Heard<SizeInput>(_learner);
        Assert.All(told, input => Assert.Equal((new EpisodeId("hedge-compression:BTCUSDT:1"), adopted.Choice), ((SizeInput.Open)input).Id is var id ? (id, ((SizeInput.Open)input).Choice) : default));
        Assert.NotEmpty(told);
    }

    [Fact(DisplayName = "Locked legs that come back have the residual and the choice that they had, and no learner is asked again")]
    public void ComeBack()
    {
        var state = Successes(40, DateTimeOffset.UnixEpoch).Aggregate(SizeLearnerState.Initial, (s, input) => SizeLearner.Decide(Learning, s, input).Events.Aggregate(s, SizeLearner.Evolve));
        Start(state);
        foreach (var price in (ReadOnlySpan<decimal>)[100m, 101m, 102m, 101m]) Bar(price);
        var targets = Assert.Single(Stored.OfType<CompressionEvent.ToppedUp>()).Targets;
        var (order, grown) = (ClientOrderIds.For("compression-BTCUSDT", targets.Sequence, PositionSide.Short), targets.To.Short - targets.From.Short);
        _feed.Send(_strategy, new OrderFilled("compression-BTCUSDT", targets.Sequence,
            new Fill(order, 2, Btc, PositionSide.Short, OrderSide.Sell, Price.Of(101m), grown, Money.Zero, IsMaker: false, grown, Clock)));
        Settle();
        _feed.Send(_strategy, new StrategyProtocol.Release("hermes"));
        Settle();
        var released = Assert.Single(Stored.OfType<CompressionEvent.Released>());
        _feed.Send(_strategy, new StrategyProtocol.Adopt("hermes", released.Legs, Price.Of(101m)));
        Settle();
        CompressionEvent.Adopted[] adopted = [.. Stored.OfType<CompressionEvent.Adopted>()];
        Assert.Equal((2, false, true), (adopted.Length, adopted[0].GoesOn, adopted[1].GoesOn));
        Assert.Equal((new Quantity(1.5m), adopted[0].Choice), (adopted[1].Residual, adopted[1].Choice));
        Assert.NotNull(adopted[1].Choice);
        Assert.Equal(adopted[1], StoredJson.Read(StoredJson.Write(adopted[1]), typeof(CompressionEvent.Adopted)));
    }
}
