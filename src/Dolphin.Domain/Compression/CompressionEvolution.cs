using System.Diagnostics;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Compression;

// Folding events. Reads no policy and validates nothing: the past is not up for debate.
public static partial class CompressionDecider
{
    /// <summary>The state after one stored event. Total: every event can be folded into every state.</summary>
    public static CompressionState Evolve(CompressionState state, CompressionEvent @event) => @event switch
    {
        CompressionEvent.Adopted e => Adopt(Seen(state, e), e),
        CompressionEvent.ToppedUp e => Ask(Decided(state, e) with { RefusedCode = null, PassedCode = null },
            e.Targets, CompressionDecision.TopUp, default, default),
        CompressionEvent.Reduced e => Ask(Decided(state, e) with { Locked = true, Swings = state.Swings + 1, PassedCode = null },
            e.Targets, e.Closing ? CompressionDecision.Closing : CompressionDecision.Reduction, e.CarryLong, e.CarryShort),
        CompressionEvent.SwingPassed e => Decided(state, e) with { PassedCode = e.Code },
        CompressionEvent.EntryRefused e => Decided(state, e) with { RefusedCode = e.Code },
        CompressionEvent.ExitRequested e => Seen(state, e) with { ExitWanted = state.ExitWanted | CompressionExits.Manual },
        CompressionEvent.Unwound e => Ask(Decided(state, e), e.Targets, CompressionDecision.Unwinding, default, default),
        CompressionEvent.FillBooked e => Take(Seen(state, e), e),
        CompressionEvent.OrderFinished e => Settle(Seen(state, e).With(state.Ledger.Finish(e.Sequence, e.Leg, e.Cumulative))),
        CompressionEvent.ExternalFillBooked e => TakeExternal(Seen(state, e), e),
        CompressionEvent.TrimWanted e => Seen(state, e) with { Trims = TrimProgress.Want(state.Trims, e.Wish) },
        CompressionEvent.TrimAsked e => AskTrim(state, e),
        CompressionEvent.TrimEnded e => Decided(state, e) with { Trims = state.Trims?.End(e.Id) },
        CompressionEvent.ReleaseWanted e => Seen(state, e) with { ReleaseWantedBy = e.By },
        // Before the lock there is nothing to go on with.
        CompressionEvent.Released e => Over(Seen(state, e).With(state.Ledger.Release()), CompressionMode.Idle) with { GivenUp = state.Locked ? e.Legs : null },
        CompressionEvent.Terminated e => Over(Seen(state, e).With(state.Ledger.WithoutCarry()), CompressionMode.Terminated),
        _ => throw new UnreachableException($"Cannot fold {@event.GetType().Name}; skipping it would corrupt the strategy's state."),
    };

    private static CompressionState Seen(CompressionState state, CompressionEvent e) => state with { LastEventAt = e.At };

    private static CompressionState Decided(CompressionState state, CompressionEvent e) => state with { LastEventAt = e.At, DecidedAt = e.At };

    private static CompressionState Adopt(CompressionState state, CompressionEvent.Adopted e)
    {
        var ledger = state.Ledger.Adopt(e.Legs);
        var next = state.With(ledger) with
        {
            Mode = CompressionMode.Active, Incarnation = e.Incarnation, Gap = PriceGap.Between(ledger.Long.Position, ledger.Short.Position),
            Residual = e.Residual, ClosingGotNothing = false, ExitWanted = CompressionExits.None,
            RefusedCode = null, PassedCode = null, ReleaseWantedBy = null, GivenUp = null,
        };
        return e.GoesOn ? next : next with { Locked = false, Swings = 0, Result = default };
    }

    // What a finished incarnation earned stays to be seen until the next one.
    private static CompressionState Over(CompressionState state, CompressionMode mode) => state with
    {
        Mode = mode, Pending = null, Gap = null, ExitWanted = CompressionExits.None, ReleaseWantedBy = null, Trims = state.Trims?.Over(),
    };

    private static CompressionState Ask(CompressionState state, LegTargets targets, CompressionDecision kind, Quantity carryLong, Quantity carryShort) =>
        Settle(state.With(state.Ledger.Ask(targets, kind, carryLong, carryShort)) with { ClosingGotNothing = false });

    private static CompressionState Take(CompressionState state, CompressionEvent.FillBooked e)
    {
        var next = state.With(state.Ledger.Take(e.Sequence, e.Fill, out var realised));
        var grew = e.Fill.Side == e.Fill.Leg.Increasing();
        next = next with
        {
            Gap = grew ? PriceGap.Between(next.Long.Position, next.Short.Position) ?? state.Gap : state.Gap,
            Result = Earned(state, grew ? Quantity.Zero : e.Fill.Quantity, realised, e.Fill.Fee),
        };
        return Settle(next);
    }

    private static CompressionState TakeExternal(CompressionState state, CompressionEvent.ExternalFillBooked e)
    {
        var next = state.With(state.Ledger.TakeExternal(e.Fill, e.Applied, out var realised, out var cost));
        return next with
        {
            Trims = next.Trims?.At(next.Legs),
            Result = Earned(state, e.Applied, realised, cost),
            ExitWanted = next.Mode == CompressionMode.Active ? next.ExitWanted | CompressionExits.External : next.ExitWanted,
        };
    }

    // The swing's part is what remains of the exact sum, so rounding the locked part moves nothing but the border between the two.
    private static CompressionResult Earned(CompressionState state, Quantity closed, Money realised, Money fee)
    {
        var locked = state.Gap is { } gap ? -gap.LockedIn(closed) : Money.Zero;
        return new CompressionResult(
            state.Result.LockedLossReleased + locked, state.Result.SwingGains + (realised - locked), state.Result.Costs + fee);
    }

    private static CompressionState Settle(CompressionState state)
    {
        var ledger = state.Ledger.Settle(out var settled);
        if (settled is not { } pending) return state;
        var next = state.With(ledger) with { Trims = state.Trims?.At(ledger.Legs) };
        return pending.Kind switch
        {
            CompressionDecision.AskedTrim => next with { Locked = next.Locked || !pending.GotNothing },
            // A top-up that got nothing is tried again at the next swing that asks for it.
            CompressionDecision.TopUp => next with { Locked = !pending.GotNothing },
            // Its swing will not come again for what was not filled: that is closed like any other exit.
            CompressionDecision.Closing when !next.Legs.AreFlat => next with { ExitWanted = next.ExitWanted | CompressionExits.Rest, ClosingGotNothing = GotNothing(pending) },
            CompressionDecision.Unwinding when next.ExitWanted == CompressionExits.Rest => next with { ClosingGotNothing = GotNothing(pending) },
            _ => next,
        };
    }

    private static bool GotNothing(PendingDecision<CompressionDecision> pending) => pending.GotNothing && !pending.Targets.AsksForNothing;
}
