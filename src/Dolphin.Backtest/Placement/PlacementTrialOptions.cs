using Dolphin.Domain.Market;
using Dolphin.Domain.Placement;

namespace Dolphin.Backtest.Placement;

/// <summary>What is tried on a recorded order book.</summary>
/// <param name="Lots">Of each placement, above zero.</param>
/// <param name="LeastLots">The venue's smallest order.</param>
/// <param name="Every">From one placement to the next, on the recording's clock; above zero.</param>
/// <param name="Side">Null: buys and sells by turns.</param>
/// <param name="MayTake">Whether the posture lets the placer take what has not filled in time.</param>
/// <param name="Outbound">From us to the venue; <paramref name="Inbound"/> back.</param>
public sealed record PlacementTrialOptions(
    PlacementPolicy Policy, long Lots, long LeastLots, TimeSpan Every, OrderSide? Side, bool MayTake, TimeSpan Outbound, TimeSpan Inbound);
