using System.Diagnostics;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Hedging;

// Folding events. Reads no policy and validates nothing: the past is not up for debate.
public static partial class HedgeDecider
{
    /// <summary>The state after one stored event. Total: every event can be folded into every state.</summary>
    public static HedgeState Evolve(HedgeState state, HedgeEvent @event) => @event switch
    {
        HedgeEvent.Started e => Start(state, e),
        HedgeEvent.CycleOpened e => Ask(Decided(state, e) with
        {
            Cycle = e.Cycle, InCycle = true, Reference = e.Targets.DecisionPrice, RefusedCode = null, OpeningFailedAt = null, Evenings = 0,
        }, e.Targets, HedgeDecision.Opening, default, default, e.At),
        HedgeEvent.OpeningEvened e => Ask(Decided(state, e) with { Evenings = state.Evenings + 1 }, e.Targets, HedgeDecision.Evening, default, default, e.At),
        HedgeEvent.EntryRefused e => Decided(state, e) with { RefusedCode = e.Code },
        HedgeEvent.ReferenceMoved e => Decided(state, e) with { Reference = e.To },
        HedgeEvent.Rebalanced e => Ask(Decided(state, e) with
        {
            Reference = e.Targets.DecisionPrice, RefusedCode = e.Rebuild.Base > 0m ? null : state.RefusedCode,
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
        HedgeEvent.FillBooked e => Take(Seen(state, e), e),
        HedgeEvent.OrderFinished e => Finish(Seen(state, e), e),
        HedgeEvent.ExternalFillBooked e => TakeExternal(Seen(state, e), e),
        HedgeEvent.Terminated e => WithoutCarry(Seen(state, e)) with
        {
            Mode = HedgeMode.Terminated, InCycle = false, Pending = null, ExitWanted = ExitCauses.None, TerminatedAt = e.At,
            Exits = state.Exits + 1,
        },
        _ => throw new UnreachableException($"Cannot fold {@event.GetType().Name}; skipping it would corrupt the strategy's state."),
    };

    private static HedgeState Seen(HedgeState state, HedgeEvent e) => state with { LastEventAt = e.At };

    private static HedgeState Decided(HedgeState state, HedgeEvent e) => state with { LastEventAt = e.At, DecidedAt = e.At };

    private static HedgeState Start(HedgeState state, HedgeEvent.Started e) => WithoutCarry(Seen(state, e)) with
    {
        Mode = HedgeMode.Active, Incarnation = e.Incarnation, Reference = null, InCycle = false, OpeningQuantity = default,
        OpeningNotional = default, LastDecision = null, OpeningFailedAt = null, Evenings = 0, ExitWanted = ExitCauses.None, Exit = null,
        RefusedCode = null,
        // A look at the market started it, so a second copy of that look must decide nothing. A command's clock is not the market's.
        DecidedAt = e.By == RestartRule ? e.At : state.DecidedAt,
    };

    private static HedgeState Ask(
        HedgeState state, LegTargets targets, HedgeDecision kind, Quantity carryLong, Quantity carryShort, DateTimeOffset at) =>
        Settle(state with
        {
            Sequence = targets.Sequence,
            Long = state.Long with { Carry = carryLong },
            Short = state.Short with { Carry = carryShort },
            Pending = new PendingDecision(
                targets, kind,
                new PendingLeg(targets.To.Long - targets.From.Long, default, Final: null),
                new PendingLeg(targets.To.Short - targets.From.Short, default, Final: null)),
        }, at);

    private static HedgeState Take(HedgeState state, HedgeEvent.FillBooked e)
    {
        var (fill, leg) = (e.Fill, state[e.Fill.Leg]);
        var grows = fill.Side == fill.Leg.Increasing();
        var position = grows ? leg.Position.Increase(fill.Price, fill.Quantity) : leg.Position.Reduce(fill.Leg, fill.Price, fill.Quantity, out _);
        var expected = state.Pending is { } pending && pending.Sequence == e.Sequence && pending[fill.Leg].Ordered.Base != 0m
            && grows == pending[fill.Leg].Ordered.Base > 0m;
        var next = With(state, fill.Leg, new HedgeLeg(position, leg.Carry, Math.Max(leg.LastTradeId, fill.TradeId)));
        if (expected) next = WithPending(next, fill.Leg, next.Pending![fill.Leg] with { Filled = next.Pending[fill.Leg].Filled + fill.Quantity });
        if (next is { Mode: HedgeMode.Exit, Exit: { } exit }) next = next with { Exit = exit with { Cost = exit.Cost + fill.Fee } };
        return Settle(next, e.At);
    }

    private static HedgeState Finish(HedgeState state, HedgeEvent.OrderFinished e) =>
        state.Pending is { } pending && pending.Sequence == e.Sequence
            ? Settle(WithPending(state, e.Leg, pending[e.Leg] with { Final = e.Cumulative }), e.At)
            : state;

    private static HedgeState TakeExternal(HedgeState state, HedgeEvent.ExternalFillBooked e)
    {
        var leg = state[e.Fill.Leg];
        var position = leg.Position.Reduce(e.Fill.Leg, e.Fill.Price, e.Applied, out _);
        var next = With(state, e.Fill.Leg, leg with { Position = position, LastTradeId = Math.Max(leg.LastTradeId, e.Fill.TradeId) });
        return next with
        {
            ExitWanted = next.Mode is HedgeMode.Active or HedgeMode.Pause ? next.ExitWanted | ExitCauses.External : next.ExitWanted,
            // An exit that met an external fill is not one the restart rule may follow.
            Exit = next.Exit is { } exit ? exit with { Causes = exit.Causes | ExitCauses.External } : null,
        };
    }

    // When both orders are final the decision is over, as far as it was filled.
    private static HedgeState Settle(HedgeState state, DateTimeOffset at)
    {
        if (state.Pending is not { IsSettled: true } pending) return state;
        var next = state with { Pending = null, LastDecision = pending.Kind };
        var filled = pending.Long.Unfilled.Base == 0m && pending.Short.Unfilled.Base == 0m;
        return pending.Kind switch
        {
            HedgeDecision.Opening => Opened(next, pending, failed: pending.GotNothing, at),
            // Evening to nothing ends the attempt only if it was done; else a direction stands, and the next look must exit.
            HedgeDecision.Evening => Opened(next, pending, failed: filled && Smaller(state.Legs).Base == 0m, at),
            HedgeDecision.CycleEnd when filled => WithoutCarry(next) with { InCycle = false },
            HedgeDecision.ExitClose when next.Exit is { } exit =>
                next with { Exit = exit with { ClosingGotNothing = pending.GotNothing && !pending.Targets.AsksForNothing } },
            _ => next,
        };
    }

    private static HedgeState Opened(HedgeState state, PendingDecision opening, bool failed, DateTimeOffset at) => WithoutCarry(state) with
    {
        OpeningQuantity = Smaller(state.Legs), OpeningNotional = opening.Targets.DecisionPrice * Smaller(state.Legs), InCycle = !failed,
        OpeningFailedAt = failed ? at : null,
    };

    private static Quantity Smaller(Legs legs) => legs.Long < legs.Short ? legs.Long : legs.Short;

    private static ExitProgress? Reported(ExitProgress? exit, ExitBound bound) =>
        exit is null ? null : bound == ExitBound.Steps ? exit with { StepsReported = true } : exit with { CostReported = true };

    private static HedgeState WithoutCarry(HedgeState state) => state with
    {
        Long = state.Long with { Carry = default }, Short = state.Short with { Carry = default },
    };

    private static HedgeState With(HedgeState state, PositionSide side, HedgeLeg leg) =>
        side == PositionSide.Long ? state with { Long = leg } : state with { Short = leg };

    private static HedgeState WithPending(HedgeState state, PositionSide side, PendingLeg leg) =>
        state with { Pending = side == PositionSide.Long ? state.Pending! with { Long = leg } : state.Pending! with { Short = leg } };
}
