using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Protection;

// What comes back from the venue, and what is asked by people and by other strategies.
public static partial class ProtectorDecider
{
    private static Decision<ProtectorEvent> OnFilled(Instrument instrument, ProtectorState state, ProtectorInput.OrderFilled input)
    {
        if (LegFacts.Decline<ProtectorEvent, ProtectorDecision>(Area, instrument, state.Ledger, input.Sequence, input.Fill) is { } declined) return declined;
        return WithRelease(state, new ProtectorEvent.FillBooked(input.Sequence, input.Fill, input.Fill.At));
    }

    private static Decision<ProtectorEvent> OnClosed(ProtectorState state, ProtectorInput.OrderClosed input)
    {
        if (LegFacts.DeclineEnd<ProtectorEvent, ProtectorDecision>(Area, state.Ledger, input.Sequence, input.Leg, input.Cumulative) is { } declined) return declined;
        return WithRelease(state, new ProtectorEvent.OrderFinished(input.Sequence, input.Leg, input.Cumulative, input.At));
    }

    // Nobody knows yet why a leg was changed, and a protector that trims against whoever does it makes it worse. It keeps what is left and waits.
    private static Decision<ProtectorEvent> OnExternalFill(Instrument instrument, ProtectorState state, Fill fill)
    {
        if (LegFacts.DeclineExternal<ProtectorEvent, ProtectorDecision>(Area, instrument, state.Ledger, fill, out var applied) is { } declined) return declined;
        var booked = new ProtectorEvent.ExternalFillBooked(fill, applied, fill.At);
        return state.Mode == ProtectorMode.Enabled
            ? Decision<ProtectorEvent>.Of(booked, new ProtectorEvent.Disabled(ExternalFillRule, fill.At))
            : Decision<ProtectorEvent>.Of(booked);
    }

    private static Decision<ProtectorEvent> WithRelease(ProtectorState state, ProtectorEvent booked) =>
        Evolve(state, booked) is { Mode: not ProtectorMode.Idle, Pending: null, ReleaseWantedBy: { } by } after
            ? Decision<ProtectorEvent>.Of(booked, new ProtectorEvent.Released(by, after.Ledger.HandOver, booked.At))
            : Decision<ProtectorEvent>.Of(booked);

    private static Decision<ProtectorEvent> OnAdopt(ProtectorPolicy policy, Instrument instrument, ProtectorState state, ProtectorInput.Adopt adopt)
    {
        if (state.Mode != ProtectorMode.Idle && adopt.Incarnation == state.Incarnation) return Decision<ProtectorEvent>.Nothing;
        if (state.Mode != ProtectorMode.Idle || adopt.Incarnation != state.Incarnation + 1)
        {
            return Decision<ProtectorEvent>.Refuse("protector.cannot-adopt",
                $"{adopt.By} asked incarnation {adopt.Incarnation} to take legs over; incarnation {state.Incarnation} is {state.Mode}, and only an idle protector starts the next one. Nothing changed.");
        }
        if (adopt.Legs.Check(Area, instrument) is { } absurd) return new Decision<ProtectorEvent>([], absurd);
        if (!Plausible.Is(adopt.Mark))
            return Decision<ProtectorEvent>.Refuse("protector.absurd-price", $"{adopt.By} handed legs over at {adopt.Mark}; no market has that price. Nothing changed.");
        return (policy.Check(instrument) ?? policy.Check(instrument, state.Ledger.Adopt(adopt.Legs).Legs)) is { } unfit
            ? new Decision<ProtectorEvent>([], unfit)
            : Decision<ProtectorEvent>.Of(new ProtectorEvent.Adopted(adopt.Incarnation, adopt.By, adopt.Legs, adopt.Mark, adopt.At));
    }

    private static Decision<ProtectorEvent> OnRelease(ProtectorState state, ProtectorInput.Release release) =>
        release.Incarnation != state.Incarnation ? OtherIncarnation(state, release.By, release.Incarnation)
        : state.Mode == ProtectorMode.Idle
            ? Decision<ProtectorEvent>.Refuse("protector.nothing-to-release", $"{release.By} asked for the legs; the protector is idle and manages none. Nothing changed.")
        : LegFacts.Release<ProtectorEvent, ProtectorDecision>(
            Area, state.Ledger, release.By, state.ReleaseWantedBy,
            () => new ProtectorEvent.ReleaseWanted(release.By, release.At), legs => new ProtectorEvent.Released(release.By, legs, release.At));

    private static Decision<ProtectorEvent> OnEnable(ProtectorPolicy policy, Instrument instrument, ProtectorState state, ProtectorInput.Enable enable)
    {
        if (enable.Incarnation != state.Incarnation) return OtherIncarnation(state, enable.By, enable.Incarnation);
        if (state.Mode == ProtectorMode.Idle)
            return Decision<ProtectorEvent>.Refuse("protector.holds-nothing", $"{enable.By} wants the protector to trade; it holds no legs. Nothing changed.");
        var tuning = ProtectorTuning.Of(policy.Settings, enable.Posture, enable.Priority);
        if (state.Mode == ProtectorMode.Enabled && state.Posture == enable.Posture && state.Priority == enable.Priority && state.Tuning == tuning)
            return Decision<ProtectorEvent>.Nothing;
        return (policy.Check(instrument) ?? policy.Check(instrument, state.Legs)) is { } unfit
            ? new Decision<ProtectorEvent>([], unfit)
            : Decision<ProtectorEvent>.Of(new ProtectorEvent.Enabled(enable.By, enable.Posture, enable.Priority, tuning, enable.At));
    }

    private static Decision<ProtectorEvent> OnDisable(ProtectorState state, ProtectorInput.Disable disable) =>
        disable.Incarnation != state.Incarnation ? OtherIncarnation(state, disable.By, disable.Incarnation)
        : state.Mode == ProtectorMode.Idle
            ? Decision<ProtectorEvent>.Refuse("protector.holds-nothing", $"{disable.By} wants the protector to stop; it holds no legs. Nothing changed.")
        // Who stops a passive one wants it to stay so, also if nobody has enabled it yet. Hermes has nothing to stop there, and must not take another's word away.
        : state.Mode == ProtectorMode.Enabled || (disable.By != Hermes && disable.By != state.DisabledBy)
            ? Decision<ProtectorEvent>.Of(new ProtectorEvent.Disabled(disable.By, disable.At))
        : Decision<ProtectorEvent>.Nothing;

    private static Decision<ProtectorEvent> OtherIncarnation(ProtectorState state, string by, int meant) =>
        Decision<ProtectorEvent>.Refuse("protector.other-incarnation", $"{by} meant incarnation {meant}; {state.Incarnation} is the current one. Nothing changed.");
}
