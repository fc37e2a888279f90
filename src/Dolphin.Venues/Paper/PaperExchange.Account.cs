using System.Collections.Immutable;
using System.Globalization;
using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Venues.Paper;

/// <summary>Funding, what an entry may cost, liquidation and the account view.</summary>
public sealed partial class PaperExchange
{
    private static readonly PositionSide[] BothSides = [PositionSide.Long, PositionSide.Short];

    /// <summary>Settles all rates of one time, each leg on its notional at the mark.</summary>
    private void SettleFunding()
    {
        var due = _fundingMs[_fundingNext];
        var lines = ImmutableArray.CreateBuilder<FundingLine>();
        for (; _fundingNext < _funding.Count && _fundingMs[_fundingNext] == due; _fundingNext++)
        {
            var (rate, book) = (_funding[_fundingNext].Rate, _bySymbol[_funding[_fundingNext].Symbol]);
            if (!book.IsHeld || rate == 0m) continue;
            foreach (var side in BothSides)
            {
                var leg = book.Leg(side);
                if (!leg.IsHeld) continue;
                // Without a price (after a crash, before the first bar) the entry price is the best that is known.
                var mark = MarkOf(book) ?? Price.Of(leg.Cost / leg.Quantity);
                var paidByLong = Rounded(leg.Quantity * mark.QuotePerBase * rate);
                lines.Add(new(book.Symbol, side, rate, mark, new(leg.Quantity), new(side == PositionSide.Long ? 0m - paidByLong : paidByLong)));
            }
        }
        _fundedUntilMs = due;
        if (lines.Count == 0) return;
        Commit(new PaperFact.FundingSettled(_factSequence + 1, Now, lines.ToImmutable()));
        foreach (var line in lines)
            Deliver(new VenueEvent.FundingPaid(line.Symbol, line.Leg, line.Rate, line.Amount, Now), line.Symbol.Name, (_clockMs * 2) + (int)line.Leg);
    }

    /// <summary>What the account held before comes to be known as trades do: told to whoever listens, and once for all.</summary>
    private void FindPositions(long atMs)
    {
        _clockMs = Math.Max(_clockMs, atMs);
        ImmutableArray<Fill> fills = [.. _policy.Positions.OrderBy(p => p.Symbol).ThenBy(p => p.Leg).Select((p, i) => p.AsFill(i + 1, Now))];
        Commit(new PaperFact.PositionsFound(_factSequence + 1, Now, fills));
        foreach (var fill in fills) Deliver(new VenueEvent.Filled(fill, Now), fill.Order.Value, fill.TradeId);
    }

    private OrderRefusal? CheckIncrease(PaperBook book, NewOrder order, Price? mark)
    {
        var price = order.LimitPrice ?? TakePrice(book, order, mark!.Value, order.Quantity.Base);
        var valuation = (mark ?? price).QuotePerBase;
        var notional = (book.Leg(order.Leg).Quantity + order.Quantity.Base) * valuation;
        foreach (var other in book.Orders)
        {
            if (!other.Order.ReducesLeg && other.Order.Leg == order.Leg) notional += other.Remaining * valuation;
        }
        var largest = Quantizer.MaxNotional(book.Instrument, _policy.Leverage).Quote;
        if (notional > largest)
            return new(VenueCode.MaxLeverageRatio, $"Order {order.Id} {order.Symbol}: {order.Leg} would reach a notional of {notional:0.##}; at leverage {_policy.Leverage} at most {largest:0.##} is allowed.");

        var needed = price.QuotePerBase * order.Quantity.Base / _policy.Leverage;
        return HasFreeMargin(needed, out var free)
            ? null
            : new(VenueCode.MarginNotSufficient, $"Order {order.Id} {order.Symbol}: needs an initial margin of {needed:0.########}; {free:0.########} is free.");
    }

    /// <summary>When equity is below maintenance margin at a slice's close: cancels every open order, then closes whole legs at the
    /// close price less half the spread, the largest unrealised loss first, until the account is safe or flat.</summary>
    /// <remarks>Forced fills are not bounded by volume: the venue takes the leg over. If they cost more than there was, the wallet stays below zero.</remarks>
    /// <returns>The margin after it.</returns>
    private Margin LiquidateIfUnsafe()
    {
        var margin = MarginNow();
        if (margin.IsSafe) return margin;
        CancelAllOrders();
        for (; !margin.IsSafe && WorstLeg() is { } worst; margin = MarginNow())
        {
            var (book, leg, mark) = worst;
            var id = new ClientOrderId("autoclose-" + (_lastTradeId + 1).ToString(CultureInfo.InvariantCulture));
            var order = new NewOrder(id, book.Symbol, leg.Side, leg.Side.Reducing(), OrderType.Market, TimeInForce.GoodTillCancel, new(leg.Quantity), null);
            var price = TakePrice(book, order, mark, quantity: 0m);
            var fee = Rounded(price.QuotePerBase * leg.Quantity * _policy.LiquidationFee);
            var fill = new Fill(id, _lastTradeId + 1, book.Symbol, leg.Side, order.Side, price, order.Quantity, new(fee), IsMaker: false, order.Quantity, Now);
            Commit(new PaperFact.LegLiquidated(_factSequence + 1, Now, fill));
            Deliver(new VenueEvent.Liquidated(fill, Now), id.Value, fill.TradeId);
        }
        return margin;
    }

    private void Settle(PaperBook book, PaperLeg leg, Price price)
    {
        var id = new ClientOrderId("settlement_autoclose-" + (_lastTradeId + 1).ToString(CultureInfo.InvariantCulture));
        var quantity = new Quantity(leg.Quantity);
        var fill = new Fill(
            id, _lastTradeId + 1, book.Symbol, leg.Side, leg.Side.Reducing(), price, quantity, new(Rounded(price.QuotePerBase * quantity.Base * _policy.TakerFee)), IsMaker: false,
            quantity, Now);
        Commit(new PaperFact.LegSettled(_factSequence + 1, Now, fill));
        Deliver(new VenueEvent.Filled(fill, Now), id.Value, fill.TradeId);
    }

    private (PaperBook Book, PaperLeg Leg, Price Mark)? WorstLeg()
    {
        (PaperBook, PaperLeg, Price)? worst = null;
        var least = decimal.MaxValue;
        foreach (var book in _books)
        {
            if (!book.IsHeld || MarkOf(book) is not { } mark) continue;
            foreach (var side in BothSides)
            {
                var leg = book.Leg(side);
                if (!leg.IsHeld || leg.Unrealised(leg.Quantity * mark.QuotePerBase) is var gain && gain >= least) continue;
                (least, worst) = (gain, (book, leg, mark));
            }
        }
        return worst;
    }

    private bool AnyLegIsHeld()
    {
        foreach (var book in _books)
        {
            if (book.IsHeld) return true;
        }
        return false;
    }

    private void PublishAccount(in Margin margin)
    {
        _publishedSequence = _factSequence;
        Deliver(new VenueEvent.Account(ViewAccount(requestId: null, margin), Now), string.Empty, _clockMs);
    }

    /// <summary>The account as it is after the newest work. Legs that ever traded, in ordinal order of symbol, LONG first.</summary>
    public AccountView ViewAccount(string? requestId) => ViewAccount(requestId, MarginNow());

    private AccountView ViewAccount(string? requestId, in Margin margin)
    {
        var count = 0;
        foreach (var book in _books) count += (book.Long.IsTouched ? 1 : 0) + (book.Short.IsTouched ? 1 : 0);
        var positions = ImmutableArray.CreateBuilder<VenuePosition>(count);
        foreach (var book in _books)
        {
            if (!book.Long.IsTouched && !book.Short.IsTouched) continue;
            var mark = MarkOf(book);
            foreach (var side in BothSides)
            {
                var leg = book.Leg(side);
                if (leg.IsTouched)
                    positions.Add(new(book.Symbol, side, new(leg.Quantity), new(leg.Cost), new(leg.Realised), new(leg.Fees), new(leg.Funding), mark, leg.LastTradeId));
            }
        }
        return new(requestId, new(_wallet), new(margin.Equity - _wallet), new(Rounded(margin.Initial + OpenOrderMargin())),
            new(Rounded(margin.Maintenance)), positions.MoveToImmutable());
    }
}
