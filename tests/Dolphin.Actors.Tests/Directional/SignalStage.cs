using System.Collections.Immutable;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Alpha;
using Dolphin.Actors.Books;
using Dolphin.Actors.Directional;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Sizing;
using Dolphin.Actors.Strategies;
using Dolphin.Actors.Tests.Hedging;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Exits;
using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;
using static Dolphin.Actors.Execution.ExecutionProtocol;

namespace Dolphin.Actors.Tests.Directional;

/// <summary>An asset with its book whose one strategy is directional and warm after three bars; the test is its execution, its feed and its operator.</summary>
public abstract class SignalStage : ActorStage
{
    public const string Id = "directional-BTCUSDT";

    private protected readonly TestProbe Execution, Feed, Operator;
    private IActorRef _asset = ActorRefs.Nobody;
    private int _lives;
    private long _trade;

    protected SignalStage() => (Execution, Feed, Operator) = (CreateTestProbe("execution"), CreateTestProbe("feed"), CreateTestProbe("operator"));

    private protected RunBoard News { get; private set; } = null!;

    /// <summary>What the venue says of the symbol now; null: what the plan knows.</summary>
    private protected ChangedRules? Rules { get; set; }

    /// <summary>Begins, or begins again after a crash: the journal is that of the life before.</summary>
    private protected void Start(ImmutableArray<DirectionalSignal> signals = default, SizingGround? sizing = null, AlphaGround? alpha = null)
    {
        Sys.Stop(_asset);
        Settle();
        var exits = ExitPolicy.Create(new ExitSettings { WarmUpBars = 3 }, "test", [])!;
        var plan = new DirectionalPlan(
            Id, Btc, DirectionalPolicy.Create(new DirectionalSettings(), exits, "test", [])!, Instrument,
            new BetRequest(new Money(20_000m), 0.2m, 3m, EnvelopeCap: null, Instrument.Brackets, Money.Zero), signals.IsDefault ? [] : signals);
        var asset = AssetPlan.Alone(plan, new Money(20_000m));
        var board = News = new RunBoard([asset]);
        var (cluster, invariants, slot) = (Cluster, Invariants, board.Of(Btc));
        var ground = new AssetGround(
            new StrategyContext(Execution.Ref, Risk, board, Invariants, new FeeBoard(Fees), sizing, alpha) { ChangedRules = _ => Rules }, Props.Create(() => new PositionBookActor(Btc, cluster, invariants, slot)), Feed.Ref,
            ActorRefs.Nobody, Cluster, board);
        _asset = Sys.ActorOf(Props.Create(() => new AssetActor(asset, ground)), $"asset-{++_lives}");
        Settle();
    }

    /// <summary>One bar of a minute that stood still at a price.</summary>
    private protected void Bar(decimal price)
    {
        Wait(Minute);
        Assess(Posture.Apex);
        Feed.Send(_asset, Hedges.Bar(Clock - Minute, price));
        Settle();
    }

    /// <summary>Until it has begun: it knows volatility, and the book is empty.</summary>
    private protected void Warm()
    {
        foreach (var price in (ReadOnlySpan<decimal>)[100m, 100.2m, 100m, 100.2m]) Bar(price);
        Assert.IsType<DirectionalEvent.Started>(Stored[0]);
    }

    private protected void Tell(TestProbe from, object message)
    {
        from.Send(_asset, message);
        Settle();
    }

    private protected void Signal(string id, PositionSide side, double confidence = 0.8) =>
        Tell(Operator, new StrategyProtocol.Signal(Id, "ada", new DirectionalSignal(id, side, confidence, Clock)));

    private protected List<Execute> Asked => Heard<Execute>(Execution);

    /// <summary>The venue fills one decision as a whole at its price, a tenth of it the fee.</summary>
    private protected void Fill(Execute asked, decimal? price = null)
    {
        foreach (var leg in Hedges.Legs)
        {
            var quantity = (asked.Targets.To[leg] - asked.Targets.From[leg]).Abs().Base;
            if (quantity > 0m)
            {
                var fill = FillOf(Hedges.Order(asked, leg), ++_trade, quantity, quantity, price ?? asked.Targets.DecisionPrice.QuotePerBase) with { At = Clock };
                Execution.Send(_asset, new BookProtocol.BookFill(fill, IsExternal: false));
                Execution.Send(_asset, new OrderFilled(Id, asked.Targets.Sequence, fill));
            }

            Execution.Send(_asset, new LegDone(Id, asked.Targets.Sequence, leg, new Quantity(quantity), "filled"));
        }

        Settle();
        Heard<object>(Execution);
    }

    /// <summary>Somebody else opens a leg beside us.</summary>
    private protected void Found(PositionSide leg, decimal quantity, decimal price) => Traded(leg, leg.Increasing(), quantity, price);

    /// <summary>Somebody else closes a part of a leg.</summary>
    private protected void Lost(PositionSide leg, decimal quantity, decimal price) => Traded(leg, leg.Reducing(), quantity, price);

    private void Traded(PositionSide leg, OrderSide side, decimal quantity, decimal price)
    {
        var fill = new Fill(
            new ClientOrderId($"web_{++_trade}"), _trade, Btc, leg, side, Price.Of(price), new Quantity(quantity), Money.Zero, IsMaker: false, new Quantity(quantity), Clock);
        Execution.Send(_asset, new BookProtocol.BookFill(fill, IsExternal: true));
        Execution.Send(_asset, new ExternalFill(fill));
        Settle();
    }

    private protected List<DirectionalEvent> Stored => [.. Journal.EventsOf(StrategyIds.PersistenceIdOf(Id)).OfType<DirectionalEvent>()];
    private protected DirectionalState State => Stored.Aggregate(DirectionalState.Initial, DirectionalDecider.Evolve);
    private protected IEnumerable<string> Said => News.News.Where(n => n.Source == Id || n.Source.Contains("directional", StringComparison.Ordinal)).Select(n => n.Text);
}
