using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Paper;
using Dolphin.Venues.Tests.Contract;
using FsCheck;
using FsCheck.Fluent;
using static Dolphin.Venues.Tests.Contract.Terms;
using static Dolphin.Venues.Tests.Paper.PaperAccountStories;
using static Dolphin.Venues.Tests.Paper.PaperMatchingStories;

namespace Dolphin.Venues.Tests.Paper;

/// <summary>A symbol comes to its end while the account holds something in it.</summary>
public sealed class PaperSettlementStories
{
    private static Candle Flat(decimal price) => new(Btc, price, price, price, price, 100_000m);

    private static PaperRig Holding()
    {
        var rig = new PaperRig(PaperRig.Bare);
        Trade(rig, 1_000m, Order("l", OrderSide.Buy, PositionSide.Long, 0.4m), Order("s", OrderSide.Sell, PositionSide.Short, 0.1m), Limit("r", 900m, 0.2m));
        rig.Heard.Clear();
        return rig;
    }

    private static void Settle(PaperRig rig, decimal? mark)
    {
        rig.Exchange.Settle(Btc, mark is { } m ? Price.Of(m) : null, rig.Now);
        rig.Take();
    }

    [Fact(DisplayName = "What rests is cancelled, both legs are closed at the mark with the taker's fee by ids of the venue's own, and the account holds nothing there")]
    public void Settles()
    {
        var rig = Holding();
        var wallet = rig.Exchange.ViewAccount(null).WalletBalance;

        Settle(rig, 990.12345678m);

        Assert.Equal([typeof(VenueEvent.Closed), typeof(VenueEvent.Filled), typeof(VenueEvent.Filled)], rig.Heard.Select(e => e.GetType()));
        Assert.Equal((new ClientOrderId("r"), OrderState.Cancelled), (rig.HeardOf<VenueEvent.Closed>()[0].Id, rig.HeardOf<VenueEvent.Closed>()[0].State));
        var fills = rig.HeardOf<VenueEvent.Filled>().Select(e => e.Fill).ToList();
        Assert.Equal([("settlement_autoclose-3", OrderSide.Sell, 0.4m), ("settlement_autoclose-4", OrderSide.Buy, 0.1m)], fills.Select(f => (f.Order.Value, f.Side, f.Quantity.Base)));
        Assert.All(fills, f => Assert.Equal((990.12345678m, Math.Round(990.12345678m * f.Quantity.Base * Terms.TakerFee, 8)), (f.Price.QuotePerBase, f.Fee.Quote)));
        Assert.All(fills, f => Assert.False(ClientOrderIds.IsOurs(f.Order)));
        var view = rig.Exchange.ViewAccount(null);
        Assert.All(view.Positions, p => Assert.Equal((Quantity.Zero, Money.Zero), (p.Quantity, p.EntryCost)));
        Assert.Equal(wallet.Quote - (0.4m * 9.87654322m) + (0.1m * 9.87654322m) - fills.Sum(f => f.Fee.Quote), view.WalletBalance.Quote);
        Assert.Equal(0, rig.Exchange.OpenOrders);
    }

    [Fact(DisplayName = "Said again it does nothing; an order that was on its way is refused with the venue's code, and one that comes after it too, until a bar opens")]
    public void Takes_nothing_any_more()
    {
        var rig = Holding();
        rig.OpenMinute(Flat(1_000m));
        rig.Send(Order("late", OrderSide.Buy, PositionSide.Long, 0.1m));
        Settle(rig, 990m);
        var facts = rig.Facts.Count;
        Settle(rig, 900m);
        Assert.Equal(facts, rig.Facts.Count);

        rig.Run(Minute);
        rig.Send(Order("later", OrderSide.Sell, PositionSide.Long, 0.1m));
        rig.Run(Minute);
        Assert.All(rig.HeardOf<VenueEvent.Rejected>(), r => Assert.Equal(VenueCode.SymbolClosed, r.Code));
        Assert.Equal(["late", "later"], rig.HeardOf<VenueEvent.Rejected>().Select(r => r.Id.Value));

        Trade(rig, 1_000m, Order("again", OrderSide.Buy, PositionSide.Long, 0.1m));
        Assert.Equal(new Quantity(0.1m), rig.Exchange.ViewAccount(null).Positions[0].Quantity);
    }

    [Fact(DisplayName = "Without a mark it is the newest price of the venue, and in a life that has seen none what the leg was opened at")]
    public void Without_mark()
    {
        var rig = Holding();
        Trade(rig, 980m);
        Settle(rig, null);
        Assert.All(rig.HeardOf<VenueEvent.Filled>(), e => Assert.Equal(980m, e.Fill.Price.QuotePerBase));

        rig = Holding();
        var reborn = new PaperExchange(PaperRig.Bare, Terms.Instruments, []);
        foreach (var fact in rig.Facts) reborn.Apply(PaperJson.Stored(fact));
        var next = new PaperRig(reborn, rig.Now.AddHours(1));
        Settle(next, null);
        Assert.All(next.HeardOf<VenueEvent.Filled>(), e => Assert.Equal(1_000m, e.Fill.Price.QuotePerBase));
    }

    [Fact(DisplayName = "Whatever was going on, nothing of the symbol is left, the other one is untouched, and the journal gives back the same books from any cut")]
    public void Any_history() => Prop.ForAll(Flow.Any, Gen.Choose(0, 9_999).ToArbitrary(), (flow, cut) =>
    {
        var rig = flow.Play();
        rig.Take(); // Funding that fell due between two bars.
        var before = rig.Exchange.CaptureBooks();
        Settle(rig, 777.77m);

        var books = rig.Exchange.CaptureBooks();
        Assert.All(books.Legs.Where(l => l.Symbol == Btc), l => Assert.Equal((Quantity.Zero, Money.Zero), (l.Quantity, l.EntryCost)));
        Assert.DoesNotContain(books.OpenOrders, o => o.Order.Symbol == Btc);
        Assert.Equal(before.Legs.Where(l => l.Symbol != Btc), books.Legs.Where(l => l.Symbol != Btc));
        Assert.Equal(before.OpenOrders.Where(o => o.Order.Symbol != Btc).Select(o => o.Order), books.OpenOrders.Select(o => o.Order));

        // Killed after any of its facts was stored, the next life is told again that the symbol is settled.
        var kept = rig.Facts.Take(rig.Facts.Count - (cut % (rig.Facts.Count - (int)before.FactSequence + 1))).ToList();
        var next = new PaperExchange(Flow.Policy, Terms.Instruments, Flow.Funding);
        foreach (var fact in kept) next.Apply(PaperJson.Stored(fact));
        next.Settle(Btc, Price.Of(777.77m), rig.Now);
        Assert.Equal(PaperJson.Text(books with { LastFactAt = default }), PaperJson.Text(next.CaptureBooks() with { LastFactAt = default }));
    }).QuickCheckThrowOnFailure();
}
