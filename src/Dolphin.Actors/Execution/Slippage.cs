using Dolphin.Domain.Market;

namespace Dolphin.Actors.Execution;

/// <summary>What one order cost against the price its strategy decided on.</summary>
/// <param name="RealisedBps">Above zero is worse than the decision price, for either side.</param>
/// <param name="ExpectedBps">What taking is expected to cost; zero for a maker.</param>
public sealed record Slippage(Symbol Symbol, double RealisedBps, double ExpectedBps)
{
    public static Slippage Measure(OpenOrder order, double expectedTakerBps)
    {
        decimal notional = 0m, quantity = 0m;
        foreach (var fill in order.Fills)
        {
            notional += fill.Price.QuotePerBase * fill.Quantity.Base;
            quantity += fill.Quantity.Base;
        }

        var decision = (double)order.DecisionPrice.QuotePerBase;
        var paid = ((double)(notional / quantity) - decision) / decision * 10_000;
        return new Slippage(order.Order.Symbol, order.Order.Side == OrderSide.Buy ? paid : -paid,
            order.Order.Type == OrderType.Market ? expectedTakerBps : 0);
    }
}
