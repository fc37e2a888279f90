using System.Collections.Immutable;
using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Venues.Paper;

/// <summary>What becomes of a command that has arrived, and of an order that rests.</summary>
public sealed partial class PaperExchange
{
    private void Arrive(PaperCommand arrived)
    {
        switch (arrived.Command)
        {
            case VenueCommand.Submit submit:
                TakeOffWire(submit.Order.Id);
                ArriveOrder(submit.Order, arrived);
                break;
            case VenueCommand.Cancel cancel:
                if (_open.TryGetValue(cancel.Id, out var order) && order.Order.Symbol == cancel.Symbol) Close(order, OrderState.Cancelled);
                else
                    Deliver(new VenueEvent.CancelRejected(cancel.Id, VenueCode.CancelRejected,
                        $"Cancel of {cancel.Id} {cancel.Symbol}: no such open order; nothing was changed.", Now), cancel.Id.Value, _clockMs);
                break;
            case VenueCommand.CancelAll all:
                Deliver(new VenueEvent.AllCancelled(all.RequestId, CancelAllOrders(), Now), all.RequestId, _clockMs);
                break;
            case VenueCommand.Query query:
                Deliver(StatusOf(query), query.Id.Value, _clockMs);
                break;
            case VenueCommand.GetAccount get:
                Deliver(new VenueEvent.Account(ViewAccount(get.RequestId), Now), get.RequestId, _clockMs);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(arrived), arrived.Command, "No such command.");
        }
    }

    private void ArriveOrder(NewOrder order, PaperCommand arrived)
    {
        var fault = AnswerFault(order.Id);
        if (fault?.Kind == PaperFaultKind.UnknownLost)
        {
            Answer(order, fault, null!);
            return;
        }
        if (WasSeen(order.Id))
        {
            // Binance refuses an id only while an order with it is open. Refusing any id ever seen keeps one intent at one order.
            Commit(new PaperFact.DuplicateRefused(_factSequence + 1, Now, order.Id));
            Deliver(new VenueEvent.Rejected(order.Id, VenueCode.DuplicateClientOrderId,
                $"Order {order.Id}: this client order id was used before; the first order is not affected.", Now), order.Id.Value, _clockMs);
            return;
        }
        var refusal = fault?.Kind == PaperFaultKind.Reject
            ? new OrderRefusal(fault.Code, $"Order {order.Id}: refused by a fault switch.")
            : CheckOrder(order);
        if (refusal is { } r)
        {
            Commit(new PaperFact.OrderRejected(_factSequence + 1, Now, order, r.Code, r.Reason, arrived.SentAt, arrived.SentIndex));
            Answer(order, fault, new VenueEvent.Rejected(order.Id, r.Code, r.Reason, Now));
            return;
        }
        Commit(new PaperFact.OrderAccepted(_factSequence + 1, Now, order, arrived.SentAt, arrived.SentIndex));
        Answer(order, fault, new VenueEvent.Accepted(order, Now));
        Match(_open[order.Id]);
    }

    private void Answer(NewOrder order, PaperFault? fault, VenueEvent answer)
    {
        switch (fault?.Kind)
        {
            case PaperFaultKind.DropAnswer: break;
            case PaperFaultKind.UnknownExecuted or PaperFaultKind.UnknownLost:
                Deliver(new VenueEvent.OutcomeUnknown(order.Id, VenueCode.Timeout, Now), order.Id.Value, _clockMs);
                break;
            default: Deliver(answer, order.Id.Value, 0); break;
        }
    }

    private OrderRefusal? CheckOrder(NewOrder order)
    {
        if (!_bySymbol.TryGetValue(order.Symbol, out var book))
            return new(VenueCode.BadSymbol, $"Order {order.Id}: {order.Symbol} is not listed here.");
        if (book.IsSettled) return new(VenueCode.SymbolClosed, $"Order {order.Id}: {order.Symbol} is settled and closed.");
        var mark = MarkOf(book);
        if (OrderRules.Check(_policy, book.Instrument, order, mark) is { } broken) return broken;
        if (book.Orders.Count >= _policy.MaxOpenOrdersPerSymbol)
            return new(VenueCode.MaxOpenOrdersExceeded, $"Order {order.Id} {order.Symbol}: {book.Orders.Count} orders are open; expected fewer than {_policy.MaxOpenOrdersPerSymbol}.");
        if (order.TimeInForce == TimeInForce.PostOnly && mark is { } path && IntrabarPath.IsThrough(path, order.Side, order.LimitPrice!.Value))
            return new(VenueCode.PostOnlyWouldTake, $"Order {order.Id} {order.Symbol}: post-only {order.Side} at {order.LimitPrice} would take; the market is at {path}.");
        if (order.Type == OrderType.Market && TakePrice(book, order, mark!.Value, order.Quantity.Base) is var take
            && Math.Abs(take.QuotePerBase - mark.Value.QuotePerBase) > mark.Value.QuotePerBase * book.Instrument.PercentPrice)
            return new(VenueCode.MarketOrderPercentPrice, $"Order {order.Id} {order.Symbol}: best price {take} is further than {book.Instrument.PercentPrice} from the mark {mark}.");
        return order.ReducesLeg ? CheckReduction(book, order) : CheckIncrease(book, order, mark);
    }

    private static OrderRefusal? CheckReduction(PaperBook book, NewOrder order)
    {
        var (held, promised) = (book.Leg(order.Leg).Quantity, 0m);
        foreach (var other in book.Orders)
        {
            if (other.Order.ReducesLeg && other.Order.Leg == order.Leg) promised += other.Remaining;
        }
        return order.Quantity.Base + promised <= held
            ? null
            : new(VenueCode.ReduceOnlyRejected, $"Order {order.Id} {order.Symbol}: would reduce {order.Leg} by {order.Quantity}; {held} is held and other open orders reduce it by {promised}.");
    }

    /// <summary>Takes what the bar still has to give if the order crosses the market now; what is left rests or expires.</summary>
    private void Match(RestingOrder order)
    {
        var book = _bySymbol[order.Order.Symbol];
        if (MarkOf(book) is { } path && (order.Order.LimitPrice is not { } limit || IntrabarPath.IsThrough(path, order.Order.Side, limit)))
        {
            var gets = GetsOf(book, order);
            if (order.Order.TimeInForce != TimeInForce.FillOrKill || gets >= order.Remaining) Fill(book, order, gets, path, isMaker: false);
        }
        if (order.IsImmediate && order.Remaining > 0m) Close(order, OrderState.Expired);
        FindCrossing(book); // Even if nothing rests: what was taken is missing to the orders that do.
    }

    private void FillCrossing()
    {
        var book = _crossing!;
        var order = book.Crossing!;
        if (order.IsImmediate) { Close(order, OrderState.Expired); return; } // Only after a crash between its fill and its end.
        Fill(book, order, GetsOf(book, order), MarkOf(book)!.Value, isMaker: order.Order.Type == OrderType.Limit);
        FindCrossing(book);
    }

    private void Fill(PaperBook book, RestingOrder resting, decimal quantity, Price path, bool isMaker)
    {
        if (quantity <= 0m) return;
        var order = resting.Order;
        var price = isMaker ? order.LimitPrice!.Value : TakePrice(book, order, path, quantity);
        var fee = Rounded(price.QuotePerBase * quantity * (isMaker ? _policy.MakerFee : _policy.TakerFee));
        var fill = new Fill(order.Id, _lastTradeId + 1, order.Symbol, order.Leg, order.Side, price, new(quantity), new(fee), isMaker,
            new(resting.Cumulative + quantity), Now);
        Commit(new PaperFact.OrderFilled(_factSequence + 1, Now, fill));
        Deliver(new VenueEvent.Filled(fill, Now), order.Id.Value, fill.TradeId);
        if (fill.Cumulative == order.Quantity) Deliver(new VenueEvent.Closed(order.Id, OrderState.Filled, fill.Cumulative, Now), order.Id.Value, 0);
    }

    /// <summary>The price for taking: the path, moved against the order by half the spread and its impact, rounded against it to the tick,
    /// but never worse than its limit.</summary>
    private Price TakePrice(PaperBook book, NewOrder order, Price path, decimal quantity)
    {
        var whole = book.Bar.Volume.Base * _policy.Participation;
        var share = quantity == 0m ? 0m : whole > 0m ? Math.Min(1m, quantity / whole) : 1m;
        var away = (_policy.HalfSpread.Value + (_policy.FullImpact.Value * share)) / 10_000m;
        var tick = book.Instrument.TickSize;
        if (order.Side == OrderSide.Buy)
        {
            var ask = Math.Ceiling(path.QuotePerBase * (1m + away) / tick) * tick;
            return Price.Of(order.LimitPrice is { } highest ? Math.Min(ask, highest.QuotePerBase) : ask);
        }
        var bid = Math.Max(Math.Floor(path.QuotePerBase * (1m - away) / tick) * tick, tick);
        return Price.Of(order.LimitPrice is { } lowest ? Math.Max(bid, lowest.QuotePerBase) : bid);
    }

    /// <summary>Base, whole lots: what fills can still take of the current bar's volume; zero between bars.</summary>
    private decimal AvailableIn(PaperBook book)
    {
        if (!IsTrading(book)) return 0m;
        var left = (book.Bar.Volume.Base * _policy.Participation) - book.Consumed;
        return left <= 0m ? 0m : Math.Floor(left / book.Instrument.LotSize) * book.Instrument.LotSize;
    }

    /// <summary>Base, whole lots: what the order gets of the current bar now.</summary>
    private decimal GetsOf(PaperBook book, RestingOrder order)
    {
        if (IsPassedBy(order)) return 0m;
        var could = Math.Min(AvailableIn(book), order.Remaining);
        if (_policy.FillFraction == 1m || could == 0m) return could;
        return HadItsShare(order) ? 0m : Math.Min(could, Math.Ceiling(could * _policy.FillFraction / book.Instrument.LotSize) * book.Instrument.LotSize);
    }

    // Read off its fills and not remembered beside them: a venue that comes back knows it too.
    private bool HadItsShare(RestingOrder order) =>
        _policy.FillFraction < 1m && order.Fills.Count > 0 && order.Fills[^1].At.ToUnixTimeMilliseconds() >= _sliceOpenMs;

    private bool IsPassedBy(RestingOrder order) => _policy.Friction.Passes(_policy.Seed, order.Order);

    private bool IsTrading(PaperBook book) => _sliceIsOpen && book.HasPrice && book.Bar.OpenTimeMs == _sliceOpenMs;

    /// <summary>The path price now, the last close between bars, null before the first bar.</summary>
    private Price? MarkOf(PaperBook book) =>
        !book.HasPrice ? null
        : book.Bar.OpenTimeMs == _sliceOpenMs ? IntrabarPath.PriceAt(book.Bar, _intervalMs, _clockMs)
        : book.Bar.Close;

    /// <summary>Finds the first open order of the symbol that the rest of the bar will fill.</summary>
    private void FindCrossing(PaperBook book)
    {
        (book.CrossesMs, book.Crossing, _crossingIsStale) = (long.MaxValue, null, true);
        if (!IsTrading(book)) return;
        var from = Math.Max(_clockMs, _sliceOpenMs);
        foreach (var order in book.Orders)
        {
            var at = order.IsImmediate ? from
                : order.Order.LimitPrice is { } limit ? IntrabarPath.FirstThrough(book.Bar, _intervalMs, from, order.Order.Side, limit)
                : from;
            if (at == long.MaxValue || (!order.IsImmediate && (AvailableIn(book) == 0m || HadItsShare(order) || IsPassedBy(order)))) continue;
            if (at < book.CrossesMs || (at == book.CrossesMs && GoesBefore(order.Order, book.Crossing!.Order)))
                (book.CrossesMs, book.Crossing) = (at, order);
        }
    }

    /// <summary>BUY before SELL, then MARKET before LIMIT, then the better price; equals keep their age.</summary>
    private static bool GoesBefore(NewOrder order, NewOrder older)
    {
        if (order.Side != older.Side) return order.Side == OrderSide.Buy;
        if (order.LimitPrice is not { } mine || older.LimitPrice is not { } theirs) return order.LimitPrice is null && older.LimitPrice is not null;
        return order.Side == OrderSide.Buy ? mine > theirs : mine < theirs;
    }

    private void FindFirstCrossing()
    {
        (_crossesMs, _crossing, _crossingIsStale) = (long.MaxValue, null, false);
        foreach (var book in _books)
        {
            if (book.Orders.Count > 0 && book.CrossesMs < _crossesMs) (_crossesMs, _crossing) = (book.CrossesMs, book);
        }
    }

    private int CancelAllOrders()
    {
        var count = 0;
        foreach (var book in _books)
        {
            while (book.Orders.Count > 0)
            {
                Close(book.Orders[0], OrderState.Cancelled);
                count++;
            }
        }
        return count;
    }

    private void Close(RestingOrder order, OrderState state)
    {
        var cumulative = new Quantity(order.Cumulative);
        Commit(new PaperFact.OrderClosed(_factSequence + 1, Now, order.Order.Id, state, cumulative));
        Deliver(new VenueEvent.Closed(order.Order.Id, state, cumulative, Now), order.Order.Id.Value, 0);
        FindCrossing(_bySymbol[order.Order.Symbol]);
    }

    private VenueEvent.OrderStatus StatusOf(VenueCommand.Query query)
    {
        var found = _open.TryGetValue(query.Id, out var open) ? open.Capture(OrderState.Open) : _closed.Find(query.Id);
        return found is not null && found.Order.Symbol == query.Symbol
            ? new(query.Id, found.State, found.Cumulative, found.Fills, Now)
            : new(query.Id, OrderState.Unknown, Quantity.Zero, [], Now);
    }

    private static decimal Rounded(decimal money) => Math.Round(money, IntrabarPath.Decimals, MidpointRounding.ToEven);
}
