using Dolphin.Domain.Market;

namespace Dolphin.Actors.Execution;

/// <summary>What one order cost against the prices that were to be expected for it.</summary>
/// <remarks>
/// What was taken is expected at the price the strategy decided on. What rested is expected at its limit: how far the market went between
/// the decision and the fill is the market's move, which the strategy asked to wait for, and says nothing of the quality of execution.
/// </remarks>
/// <param name="RealisedBps">Above zero is worse than the expected prices, for either side.</param>
/// <param name="ExpectedBps">What taking is expected to cost, in proportion to how much was taken; zero for a maker.</param>
public sealed record Slippage(Symbol Symbol, double RealisedBps, double ExpectedBps)
{
    /// <param name="order">With at least one fill.</param>
    public static Slippage Measure(OpenOrder order, double expectedTakerBps)
    {
        decimal overpaid = 0m, expected = 0m, taken = 0m;
        foreach (var fill in order.Fills)
        {
            var price = (fill.IsMaker && order.Order.LimitPrice is { } limit ? limit : order.DecisionPrice).QuotePerBase;
            overpaid += (fill.Price.QuotePerBase - price) * fill.Quantity.Base;
            expected += price * fill.Quantity.Base;
            if (!fill.IsMaker) taken += price * fill.Quantity.Base;
        }

        var bps = (double)(overpaid / expected * 10_000m);
        return new Slippage(order.Order.Symbol, order.Order.Side == OrderSide.Buy ? bps : -bps, expectedTakerBps * (double)(taken / expected));
    }
}
