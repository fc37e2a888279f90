using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Binance.Live;
using Dolphin.Venues.Binance.Rest;

namespace Dolphin.Venues.Binance.Tests.Live;

public sealed class RuleChangeTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 21, 8, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan CloseBefore = TimeSpan.FromHours(2);
    private static readonly ListedSymbol Began = new(
        new Symbol("SOLUSDT"), "TRADING", true, "USDT", "PERPETUAL", TickSize: 0.1m, LotSize: 0.001m, new Quantity(0.001m), new Money(5m), PercentPrice: 0.05m);

    private static RuleChange? Between(ListedSymbol? now, bool isSettled = false, ListedSymbol? began = null) => RuleChange.Between(began ?? Began, now, isSettled, Now, CloseBefore);

    [Fact(DisplayName = "Changed twice it is compared with what everybody counts by, not with what was between; changed back nothing has changed")]
    public void Twice()
    {
        var (once, twice) = (Began with { TickSize = 0.5m }, Began with { TickSize = 0.2m, LotSize = 0.01m });
        Assert.Equal("tick 0.1 is 0.5 now", Between(once)!.What);
        Assert.Equal("tick 0.1 is 0.2 now, lot 0.001 is 0.01 now", Between(twice)!.What);
        Assert.Equal(twice, Between(twice)!.Now);
        Assert.Null(Between(Began));
        Assert.Equal("tick 0.5 is 0.2 now, lot 0.001 is 0.01 now", Between(twice, began: once)!.What); // A node that was started in between.
    }

    [Theory(DisplayName = "What does not trade is a change, whatever it was at the start")]
    [InlineData("TRADING")]
    [InlineData("SETTLING")]
    public void Halted(string before)
    {
        var change = Between(Began with { Status = "SETTLING", IsTrading = false }, began: Began with { Status = before, IsTrading = before == "TRADING" })!;
        Assert.Equal(("it is SETTLING", false), (change.What, change.IsTrading));
        Assert.Equal("no order goes out there, not to close either, until it trades again", change.Then);
        Assert.Null(Between(Began, began: Began with { Status = before, IsTrading = before == "TRADING" }));
    }

    [Fact(DisplayName = "An end that is announced is one too, beside other rules: it says when, and from when on what is held is closed")]
    public void Announced()
    {
        var change = Between(Began with { Delivery = Now.AddDays(1), MinNotional = new Money(50m) })!;
        Assert.Equal("the venue settles it at 2026-01-22 08:00:00Z, min notional 5 is 50 now", change.What);
        Assert.Equal(Now.AddHours(22), change.CloseFrom);
        Assert.Equal("nothing is opened there any more, and what is held is closed from 2026-01-22 06:00:00Z on", change.Then);
        Assert.Equal(change.What, Between(change.Now, began: change.Now! with { MinNotional = new Money(5m) })!.What); // It was announced before the start.
    }

    [Fact(DisplayName = "Settled, and not in the list at all")]
    public void Gone()
    {
        Assert.Equal("it is SETTLING, it is settled", Between(Began with { Status = "SETTLING", IsTrading = false, Delivery = Now.AddHours(-1) }, isSettled: true)!.What);
        Assert.Equal(("it is not listed", null, false), (Between(null)!.What, Between(null)!.Now, Between(null)!.IsTrading));
        Assert.Equal("it is not listed, it is settled", Between(null, isSettled: true)!.What);
    }
}
