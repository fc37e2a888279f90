using Dolphin.Domain.Books;
using Dolphin.Domain.Market;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Books;

public sealed class BookIdentityProperties
{
    private static readonly Symbol Xrp = new("XRPUSDT");

    // Reductions take a share of what is held, so that partial and full closes are both common; odd prices make costs that do not divide.
    private sealed record Action(PositionSide Leg, int SharePercent, int PriceTicks, int Lots, int FeeMillis, int FundingMillis);

    private static Arbitrary<Action[]> Histories =>
        (from leg in Gen.Elements(PositionSide.Long, PositionSide.Short)
         from share in Gen.Frequency((3, Gen.Constant(0)), (2, Gen.Choose(1, 99)), (1, Gen.Constant(100)))
         from price in Gen.Choose(1, 9_999_999)
         from lots in Gen.Choose(1, 99_999)
         from fee in Gen.Choose(-50, 5_000)
         from funding in Gen.Choose(-2_000, 2_000)
         select new Action(leg, share, price, lots, fee, funding)).ArrayOf().ToArbitrary();

    [Fact(DisplayName = "At every fill and mark: realised plus unrealised is the signed cash flow plus the value held, to the last digit")]
    public void CashFlow() => Prop.ForAll(Histories, actions =>
    {
        var book = HedgedBook.Empty(Xrp);
        var (cash, id, good) = (0m, 0L, true);
        foreach (var action in actions)
        {
            var fill = FillOf(action, book, ++id);
            book = book.Apply(fill).Book;
            cash += (fill.Side == OrderSide.Sell ? 1 : -1) * fill.Price.QuotePerBase * fill.Quantity.Base;
            foreach (var mark in new[] { 0.0001m, fill.Price.QuotePerBase, 123.4567m })
            {
                var (earned, held) = (book.Realised + book.UnrealisedAt(Price.Of(mark)), (book.Long.Quantity.Base - book.Short.Quantity.Base) * mark);
                good &= earned.Quote == cash + held;
            }
            good &= book.Long.Cost.Quote >= 0m && book.Short.Cost.Quote >= 0m;
            good &= book.Long.Quantity.Base > 0m || book.Long.Cost.Quote == 0m;
            good &= book.Short.Quantity.Base > 0m || book.Short.Cost.Quote == 0m;
        }
        return good;
    }).QuickCheckThrowOnFailure();

    [Fact(DisplayName = "Two legs are one net position plus a cost: equity change is the net path minus fees plus funding, to the last digit")]
    public void NetPathIdentity() => Prop.ForAll(Histories, actions =>
    {
        var (book, id, good) = (HedgedBook.Empty(Xrp), 0L, true);
        // The net path the slow way: hold the net position through every price in turn.
        var (net, last, walked, fees, funding) = (0m, 0m, 0m, 0m, 0m);
        foreach (var action in actions)
        {
            var fill = FillOf(action, book, ++id);
            walked += net * (fill.Price.QuotePerBase - last);
            (net, last) = (net + (fill.Side == OrderSide.Buy ? 1 : -1) * fill.Quantity.Base, fill.Price.QuotePerBase);
            var paid = new FundingPayment(Xrp, action.Leg, new Money(action.FundingMillis / 1000m), DateTimeOffset.UnixEpoch.AddHours(id));
            book = book.Apply(fill).Book.Apply(paid).Book;
            (fees, funding) = (fees + fill.Fee.Quote, funding + paid.Amount.Quote);
            var mark = Price.Of(77.7777m);
            good &= book.IdentityGapAt(mark).Quote == 0m
                && book.NetPathAt(mark).Quote == walked + net * (mark.QuotePerBase - last)
                && book.CostOfTwoLegs.Quote == fees - funding;
        }
        return good;
    }).QuickCheckThrowOnFailure();

    [Fact(DisplayName = "Booking every fill twice gives the same book and the same checksum")]
    public void Twice() => Prop.ForAll(Histories, actions =>
    {
        var (once, twice, id) = (HedgedBook.Empty(Xrp), HedgedBook.Empty(Xrp), 0L);
        foreach (var action in actions)
        {
            var fill = FillOf(action, once, ++id);
            once = once.Apply(fill).Book;
            twice = twice.Apply(fill).Book.Apply(fill).Book;
        }
        return once == twice;
    }).QuickCheckThrowOnFailure();

    private static Fill FillOf(Action action, HedgedBook book, long id)
    {
        var held = book[action.Leg].Quantity.Base;
        var part = decimal.Floor(held * action.SharePercent) / 100m;
        var reduces = part > 0m;
        return new Fill(
            new ClientOrderId("o"), id, Xrp, action.Leg, reduces ? action.Leg.Reducing() : action.Leg.Increasing(),
            Price.Of(action.PriceTicks / 10_000m), new Quantity(reduces ? part : action.Lots / 10m), new Money(action.FeeMillis / 1000m),
            IsMaker: false, default, DateTimeOffset.UnixEpoch.AddMinutes(id));
    }
}
