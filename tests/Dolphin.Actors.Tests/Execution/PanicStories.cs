using Dolphin.Actors.Books;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Venues;
using static Dolphin.Actors.Execution.ExecutionProtocol;

namespace Dolphin.Actors.Tests.Execution;

/// <summary>An invariant has fallen to 0, and the plan says <c>panic-action = flatten</c>.</summary>
public sealed class PanicStories : ActorStage
{
    private static readonly ExecutionPolicy Flattens = Policy with { FlattenOnPanic = true };
    private static readonly Symbol Eth = new("ETHUSDT");
    private readonly NotedVenue _venue;
    private readonly AssetDirectory _assets = new();
    private readonly TestProbe _asset, _strategy;
    private IActorRef _execution;
    private long _trade;

    public PanicStories()
    {
        _venue = new NotedVenue(Journal);
        (_asset, _strategy) = (CreateTestProbe("asset"), CreateTestProbe("strategy"));
        _assets.Open([KeyValuePair.Create(Btc, _asset.Ref), KeyValuePair.Create(Eth, _asset.Ref)]);
        _execution = Start("execution", Flattens, wireWasLost: false);
        Assess(Posture.Apex);
    }

    private readonly Dictionary<Symbol, ChangedRules> _rules = [];

    private IActorRef Start(string name, ExecutionPolicy policy, bool wireWasLost) =>
        StartExecution(name, policy, _venue, _assets, wireWasLost, symbol => _rules.GetValueOrDefault(symbol));

    private void Restart(bool wireWasLost, string name = "execution-2")
    {
        Sys.Stop(_execution);
        Settle();
        _venue.Noted.Clear();
        _execution = Start(name, Flattens, wireWasLost);
    }

    private void Fail() => Assess(Posture.Hibernate, 0, invariantFailed: true);

    private void Execute(long sequence, decimal longTo, decimal shortTo, decimal longFrom = 0m, decimal shortFrom = 0m)
    {
        _strategy.Send(_execution, new Execute(Strategy, Btc, Targets(sequence, longTo, shortTo, longFrom, shortFrom)));
        Settle();
    }

    private void Say(VenueEvent said)
    {
        _execution.Tell(said, ActorRefs.NoSender);
        Settle();
    }

    private static VenuePosition Position(PositionSide leg, decimal quantity, decimal? mark = 100m, Symbol? symbol = null) => new(
        symbol ?? Btc, leg, new Quantity(quantity), new Money(quantity * 100m), Money.Zero, Money.Zero, Money.Zero, mark is { } m ? Price.Of(m) : null, 1);

    private string LastAsked => _venue.Of<VenueCommand.GetAccount>().Last().RequestId;

    private void AnswerHolding(params VenuePosition[] positions) => Answer(LastAsked, positions);

    private void Answer(string? request, params VenuePosition[] positions) =>
        Say(new VenueEvent.Account(new AccountView(request, new Money(1_000m), Money.Zero, Money.Zero, Money.Zero, [.. positions]), Clock));

    private void Fill(NewOrder order, decimal quantity, bool closes = true)
    {
        Say(new VenueEvent.Accepted(order, Clock));
        if (quantity > 0) Say(new VenueEvent.Filled(FillOf(order, ++_trade, quantity, quantity), Clock));
        if (!closes) return;
        Say(new VenueEvent.Closed(order.Id, quantity == order.Quantity.Base ? OrderState.Filled : OrderState.Expired, new Quantity(quantity), Clock));
        _execution.Tell(new FillStored(order.Id, new Quantity(quantity)));
        if (quantity > 0) _execution.Tell(new FillTaken(order.Symbol, order.Leg, _trade));
        Settle();
    }

    private List<NewOrder> Closing => [.. _venue.Submits.Where(o => o.Id.Value.StartsWith("panic.", StringComparison.Ordinal))];
    private OrderDeskState Desk() => DeskOf(_execution);

    [Fact(DisplayName = "First every open order is cancelled, then the venue is asked what is held, then each leg is closed at market by a stored intent: both legs of a hedge too")]
    public void Cancels_asks_closes()
    {
        Fail();
        Assert.Equal([typeof(VenueCommand.CancelAll), typeof(VenueCommand.GetAccount)], _venue.Noted.Select(n => n.Command.GetType()));
        AnswerHolding(Position(PositionSide.Long, 2m), Position(PositionSide.Short, 3m), Position(PositionSide.Short, 7m, symbol: Eth), Position(PositionSide.Long, 0m, symbol: Eth));
        Assert.Equal(
            [(Btc, PositionSide.Long, OrderSide.Sell, 2m), (Btc, PositionSide.Short, OrderSide.Buy, 3m), (Eth, PositionSide.Short, OrderSide.Buy, 7m)],
            Closing.Select(o => (o.Symbol, o.Leg, o.Side, o.Quantity.Base)));
        Assert.All(Closing, o => Assert.True(o.ReducesLeg && o.Type == OrderType.Market, $"{o} is not reduce-only at market."));
        Assert.Equal(Closing.Count, _venue.Submits.Count());
        Assert.Equal(3, Closing.Select(o => o.Id).Distinct().Count());
        foreach (var (command, stored) in _venue.Noted.Where(n => n.Command is VenueCommand.Submit))
            Assert.Contains(Journal.Events.Take(stored).Select(e => e.Payload).OfType<ExecutionEvent.Intended>(), i => i.Order == ((VenueCommand.Submit)command).Order);
        Assert.Empty(Violations);
    }

    [Fact(DisplayName = "What does not trade is kept, said once, and asked for again until it trades; the rest is closed at once")]
    public void Keeps_what_does_not_trade()
    {
        _rules[Eth] = ChangedRules.NotTrading(Eth, "it is SETTLING");
        Fail();
        AnswerHolding(Position(PositionSide.Long, 2m), Position(PositionSide.Short, 7m, symbol: Eth));
        Fill(Assert.Single(Closing), 2m);
        Assert.Equal(Btc, Closing[0].Symbol);

        for (var i = 0; i < 3; i++)
        {
            var asked = _venue.Of<VenueCommand.GetAccount>().Count();
            Wait(TimeSpan.FromMinutes(1));
            Fail();
            Assert.True(_venue.Of<VenueCommand.GetAccount>().Count() > asked);
            AnswerHolding(Position(PositionSide.Long, 0m), Position(PositionSide.Short, 7m, symbol: Eth));
        }

        Assert.Single(Closing);
        Assert.Single(Board.News, n => n.Text.StartsWith("not everything is closed: Short of ETHUSDT: it is SETTLING.", StringComparison.Ordinal));

        _rules.Clear();
        Wait(TimeSpan.FromMinutes(1));
        AnswerHolding(Position(PositionSide.Long, 0m), Position(PositionSide.Short, 7m, symbol: Eth));
        Assert.Equal((Eth, PositionSide.Short, 7m), (Closing[^1].Symbol, Closing[^1].Leg, Closing[^1].Quantity.Base));
        Assert.Equal(2, Closing.Count);
        Assert.Empty(Violations);
    }

    [Fact(DisplayName = "Nothing is opened meanwhile, and no strategy's exit goes beside it: both are refused with the reason")]
    public void Nothing_else()
    {
        Fail();
        AnswerHolding(Position(PositionSide.Long, 2m));
        Execute(1, longTo: 1m, shortTo: 4m, longFrom: 2m, shortFrom: 3m);
        Assert.All(Heard<LegDone>(_strategy), d => Assert.Contains("not allowed", d.Reason, StringComparison.Ordinal));
        Assert.Equal(Closing, _venue.Submits);
        Assert.Single(Closing);
    }

    [Fact(DisplayName = "However often the failed invariant is told, and the venue's answer with it, everything is closed once")]
    public void Once()
    {
        Fail();
        Fail();
        var asked = LastAsked;
        Answer(asked, Position(PositionSide.Long, 2m));
        Answer(asked, Position(PositionSide.Long, 2m));
        Fail();
        Answer(null, Position(PositionSide.Long, 2m)); // What the venue publishes by itself is no answer.
        Assert.Single(Closing);
        Assert.Single(_venue.Of<VenueCommand.CancelAll>());
        Assert.Single(_venue.Of<VenueCommand.GetAccount>());
    }

    [Theory(DisplayName = "An invariant that fails in HIBERNATE, where exits may rest, cancels everything again, whatever the panic action")]
    [InlineData(false)]
    [InlineData(true)]
    public void Fails_in_hibernate(bool flatten)
    {
        Sys.Stop(_execution);
        Settle();
        _execution = Start("execution-2", flatten ? Flattens : Policy, wireWasLost: false);
        Assess(Posture.Hibernate, 0.1);
        _venue.Noted.Clear();
        Fail();
        Fail();
        Assert.Single(_venue.Of<VenueCommand.CancelAll>());
        Assert.Equal(flatten ? 1 : 0, _venue.Of<VenueCommand.GetAccount>().Count());
    }

    [Fact(DisplayName = "A venue that does not say what is held is asked again")]
    public void No_answer()
    {
        Fail();
        Wait(Flattens.AnswerTimeout + Flattens.CareEvery);
        Assert.True(_venue.Of<VenueCommand.GetAccount>().Count() >= 2, "It was asked once and never again.");
        AnswerHolding(Position(PositionSide.Short, 3m));
        Assert.Single(Closing);
        var asked = _venue.Of<VenueCommand.GetAccount>().Count();
        Fill(Closing[0], 3m);
        Wait(Minute * 10);
        Assert.Equal(asked, _venue.Of<VenueCommand.GetAccount>().Count());
    }

    [Fact(DisplayName = "What a thin market, or a refusal, left of a leg is closed by further orders, each under its own id, until nothing is held")]
    public void Until_flat()
    {
        Fail();
        AnswerHolding(Position(PositionSide.Long, 2m), Position(PositionSide.Short, 3m));
        var (sell, buy) = (Closing[0], Closing[1]);
        Fill(sell, 0.5m);
        Say(new VenueEvent.Rejected(buy.Id, VenueCode.ReduceOnlyRejected, "something else reduces it", Clock));
        Wait(Flattens.AnswerTimeout + Flattens.CareEvery);
        AnswerHolding(Position(PositionSide.Long, 1.5m), Position(PositionSide.Short, 3m));
        Assert.Equal([2m, 3m, 1.5m, 3m], Closing.Select(o => o.Quantity.Base));
        Fill(Closing[2], 1.5m);
        Fill(Closing[3], 3m);
        Wait(Minute * 10);
        Assert.Equal(4, Closing.Select(o => o.Id).Distinct().Count());
        Assert.Equal(4, Closing.Count);
        Assert.Empty(Desk().Open);
    }

    [Fact(DisplayName = "An order that was on its way when the invariant failed is cancelled if it rests, and what it filled is closed too")]
    public void On_its_way()
    {
        Assess(Posture.Stalker, 0.7);
        Execute(1, longTo: 2m, shortTo: 0m);
        var late = Assert.Single(_venue.Submits);
        Fail();
        AnswerHolding();
        Assert.Empty(Closing);
        Say(new VenueEvent.Accepted(late, Clock)); // It arrived after the cancel-all.
        Assert.Equal(late.Id, Assert.Single(_venue.Of<VenueCommand.Cancel>()).Id);
        Fill(late, 0.7m, closes: false);
        Wait(Flattens.AnswerTimeout + Flattens.CareEvery);
        AnswerHolding(Position(PositionSide.Long, 0.7m));
        Assert.Equal(0.7m, Assert.Single(Closing).Quantity.Base);
    }

    [Fact(DisplayName = "Once the invariants hold again nothing more is closed; when one fails again, everything is")]
    public void Holds_again()
    {
        Fail();
        var late = LastAsked;
        Assess(Posture.Turtle, 0.4);
        Answer(late, Position(PositionSide.Long, 2m));
        Assert.Empty(Closing);
        Fail();
        Assert.NotEqual(late, LastAsked);
        AnswerHolding(Position(PositionSide.Long, 2m));
        Assert.Single(Closing);
        Assert.Equal(2, _venue.Of<VenueCommand.CancelAll>().Count());
    }

    [Fact(DisplayName = "Book and strategy hear of each fill: the book as ours, the strategy as somebody else's doing; nobody waits for the end of a leg")]
    public void Told_to_all()
    {
        Fail();
        AnswerHolding(Position(PositionSide.Long, 2m));
        Fill(Closing[0], 2m);
        var heard = Heard<object>(_asset);
        Assert.False(Assert.Single(heard.OfType<BookProtocol.BookFill>()).IsExternal);
        Assert.Single(heard.OfType<ExternalFill>());
        Assert.Empty(heard.OfType<LegDone>());
        Assert.Empty(Desk().Open);
        Assert.Equal(new Quantity(2m), Assert.Single(Journal.EventsOf("execution").OfType<ExecutionEvent.Finished>()).Cumulative);
    }

    [Fact(DisplayName = "A strategy that is away is told what panic closed until it has stored it; until then no restart forgets the order")]
    public void Told_until_stored()
    {
        Fail();
        AnswerHolding(Position(PositionSide.Long, 2m));
        var order = Closing[0];
        Say(new VenueEvent.Filled(FillOf(order, 7, 2m, 2m), Clock));
        Say(new VenueEvent.Closed(order.Id, OrderState.Filled, new Quantity(2m), Clock));
        _execution.Tell(new FillStored(order.Id, new Quantity(2m)));
        Settle();
        Heard<object>(_asset);
        Wait(Policy.CareEvery);
        Assert.Equal(7, Assert.Single(Heard<ExternalFill>(_asset)).Fill.TradeId);
        _execution.Tell(DurableProtocol.TakeSnapshot.Now);
        Settle();
        Restart(wireWasLost: false);
        Heard<object>(_asset);
        Wait(Policy.CareEvery);
        Assert.Equal(7, Assert.Single(Heard<ExternalFill>(_asset)).Fill.TradeId);
        Assert.Single(Desk().Open);
        _execution.Tell(new FillTaken(Btc, PositionSide.Long, 7));
        Settle();
        Assert.Empty(Desk().Open);
    }

    [Fact(DisplayName = "After a crash in the middle of it the open orders are asked about, and what the venue still holds is closed under new ids")]
    public void After_a_crash()
    {
        Fail();
        AnswerHolding(Position(PositionSide.Long, 2m), Position(PositionSide.Short, 3m));
        var before = Closing;
        Restart(wireWasLost: true);
        Fail();
        Assert.Equal(before.Select(o => o.Id), _venue.Of<VenueCommand.Query>().Select(q => q.Id));
        Assert.Single(_venue.Of<VenueCommand.CancelAll>());
        AnswerHolding(Position(PositionSide.Short, 3m)); // The sale got there, the purchase did not.
        var again = Assert.Single(Closing);
        Assert.Equal((PositionSide.Short, 3m), (again.Leg, again.Quantity.Base));
        Assert.DoesNotContain(again.Id, before.Select(o => o.Id));
    }

    [Theory(DisplayName = "A replay that goes back to a checkpoint within it repeats nothing, and still hears an answer that was on its way")]
    [InlineData(false)]
    [InlineData(true)]
    public void Rewound(bool answered)
    {
        Fail();
        var asked = LastAsked;
        if (answered) Answer(asked, Position(PositionSide.Long, 2m));
        _execution.Tell(DurableProtocol.TakeSnapshot.Now);
        Settle();
        Restart(wireWasLost: false);
        Fail();
        Assert.Empty(_venue.Noted);
        if (answered) return;
        Answer(asked, Position(PositionSide.Long, 2m));
        Assert.Single(Closing);
    }

    [Fact(DisplayName = "The default panic action cancels and asks for nothing")]
    public void Cancel_all_only()
    {
        Sys.Stop(_execution);
        Settle();
        _execution = Start("execution-2", Policy, wireWasLost: false);
        Fail();
        Wait(Minute * 5);
        Assert.IsType<VenueCommand.CancelAll>(Assert.Single(_venue.Noted).Command);
    }
}
