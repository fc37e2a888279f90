using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Paper;
using Dolphin.Venues.Tests.Contract;
using static Dolphin.Venues.Tests.Contract.Terms;

namespace Dolphin.Venues.Tests.Paper;

/// <summary>An account that holds legs before anybody trades on it.</summary>
public sealed class PaperPositionsStories
{
    private static readonly PaperPosition Bought = new(Btc, PositionSide.Long, new(0.5m), Price.Of(1_100m)), Sold = new(Btc, PositionSide.Short, new(0.4m), Price.Of(900m));
    private static readonly PaperPolicy Policy = PaperRig.Bare with { Positions = [Sold, Bought] };

    private static Candle Quiet(decimal price) => new(Btc, price, price, price, price, 1_000m);

    [Fact(DisplayName = "The first slice finds the legs: told as trades at their entry, free of charge, and under water from the first price on")]
    public void Found()
    {
        var rig = new PaperRig(Policy);
        rig.OpenMinute(Quiet(1_000m));
        rig.Run(Minute);
        var found = Assert.IsType<PaperFact.PositionsFound>(Assert.Single(rig.Facts));
        Assert.Equal(
            [("before-1", 1L, PositionSide.Long, OrderSide.Buy, 1_100m, 0.5m), ("before-2", 2L, PositionSide.Short, OrderSide.Sell, 900m, 0.4m)],
            found.Fills.Select(f => (f.Order.Value, f.TradeId, f.Leg, f.Side, f.Price.QuotePerBase, f.Quantity.Base)));
        Assert.All(found.Fills, f => Assert.Equal(Money.Zero, f.Fee));
        Assert.Equal(found.Fills.AsEnumerable(), rig.HeardOf<VenueEvent.Filled>().Select(f => f.Fill));
        var view = rig.Exchange.ViewAccount(null);
        Assert.Equal((Policy.InitialWallet, new Money(-50m - 40m)), (view.WalletBalance, view.UnrealisedPnl));
        Assert.Equal([new Money(550m), new Money(360m)], view.Positions.Select(p => p.EntryCost));
    }

    [Fact(DisplayName = "They are found once: not with the next slice, not after a snapshot, not from the facts alone; and who opens later is told again")]
    public void Once()
    {
        var rig = new PaperRig(Policy);
        rig.OpenMinute(Quiet(1_000m));
        rig.Run(Minute);
        rig.OpenMinute(Quiet(1_001m));
        rig.Run(Minute);
        Assert.Single(rig.Facts);

        var fromFacts = new PaperExchange(Policy, Terms.Instruments, []);
        foreach (var fact in rig.Facts) fromFacts.Apply(PaperJson.Stored(fact));
        var fromSnapshot = new PaperExchange(Policy, Terms.Instruments, []);
        fromSnapshot.Restore(PaperJson.Stored(rig.Exchange.CaptureBooks()));
        foreach (var exchange in new[] { fromFacts, fromSnapshot })
        {
            Assert.Equal(PaperJson.Text(rig.Exchange.CaptureBooks()), PaperJson.Text(exchange.CaptureBooks()));
            var later = new PaperRig(exchange, rig.Now);
            later.OpenMinute(Quiet(1_001m));
            later.Run(Minute);
            Assert.Empty(later.Facts);
        }

        var external = new NewestExternal();
        foreach (var fact in rig.Facts) external.Note(fact);
        Assert.Equal(["before-1", "before-2"], external.ToldAgain.Cast<VenueEvent.Filled>().Select(f => f.Fill.Order.Value));
    }

    [Fact(DisplayName = "A venue that was killed before it stored them finds the same again")]
    public void Found_again()
    {
        var (one, two) = (new PaperRig(Policy), new PaperRig(Policy));
        foreach (var rig in new[] { one, two })
        {
            rig.OpenMinute(Quiet(1_000m));
            rig.Run(Minute);
        }

        Assert.Equal(one.Facts.Select(PaperJson.Text), two.Facts.Select(PaperJson.Text));
    }

    [Fact(DisplayName = "An order may reduce what was found; its id may not be one of those that stand for it")]
    public void Reduced()
    {
        var rig = new PaperRig(Policy);
        rig.OpenMinute(Quiet(1_000m));
        rig.Send(new NewOrder(new("before-9"), Btc, PositionSide.Long, OrderSide.Sell, OrderType.Market, TimeInForce.GoodTillCancel, new(0.5m), null));
        rig.Send(new NewOrder(new("a"), Btc, PositionSide.Long, OrderSide.Sell, OrderType.Market, TimeInForce.GoodTillCancel, new(0.5m), null));
        rig.Run(Minute);
        Assert.Equal(VenueCode.IllegalCharacters, Assert.Single(rig.HeardOf<VenueEvent.Rejected>()).Code);
        var leg = rig.Exchange.ViewAccount(null).Positions[0];
        Assert.Equal((Quantity.Zero, new Money(-50m), 3L), (leg.Quantity, leg.RealisedPnl, leg.LastTradeId));
    }

    [Fact(DisplayName = "A leg that is given twice, that is empty, or whose symbol is not listed keeps the venue shut")]
    public void Refused()
    {
        Assert.Contains("there more than once", Refusal([Bought, Bought]), StringComparison.Ordinal);
        Assert.Contains("a quantity above 0", Refusal([Bought with { Quantity = default }]), StringComparison.Ordinal);
        Assert.Contains("NOPE Long, which is not listed", Refusal([Bought with { Symbol = new("NOPE") }]), StringComparison.Ordinal);

        static string Refusal(PaperPosition[] positions) =>
            Assert.Throws<ArgumentException>(() => new PaperExchange(Policy with { Positions = [.. positions] }, Terms.Instruments, [])).Message;
    }
}
