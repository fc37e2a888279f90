using System.Collections.Immutable;
using Dolphin.Domain.Exits;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Directional;

// What comes back from the venue, and what follows from it by itself.
public static partial class DirectionalDecider
{
    private static Decision<DirectionalEvent> OnFilled(DirectionalPolicy policy, Instrument instrument, DirectionalState state, DirectionalInput.OrderFilled input)
    {
        if (LegFacts.Decline<DirectionalEvent, DirectionalDecision>(Area, instrument, state.Ledger, input.Sequence, input.Fill) is { } declined) return declined;
        return WithDue(policy, instrument, state, new DirectionalEvent.FillBooked(input.Sequence, input.Fill, input.Fill.At));
    }

    private static Decision<DirectionalEvent> OnClosed(DirectionalPolicy policy, Instrument instrument, DirectionalState state, DirectionalInput.OrderClosed input)
    {
        if (LegFacts.DeclineEnd<DirectionalEvent, DirectionalDecision>(Area, state.Ledger, input.Sequence, input.Leg, input.Cumulative) is { } declined) return declined;
        return WithDue(policy, instrument, state, new DirectionalEvent.OrderFinished(input.Sequence, input.Leg, input.Cumulative, input.At));
    }

    // Nobody knows yet why the leg was changed. What is left keeps its plan, and no signal is taken until somebody has looked.
    private static Decision<DirectionalEvent> OnExternalFill(DirectionalPolicy policy, Instrument instrument, DirectionalState state, Fill fill)
    {
        if (LegFacts.DeclineExternal<DirectionalEvent, DirectionalDecision>(Area, instrument, state.Ledger, fill, out var applied) is { } declined) return declined;
        var booked = new DirectionalEvent.ExternalFillBooked(fill, applied, fill.At);
        return state.Mode == DirectionalMode.Active && applied.Base > 0m
            ? WithDue(policy, instrument, state, booked, new DirectionalEvent.Paused(ExternalFillRule, fill.At))
            : WithDue(policy, instrument, state, booked);
    }

    private static Decision<DirectionalEvent> WithDue(
        DirectionalPolicy policy, Instrument instrument, DirectionalState state, params ReadOnlySpan<DirectionalEvent> events)
    {
        var after = state;
        foreach (var e in events) after = Evolve(after, e);
        var (due, _) = Follow(policy, instrument, after, events[^1].At, market: null);
        return Decision<DirectionalEvent>.Of([.. events, .. due]);
    }

    // Each of them leaves a state in which it is no longer due, so this ends: a position, a release, an end, a plan.
    private static (ImmutableArray<DirectionalEvent> Events, DirectionalState After) Follow(
        DirectionalPolicy policy, Instrument instrument, DirectionalState state, DateTimeOffset at, DirectionalMarket? market)
    {
        ImmutableArray<DirectionalEvent> events = [];
        while (Due(policy, instrument, state, at, market) is { } due)
        {
            events = events.Add(due);
            state = Evolve(state, due);
        }
        return (events, state);
    }

    /// <summary>What the state asks for without a decision: the end of a position, legs that somebody waits for, the end of an exit, the first plan.</summary>
    private static DirectionalEvent? Due(DirectionalPolicy policy, Instrument instrument, DirectionalState state, DateTimeOffset at, in DirectionalMarket? market)
    {
        if (!state.IsLive || state.Pending is not null) return null;
        if (state.Side is { } ended && !IsClosable(instrument, state, ended))
            return new DirectionalEvent.PositionEnded(ended, state.Closing, state.Terms, state[ended].Quantity, state.Position, at);
        if (state.ReleaseWantedBy is { } by) return new DirectionalEvent.Released(by, state.Ledger.HandOver, at);
        if (state.Mode == DirectionalMode.Exit)
            return state.Side is null && Stray(instrument, state) is null ? new DirectionalEvent.Terminated(state.Legs, state.Result, at) : null;
        return state is { Side: { } side, Plan: null, Closing: CloseCause.None } ? FirstPlan(policy, state, side, at, market) : null;
    }

    // A position that was opened is planned with what it was opened on, as soon as it stands; one that was taken over waits for a look at the market.
    private static DirectionalEvent.Planned? FirstPlan(DirectionalPolicy policy, DirectionalState state, PositionSide side, DateTimeOffset at, in DirectionalMarket? market)
    {
        ExitRequest request;
        if (state.Terms is { } terms)
            request = new ExitRequest(StrategyKind.Directional, side, EntryOf(state, side, terms.Price), terms.Volatility, terms.Confidence, terms.Posture, at);
        else if (market is { } look)
            request = new ExitRequest(
                StrategyKind.Directional, side, EntryOf(state, side, look.Price), look.Volatility, ExitBrain.NeutralConfidence, look.Posture, state.OpenedAt ?? at);
        else
            return null;
        return ExitBrain.Plan(policy.Exits, request).Plan is { } plan ? new DirectionalEvent.Planned(plan, at) : null;
    }

    // An average of plausible prices can leave the plausible by its rounding.
    private static Price EntryOf(DirectionalState state, PositionSide side, Price otherwise) =>
        state[side].Position.AveragePrice is { } average && Plausible.Is(average) ? average : otherwise;
}
