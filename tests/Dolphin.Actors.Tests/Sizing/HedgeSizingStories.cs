using Dolphin.Actors.Execution;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Divergence;
using Dolphin.Actors.Hedging;
using Dolphin.Actors.Funding;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Sizing;
using Dolphin.Actors.Strategies;
using Dolphin.Actors.Tests.Hedging;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;
using Dolphin.Domain.TwoLegs;
using static Dolphin.Actors.Execution.ExecutionProtocol;
using static Dolphin.Actors.Tests.Sizing.Learners;

namespace Dolphin.Actors.Tests.Sizing;

/// <summary>A hedge with the sizing chain before its openings, and a learner that hears what came of them.</summary>
public sealed class HedgeSizingStories : ActorStage
{
    private readonly TestProbe _execution, _feed, _learner;
    private SizingGround? _sizing;
    private IActorRef _strategy = ActorRefs.Nobody;
    private int _lives;
    private long _trade;

    public HedgeSizingStories() => (_execution, _feed, _learner) = (CreateTestProbe("execution"), CreateTestProbe("feed"), CreateTestProbe("learner"));

    private void Start(SizingPlan? plan)
    {
        var funding = new FundingBoard([Btc]);
        funding.Publish(SymbolFunding.After(null, new FundingRate(Btc, Clock, 0.0005m), isForecast: false)); // Equal legs pay each other.
        _sizing = plan is null ? null : new SizingGround(plan, new SizingBoard([]), new DivergenceBoard(TimeSpan.FromSeconds(70)), _learner.Ref, Funding: funding);
        Live();
    }

    private void Live()
    {
        Sys.Stop(_strategy);
        Settle();
        var (plan, context) = (Hedges.Plan, new StrategyContext(_execution.Ref, Risk, Board, Invariants, new FeeBoard(Fees), _sizing));
        _strategy = Sys.ActorOf(Props.Create(() => new HedgeStrategyActor(plan, context, StrategyProtocol.Stance.Alone)), $"strategy-{++_lives}");
        Settle();
    }

    private void Bar(decimal price)
    {
        Wait(Minute);
        Assess(Posture.Apex);
        _feed.Send(_strategy, Hedges.Bar(Clock - Minute, price));
        Settle();
    }

    private Execute Open()
    {
        foreach (var price in (ReadOnlySpan<decimal>)[100m, 101m, 100m]) Bar(price);
        return Heard<Execute>(_execution)[^1];
    }

    private void Fill(Execute asked)
    {
        foreach (var leg in Hedges.Legs)
        {
            var quantity = (asked.Targets.To[leg] - asked.Targets.From[leg]).Abs().Base;
            if (quantity > 0)
                _execution.Send(_strategy, new OrderFilled(Strategy, asked.Targets.Sequence,
                    FillOf(Hedges.Order(asked, leg), ++_trade, quantity, quantity, asked.Targets.DecisionPrice.QuotePerBase) with { At = Clock }));
            _execution.Send(_strategy, new LegDone(Strategy, asked.Targets.Sequence, leg, new Quantity(quantity), "filled"));
        }

        Settle();
    }

    // By hand, because it is at once: exit, and the rest at the next prices.
    private void Leave()
    {
        _feed.Send(_strategy, new StrategyProtocol.Exit(Strategy, "ada"));
        for (var i = 0; i < 40 && State.Mode != HedgeMode.Terminated; i++)
        {
            Bar(i % 2 == 0 ? 100.6m : 99.4m);
            foreach (var asked in Heard<Execute>(_execution)) Fill(asked);
        }

        Assert.Equal(HedgeMode.Terminated, State.Mode);
    }

    private List<HedgeEvent> Stored => [.. Journal.EventsOf(StrategyIds.PersistenceIdOf(Strategy)).OfType<HedgeEvent>()];
    private HedgeState State => Stored.Aggregate(HedgeState.Initial, HedgeDecider.Evolve);
    private HedgeEvent.CycleOpened Opened => Stored.OfType<HedgeEvent.CycleOpened>().Last();
    private List<SizeInput> Told => Heard<SizeInput>(_learner);

    private void Answer(EpisodeId id, bool end)
    {
        _learner.Send(_strategy, new SizingProtocol.Taken(id, end));
        Settle();
    }

    private static SizeLearnerState Trusted()
    {
        var state = SizeLearnerState.Initial;
        foreach (var input in Successes(40, DateTimeOffset.UnixEpoch)) state = SizeLearner.Decide(Learning, state, input).Events.Aggregate(state, SizeLearner.Evolve);
        return state;
    }

    [Fact(DisplayName = "Without a chain an opening is sized and stored as ever, and nobody is told anything")]
    public void Off()
    {
        Start(null);
        Assert.Equal(new Quantity(120m), Open().Targets.To.Long);
        Assert.DoesNotContain("sizing", System.Text.Encoding.UTF8.GetString(StoredJson.Write(Opened)), StringComparison.Ordinal);
        Assert.Empty(Told);
    }

    [Fact(DisplayName = "A learner that is not trusted changes no size; it is told of the opening, with what it would have chosen")]
    public void Shadow()
    {
        Start(Plan(learning: Learning));
        _sizing!.Board.Learner = SizeLearnerState.Initial;
        Assert.Equal(new Quantity(120m), Open().Targets.To.Long);
        var open = Assert.IsType<SizeInput.Open>(Assert.Single(Told));
        Assert.Equal((Episode(1), 1m), (open.Id, open.Choice.Used));
        Assert.Equal(SizeFactors.None, open.Choice.Context.Missing & (SizeFactors.Volatility | SizeFactors.Funding));
        Assert.Equal(open.Choice, Opened.Sizing!.Choice);
    }

    [Fact(DisplayName = "A trusted learner sizes the opening, under the posture's cap, and the event says by what")]
    public void Trusted_size()
    {
        Start(Plan(learning: Learning));
        _sizing!.Board.Learner = Trusted();
        var quantity = Open().Targets.To.Long;
        var sizing = Opened.Sizing!;
        Assert.True(sizing.Choice!.Used > 1.2m, $"{sizing}");
        Assert.Equal(decimal.Floor(40m * 3m * sizing.Choice.Used), decimal.Floor(quantity.Base));
        Assert.Equal(sizing, Board.Of(Btc).Sizing);
    }

    [Fact(DisplayName = "Adaptive leverage takes the plan's place with what is measured: volatility, account, divergence; what is missing is neutral and named")]
    public void Leverages()
    {
        Start(Plan(leverage: Leverage));
        _sizing!.Board.Account = new SizingProtocol.Measured(Margin: 0.425, Pnl: -0.05, Clock);
        Bar(100m);
        Bar(101m);
        _sizing.Divergence!.Publish(new SymbolDivergence(Btc, 0.015, "paper", "", Clock));
        Bar(100m);
        var (sizing, asked) = (Opened.Sizing!, Heard<Execute>(_execution)[^1]);
        var by = sizing.Adaptive!.Contributions.ToDictionary(c => c.Factor);
        Assert.Equal((null, 0.75, 1.0, 0.65, 0.75, 1.0), (by[LeverageFactor.Confidence].Value, by[LeverageFactor.Pnl].Multiplier,
            by[LeverageFactor.Symbol].Multiplier, by[LeverageFactor.Margin].Multiplier, by[LeverageFactor.Divergence].Multiplier, by[LeverageFactor.Funding].Multiplier));
        Assert.True(by[LeverageFactor.Volatility].Value > 0.05);
        // Seven percent an hour leaves the least, 5; the posture would allow 6.
        Assert.Equal((5m, BetBound.Configured, new Quantity(200m)), (sizing.Leverage, sizing.Bound, asked.Targets.To.Long));
        Assert.Empty(Told); // Nobody learns.
    }

    [Fact(DisplayName = "The second venue is gone: divergence does its worst until it is heard again, and the opening says that it is missing")]
    public void Second_venue_gone()
    {
        Start(Plan(leverage: Leverage));
        _sizing!.Divergence!.Publish(new SymbolDivergence(Btc, 0.01, null, "", Clock));
        Bar(100m);
        Bar(101m);
        _sizing.Divergence.Publish(new SymbolDivergence(Btc, null, null, "paper-2", Clock));
        Bar(100m);
        var divergence = Opened.Sizing!.Adaptive!.Contributions.Single(c => c.Factor == LeverageFactor.Divergence);
        Assert.Equal((null, 0.5), (divergence.Value, divergence.Multiplier));
    }

    [Fact(DisplayName = "What came of an opening goes to the learner: realised less fees plus funding, over what both legs cost, exactly")]
    public void Feedback()
    {
        Start(Plan(learning: Learning));
        _sizing!.Board.Learner = SizeLearnerState.Initial;
        Fill(Open());
        Answer(Episode(1), end: false);
        _feed.Send(_strategy, new StrategyProtocol.Funded(new FundingPayment(Btc, PositionSide.Long, new Money(-1.25m), Clock), After: null));
        _feed.Send(_strategy, new StrategyProtocol.Funded(new FundingPayment(Btc, PositionSide.Long, new Money(-1.25m), Clock), After: null)); // A copy.
        Leave();
        var close = Assert.IsType<SizeInput.Close>(Told[^1]);
        var fills = Stored.OfType<HedgeEvent.FillBooked>().Select(e => e.Fill).ToList();
        var cash = fills.Sum(f => (f.Side == OrderSide.Sell ? 1 : -1) * f.Price.QuotePerBase * f.Quantity.Base - f.Fee.Quote) - 1.25m;
        Assert.Equal((Episode(1), cash), (close.Id, close.Profit.Quote));
        Assert.True(close.Notional.Quote >= 24_000m);
    }

    [Fact(DisplayName = "A learner that does not answer is told again at the next bar, the end only after the opening, and not again once it has answered")]
    public void Told_again()
    {
        Start(Plan(learning: Learning));
        _sizing!.Board.Learner = SizeLearnerState.Initial;
        Fill(Open());
        Leave();
        var told = Told;
        Assert.True(told.Count > 2);
        Assert.All(told, input => Assert.IsType<SizeInput.Open>(input));
        Answer(Episode(1), end: false);
        Assert.IsType<SizeInput.Close>(Assert.Single(Told));
        Answer(Episode(1), end: true);
        Bar(100m);
        Assert.Empty(Told);
    }

    [Fact(DisplayName = "After a crash, from events or from a snapshot, the account of the open position is there, and the learner hears the same outcome")]
    public void Crash()
    {
        Start(Plan(learning: Learning));
        _sizing!.Board.Learner = SizeLearnerState.Initial;
        Fill(Open());
        Live();
        Assert.IsType<SizeInput.Open>(Told[^1]);
        Answer(Episode(1), end: false);
        _strategy.Tell(DurableProtocol.TakeSnapshot.Now, ActorRefs.NoSender);
        Settle();
        Live();
        Assert.Empty(Told);
        Leave();
        var close = Assert.IsType<SizeInput.Close>(Told[^1]);
        var fills = Stored.OfType<HedgeEvent.FillBooked>().Select(e => e.Fill).ToList();
        Assert.Equal(fills.Sum(f => (f.Side == OrderSide.Sell ? 1 : -1) * f.Price.QuotePerBase * f.Quantity.Base - f.Fee.Quote), close.Profit.Quote);
        Assert.NotNull(Board.Of(Btc).Sizing);
    }

    private void Wish(decimal quantity)
    {
        foreach (var price in (ReadOnlySpan<decimal>)[100m, 101m]) Bar(price);
        Wait(Minute);
        Assess(Posture.Turtle); // It does not open by itself before it is asked.
        _feed.Send(_strategy, Hedges.Bar(Clock - Minute, 101m));
        Settle();
        Assess(Posture.Apex);
        _feed.Send(_strategy, new StrategyProtocol.Grow(Btc, new GrowWish("balancer", 1, new Quantity(quantity), new Quantity(quantity), Clock.AddMinutes(5))));
        Settle();
    }

    [Fact(DisplayName = "An opening that somebody asked for is stored with the size that was asked for, and teaches nothing of a multiplier that did not make it")]
    public void Wished_size()
    {
        Start(Plan(learning: Learning));
        _sizing!.Board.Learner = Trusted();
        Wish(20m);
        var sizing = Opened.Sizing!;
        Assert.Equal((20m, 2_020m), (Opened.Targets.To.Long.Base, sizing.Notional.Quote));
        Assert.True(sizing.Choice is { Used: > 1.2m, Effective: 1m, EffectiveOffered: 1m }, $"{sizing.Choice}");
        Assert.Contains("one leg 2020", sizing.ToText(), StringComparison.Ordinal);
        Assert.Contains("was asked for", sizing.ToText(), StringComparison.Ordinal);
        Assert.Equal(sizing.Choice, Assert.IsType<SizeInput.Open>(Told[0]).Choice);
        Assert.Equal(sizing, Board.Of(Btc).Sizing);
    }

    [Fact(DisplayName = "A wish between the sizes with the multiplier and without it leaves of the multiplier what it leaves of the size")]
    public void Wished_between()
    {
        Start(Plan(learning: Learning));
        _sizing!.Board.Learner = Trusted();
        Wish(130m); // The plan alone would give 12000 a leg, at 101 that is 118.8.
        var sizing = Opened.Sizing!;
        Assert.Equal((13_130m, decimal.Round(13_130m / 12_000m, 6)), (sizing.Notional.Quote, decimal.Round(sizing.Choice!.Effective, 6)));
        Assert.Equal(sizing.Choice.Effective, sizing.Choice.EffectiveOffered);
    }

    [Fact(DisplayName = "A wish above what the sizer gives changes nothing of what is stored")]
    public void Wished_more()
    {
        Start(Plan(learning: Learning));
        _sizing!.Board.Learner = Trusted();
        Wish(1_000m);
        var sizing = Opened.Sizing!;
        Assert.Equal((12_000m * sizing.Choice!.Used, sizing.Choice.Used, sizing.Choice.Offered), (sizing.Notional.Quote, sizing.Choice.Effective, sizing.Choice.EffectiveOffered));
        Assert.DoesNotContain("asked for", sizing.ToText(), StringComparison.Ordinal);
    }
}
