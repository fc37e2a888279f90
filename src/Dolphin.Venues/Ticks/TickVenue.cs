using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Domain.Placement;

namespace Dolphin.Venues.Ticks;

/// <summary>
/// Matches orders against a recorded order book, tick by tick: what takes walks the levels that stood there when it arrived; what rests waits in the queue at its price
/// until trades have gone through those ahead of it.
/// </summary>
/// <remarks>
/// The recording does not know of our orders: nobody reacts to them, and what was taken stands there again for the next one. So it is true for quantities that are small
/// beside what is traded, and flatters others. Orders are matched when they arrive, an outbound latency after they were sent; reports come an inbound latency later.
/// Commands and reports keep their order. Not for two threads at once.
/// </remarks>
public sealed class TickVenue(TimeSpan outbound, TimeSpan inbound)
{
    /// <summary>At most so many orders rest at a time; more is a fault of the caller.</summary>
    public const int MostResting = 100_000;

    private readonly record struct Command(long Order, OrderSide Side, long? Ticks, long Lots, bool IsCancel, DateTimeOffset Arrives);

    private sealed class Resting(long order, OrderSide side, long ticks, long lots, QueuePosition queue)
    {
        public long Order => order;
        public OrderSide Side => side;
        public long Ticks => ticks;
        public long Remaining { get; set; } = lots;
        public QueuePosition Queue { get; set; } = queue;
    }

    private readonly Queue<Command> _commands = [];
    private readonly Queue<(TickReport Report, DateTimeOffset Due)> _reports = [];
    private readonly List<Resting> _resting = []; // In order of arrival.
    private OrderBook? _book;

    public int RestingCount => _resting.Count;

    /// <param name="ticks">Where it rests, post-only; null takes at once whatever the book has.</param>
    public void Submit(long order, OrderSide side, long? ticks, long lots, DateTimeOffset at)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lots);
        _commands.Enqueue(new Command(order, side, ticks, lots, IsCancel: false, at + outbound));
    }

    public void Cancel(long order, DateTimeOffset at) => _commands.Enqueue(new Command(order, default, null, 0, IsCancel: true, at + outbound));

    /// <summary>Lets arrive what has to before the market goes on. Call it before each message of the market, with that message's time.</summary>
    public void Advance(DateTimeOffset to)
    {
        while (_commands.TryPeek(out var next) && next.Arrives <= to) Arrive(_commands.Dequeue());
    }

    /// <summary>The book has changed.</summary>
    /// <param name="book">Null while it may not be priced from: nothing fills then, and nothing is taken.</param>
    public void OnBook(OrderBook? book, DateTimeOffset at)
    {
        _book = book;
        if (book is null) return;
        for (var i = 0; i < _resting.Count; i++)
        {
            var order = _resting[i];
            if (IsThrough(order, book)) Fill(order, order.Remaining, at);
            else order.Queue = order.Queue.AfterLevel(LotsAt(book, order.Side, order.Ticks));
        }

        Sweep();
    }

    /// <summary>Others have traded.</summary>
    /// <param name="trade">Price in ticks and lots.</param>
    /// <param name="taker">Who took.</param>
    public void OnTrade(Level trade, OrderSide taker, DateTimeOffset at)
    {
        foreach (var order in _resting)
        {
            if (order.Side == taker) continue;
            var isThrough = order.Side == OrderSide.Buy ? trade.Ticks < order.Ticks : trade.Ticks > order.Ticks;
            var reached = isThrough ? order.Remaining : 0;
            if (trade.Ticks == order.Ticks) order.Queue = order.Queue.AfterTrade(trade.Lots, out reached);
            if (reached > 0) Fill(order, Math.Min(reached, order.Remaining), at);
        }

        Sweep();
    }

    /// <summary>The next thing that its owner has heard by now.</summary>
    public bool TryHear(DateTimeOffset now, out TickReport report)
    {
        report = default;
        if (!_reports.TryPeek(out var next) || next.Due > now) return false;
        report = _reports.Dequeue().Report;
        return true;
    }

    private void Arrive(in Command command)
    {
        var (number, at) = (command.Order, command.Arrives);
        if (command.IsCancel)
        {
            if (_resting.RemoveAll(o => o.Order == number) > 0) Say(number, TickReportKind.Ended, at);
        }
        else if (_book is not { } book) Say(number, TickReportKind.Refused, at);
        else if (command.Ticks is not { } ticks) Take(command, book);
        else if (Crosses(command.Side, ticks, book)) Say(number, TickReportKind.Refused, at);
        else if (_resting.Count >= MostResting) throw new InvalidOperationException($"Order {number}: {MostResting} orders rest already. Halted.");
        else
        {
            _resting.Add(new Resting(number, command.Side, ticks, command.Lots, QueuePosition.Behind(LotsAt(book, command.Side, ticks))));
            Say(number, TickReportKind.Accepted, at);
        }
    }

    private void Take(in Command command, OrderBook book)
    {
        var left = command.Lots;
        Span<Level> levels = new Level[1_000];
        var count = command.Side == OrderSide.Buy ? book.CopyAsks(levels) : book.CopyBids(levels);
        foreach (var level in levels[..count])
        {
            var lots = Math.Min(left, level.Lots);
            _reports.Enqueue((new TickReport(command.Order, TickReportKind.Filled, level.Ticks, lots, IsMaker: false, command.Arrives), command.Arrives + inbound));
            left -= lots;
            if (left == 0) return;
        }

        Say(command.Order, TickReportKind.Ended, command.Arrives);
    }

    private void Fill(Resting order, long lots, DateTimeOffset at)
    {
        if (lots == 0) return;
        order.Remaining -= lots;
        _reports.Enqueue((new TickReport(order.Order, TickReportKind.Filled, order.Ticks, lots, IsMaker: true, at), at + inbound));
    }

    private void Say(long order, TickReportKind kind, DateTimeOffset at) => _reports.Enqueue((new TickReport(order, kind, 0, 0, IsMaker: false, at), at + inbound));

    private void Sweep() => _resting.RemoveAll(static o => o.Remaining == 0);

    private static long LotsAt(OrderBook book, OrderSide side, long ticks) => side == OrderSide.Buy ? book.BidLotsAt(ticks) : book.AskLotsAt(ticks);

    private static bool IsThrough(Resting order, OrderBook book) => Crosses(order.Side, order.Ticks, book);

    private static bool Crosses(OrderSide side, long ticks, OrderBook book) =>
        side == OrderSide.Buy ? book.HasAsk && book.BestAsk.Ticks <= ticks : book.HasBid && book.BestBid.Ticks >= ticks;
}
