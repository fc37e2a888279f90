using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Hedging;

// Taking legs over from another strategy, and giving them up.
public static partial class HedgeDecider
{
    private static Decision<HedgeEvent> OnAdopt(Instrument instrument, HedgeState state, HedgeInput.Adopt adopt)
    {
        if (state.IsLive && adopt.Incarnation == state.Incarnation) return Decision<HedgeEvent>.Nothing;
        if (state.IsLive || adopt.Incarnation != state.Incarnation + 1)
        {
            return Decision<HedgeEvent>.Refuse("hedge.cannot-adopt",
                $"{adopt.By} asked incarnation {adopt.Incarnation} to take legs over; incarnation {state.Incarnation} is {state.Mode}, and only an idle or terminated strategy starts the next one. Nothing changed.");
        }
        if (adopt.Legs.Check(Area, instrument) is { } absurd) return new Decision<HedgeEvent>([], absurd);
        return Plausible.Is(adopt.Mark)
            ? Decision<HedgeEvent>.Of(new HedgeEvent.Adopted(adopt.Incarnation, adopt.By, adopt.Legs, adopt.Mark, adopt.At))
            : Decision<HedgeEvent>.Refuse("hedge.absurd-price", $"{adopt.By} handed legs over at {adopt.Mark}; no market has that price. Nothing changed.");
    }

    // The end of a decision and the release that waited for it are stored together. Where a journal keeps only the first, whoever waits asks again
    // and gets the legs then; a look at the market need not think of it.
    private static Decision<HedgeEvent> OnRelease(HedgeState state, HedgeInput.Release release) =>
        release.Incarnation != state.Incarnation
            ? Decision<HedgeEvent>.Refuse("hedge.other-incarnation",
                $"{release.By} asked incarnation {release.Incarnation} for its legs; {state.Incarnation} is the current one. Nothing changed.")
        : !state.IsLive
            ? Decision<HedgeEvent>.Refuse("hedge.nothing-to-release", $"{release.By} asked for the legs; the strategy is {state.Mode} and manages none. Nothing changed.")
        : LegFacts.Release<HedgeEvent, HedgeDecision>(
            Area, state.Ledger, release.By, state.ReleaseWantedBy,
            () => new HedgeEvent.ReleaseWanted(release.By, release.At), legs => new HedgeEvent.Released(release.By, legs, release.At));
}
