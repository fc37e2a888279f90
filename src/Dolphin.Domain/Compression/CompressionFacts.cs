using Dolphin.Domain.Books;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Compression;

// What comes back from the venue, and what is asked by people and by other strategies.
public static partial class CompressionDecider
{
    private static Decision<CompressionEvent> OnFilled(Instrument instrument, CompressionState state, CompressionInput.OrderFilled input)
    {
        if (LegFacts.Decline<CompressionEvent, CompressionDecision>(Area, instrument, state.Ledger, input.Sequence, input.Fill) is { } declined) return declined;
        var booked = new CompressionEvent.FillBooked(input.Sequence, input.Fill, input.Fill.At);
        return WithEnd(instrument, Evolve(state, booked), input.Fill.At, booked);
    }

    private static Decision<CompressionEvent> OnClosed(
        CompressionPolicy policy, Instrument instrument, CompressionState state, CompressionInput.OrderClosed input)
    {
        if (LegFacts.DeclineEnd<CompressionEvent, CompressionDecision>(Area, state.Ledger, input.Sequence, input.Leg, input.Cumulative) is { } declined) return declined;
        var finished = new CompressionEvent.OrderFinished(input.Sequence, input.Leg, input.Cumulative, input.At);
        var after = Evolve(state, finished);
        return WithEnd(instrument, after, input.At, LeftDust(policy, state, after), finished);
    }

    private static Decision<CompressionEvent> OnExternalFill(Instrument instrument, CompressionState state, Fill fill)
    {
        if (LegFacts.DeclineExternal<CompressionEvent, CompressionDecision>(Area, instrument, state.Ledger, fill, out var applied) is { } declined) return declined;
        var booked = new CompressionEvent.ExternalFillBooked(fill, applied, fill.At);
        return WithEnd(instrument, Evolve(state, booked), fill.At, booked);
    }

    // The venue took nothing of a rest that is not worth more orders. Valued at the price its closing was decided at: the end of an order knows no other.
    private static bool LeftDust(CompressionPolicy policy, CompressionState before, CompressionState after) =>
        after.ClosingGotNothing && before.Pending is { } closing && closing.Targets.DecisionPrice * after.Legs.Gross < new Money(policy.Settings.Epsilon);

    private static Decision<CompressionEvent> WithEnd(
        Instrument instrument, CompressionState after, DateTimeOffset at, params ReadOnlySpan<CompressionEvent> events) =>
        WithEnd(instrument, after, at, leftDust: false, events);

    // A structure is over when the venue would take nothing more, or took nothing of a small rest. Legs that somebody waits for are given up first.
    private static Decision<CompressionEvent> WithEnd(
        Instrument instrument, CompressionState after, DateTimeOffset at, bool leftDust, params ReadOnlySpan<CompressionEvent> events)
    {
        if (after is not { Mode: CompressionMode.Active, Pending: null }) return Decision<CompressionEvent>.Of(events);
        if (after.ReleaseWantedBy is { } by) return Decision<CompressionEvent>.Of([.. events, new CompressionEvent.Released(by, after.Ledger.HandOver, at)]);
        return leftDust || LegSteps.NothingToClose(instrument, after.Legs)
            ? Decision<CompressionEvent>.Of([.. events, new CompressionEvent.Terminated(after.Legs, after.Result, at)])
            : Decision<CompressionEvent>.Of(events);
    }

    private static Decision<CompressionEvent> OnAdopt(CompressionPolicy policy, Instrument instrument, CompressionState state, CompressionInput.Adopt adopt)
    {
        if (state.Mode == CompressionMode.Active && adopt.Incarnation == state.Incarnation) return Decision<CompressionEvent>.Nothing;
        if (state.Mode == CompressionMode.Active || adopt.Incarnation != state.Incarnation + 1)
        {
            return Decision<CompressionEvent>.Refuse("compression.cannot-adopt",
                $"{adopt.By} asked incarnation {adopt.Incarnation} to take legs over; incarnation {state.Incarnation} is {state.Mode}, and only an idle or terminated strategy starts the next one. Nothing changed.");
        }
        if (adopt.Legs.Check(Area, instrument) is { } absurd) return new Decision<CompressionEvent>([], absurd);
        if (!Plausible.Is(adopt.Mark))
            return Decision<CompressionEvent>.Refuse("compression.absurd-price", $"{adopt.By} handed legs over at {adopt.Mark}; no market has that price. Nothing changed.");
        var after = state.Ledger.Adopt(adopt.Legs);
        if (Objection(policy, instrument, after.Long.Position, after.Short.Position) is { } unfit) return new Decision<CompressionEvent>([], unfit);
        // Legs that come back untouched are the same structure: it has its lock, and must not grow again.
        var goesOn = state.GoesOnWith(adopt.Legs);
        return Decision<CompressionEvent>.Of(new CompressionEvent.Adopted(
            adopt.Incarnation, adopt.By, adopt.Legs, goesOn ? state.Residual : policy.ResidualOf(instrument, after.Legs), adopt.Mark, adopt.At, GoesOn: goesOn));
    }

    /// <summary>Says why there is nothing to compress in two legs, or null if there is.</summary>
    public static Refusal? Objection(CompressionPolicy policy, Instrument instrument, LegPosition longLeg, LegPosition shortLeg)
    {
        if (PriceGap.Between(longLeg, shortLeg) is not { } gap)
        {
            return new Refusal("compression.no-gap",
                $"{instrument.Symbol.Name}: expected longs that were bought above the price the shorts were sold at; came {longLeg.Quantity} at {Average(longLeg)} and {shortLeg.Quantity} at {Average(shortLeg)}. There is nothing to compress; not taken over.");
        }

        return gap.Holds(policy.Settings.Bounce, policy.Settings.Offset)
            ? null
            : new Refusal("compression.gap-too-narrow",
                $"{instrument.Symbol.Name}: between {gap.Short} and {gap.Long}, less {policy.Settings.Offset} at each edge, there is no room for a swing of {policy.Settings.Bounce}. Not taken over.");
    }

    private static string Average(LegPosition leg) => leg.AveragePrice is { } price ? price.ToString() : "no price";

    private static Decision<CompressionEvent> OnRelease(CompressionState state, CompressionInput.Release release) =>
        release.Incarnation != state.Incarnation ? OtherIncarnation(state, release.By, release.Incarnation)
        : state.Mode != CompressionMode.Active
            ? Decision<CompressionEvent>.Refuse("compression.nothing-to-release", $"{release.By} asked for the legs; the strategy is {state.Mode} and manages none. Nothing changed.")
        : LegFacts.Release<CompressionEvent, CompressionDecision>(
            Area, state.Ledger, release.By, state.ReleaseWantedBy,
            () => new CompressionEvent.ReleaseWanted(release.By, release.At), legs => new CompressionEvent.Released(release.By, legs, release.At));

    private static Decision<CompressionEvent> OnRequestExit(CompressionState state, CompressionInput.RequestExit request) =>
        request.Incarnation != state.Incarnation ? OtherIncarnation(state, request.By, request.Incarnation)
        : state.Mode != CompressionMode.Active
            ? Decision<CompressionEvent>.Refuse("compression.not-active", $"{request.By} asked for an exit; the strategy is {state.Mode} and holds nothing to close. Nothing changed.")
        : (state.ExitWanted & CompressionExits.Manual) != CompressionExits.None ? Decision<CompressionEvent>.Nothing
        : Decision<CompressionEvent>.Of(new CompressionEvent.ExitRequested(request.By, request.At));

    private static Decision<CompressionEvent> OnResume(CompressionState state, CompressionInput.Resume resume) =>
        state.Mode != CompressionMode.Active ? Decision<CompressionEvent>.Refuse("compression.not-active",
            $"{resume.By} wants the strategy to go on; it is {state.Mode}, and begins by itself as soon as there are legs with a gap to compress. Nothing changed.")
        : state.ExitWanted != CompressionExits.None ? Decision<CompressionEvent>.Refuse("compression.is-leaving",
            $"{resume.By} wants the strategy to go on; it is leaving ({state.ExitWanted}), and an exit is brought to its end. Nothing changed.")
        : Decision<CompressionEvent>.Nothing;

    private static Decision<CompressionEvent> OtherIncarnation(CompressionState state, string by, int meant) =>
        Decision<CompressionEvent>.Refuse("compression.other-incarnation", $"{by} meant incarnation {meant}; {state.Incarnation} is the current one. Nothing changed.");
}
