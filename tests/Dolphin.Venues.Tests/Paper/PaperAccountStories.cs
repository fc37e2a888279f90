using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Paper;
using Dolphin.Venues.Tests.Contract;
using static Dolphin.Venues.Tests.Contract.Terms;
using static Dolphin.Venues.Tests.Paper.PaperMatchingStories;

namespace Dolphin.Venues.Tests.Paper;

public sealed class PaperAccountStories
{
    private static Candle Flat(decimal price) => new(Btc, price, price, price, price, 100_000m);

    [Fact(DisplayName = "A partial reduction releases cost to 8 decimals, towards zero; what is cut off stays in the cost until the leg is closed")]
    public void Rounding_stays_in_the_cost()
    {
        var rig = new PaperRig(PaperRig.Bare with { TakerFee = 0m });
        Trade(rig, 1_000m, Order("a", OrderSide.Buy, PositionSide.Long, 0.07m));
        Trade(rig, 1_000.1m, Order("b", OrderSide.Buy, PositionSide.Long, 0.04m));
        Trade(rig, 1_000.2m, Order("c", OrderSide.Sell, PositionSide.Long, 0.03m));
        // 110.004 for 0.11. Selling 0.03 at 1000.2 brings 30.006 and releases 30.0010909090..., cut to 30.00109090.
        var leg = Assert.Single(rig.Exchange.ViewAccount(null).Positions);
        Assert.Equal(new Money(30.006m - 30.0010909m), leg.RealisedPnl);
        Assert.Equal(new Money(110.004m - 30.0010909m), leg.EntryCost);
        Trade(rig, 1_000.2m, Order("d", OrderSide.Sell, PositionSide.Long, 0.08m));
        leg = Assert.Single(rig.Exchange.ViewAccount(null).Positions);
        Assert.Equal((new Money(0m), new Money((0.11m * 1_000.2m) - 110.004m)), (leg.EntryCost, leg.RealisedPnl));
    }

    [Fact(DisplayName = "A short leg gains when the price falls, in the view and when it is closed")]
    public void Short_gains()
    {
        var rig = new PaperRig(PaperRig.Bare with { TakerFee = 0m });
        Trade(rig, 1_000m, Order("s", OrderSide.Sell, PositionSide.Short, 0.4m));
        Trade(rig, 990m);
        Assert.Equal(new Money(4m), rig.Exchange.ViewAccount(null).UnrealisedPnl);
        Trade(rig, 980m, Order("x", OrderSide.Buy, PositionSide.Short, 0.1m));
        Assert.Equal(new Money(2m), Assert.Single(rig.Exchange.ViewAccount(null).Positions).RealisedPnl);
        Assert.Equal(new Money(10_002m), rig.Exchange.ViewAccount(null).WalletBalance);
    }

    [Fact(DisplayName = "Fees are rounded to 8 decimals, half to even; a negative maker fee is a rebate")]
    public void Fees()
    {
        var rig = new PaperRig(PaperRig.Bare with { TakerFee = 0.000_333_333m, MakerFee = -0.0001m });
        Trade(rig, 1_000.1m, Order("t", OrderSide.Buy, PositionSide.Long, 0.007m));
        rig.OpenMinute(new Candle(Btc, 1_000m, 1_000m, 980m, 1_000m, 100_000m));
        rig.Send(Limit("m", 990m, 0.1m));
        rig.Run(Minute);
        Assert.Equal([new Money(0.00233356m), new Money(-0.0099m)], rig.HeardOf<VenueEvent.Filled>().Select(e => e.Fill.Fee));
    }

    [Fact(DisplayName = "Maintenance margin follows the brackets, minus their amount; initial margin is notional by leverage, open orders included")]
    public void Margins()
    {
        var rig = new PaperRig(PaperRig.Bare with { InitialWallet = new(100_000m) });
        Trade(rig, 1_000m, Order("l", OrderSide.Buy, PositionSide.Long, 40m), Order("s", OrderSide.Sell, PositionSide.Short, 60m), Limit("r", 950m, 2m));
        var view = rig.Exchange.ViewAccount(null);
        Assert.Equal(new Money((40_000m * 0.004m) + ((60_000m * 0.005m) - 50m)), view.MaintenanceMargin);
        Assert.Equal(new Money((100_000m + 1_900m) / 10m), view.InitialMargin);
    }

    [Fact(DisplayName = "Funding is settled at the mark of its own time, on what is held then, once")]
    public void Funding_time()
    {
        var rig = new PaperRig(PaperRig.Bare, Terms.Instruments, [new(Btc, Start.AddSeconds(70), 0.001m), new(Btc, Start.AddMinutes(9), 0.001m)]);
        Trade(rig, 1_000m, Order("l", OrderSide.Buy, PositionSide.Long, 0.3m));
        rig.OpenMinute(new Candle(Btc, 1_000m, 1_040m, 980m, 1_000m, 100_000m)); // At second 10 half way down to the low.
        rig.Run(Minute);
        var fact = Assert.Single(rig.Facts.OfType<PaperFact.FundingSettled>());
        var line = Assert.Single(fact.Lines);
        Assert.Equal(Start.AddSeconds(70), fact.At);
        Assert.Equal(new Money(-0.3m * line.Mark.QuotePerBase * 0.001m), line.Amount);
        Assert.Equal(Price.Of(990m), line.Mark);
        Assert.Equal(line.Amount, rig.Exchange.ViewAccount(null).Positions[0].Funding);
    }

    [Fact(DisplayName = "Funding between slices is settled at the last close, before anything of the next slice")]
    public void Funding_in_a_gap()
    {
        var rig = new PaperRig(PaperRig.Bare, Terms.Instruments, [new(Btc, Start.AddMinutes(3), 0.001m)]);
        Trade(rig, 1_000m, Order("l", OrderSide.Buy, PositionSide.Long, 0.3m));
        Assert.Null(rig.Exchange.NextDue); // Nothing wakes a venue whose market has ended.
        rig.Run(4 * Minute);
        Trade(rig, 2_000m, Order("x", OrderSide.Sell, PositionSide.Long, 0.3m));
        var settled = Assert.Single(rig.Facts.OfType<PaperFact.FundingSettled>());
        Assert.Equal((Start.AddMinutes(3), Price.Of(1_000m)), (settled.At, settled.Lines[0].Mark));
        Assert.True(settled.Sequence < rig.Facts.OfType<PaperFact.OrderFilled>().Last().Sequence);
    }

    [Fact(DisplayName = "A rate announced while the market runs is settled at its time; announced again after a crash or a restart, it is not settled again")]
    public void Funding_announced()
    {
        FundingRate[] rates = [new(Btc, Start.AddMinutes(1), 0.001m), new(Btc, Start.AddMinutes(3), 0.001m)];
        var rig = new PaperRig(PaperRig.Bare);
        Trade(rig, 1_000m, Order("l", OrderSide.Buy, PositionSide.Long, 0.3m));
        rig.Exchange.Announce([rates[1]]);
        Assert.Contains("comes after", Assert.Throws<ArgumentException>(() => rig.Exchange.Announce([rates[0]])).Message, StringComparison.Ordinal);
        for (var i = 0; i < 3; i++) Trade(rig, 1_000m);
        Assert.Equal(Start.AddMinutes(3), Assert.Single(rig.Facts.OfType<PaperFact.FundingSettled>()).At);

        var restored = new PaperExchange(PaperRig.Bare, Terms.Instruments, []);
        restored.Restore(rig.Exchange.Capture());
        var crashed = new PaperExchange(PaperRig.Bare, Terms.Instruments, rates);
        foreach (var fact in rig.Facts) crashed.Apply(fact);
        restored.Announce(rates);
        foreach (var exchange in (PaperExchange[])[restored, crashed])
        {
            var again = new PaperRig(exchange, rig.Now);
            Trade(again, 1_000m);
            Assert.Empty(again.Facts);
        }
    }

    [Fact(DisplayName = "The largest loss is closed first and no more than makes the account safe")]
    public void Liquidation_order()
    {
        var rig = new PaperRig(PaperRig.Bare with { InitialWallet = new(2_000m), TakerFee = 0m });
        rig.OpenMinute(Flat(1_000m), new Candle(Eth, 200m, 200m, 200m, 200m, 100_000m));
        rig.Send(Order("btc", OrderSide.Buy, PositionSide.Long, 10m));
        rig.Send(Order("eth", OrderSide.Buy, PositionSide.Long, 40m) with { Symbol = Eth });
        rig.Run(Minute);
        rig.OpenMinute(new Candle(Btc, 1_000m, 1_000m, 820m, 820m, 100_000m), new Candle(Eth, 200m, 200m, 195m, 195m, 100_000m));
        rig.Run(Minute);
        // Equity 2000 - 1800 - 200 = 0 is below any maintenance; without BTC: 0 - 82 fee is still below, so ETH goes too.
        Assert.Equal([Btc, Eth], rig.HeardOf<VenueEvent.Liquidated>().Select(e => e.Fill.Symbol));

        rig = new PaperRig(PaperRig.Bare with { InitialWallet = new(2_100m), TakerFee = 0m, LiquidationFee = 0m });
        rig.OpenMinute(Flat(1_000m), new Candle(Eth, 200m, 200m, 200m, 200m, 100_000m));
        rig.Send(Order("btc", OrderSide.Buy, PositionSide.Long, 10m));
        rig.Send(Order("eth", OrderSide.Buy, PositionSide.Long, 40m) with { Symbol = Eth });
        rig.Run(Minute);
        rig.OpenMinute(new Candle(Btc, 1_000m, 1_000m, 796m, 796m, 100_000m), new Candle(Eth, 200m, 200m, 200m, 200m, 100_000m));
        rig.Run(Minute);
        // Equity 60 is below 31.84 + 32; without BTC the same 60 is above 32.
        Assert.Equal([Btc], rig.HeardOf<VenueEvent.Liquidated>().Select(e => e.Fill.Symbol));
        Assert.Equal(new Money(60m), rig.Exchange.ViewAccount(null).WalletBalance);
    }

    [Fact(DisplayName = "A liquidation that costs more than there was leaves the wallet below zero, and the account flat")]
    public void Bankruptcy()
    {
        var rig = new PaperRig(PaperRig.Bare with { InitialWallet = new(1_000m), TakerFee = 0m });
        Trade(rig, 1_000m, Order("l", OrderSide.Buy, PositionSide.Long, 10m));
        Trade(rig, 700m);
        var view = rig.Exchange.ViewAccount(null);
        Assert.Equal((new Quantity(0m), new Money(1_000m - 3_000m - 70m)), (view.Positions[0].Quantity, view.WalletBalance));
        Trade(rig, 700m, Order("again", OrderSide.Buy, PositionSide.Long, 0.1m));
        Assert.Equal(VenueCode.MarginNotSufficient, Assert.Single(rig.HeardOf<VenueEvent.Rejected>()).Code);
    }

    [Fact(DisplayName = "An account that holds nothing and has changed nothing publishes nothing")]
    public void Quiet_account()
    {
        var rig = new PaperRig(PaperRig.Bare);
        Trade(rig, 1_000m);
        Assert.Empty(rig.Heard);
        Trade(rig, 1_000m, Limit("a", 990m, 0.1m));
        Trade(rig, 1_000m);
        Assert.Single(rig.HeardOf<VenueEvent.Account>());
    }

    internal static void Trade(PaperRig rig, decimal price, params ReadOnlySpan<NewOrder> orders)
    {
        rig.OpenMinute(Flat(price));
        foreach (var order in orders) rig.Send(order);
        rig.Run(Minute);
    }
}
