using System.Globalization;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Protection;

/// <summary>The seed's <c>debug_orders</c>: the order that one look at the market came to, or why there is none.</summary>
/// <param name="Key">Of a reason: the same again as long as the reason is, whatever its numbers. Null of an order.</param>
public readonly record struct OrderNote(string? Key, string Text)
{
    /// <param name="state">Before the decision.</param>
    public static OrderNote Of(ProtectorPolicy policy, ProtectorState state, in ProtectorMarket market, in Decision<ProtectorEvent> decision)
    {
        if (decision.Refusal is { } refusal) return new OrderNote(refusal.Code, refusal.Reason);
        foreach (var @event in decision.Events)
        {
            switch (@event)
            {
                case ProtectorEvent.Trimmed e: return new OrderNote(null, Said(
                    $"{e.Leg.Reducing().ToString().ToLowerInvariant()} {e.Targets.From[e.Leg] - e.Targets.To[e.Leg]} of the {e.Leg} leg at {e.Targets.Limit}, drift {e.Drift:+0.####;-0.####;0}, price {e.Targets.DecisionPrice}"));
                case ProtectorEvent.TrimRefused e: return None(e.Code, e.Reason);
                case ProtectorEvent.TrimAsked e: return new OrderNote(null, Said($"by wish {e.Wish.Id} of {e.Wish.By}: down to long {e.Targets.To.Long} and short {e.Targets.To.Short}"));
            }
        }
        if (state.Mode != ProtectorMode.Enabled) return None("passive", Said($"it is {state.Mode.ToString().ToLowerInvariant()}"));
        if (state.Pending is not null) return None("open", "one is open");
        if (!market.Risk.ExitsAllowed) return None("exits", "an invariant has failed; expected a posture that allows exits");
        if (Balance.Of(state.Legs, policy.Settings.RebalanceTargetRatio) is not { } balance) return None("flat", "nothing is held");
        var bound = state.Trimming ? policy.Settled : policy.Settings.BalanceTolerance;
        if (Math.Abs(balance.Drift) <= bound) return None("balanced", Said($"drift {balance.Drift:+0.####;-0.####;0} is within {bound:0.####}"));
        var left = state.Tuning is { } tuning ? Cooldown.Of(policy, state, tuning, market.Price, market.At, market.Tick) : default;
        if (!left.IsOver) return None(Waits(left), Said($"drift {balance.Drift:+0.####;-0.####;0}; {left}"));
        return None(state.RefusedCode ?? "other", Said($"drift {balance.Drift:+0.####;-0.####;0}; still {state.RefusedCode ?? "deciding"}"));
    }

    private static OrderNote None(string key, string why) => new(key, "no order: " + why);

    private static string Waits(in Cooldown left) =>
        $"waits {(left.Spacing > 0 ? "s" : "")}{(left.Ticks > 0 ? "t" : "")}{(left.Wait > TimeSpan.Zero ? "w" : "")}{(left.Move > 0m ? "m" : "")}";

    private static string Said(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
