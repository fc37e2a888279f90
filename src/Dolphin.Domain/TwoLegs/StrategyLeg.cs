using Dolphin.Domain.Books;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.TwoLegs;

/// <summary>One leg as the strategy's own fills made it.</summary>
/// <param name="Carry">Signed base: what the last decision wanted beyond its target because it was too small to trade. What an order did
/// not fill is not carried: the next decision starts from what is held then, or it would close at a loss what was to be closed at a profit.</param>
/// <param name="LastTradeId">The newest trade id taken; trade ids of a leg rise.</param>
public readonly record struct StrategyLeg(LegPosition Position, Quantity Carry, long LastTradeId)
{
    public Quantity Quantity => Position.Quantity;
    public Quantity Wanted => Position.Quantity.Base + Carry.Base > 0m ? Position.Quantity + Carry : default;
}
