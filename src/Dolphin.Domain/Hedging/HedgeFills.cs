using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Hedging;

// What comes back from the venue.
public static partial class HedgeDecider
{
    private const string Area = "hedge";

    private static Decision<HedgeEvent> OnFilled(HedgePolicy policy, Instrument instrument, HedgeState state, HedgeInput.OrderFilled input)
    {
        var fill = input.Fill;
        if (LegFacts.Decline<HedgeEvent, HedgeDecision>(Area, instrument, state.Ledger, input.Sequence, fill) is { } declined) return declined;
        var booked = new HedgeEvent.FillBooked(input.Sequence, fill, fill.At);
        var after = Evolve(state, booked);
        return after is { Mode: HedgeMode.Exit, Exit: { CostReported: false } exit } && exit.Cost > exit.CostBound
            ? WithEnd(policy, instrument, after, fill.At, booked, new HedgeEvent.ExitBoundExceeded(ExitBound.Cost, exit.Cost.Quote, exit.CostBound.Quote, fill.At))
            : WithEnd(policy, instrument, after, fill.At, booked);
    }

    private static Decision<HedgeEvent> OnClosed(HedgePolicy policy, Instrument instrument, HedgeState state, HedgeInput.OrderClosed input)
    {
        if (LegFacts.DeclineEnd<HedgeEvent, HedgeDecision>(Area, state.Ledger, input.Sequence, input.Leg, input.Cumulative) is { } declined) return declined;
        var finished = new HedgeEvent.OrderFinished(input.Sequence, input.Leg, input.Cumulative, input.At);
        return WithEnd(policy, instrument, Evolve(state, finished), input.At, finished);
    }

    // Liquidation leaves one leg naked. Ending at once would leave it unmanaged, and a new hedge would be an entry; so the rest exits
    // gracefully, starting at the next price, and no entry follows in this incarnation.
    private static Decision<HedgeEvent> OnExternalFill(HedgePolicy policy, Instrument instrument, HedgeState state, Fill fill)
    {
        if (LegFacts.DeclineExternal<HedgeEvent, HedgeDecision>(Area, instrument, state.Ledger, fill, out var applied) is { } declined) return declined;
        var booked = new HedgeEvent.ExternalFillBooked(fill, applied, fill.At);
        return WithEnd(policy, instrument, Evolve(state, booked), fill.At, booked);
    }
}
