using System.Diagnostics;
using Dolphin.Domain.Execution;
using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Protection;

/// <summary>
/// The exposure protector: brings the value share of two legs back towards a target by trimming the dominating one, in small resting orders and
/// with pauses. It never makes a leg larger and never crosses the target. Same state and input, same events.
/// </summary>
public static partial class ProtectorDecider
{
    /// <summary>Who disabled a protector whose leg somebody else changed.</summary>
    public const string ExternalFillRule = "external-fill-rule";

    /// <summary>Who disables one whose legs are to change hands. It is nobody's stop: the same enables it again.</summary>
    public const string Hermes = "hermes";

    private const string Area = "protector";

    public static Decision<ProtectorEvent> Decide(ProtectorPolicy policy, Instrument instrument, ProtectorState state, ProtectorInput input) => input switch
    {
        ProtectorInput.Market i => Decide(policy, instrument, state, i.View),
        ProtectorInput.OrderFilled i => OnFilled(instrument, state, i),
        ProtectorInput.OrderClosed i => OnClosed(state, i),
        ProtectorInput.ExternalFill i => OnExternalFill(instrument, state, i.Fill),
        ProtectorInput.Adopt i => OnAdopt(policy, instrument, state, i),
        ProtectorInput.Release i => OnRelease(state, i),
        ProtectorInput.Enable i => OnEnable(policy, instrument, state, i),
        ProtectorInput.Disable i => OnDisable(state, i),
        ProtectorInput.Trim i => OnTrim(instrument, state, i),
        _ => throw new UnreachableException($"No rule for {input}."),
    };

    /// <summary>The hot path: one call for every bar of every symbol. Allocates only when it decides something.</summary>
    public static Decision<ProtectorEvent> Decide(ProtectorPolicy policy, Instrument instrument, ProtectorState state, in ProtectorMarket market)
    {
        if (state.Mode == ProtectorMode.Idle || state.Pending is not null || state.DecidedAt >= market.At) return Decision<ProtectorEvent>.Nothing;
        if (!Plausible.Is(market.Price))
        {
            return Decision<ProtectorEvent>.Refuse("protector.absurd-price",
                $"{instrument.Symbol.Name}: expected a price from {Plausible.LowestPrice:0.#########} to {Plausible.HighestPrice:0}, got {market.Price}; ignored.");
        }
        // The end of a decision and the release that waited for it are stored one after the other; a crash may have come between.
        if (state.ReleaseWantedBy is { } by) return Decision<ProtectorEvent>.Of(new ProtectorEvent.Released(by, state.Ledger.HandOver, market.At));
        if (state.Trims is { HasWork: true } trims && market.Risk.ExitsAllowed) return GoOnTrimming(instrument, state, trims, market.Price, market.At);
        if (state.AwaitsCooldown && policy.Settings.CooldownTicks > 0) return Decision<ProtectorEvent>.Of(new ProtectorEvent.CooldownBegan(market.Tick, market.At));
        if (state.Mode != ProtectorMode.Enabled || !market.Risk.ExitsAllowed || state.Tuning is not { } tuning
            || Balance.Of(state.Legs, policy.Settings.RebalanceTargetRatio) is not { } balance)
        {
            return Decision<ProtectorEvent>.Nothing;
        }
        var drift = Math.Abs(balance.Drift);
        if (drift <= (state.Trimming ? policy.Settled : policy.Settings.BalanceTolerance))
            return state.Trimming ? Decision<ProtectorEvent>.Of(new ProtectorEvent.Balanced(balance.Drift, market.At)) : Decision<ProtectorEvent>.Nothing;
        return Cooldown.Of(policy, state, tuning, market.Price, market.At, market.Tick).IsOver
            ? Trim(policy, instrument, state, tuning, balance, market)
            : Decision<ProtectorEvent>.Nothing;
    }

    private static Decision<ProtectorEvent> Trim(
        ProtectorPolicy policy, Instrument instrument, ProtectorState state, ProtectorTuning tuning, in Balance balance, in ProtectorMarket market)
    {
        var leg = balance.Dominating;
        var step = Quantizer.Resolve(tuning.RebalanceStepRatio * balance.Way.Base);
        var limit = OrderStyle.RestingPrice(instrument, leg.Reducing(), market.Price, new Bps(tuning.TrailDistancePct * 10_000m));
        // The bounds are about what will be paid and received, so they are judged at the price the order rests at.
        var sized = OrderSizer.Size(instrument, limit, step, most: balance.Way, grows: false, policy.Bounds, market.FeeRate);
        if (sized.Refusal is { } refusal)
        {
            return state.RefusedCode == refusal.Code
                ? Decision<ProtectorEvent>.Nothing
                : Decision<ProtectorEvent>.Of(new ProtectorEvent.TrimRefused(refusal.Code, refusal.Reason, market.At));
        }
        var trimmed = new TradableChange(leg, -sized.Quantity, default);
        var still = new TradableChange(leg.Opposite(), default, default);
        var targets = leg == PositionSide.Long ? state.Ledger.Targets(trimmed, still, market.Price, limit) : state.Ledger.Targets(still, trimmed, market.Price, limit);
        return Decision<ProtectorEvent>.Of(new ProtectorEvent.Trimmed(targets, leg, balance.Drift, sized.Quantity - step, market.Tick, market.At));
    }
}
