using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Tests.Protection;

/// <summary>What a look at the market came to, in the words that <c>debug_orders</c> asks for.</summary>
public sealed class OrderNoteStories
{
    private static OrderNote Look(ProtectorRun run, decimal price = 100m, double seconds = 60)
    {
        var before = run.State;
        var market = new ProtectorMarket(Price.Of(price), run.Now.AddSeconds(seconds), run.Tick + 1, run.Risk, run.Venue.FeeRate);
        var note = OrderNote.Of(run.Policy, before, market, ProtectorDecider.Decide(run.Policy, run.Instrument, before, market));
        run.At(price, seconds: seconds);
        return note;
    }

    [Fact(DisplayName = "An order is said with its side, quantity, leg, limit, drift and price, and has no key: each is news")]
    public void Order()
    {
        var note = Look(ProtectorStage.Enabled());
        Assert.Equal(new OrderNote(null, "sell 0.4 of the Long leg at 102.5, drift +0.1, price 100"), note);
    }

    [Fact(DisplayName = "Without an order it says what keeps it from one: each reason has a key that stays as long as the reason does")]
    public void Reasons()
    {
        Assert.Equal(new OrderNote("passive", "no order: it is passive"), Look(ProtectorStage.Passive()));
        Assert.Equal(new OrderNote("balanced", "no order: drift +0.01 is within 0.04"), Look(ProtectorStage.Enabled(longQuantity: 5.1m, shortQuantity: 4.9m)));
        var small = Look(ProtectorStage.Enabled(ProtectorStage.Settings with { MinOrderNotionalQuote = 1_000m }));
        Assert.StartsWith("no order: ", small.Text, StringComparison.Ordinal);
        Assert.NotNull(small.Key);

        var run = ProtectorStage.Enabled();
        Look(run);
        var (first, second) = (Look(run), Look(run, seconds: 30));
        Assert.Contains("to go", first.Text, StringComparison.Ordinal);
        Assert.NotEqual(first.Text, second.Text);
        Assert.StartsWith("waits ", first.Key, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "While an order is open, that is why there is no other")]
    public void Open()
    {
        var run = ProtectorStage.Enabled();
        run.HoldOrders = true;
        Look(run);
        Assert.Equal(new OrderNote("open", "no order: one is open"), Look(run));
    }
}
