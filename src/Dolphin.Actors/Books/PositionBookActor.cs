using Dolphin.Actors.Cluster;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;
using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.Market;
using static Dolphin.Actors.Books.BookProtocol;
using static Dolphin.Actors.Execution.ExecutionProtocol;

namespace Dolphin.Actors.Books;

/// <summary>Keeps both legs of one symbol durable: every fill and every funding payment, each once.</summary>
public sealed class PositionBookActor : DurableActor<HedgedBook>
{
    private readonly Symbol _symbol;
    private readonly IClusterPort _cluster;
    private readonly InvariantLedger _invariants;
    private readonly AssetSlot _slot;
    private HedgedBook _book;

    public override string PersistenceId => IdOf(_symbol);
    public static string IdOf(Symbol symbol) => $"book-{symbol.Name}";

    public PositionBookActor(Symbol symbol, IClusterPort cluster, InvariantLedger invariants, AssetSlot slot)
    {
        (_symbol, _cluster, _invariants, _slot) = (symbol, cluster, invariants, slot);
        _book = HedgedBook.Empty(symbol);

        Recover<BookEvent>(e => Take(Book(e)));
        Recover<RecoveryCompleted>(_ => Announce());

        Command<GetBook>(_ => Announce());
        Command<Show>(_ => Sender.Tell(new Shown(_book)));
        Command<BookFill>(OnFill);
        Command<BookFunding>(OnFunding);
    }

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Topics.BookRequests, Self);
    }

    protected override HedgedBook Capture() => _book;
    protected override void Restore(HedgedBook snapshot) => Hold(snapshot); // It was checked when it was made.

    private void OnFill(BookFill message)
    {
        // Stored before the one it lacks it would make that one look old: both come again, in order.
        if (_book[message.Fill.Leg].LastTradeId < message.After) return;
        var execution = Sender;
        Store(new BookEvent.FillBooked(message.Fill, message.IsExternal), () => execution.Tell(new FillStored(message.Fill.Order, message.Fill.Cumulative)));
    }

    private void OnFunding(BookFunding message)
    {
        var (execution, paid) = (Sender, message.Funding);
        if (message.After is { } before && !(_book[paid.Leg].LastFundingAt >= before)) return;
        Store(new BookEvent.FundingBooked(paid.Leg, paid.Rate, paid.Amount, paid.At), () => execution.Tell(new FundingStored(paid.Symbol, paid.Leg, paid.At)));
    }

    private void Store(BookEvent @event, Action done)
    {
        var booking = Book(@event);
        switch (booking.Outcome)
        {
            case BookingOutcome.Duplicate:
                done();
                break;
            case BookingOutcome.Refused:
                // A fill that cannot be booked means that one before it is missing: no book is better than a wrong one.
                throw new LedgerException($"{PersistenceId} refused {@event}: {booking.Refusal!.Reason}");
            default:
                Persist(@event, stored =>
                {
                    Take(Book(stored));
                    Announce();
                    done();
                });
                break;
        }
    }

    private Booking<HedgedBook> Book(BookEvent @event) => @event switch
    {
        BookEvent.FillBooked e => _book.Apply(e.Fill, e.IsExternal),
        BookEvent.FundingBooked e => _book.Apply(new FundingPayment(_symbol, e.Leg, e.Amount, e.At)),
        _ => throw new System.Diagnostics.UnreachableException($"Cannot fold {@event.GetType().Name}; skipping it would corrupt {_book}."),
    };

    private void Take(Booking<HedgedBook> booking) => Take(booking.Book);

    private void Take(HedgedBook book)
    {
        Hold(book);
        if (book.Path.LastPrice is not { } mark) return;
        var gap = book.IdentityGapAt(mark);
        _invariants.Check(Invariant.EquityIdentity, gap == Money.Zero,
            () => $"{PersistenceId}: equity changed by {book.EquityChangeAt(mark)}, its net position earned {book.NetPathAt(mark)} - fees {book.Fees} + funding {book.Funding}; the gap is {gap}.");
    }

    private void Hold(HedgedBook book)
    {
        _book = book;
        _slot.Book = book;
    }

    private void Announce() => _cluster.Publish(Topics.Bookings, new Booked(_book));
}

/// <summary>The books cannot be right. Whoever throws it stops and is grounded.</summary>
public sealed class LedgerException(string message) : Exception(message);
