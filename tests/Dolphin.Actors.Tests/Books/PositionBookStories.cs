using Dolphin.Actors.Books;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues;

namespace Dolphin.Actors.Tests.Books;

/// <summary>One symbol's book.</summary>
public sealed class PositionBookStories : ActorStage
{
    private readonly TestProbe _execution, _bookings;
    private readonly IActorRef _book;

    public PositionBookStories()
    {
        (_execution, _bookings) = (CreateTestProbe("execution"), CreateTestProbe("bookings"));
        Cluster.Subscribe(Topics.Bookings, _bookings.Ref);
        _book = Start("book");
        Heard<object>(_bookings);
    }

    private IActorRef Start(string name)
    {
        var (cluster, invariants, slot) = (Cluster, Invariants, Board.Of(Btc));
        var book = Sys.ActorOf(Props.Create(() => new PositionBookActor(Btc, cluster, invariants, slot)), name);
        Settle();
        return book;
    }

    private static NewOrder Order(PositionSide leg, OrderSide side) =>
        new(new ClientOrderId($"o-{leg}-{side}"), Btc, leg, side, OrderType.Market, TimeInForce.GoodTillCancel, new Quantity(10m), null);

    private static Fill Buy(long trade, decimal quantity, decimal price = 100m) => FillOf(Order(PositionSide.Long, OrderSide.Buy), trade, quantity, quantity, price);
    private void Book(Fill fill, bool external = false) => _execution.Send(_book, new BookProtocol.BookFill(fill, external));

    [Fact(DisplayName = "A fill is acknowledged when it is durable, not before")]
    public void Durable_first()
    {
        Journal.Faults = operation => operation is JournalOperation.Write ? new JournalFault.Delay(TimeSpan.FromSeconds(2)) : null;
        Book(Buy(1, 2m));
        Wait(TimeSpan.FromSeconds(1));
        Assert.Empty(Heard<ExecutionProtocol.FillStored>(_execution));
        Assert.Empty(Heard<BookProtocol.Booked>(_bookings));
        Wait(TimeSpan.FromSeconds(2));
        Assert.Equal(new Quantity(2m), Assert.Single(Heard<ExecutionProtocol.FillStored>(_execution)).Cumulative);
        Assert.Equal(new Quantity(2m), Assert.Single(Heard<BookProtocol.Booked>(_bookings)).Book.Long.Quantity);
    }

    [Fact(DisplayName = "A fill told twice is booked once and acknowledged each time")]
    public void Told_twice()
    {
        Book(Buy(1, 2m));
        Book(Buy(1, 2m));
        Assert.Equal(2, Heard<ExecutionProtocol.FillStored>(_execution).Count);
        Assert.Single(Journal.EventsOf(PositionBookActor.IdOf(Btc)));
        Assert.Equal(new Quantity(2m), Board.Of(Btc).Book!.Long.Quantity);
        Assert.Empty(Violations);
    }

    [Fact(DisplayName = "A fill that the venue made by itself is booked once and acknowledged each time, as any other")]
    public void External()
    {
        Book(Buy(1, 2m), external: true);
        Book(Buy(1, 2m), external: true);
        Assert.Equal(2, Heard<ExecutionProtocol.FillStored>(_execution).Count);
        Assert.True(Assert.IsType<BookEvent.FillBooked>(Assert.Single(Journal.EventsOf(PositionBookActor.IdOf(Btc)))).IsExternal);
    }

    [Fact(DisplayName = "A fill or a payment that comes before one which the book lacks is neither booked nor acknowledged, until that one is there")]
    public void Not_before_its_turn()
    {
        var (first, second) = (Clock, Clock.AddHours(8));
        VenueEvent.FundingPaid Paid(DateTimeOffset at) => new(Btc, PositionSide.Long, 0.0001m, new Money(-0.02m), at);
        void Tell(object message) => _execution.Send(_book, message);
        Tell(new BookProtocol.BookFill(Buy(2, 1m), IsExternal: true, After: 1));
        Tell(new BookProtocol.BookFunding(Paid(second), After: first));
        Assert.Empty(Heard<object>(_execution));
        Assert.Empty(Journal.EventsOf(PositionBookActor.IdOf(Btc)));
        Tell(new BookProtocol.BookFill(Buy(1, 2m), IsExternal: false));
        Tell(new BookProtocol.BookFunding(Paid(first)));
        Tell(new BookProtocol.BookFill(Buy(2, 1m), IsExternal: true, After: 1));
        Tell(new BookProtocol.BookFunding(Paid(second), After: first));
        Assert.Equal(4, Heard<object>(_execution).Count);
        Assert.Equal((new Quantity(3m), new Money(-0.04m)), (Board.Of(Btc).Book!.Long.Quantity, Board.Of(Btc).Book!.Funding));
    }

    [Fact(DisplayName = "Funding is booked once, however often it is told")]
    public void Funding()
    {
        Book(Buy(1, 2m));
        var paid = new VenueEvent.FundingPaid(Btc, PositionSide.Long, 0.0001m, new Money(-0.02m), Clock);
        for (var i = 0; i < 3; i++) _book.Tell(new BookProtocol.BookFunding(paid), ActorRefs.NoSender);
        Settle();
        Assert.Equal(new Money(-0.02m), Board.Of(Btc).Book!.Funding);
    }

    [Fact(DisplayName = "After a crash the book is what it was, to the last digit, and says so once")]
    public void Recovers()
    {
        Book(Buy(1, 2m, 100.1m));
        Book(Buy(2, 1m, 99.7m));
        Book(FillOf(Order(PositionSide.Long, OrderSide.Sell), 3, 1.5m, 1.5m, 101m));
        Settle();
        var before = Board.Of(Btc).Book;
        Sys.Stop(_book);
        Settle();
        Heard<object>(_bookings);
        Start("book-2");
        Assert.Equal(before, Assert.Single(Heard<BookProtocol.Booked>(_bookings)).Book);
        Assert.Empty(Violations);
    }
}
