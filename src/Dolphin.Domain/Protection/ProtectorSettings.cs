namespace Dolphin.Domain.Protection;

/// <summary>
/// The parameters of the exposure protector before anyone trusts them: <see cref="ProtectorPolicy.Create"/> checks them. Names are the seed's; the key of
/// each under <c>dolphin.protection</c> is its name in kebab-case. Values are those of the seed's example unless it says why not.
/// </summary>
public sealed record ProtectorSettings
{
    /// <summary><c>trail_distance_pct</c>: relative distance from the price at which the order rests, above it to sell and below it to buy; 0 to 0.05.
    /// Rewritten by the stance. The venue refuses limits too far from its mark, so it must also be below the instrument's percent price.</summary>
    public decimal TrailDistancePct { get; init; } = 0.025m;
    /// <summary><c>rebalance_target_ratio</c>: share of value that the long leg should have of both; 0 to 1. 0.5 and not the example's 0.55: balanced is
    /// what a protector is for, a tilt is somebody's opinion.</summary>
    public decimal RebalanceTargetRatio { get; init; } = 0.5m;
    /// <summary><c>rebalance_step_ratio</c>: share of the way to the target that one action goes; above 0, at most 1. Rewritten by the stance.</summary>
    public decimal RebalanceStepRatio { get; init; } = 0.2m;
    /// <summary><c>min_order_notional_quote</c>: quote, 0 to 1000000; what one action must be worth after its fee. A step that is smaller is raised to
    /// it, and where the whole way is smaller nothing is done.</summary>
    public decimal MinOrderNotionalQuote { get; init; } = 15m;
    /// <summary><c>max_order_notional_quote</c>: quote; what one action may cost with its fee, or null for no cap.</summary>
    public decimal? MaxOrderNotionalQuote { get; init; } = 60m;
    /// <summary><c>order_spacing_ticks</c>: fewest ticks between two orders, whatever became of the first; 0 to 1000000.</summary>
    public int OrderSpacingTicks { get; init; } = 1;
    /// <summary><c>cooldown_ticks</c>: ticks without an action after one that was filled, counted from the first look at the market after it; 0 to 1000000.</summary>
    public int CooldownTicks { get; init; } = 2;
    /// <summary><c>min_rebalance_seconds</c>: least time between two actions; 0 to 604800, a week. Rewritten by the stance.</summary>
    public int MinRebalanceSeconds { get; init; } = 120;
    /// <summary><c>min_price_move_pct</c>: relative move of the price since the last order before there is another; 0 to 0.5. Rewritten by the stance.</summary>
    public decimal MinPriceMovePct { get; init; } = 0.004m;
    /// <summary><c>balance_tolerance</c>: drift of the share beyond which trimming begins; it stops at half of it. Above 0, at most 0.5.</summary>
    public decimal BalanceTolerance { get; init; } = 0.04m;
    /// <summary><c>debug_orders</c>: whoever runs the protector logs each order it places, and why it places none.</summary>
    public bool DebugOrders { get; init; }
}
