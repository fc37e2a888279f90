using Dolphin.Domain.Books;
using Dolphin.Domain.Market;
using Dolphin.Domain.Tests.Hedging;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Tests.TwoLegs;

/// <summary>A venue in one hand: answers the orders of targets with fills, and books them in an account's own two legs beside the strategy.</summary>
internal sealed class PretendVenue(Instrument instrument)
{
    private long _trade;

    public HedgedBook Book { get; private set; } = HedgedBook.Empty(instrument.Symbol);
    /// <summary>Fraction of notional.</summary>
    public decimal FeeRate { get; set; } = 0.0005m;
    public Func<LegOrder, Answer> Answers { get; set; } = _ => Answer.Full;

    public Fill FillOf(string order, PositionSide leg, OrderSide side, decimal price, decimal quantity, DateTimeOffset at, decimal? fee = null) => new(
        new ClientOrderId(order), ++_trade, instrument.Symbol, leg, side, Price.Of(price), new Quantity(quantity),
        new Money(fee ?? FeeRate * price * quantity), IsMaker: false, new Quantity(quantity), at);

    /// <summary>Opens both legs at their averages, free of charge: a locked book that somebody else has made.</summary>
    public HandOver Open(decimal longQuantity, decimal longPrice, decimal shortQuantity, decimal shortPrice)
    {
        if (longQuantity > 0m) Take(FillOf("old", PositionSide.Long, OrderSide.Buy, longPrice, longQuantity, default, fee: 0m));
        if (shortQuantity > 0m) Take(FillOf("old", PositionSide.Short, OrderSide.Sell, shortPrice, shortQuantity, default, fee: 0m));
        return new HandOver(Book.Long.Position, Book.Short.Position, Book.Long.LastTradeId, Book.Short.LastTradeId);
    }

    public Fill Take(Fill fill)
    {
        Book = Book.Apply(fill).Book;
        return fill;
    }

    /// <summary>What becomes of a decision's orders: the fills of each, and all it ever filled.</summary>
    /// <param name="price">Null is the decision's limit, or where it has none the price it was decided at.</param>
    public IEnumerable<(PositionSide Leg, Fill[] Fills, Quantity Cumulative)> Execute(LegTargets targets, DateTimeOffset at, Price? price = null)
    {
        foreach (var order in OrderNetting.Plan(instrument, targets.From, targets.To, targets.DecisionPrice))
        {
            var answer = Answers(order);
            var total = Quantizer.FloorToLot(instrument, new Quantity(order.Quantity.Base * answer.Share)).Base;
            var (left, fills) = (total, new List<Fill>());
            for (var i = 0; i < answer.Fills && left > 0m; i++)
            {
                var part = i == answer.Fills - 1 ? left : Quantizer.FloorToLot(instrument, new Quantity(left / 2m)).Base;
                if (part == 0m) continue;
                left -= part;
                fills.Add(Take(FillOf($"t.{targets.Sequence}", order.Leg, order.Side, (price ?? targets.Limit ?? targets.DecisionPrice).QuotePerBase, part, at)));
            }
            yield return (order.Leg, [.. fills], new Quantity(total - left));
        }
    }
}
