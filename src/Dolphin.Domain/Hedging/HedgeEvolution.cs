using System.Diagnostics;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Hedging;

// Folding events. Reads no policy and validates nothing: the past is not up for debate.
public static partial class HedgeDecider
{
    /// <summary>The state after one stored event. Total: every event can be folded into every state.</summary>
    public static HedgeState Evolve(HedgeState state, HedgeEvent @event) => @event switch
    {
        HedgeEvent.Started e => Start(state, e),
        HedgeEvent.CycleOpened e => Ask(state with
        {
            LastEventAt = e.At, DecidedAt = e.At, Cycle = e.Cycle, InCycle = true, Reference = e.Targets.DecisionPrice,
            RefusedCode = null, OpeningFailedAt = null, Evenings = 0,
            Growth = e.Wish is { } wish ? GrowthProgress.Take(state.Growth, wish) : state.Growth,
        }, e.Targets, HedgeDecision.Opening, default, default, e.At),
        HedgeEvent.OpeningEvened e => Ask(Decided(state, e) with { Evenings = state.Evenings + 1 }, e.Targets, HedgeDecision.Evening, default, default, e.At),
        HedgeEvent.EntryRefused e => Decided(state, e) with { RefusedCode = e.Code },
        HedgeEvent.ReferenceMoved e => state with { LastEventAt = e.At, DecidedAt = e.At, Reference = e.To }, // The most frequent by far: copied once.
        HedgeEvent.Rebalanced e => Ask(state with
        {
            LastEventAt = e.At, DecidedAt = e.At, Reference = e.Targets.DecisionPrice, RefusedCode = e.Rebuild.Base > 0m ? null : state.RefusedCode,
        }, e.Targets, e.EndsCycle ? HedgeDecision.CycleEnd : HedgeDecision.Rebalance, e.CarryLong, e.CarryShort, e.At),
        HedgeEvent.Paused e => Decided(state, e) with { Mode = HedgeMode.Pause },
        HedgeEvent.Resumed e => Decided(state, e) with { Mode = HedgeMode.Active },
        HedgeEvent.ExitRequested e => Seen(state, e) with { ExitWanted = state.ExitWanted | ExitCauses.Manual },
        HedgeEvent.ExitStarted e => WithoutCarry(Decided(state, e)) with
        {
            Mode = HedgeMode.Exit, InCycle = false, ExitWanted = ExitCauses.None,
            Exit = new ExitProgress(e.Causes, e.Reference, e.Initial, Steps: 0, e.StepBound, Money.Zero, e.CostBound,
                StepsReported: false, CostReported: false, ClosingGotNothing: false),
        },
        HedgeEvent.ExitStepped e => Ask(Decided(state, e) with
        {
            Exit = state.Exit is { } exit ? exit with { Steps = e.Step, Reference = e.Targets.DecisionPrice, ClosingGotNothing = false } : null,
        }, e.Targets, e.Closing ? HedgeDecision.ExitClose : HedgeDecision.ExitStep, e.CarryLong, e.CarryShort, e.At),
        HedgeEvent.ExitBoundExceeded e => Seen(state, e) with { Exit = Reported(state.Exit, e.Bound) },
        HedgeEvent.FillBooked e => Take(state, e),
        HedgeEvent.OrderFinished e => Settle(state, state.Ledger.Finish(e.Sequence, e.Leg, e.Cumulative), e.At),
        HedgeEvent.ExternalFillBooked e => TakeExternal(Seen(state, e), e),
        HedgeEvent.Adopted e => Adopt(Seen(state, e), e),
        HedgeEvent.ReleaseWanted e => Seen(state, e) with { ReleaseWantedBy = e.By },
        HedgeEvent.Released e => Seen(state, e).With(state.Ledger.Release()) with
        {
            Mode = HedgeMode.Idle, InCycle = false, Reference = null, ExitWanted = ExitCauses.None, Exit = null, ReleaseWantedBy = null,
            Trims = state.Trims?.Over(), Growth = state.Growth?.Over(),
        },
        HedgeEvent.TrimWanted e => Seen(state, e) with { Trims = TrimProgress.Want(state.Trims, e.Wish) },
        HedgeEvent.TrimAsked e => AskTrim(state, e),
        HedgeEvent.TrimEnded e => Decided(state, e) with { Trims = state.Trims?.End(e.Id) },
        HedgeEvent.GrowthAsked e => AskGrowth(state, e),
        HedgeEvent.GrowthEvened e => EvenGrowth(state, e),
        HedgeEvent.GrowthEnded e => Decided(state, e) with { Growth = state.Growth?.Over() },
        HedgeEvent.Terminated e => WithoutCarry(Seen(state, e)) with
        {
            Mode = HedgeMode.Terminated, InCycle = false, Pending = null, ExitWanted = ExitCauses.None, TerminatedAt = e.At,
            Exits = state.Exits + 1, ReleaseWantedBy = null, Trims = state.Trims?.Over(), Growth = state.Growth?.Over(),
        },
        _ => throw new UnreachableException($"Cannot fold {@event.GetType().Name}; skipping it would corrupt the strategy's state."),
    };

    private static HedgeState Seen(HedgeState state, HedgeEvent e) => state with { LastEventAt = e.At };

    private static HedgeState Decided(HedgeState state, HedgeEvent e) => state with { LastEventAt = e.At, DecidedAt = e.At };

    private static HedgeState Start(HedgeState state, HedgeEvent.Started e) => WithoutCarry(Seen(state, e)) with
    {
        Mode = HedgeMode.Active, Incarnation = e.Incarnation, Reference = null, InCycle = false, OpeningQuantity = default,
        OpeningNotional = default, OpenedBefore = null, LastDecision = null, OpeningFailedAt = null, Evenings = 0, ExitWanted = ExitCauses.None, Exit = null,
        RefusedCode = null,
        // A look at the market started it, so a second copy of that look must decide nothing. A command's clock is not the market's.
        DecidedAt = e.By == RestartRule ? e.At : state.DecidedAt,
    };

    // The larger leg stands for one leg of an opening that was never made: the unit of C2, and of what is too small to go on with.
    private static HedgeState Adopt(HedgeState state, HedgeEvent.Adopted e)
    {
        var ledger = state.Ledger.Adopt(e.Legs);
        var larger = ledger.Legs.Long > ledger.Legs.Short ? ledger.Legs.Long : ledger.Legs.Short;
        return state.With(ledger) with
        {
            Mode = HedgeMode.Active, Incarnation = e.Incarnation, Reference = e.Mark, InCycle = !ledger.Legs.AreFlat, OpeningQuantity = larger,
            OpeningNotional = e.Mark * larger, OpenedBefore = state.OpenedNotional, LastDecision = null, OpeningFailedAt = null, Evenings = 0, ExitWanted = ExitCauses.None, Exit = null,
            RefusedCode = null, ReleaseWantedBy = null,
        };
    }

    private static HedgeState Ask(
        HedgeState state, LegTargets targets, HedgeDecision kind, Quantity carryLong, Quantity carryShort, DateTimeOffset at) =>
        Settle(state, state.Ledger.Ask(targets, kind, carryLong, carryShort), at);

    private static HedgeState Take(HedgeState state, HedgeEvent.FillBooked e)
    {
        if (state is { Mode: HedgeMode.Exit, Exit: { } exit }) state = state with { Exit = exit with { Cost = exit.Cost + e.Fill.Fee } };
        return Settle(state, state.Ledger.Take(e.Sequence, e.Fill, out _), e.At);
    }

    private static HedgeState TakeExternal(HedgeState state, HedgeEvent.ExternalFillBooked e)
    {
        var next = state.With(state.Ledger.TakeExternal(e.Fill, e.Applied, out _, out _));
        return next with
        {
            Trims = next.Trims?.At(next.Legs),
            ExitWanted = next.Mode is HedgeMode.Active or HedgeMode.Pause ? next.ExitWanted | ExitCauses.External : next.ExitWanted,
            // An exit that met an external fill is not one the restart rule may follow.
            Exit = next.Exit is { } exit ? exit with { Causes = exit.Causes | ExitCauses.External } : null,
        };
    }

    // Copied once where nothing settles: with what moves a reference this is most of what a replay folds.
    private static HedgeState Settle(HedgeState state, in LegLedger<HedgeDecision> moved, DateTimeOffset at)
    {
        var ledger = moved.Settle(out var settled);
        var next = state.With(ledger, at);
        if (settled is not { } pending) return next;
        if (state.Trims is { } trims) next = next with { Trims = trims.At(ledger.Legs) };
        // What the strategy did last stays: an opening that is not even yet is still to be made so.
        if (pending.Kind == HedgeDecision.AskedTrim) return Trimmed(next, pending, at);
        if (pending.Kind == HedgeDecision.AskedGrowth) return Grown(next, pending);
        if (pending.Kind == HedgeDecision.GrowthEvening) return TakenBack(next, pending);
        if (next.Growth is { UnderWay: not null } growth) next = next with { Growth = growth.Over() }; // An opening that was asked for.
        next = next with { LastDecision = pending.Kind };
        return pending.Kind switch
        {
            HedgeDecision.Opening => Opened(next, pending, failed: pending.GotNothing, at),
            // Evening to nothing ends the attempt only if it was done; else a direction stands, and the next look must exit.
            HedgeDecision.Evening => Opened(next, pending, failed: pending.GotAll && Smaller(ledger.Legs).Base == 0m, at),
            HedgeDecision.CycleEnd when pending.GotAll => WithoutCarry(next) with { InCycle = false },
            HedgeDecision.ExitClose when next.Exit is { } exit =>
                next with { Exit = exit with { ClosingGotNothing = pending.GotNothing && !pending.Targets.AsksForNothing } },
            _ => next,
        };
    }

    private static HedgeState Opened(HedgeState state, PendingDecision<HedgeDecision> opening, bool failed, DateTimeOffset at) => WithoutCarry(state) with
    {
        OpeningQuantity = Smaller(state.Legs), OpeningNotional = opening.Targets.DecisionPrice * Smaller(state.Legs), OpenedBefore = null, InCycle = !failed,
        OpeningFailedAt = failed ? at : null,
    };

    private static Quantity Smaller(Legs legs) => LegSteps.Smaller(legs.Long, legs.Short);

    private static ExitProgress? Reported(ExitProgress? exit, ExitBound bound) =>
        exit is null ? null : bound == ExitBound.Steps ? exit with { StepsReported = true } : exit with { CostReported = true };

    private static HedgeState WithoutCarry(HedgeState state) => state.With(state.Ledger.WithoutCarry());
}
