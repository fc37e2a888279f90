using System.Diagnostics;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Directional;

// Folding events. Reads no policy and validates nothing: the past is not up for debate.
public static partial class DirectionalDecider
{
    /// <summary>The state after one stored event. Total: every event can be folded into every state.</summary>
    public static DirectionalState Evolve(DirectionalState state, DirectionalEvent @event) => @event switch
    {
        DirectionalEvent.Started e => Begun(Seen(state, e), e.Incarnation),
        DirectionalEvent.Adopted e => Begun(Seen(state, e), e.Incarnation).With(state.Ledger.Adopt(e.Legs)) with
        {
            Side = e.Side, OpenedAt = e.At, Positions = state.Positions + 1,
        },
        DirectionalEvent.SignalTaken e => Seen(state, e) with
        {
            Waiting = e.Signal, Turn = null, NewestSignalAt = e.Signal.At, SignalIds = state.SignalIds.With(e.Signal.Id),
        },
        DirectionalEvent.SignalsPassed e => Seen(state, e) with { PassedUntil = e.Until ?? state.PassedUntil, PlungesPassedUntil = e.PlungesUntil ?? state.PlungesPassedUntil },
        DirectionalEvent.EntryRefused e => Decided(state, e) with { Waiting = null, Turn = null, RefusedCode = e.Code },
        DirectionalEvent.Opened e => Ask(NoPosition(Decided(state, e)) with
        {
            Side = e.Side, Terms = e.Terms, OpenedAt = e.At, Waiting = null, Turn = null, Positions = state.Positions + 1, RefusedCode = null,
        }, e.Targets, DirectionalDecision.Opening, default, default),
        DirectionalEvent.Planned e => Seen(state, e) with { Plan = e.Plan },
        DirectionalEvent.Replanned e => Decided(state, e) with { Plan = e.Plan },
        DirectionalEvent.StopMoved e => Decided(state, e) with { Plan = state.Plan?.With(e.Move) },
        DirectionalEvent.CloseOrdered e => Ask(Turning(Decided(state, e) with { Closing = e.Cause }, e), e.Targets, DirectionalDecision.Closing, default, default),
        DirectionalEvent.TrimWanted e => Seen(state, e) with { Trims = TrimProgress.Want(state.Trims, e.Wish) },
        DirectionalEvent.TrimAsked e => AskTrim(state, e),
        DirectionalEvent.TrimEnded e => Decided(state, e) with { Trims = state.Trims?.End(e.Id) },
        DirectionalEvent.StrayClosed e => Ask(Decided(state, e), e.Targets, DirectionalDecision.Stray, state.Long.Carry, state.Short.Carry),
        DirectionalEvent.PositionEnded e => NoPosition(Seen(state, e).With(state.Ledger.WithoutCarry())) with { Ended = state.Ended.With(e.Cause), Trims = state.Trims?.Over() },
        DirectionalEvent.FillBooked e => Take(Seen(state, e), e),
        DirectionalEvent.OrderFinished e => Settle(Seen(state, e).With(state.Ledger.Finish(e.Sequence, e.Leg, e.Cumulative))),
        DirectionalEvent.ExternalFillBooked e => TakeExternal(Seen(state, e), e),
        DirectionalEvent.Paused e => Seen(state, e) with { Mode = state.Mode == DirectionalMode.Active ? DirectionalMode.Pause : state.Mode, Waiting = null, Turn = null },
        DirectionalEvent.Resumed e => Seen(state, e) with { Mode = state.Mode == DirectionalMode.Pause ? DirectionalMode.Active : state.Mode },
        DirectionalEvent.ExitRequested e => Seen(state, e) with { Mode = DirectionalMode.Exit, Waiting = null, Turn = null },
        DirectionalEvent.ReleaseWanted e => Seen(state, e) with { ReleaseWantedBy = e.By },
        DirectionalEvent.Released e => Over(Seen(state, e).With(state.Ledger.Release()), DirectionalMode.Idle),
        DirectionalEvent.Terminated e => Over(Seen(state, e).With(state.Ledger.WithoutCarry()), DirectionalMode.Terminated),
        _ => throw new UnreachableException($"Cannot fold {@event.GetType().Name}; skipping it would corrupt the strategy's state."),
    };

    private static DirectionalState Seen(DirectionalState state, DirectionalEvent e) => state with { LastEventAt = e.At };

    private static DirectionalState Decided(DirectionalState state, DirectionalEvent e) => state with { LastEventAt = e.At, DecidedAt = e.At };

    private static DirectionalState Begun(DirectionalState state, int incarnation) =>
        Over(state, DirectionalMode.Active) with { Incarnation = incarnation, Result = default };

    // What a finished incarnation earned stays to be seen until the next one.
    private static DirectionalState Over(DirectionalState state, DirectionalMode mode) =>
        NoPosition(state) with { Mode = mode, Pending = null, Waiting = null, Turn = null, ReleaseWantedBy = null, Trims = state.Trims?.Over() };

    private static DirectionalState Turning(DirectionalState state, DirectionalEvent.CloseOrdered e) =>
        state is { Turn: null, Waiting: { } signal } ? state with { Turn = new DirectionalTurn(signal.Id, e.At, OverAt: null) } : state;

    private static DirectionalState NoPosition(DirectionalState state) => state with
    {
        Side = null, Terms = null, Plan = null, Closing = CloseCause.None, OpenedAt = null, Position = default,
    };

    private static DirectionalState Ask(DirectionalState state, LegTargets targets, DirectionalDecision kind, Quantity carryLong, Quantity carryShort) =>
        Settle(state.With(state.Ledger.Ask(targets, kind, carryLong, carryShort)));

    private static DirectionalState Take(DirectionalState state, DirectionalEvent.FillBooked e) =>
        Settle(Earned(state.With(state.Ledger.Take(e.Sequence, e.Fill, out var realised)), e.Fill.Leg, realised, e.Fill.Fee));

    private static DirectionalState TakeExternal(DirectionalState state, DirectionalEvent.ExternalFillBooked e) =>
        Reached(Earned(state.With(state.Ledger.TakeExternal(e.Fill, e.Applied, out var realised, out var cost)), e.Fill.Leg, realised, cost));

    private static DirectionalState Earned(DirectionalState state, PositionSide leg, Money realised, Money costs) => state with
    {
        Result = state.Result.Plus(realised, costs), Position = state.Side == leg ? state.Position.Plus(realised, costs) : state.Position,
    };

    private static DirectionalState Settle(DirectionalState state)
    {
        var ledger = state.Ledger.Settle(out var settled);
        return settled is null ? state : Reached(state.With(ledger) with { Turn = state.Turn is { } turn ? turn with { OverAt = state.LastEventAt } : null });
    }

    // A goal that the legs have reached is over, and with nothing left so is every wish.
    private static DirectionalState Reached(DirectionalState state) =>
        state.Trims is { } trims ? state with { Trims = state.Legs.AreFlat && state.Pending is null ? trims.Over() : trims.At(state.Legs) } : state;
}
