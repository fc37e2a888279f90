using System.Diagnostics;

namespace Dolphin.Domain.Hermes;

// Folding events. Reads no policy and validates nothing: the past is not up for debate.
public static partial class HermesDecider
{
    /// <summary>The state after one stored event. Total: every event can be folded into every state.</summary>
    public static HermesState Evolve(HermesState state, HermesEvent @event) => @event switch
    {
        HermesEvent.HandOverAsked e => Looked(state, e) with
        {
            HandOvers = e.Number, HandOver = new PendingHandOver(e.Number, e.From, e.To, e.Rule, HandOverStage.Releasing, e.At, e.Deadline, Legs: default),
        },
        HermesEvent.Released e => Seen(state, e) with
        {
            HandOver = state.HandOver is { } h ? h with { Stage = HandOverStage.Adopting, Legs = e.Legs, Deadline = e.Deadline } : null,
        },
        HermesEvent.Adopted e => (e.Holder == LegHolder.Nobody ? Looked(state, e) : Seen(state, e)) with
        {
            Holder = e.Holder, Since = e.At, ChangedAt = e.At, HandOver = null, LastDone = e.Number, Failures = 0, FailedAt = null,
        },
        HermesEvent.HandOverFailed { Cause: HandOverFailure.Overruled } e => Seen(state, e) with { HandOver = null },
        HermesEvent.HandOverFailed e => (e.Cause == HandOverFailure.Declined ? Seen(state, e) : Looked(state, e)) with
        {
            HandOver = null, Failures = state.Failures < int.MaxValue ? state.Failures + 1 : state.Failures, FailedAt = e.At,
        },
        HermesEvent.HolderEnded e => Looked(state, e) with { Holder = LegHolder.Nobody, Since = e.At, ChangedAt = e.At },
        HermesEvent.StanceChanged e => Looked(state, e) with { Posture = e.Posture, Priority = e.Priority, StanceWhy = e.Why },
        HermesEvent.OverrideSet e => Seen(state, e) with
        {
            Override = new HermesOverride(e.Number, e.By, e.Why, e.Holder, e.Posture, e.Until, e.At, e.Priority), Overrides = e.Number,
            // An operator does not wait for what Hermes had failed at.
            Failures = 0, FailedAt = null,
        },
        HermesEvent.OverrideLifted e => (e.By == ExpiryRule ? Looked(state, e) : Seen(state, e)) with { Override = null },
        _ => throw new UnreachableException($"Cannot fold {@event.GetType().Name}; skipping it would corrupt the state of an asset."),
    };

    private static HermesState Seen(HermesState state, HermesEvent e) => state with { LastEventAt = e.At };

    // A look at the market decided it, so a second copy of that look must decide nothing. An answer's clock is not the market's.
    private static HermesState Looked(HermesState state, HermesEvent e) => state with { LastEventAt = e.At, DecidedAt = e.At };
}
