using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Domain.Placement;
using Dolphin.Domain.Survival;
using Dolphin.Domain.TwoLegs;
using Dolphin.Venues;
using static Dolphin.Actors.Execution.ExecutionProtocol;

namespace Dolphin.Actors.Tests.Execution;

/// <summary>A venue whose rules for a symbol become others while a node counts by those it began with.</summary>
public sealed class ChangedRulesStories : ActorStage
{
    private readonly NotedVenue _venue;
    private readonly TestProbe _strategy;
    private readonly IActorRef _execution;
    private ChangedRules? _changed;

    public ChangedRulesStories()
    {
        _venue = new NotedVenue(Journal);
        var (asset, assets) = (CreateTestProbe("asset"), new AssetDirectory());
        _strategy = CreateTestProbe("strategy");
        assets.Open([KeyValuePair.Create(Btc, asset.Ref)]);
        _execution = StartExecution(
            "execution", Policy with { Placement = new PlacementPlan(PlacementPolicy.Usual, WorksExits: true, BooksShowOwnOrders: false) }, _venue, assets, wireWasLost: false, symbol => symbol == Btc ? _changed : null);
        Assess(Posture.Apex);
    }

    private void Change(decimal tick = 0.1m, decimal lot = 0.001m, decimal minNotional = 5m) => _changed = new ChangedRules(
        Btc, "the rules are others now", Instrument with { TickSize = tick, LotSize = lot, MinNotional = new Money(minNotional) }, null);

    private List<LegDone> Decide(long sequence, decimal longTo, decimal longFrom, Price? limit = null)
    {
        var targets = new LegTargets(
            sequence, new Domain.Market.Legs(new Quantity(longFrom), Quantity.Zero), new Domain.Market.Legs(new Quantity(longTo), Quantity.Zero), Price.Of(10_000m), limit);
        _strategy.Send(_execution, new Execute(Strategy, Btc, targets));
        return [.. Heard<LegDone>(_strategy).Where(d => d.Leg == PositionSide.Long)];
    }

    private void ShowBook()
    {
        Cluster.Publish(Topics.OrderBooks, new MarketProtocol.BooksSeen([new BookSummary(
            Btc, Clock, true, new BestQuote(Price.Of(10_000m), new Quantity(5m)), new BestQuote(Price.Of(10_000.1m), new Quantity(5m)), 1e6, 1e6, Clock, 1, 1, 0.1, 0, BidsTaken: 5, AsksTaken: 5)]));
        Settle();
    }

    [Theory(DisplayName = "Whichever rule has changed, nothing is opened: no intent is stored, and the strategy hears why")]
    [InlineData("0.5", "0.001", "5")]
    [InlineData("0.1", "0.01", "5")]
    [InlineData("0.1", "0.001", "50")]
    public void Entry(string tick, string lot, string minNotional)
    {
        Change(Amount(tick), Amount(lot), Amount(minNotional));

        var done = Assert.Single(Decide(1, longTo: 2m, longFrom: 0m));

        Assert.Contains("the rules are others now", done.Reason, StringComparison.Ordinal);
        Assert.Equal(Quantity.Zero, done.Cumulative);
        Assert.Empty(_venue.Submits);
        Assert.Empty(Journal.EventsOf("execution"));

        _changed = null;
        Assert.Empty(Decide(2, longTo: 2m, longFrom: 0m));
        Assert.Single(_venue.Submits);
    }

    [Fact(DisplayName = "While book and mark contradict each other nothing is opened and what rests for an entry is taken back; exits leave; when they agree again entries do, too")]
    public void Absurd_book()
    {
        _changed = ChangedRules.AbsurdBook(Btc, "the middle of its book, 10000, is more than 15% from its mark price, 13000");
        var done = Assert.Single(Decide(1, longTo: 2m, longFrom: 0m));
        Assert.Equal(Quantity.Zero, done.Cumulative);
        Assert.Contains("from its mark price, 13000. Nothing is opened there until they agree again.", done.Reason, StringComparison.Ordinal);
        Assert.Empty(_venue.Submits);
        Assert.Empty(Decide(2, longTo: 0m, longFrom: 2m));
        Assert.Equal(OrderSide.Sell, Assert.Single(_venue.Submits).Side);

        _changed = null;
        ShowBook();
        Decide(3, longTo: 0.3m, longFrom: 0m);
        var ladder = _venue.Submits.Where(o => !o.ReducesLeg).ToList();
        Assert.NotEmpty(ladder);
        foreach (var order in ladder) _execution.Tell(new VenueEvent.Accepted(order, Clock), ActorRefs.NoSender);
        _changed = ChangedRules.AbsurdBook(Btc, "far");
        for (var i = 0; i < 20; i++)
        {
            Wait(TimeSpan.FromSeconds(1));
            ShowBook();
        }

        Assert.Equal(ladder.Count, _venue.Submits.Count(o => !o.ReducesLeg));
        Assert.Subset(_venue.Of<VenueCommand.Cancel>().Select(c => c.Id).ToHashSet(), ladder.Select(o => o.Id).ToHashSet());
    }

    [Fact(DisplayName = "An exit that fits both rules leaves; one that does not is refused with the rule it breaks")]
    public void Exit()
    {
        Change(tick: 0.5m, lot: 0.01m);

        Assert.Contains("not a positive multiple of the lot 0.01", Assert.Single(Decide(1, longTo: 0m, longFrom: 2.005m)).Reason, StringComparison.Ordinal);
        Assert.Contains("not a multiple of the tick 0.5", Assert.Single(Decide(2, longTo: 0m, longFrom: 2m, Price.Of(10_000.4m))).Reason, StringComparison.Ordinal);
        Assert.Empty(_venue.Submits);

        Assert.Empty(Decide(3, longTo: 0m, longFrom: 2m));
        Assert.Equal((OrderSide.Sell, 2m, null), (_venue.Submits.Single().Side, _venue.Submits.Single().Quantity.Base, _venue.Submits.Single().LimitPrice));
    }

    [Fact(DisplayName = "Of a symbol that does not trade nothing goes out, an exit neither; the strategy hears the status, and what it decides when it trades again leaves")]
    public void Not_trading()
    {
        _changed = ChangedRules.NotTrading(Btc, "it is SETTLING");
        Assert.Contains("it is SETTLING. No order goes out there until it trades again", Assert.Single(Decide(1, longTo: 2m, longFrom: 0m)).Reason, StringComparison.Ordinal);
        var exit = Assert.Single(Decide(2, longTo: 0m, longFrom: 2m));
        Assert.Equal(Quantity.Zero, exit.Cumulative);
        Assert.Contains("it is SETTLING. No order goes out there, not to close either", exit.Reason, StringComparison.Ordinal);
        Assert.Empty(_venue.Submits);
        Assert.Empty(Journal.EventsOf("execution"));

        _changed = null;
        Assert.Empty(Decide(3, longTo: 0m, longFrom: 2m));
        Assert.Equal(OrderSide.Sell, Assert.Single(_venue.Submits).Side);
    }

    [Fact(DisplayName = "An exit that is being worked when its symbol stops trading is withdrawn and sends nothing more; what the venue cancels says why")]
    public void Worked_when_it_stops()
    {
        ShowBook();
        Decide(1, longTo: 0m, longFrom: 0.3m);
        var ladder = _venue.Submits.ToList();
        Assert.NotEmpty(ladder);
        foreach (var order in ladder) _execution.Tell(new VenueEvent.Accepted(order, Clock), ActorRefs.NoSender);
        _changed = ChangedRules.NotTrading(Btc, "it is SETTLING");

        for (var i = 0; i < 20; i++)
        {
            Wait(TimeSpan.FromSeconds(1));
            ShowBook();
        }

        Assert.Equal(ladder.Count, _venue.Submits.Count());
        Assert.Subset(_venue.Of<VenueCommand.Cancel>().Select(c => c.Id).ToHashSet(), ladder.Select(o => o.Id).ToHashSet());
        _execution.Tell(new VenueEvent.Closed(ladder[0].Id, OrderState.Cancelled, Quantity.Zero, Clock), ActorRefs.NoSender);
        Settle();
        Assert.Equal("cancelled: it is SETTLING", Assert.Single(Journal.EventsOf("execution").OfType<ExecutionEvent.Finished>()).Reason);
    }

    [Fact(DisplayName = "Once an end is announced exits leave as before, and entries are refused with its time")]
    public void Announced()
    {
        _changed = new ChangedRules(Btc, "the venue settles it at 2026-01-22 08:00:00Z", Instrument, null).EndingAt(Clock.AddDays(1), Clock.AddHours(22));
        Assert.Contains("the venue settles it at 2026-01-22 08:00:00Z. Nothing is opened there", Assert.Single(Decide(1, longTo: 2m, longFrom: 0m)).Reason, StringComparison.Ordinal);
        Assert.Empty(Decide(2, longTo: 0m, longFrom: 2m));
        Assert.Single(_venue.Submits);
    }

    [Fact(DisplayName = "An entry that is being worked is withdrawn, and nothing more is sent for it")]
    public void Worked()
    {
        ShowBook();
        Decide(1, longTo: 0.3m, longFrom: 0m);
        var ladder = _venue.Submits.ToList();
        Assert.Equal(3, ladder.Count);
        foreach (var order in ladder) _execution.Tell(new VenueEvent.Accepted(order, Clock), ActorRefs.NoSender);
        Change(tick: 0.5m);

        for (var i = 0; i < 20; i++)
        {
            Wait(TimeSpan.FromSeconds(1));
            ShowBook();
        }

        Assert.Equal(3, _venue.Submits.Count());
        Assert.Subset(_venue.Of<VenueCommand.Cancel>().Select(c => c.Id).ToHashSet(), ladder.Select(o => o.Id).ToHashSet());
    }

    [Fact(DisplayName = "An exit that is being worked in the old steps is withdrawn when they do not fit any more")]
    public void Worked_exit()
    {
        ShowBook();
        Decide(1, longTo: 0m, longFrom: 0.3m);
        var ladder = _venue.Submits.ToList();
        Assert.NotEmpty(ladder);
        foreach (var order in ladder) _execution.Tell(new VenueEvent.Accepted(order, Clock), ActorRefs.NoSender);
        Change(tick: 7m);

        for (var i = 0; i < 60; i++)
        {
            Wait(TimeSpan.FromSeconds(1));
            ShowBook();
            foreach (var cancel in _venue.Of<VenueCommand.Cancel>().ToList()) _execution.Tell(new VenueEvent.Closed(cancel.Id, OrderState.Cancelled, Quantity.Zero, Clock), ActorRefs.NoSender);
        }

        Assert.All(_venue.Submits.Skip(ladder.Count), o => Assert.Null(_changed!.Objection(o, Price.Of(10_000m))));
        Assert.NotEmpty(_venue.Of<VenueCommand.Cancel>());
    }

    [Fact(DisplayName = "An entry that rests is taken back")]
    public void Resting()
    {
        Decide(1, longTo: 2m, longFrom: 0m, Price.Of(9_999.9m));
        var order = Assert.Single(_venue.Submits);
        _execution.Tell(new VenueEvent.Accepted(order, Clock), ActorRefs.NoSender);
        Change(tick: 0.5m);

        Wait(TimeSpan.FromSeconds(20));

        Assert.Contains(_venue.Of<VenueCommand.Cancel>(), c => c.Id == order.Id);
    }

    private static decimal Amount(string text) => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
