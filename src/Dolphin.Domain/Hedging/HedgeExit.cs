using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Hedging;

// Sections 6 to 8: starting an exit, its steps and bounds, its end, and what may follow.
public static partial class HedgeDecider
{
    private static Decision<HedgeEvent> StartExit(HedgePolicy policy, Instrument instrument, HedgeState state, ExitCauses causes, in HedgeMarket market)
    {
        var notional = market.Price * state.Legs.Gross;
        var started = new HedgeEvent.ExitStarted(
            causes, market.Price, state.Legs, StepBound(policy, notional),
            new Money(2m * policy.Settings.Fee * notional.Quote / policy.Settings.Eta), market.At);
        return WithEnd(policy, instrument, Evolve(state, started), market.At, started);
    }

    /// <summary>Steps a graceful exit may take: ceil(log(epsilon / notional) / log(1 - eta)), at least one.</summary>
    // Counted and not computed with logarithms, so that every machine agrees.
    internal static int StepBound(HedgePolicy policy, Money notional)
    {
        var (steps, left) = (0, notional.Quote);
        while (left > policy.Settings.Epsilon)
        {
            left *= 1m - policy.Settings.Eta;
            steps++;
        }
        return Math.Max(1, steps);
    }

    private static Decision<HedgeEvent> StepExit(HedgePolicy policy, Instrument instrument, HedgeState state, in HedgeMarket market)
    {
        if (state.Exit is not { } exit || policy.ExitBand.SideOf(market.Price, exit.Reference) == BandSide.Inside) return Decision<HedgeEvent>.Nothing;
        var (step, kept, wanted) = (exit.Steps + 1, 1m - policy.Settings.Eta, state.Wanted);
        var after = new Legs(Quantizer.Resolve(kept * wanted.Long.Base), Quantizer.Resolve(kept * wanted.Short.Base));
        // The step bound closes too: a price that rises during the exit must not make epsilon, which is quote, unreachable.
        var closing = market.Price * after.Gross < new Money(policy.Settings.Epsilon) || step >= exit.StepBound;
        if (closing) after = default;
        var longChange = LegSteps.Down(instrument, PositionSide.Long, state.Long.Quantity, after.Long);
        var shortChange = LegSteps.Down(instrument, PositionSide.Short, state.Short.Quantity, after.Short);
        var stepped = new HedgeEvent.ExitStepped(
            step, Targets(state, longChange, shortChange, market.Price), longChange.Remainder, shortChange.Remainder, closing, market.At);
        return step > exit.StepBound && !exit.StepsReported
            ? WithEnd(policy, instrument, Evolve(state, stepped), market.At, stepped, new HedgeEvent.ExitBoundExceeded(ExitBound.Steps, step, exit.StepBound, market.At))
            : WithEnd(policy, instrument, Evolve(state, stepped), market.At, stepped);
    }

    // An exit ends when the venue would take nothing more, or took nothing of the last, small rest. Legs that somebody waits for are given up first.
    private static Decision<HedgeEvent> WithEnd(HedgePolicy policy, Instrument instrument, HedgeState after, DateTimeOffset at, params ReadOnlySpan<HedgeEvent> events) =>
        after is { Pending: null, ReleaseWantedBy: { } by }
            ? Decision<HedgeEvent>.Of([.. events, new HedgeEvent.Released(by, after.Ledger.HandOver, at)])
        : IsOver(policy, instrument, after)
            ? Decision<HedgeEvent>.Of([.. events, new HedgeEvent.Terminated(after.Legs, after.Exit!.Steps, after.Exit.Cost, at)])
            : Decision<HedgeEvent>.Of(events);

    private static bool IsOver(HedgePolicy policy, Instrument instrument, HedgeState state) =>
        state is { Mode: HedgeMode.Exit, Pending: null, Exit: { } exit }
        && (state.Legs.AreFlat || LegSteps.NothingToClose(instrument, state.Legs)
            || (exit.ClosingGotNothing && LeftByAStep(policy, exit.Reference * state.Legs.Gross) < new Money(policy.Settings.Epsilon)));

    // The last step closes what the step itself would have left below epsilon, so the rest it closes can be a little above.
    private static Money LeftByAStep(HedgePolicy policy, Money notional) => notional * (1m - policy.Settings.Eta);

    private static Decision<HedgeEvent> RestartByRule(HedgePolicy policy, HedgeState state, in HedgeMarket market)
    {
        if (state.Exit is not { } exit || exit.Causes == ExitCauses.None || (exit.Causes & ~policy.Settings.RestartAfter) != ExitCauses.None
            || state.TerminatedAt is not { } ended || !market.Monitor.IsWarm(policy) || market.Monitor.ClearSinceMs < 0)
        {
            return Decision<HedgeEvent>.Nothing;
        }
        var coolDown = policy.Settings.RestartCoolDown;
        return market.At - ended >= coolDown && market.At - DateTimeOffset.FromUnixTimeMilliseconds(market.Monitor.ClearSinceMs) >= coolDown
            ? Decision<HedgeEvent>.Of(new HedgeEvent.Started(state.Incarnation + 1, RestartRule, market.At))
            : Decision<HedgeEvent>.Nothing;
    }

    private static Decision<HedgeEvent> OnRequestExit(HedgeState state, HedgeInput.RequestExit request) => state.Mode switch
    {
        _ when request.Incarnation != state.Incarnation => Decision<HedgeEvent>.Refuse("hedge.other-incarnation",
            $"{request.By} asked incarnation {request.Incarnation} to exit; {state.Incarnation} is the current one. Nothing changed."),
        HedgeMode.Idle => Decision<HedgeEvent>.Of(new HedgeEvent.Terminated(state.Legs, ExitSteps: 0, Money.Zero, request.At)),
        HedgeMode.Exit => Decision<HedgeEvent>.Refuse("hedge.already-exiting", $"{request.By} asked for an exit that is already under way. Nothing changed."),
        HedgeMode.Terminated => Decision<HedgeEvent>.Refuse("hedge.terminated", $"{request.By} asked for an exit; the strategy has already ended. Nothing changed."),
        _ when (state.ExitWanted & ExitCauses.Manual) != ExitCauses.None => Decision<HedgeEvent>.Nothing,
        _ => Decision<HedgeEvent>.Of(new HedgeEvent.ExitRequested(request.By, request.At)),
    };

    private static Decision<HedgeEvent> OnStart(HedgeState state, HedgeInput.Start start) => state.Mode switch
    {
        HedgeMode.Idle or HedgeMode.Terminated when start.Incarnation == state.Incarnation + 1 =>
            Decision<HedgeEvent>.Of(new HedgeEvent.Started(start.Incarnation, start.By, start.At)),
        HedgeMode.Active or HedgeMode.Pause or HedgeMode.Exit when start.Incarnation == state.Incarnation => (state.Exit?.Causes ?? state.ExitWanted) is not ExitCauses.None and var causes
            ? Decision<HedgeEvent>.Refuse("hedge.is-leaving",
                $"{start.By} asked incarnation {start.Incarnation} to be active; it is leaving ({causes}), and an exit is brought to its end. Nothing changed; ask again when it has ended.")
            : Decision<HedgeEvent>.Nothing,
        _ => Decision<HedgeEvent>.Refuse("hedge.cannot-start",
            $"{start.By} asked to start incarnation {start.Incarnation}; incarnation {state.Incarnation} is {state.Mode}, and only an idle or terminated strategy starts the next one. Nothing changed."),
    };
}
