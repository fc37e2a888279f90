using System.Diagnostics;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Protection;

// Folding events. Reads no policy and validates nothing: the past is not up for debate.
public static partial class ProtectorDecider
{
    /// <summary>The state after one stored event. Total: every event can be folded into every state.</summary>
    public static ProtectorState Evolve(ProtectorState state, ProtectorEvent @event) => @event switch
    {
        ProtectorEvent.Adopted e => Seen(state, e).With(state.Ledger.Adopt(e.Legs)) with
        {
            Mode = ProtectorMode.Passive, Incarnation = e.Incarnation, Posture = null, Priority = null, Tuning = null, Trimming = false, Anchor = null,
            OrderedAt = null, OrderedTick = null, AwaitsCooldown = false, CooldownTick = null, Actions = 0, Realised = default, Costs = default,
            RefusedCode = null, ReleaseWantedBy = null, DisabledBy = null,
        },
        ProtectorEvent.Enabled e => Seen(state, e) with
        {
            Mode = ProtectorMode.Enabled, Posture = e.Posture, Priority = e.Priority, Tuning = e.Tuning, RefusedCode = null, DisabledBy = null,
        },
        ProtectorEvent.Disabled e => Seen(state, e) with { Mode = Passive(state.Mode), Trimming = false, DisabledBy = e.By },
        ProtectorEvent.Trimmed e => Settle((Decided(state, e) with
        {
            Trimming = true, Anchor = e.Targets.DecisionPrice, OrderedAt = e.At, OrderedTick = e.Tick, Actions = state.Actions + 1, RefusedCode = null,
        }).With(state.Ledger.Ask(e.Targets, ProtectorDecision.Trim,
            e.Leg == Market.PositionSide.Long ? e.Carry : default, e.Leg == Market.PositionSide.Short ? e.Carry : default))),
        ProtectorEvent.TrimRefused e => Decided(state, e) with { RefusedCode = e.Code },
        ProtectorEvent.CooldownBegan e => Decided(state, e) with { AwaitsCooldown = false, CooldownTick = e.Tick },
        ProtectorEvent.Balanced e => Decided(state, e) with { Trimming = false, RefusedCode = null },
        ProtectorEvent.FillBooked e => Take(Seen(state, e), e),
        ProtectorEvent.OrderFinished e => Settle(Seen(state, e).With(state.Ledger.Finish(e.Sequence, e.Leg, e.Cumulative))),
        ProtectorEvent.ExternalFillBooked e => TakeExternal(Seen(state, e), e),
        ProtectorEvent.ReleaseWanted e => Seen(state, e) with { ReleaseWantedBy = e.By },
        ProtectorEvent.Released e => Seen(state, e).With(state.Ledger.Release()) with
        {
            Mode = ProtectorMode.Idle, Posture = null, Priority = null, Tuning = null, Trimming = false, ReleaseWantedBy = null, Trims = state.Trims?.Over(), DisabledBy = null,
        },
        ProtectorEvent.TrimWanted e => Seen(state, e) with { Trims = TrimProgress.Want(state.Trims, e.Wish) },
        ProtectorEvent.TrimAsked e => AskTrim(state, e),
        ProtectorEvent.TrimEnded e => Decided(state, e) with { Trims = state.Trims?.End(e.Id) },
        _ => throw new UnreachableException($"Cannot fold {@event.GetType().Name}; skipping it would corrupt the strategy's state."),
    };

    private static ProtectorState Seen(ProtectorState state, ProtectorEvent e) => state with { LastEventAt = e.At };

    private static ProtectorState Decided(ProtectorState state, ProtectorEvent e) => state with { LastEventAt = e.At, DecidedAt = e.At };

    private static ProtectorMode Passive(ProtectorMode mode) => mode == ProtectorMode.Idle ? ProtectorMode.Idle : ProtectorMode.Passive;

    private static ProtectorState Take(ProtectorState state, ProtectorEvent.FillBooked e)
    {
        var next = state.With(state.Ledger.Take(e.Sequence, e.Fill, out var realised));
        return Settle(next with { Realised = state.Realised + realised, Costs = state.Costs + e.Fill.Fee });
    }

    private static ProtectorState TakeExternal(ProtectorState state, ProtectorEvent.ExternalFillBooked e)
    {
        var next = state.With(state.Ledger.TakeExternal(e.Fill, e.Applied, out var realised, out var cost));
        return next with { Realised = state.Realised + realised, Costs = state.Costs + cost, Trims = next.Trims?.At(next.Legs) };
    }

    private static ProtectorState Settle(ProtectorState state)
    {
        var ledger = state.Ledger.Settle(out var settled);
        if (settled is not { } over) return state;
        var own = over is { Kind: ProtectorDecision.Trim, GotNothing: false };
        return state.With(ledger) with { AwaitsCooldown = state.AwaitsCooldown || own, Trims = state.Trims?.At(ledger.Legs) };
    }
}
