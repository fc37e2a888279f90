using Dolphin.Domain.Market;

namespace Dolphin.Domain.Hedging;

// What comes back from the venue.
public static partial class HedgeDecider
{
    private static Decision<HedgeEvent> OnFilled(HedgePolicy policy, Instrument instrument, HedgeState state, HedgeInput.OrderFilled input)
    {
        var fill = input.Fill;
        if (fill.TradeId <= state[fill.Leg].LastTradeId) return Decision<HedgeEvent>.Nothing;
        if (Unbelievable(instrument, fill) is { } refusal) return refusal;
        if (input.Sequence < 1 || input.Sequence > state.Sequence)
        {
            return Decision<HedgeEvent>.Refuse("hedge.unknown-decision",
                $"Fill {fill.TradeId} of {fill.Order} belongs to decision {input.Sequence}; the last one is {state.Sequence}. Not booked; the ledger check will show it.");
        }
        if (fill.Side == fill.Leg.Reducing() && fill.Quantity > state[fill.Leg].Quantity)
        {
            return Decision<HedgeEvent>.Refuse("hedge.fill-exceeds-leg",
                $"Fill {fill.TradeId} of {fill.Order} closes {fill.Quantity} of {fill.Leg}; the strategy holds {state[fill.Leg].Quantity}, so a fill is missing. Not booked; the ledger check will show it.");
        }
        var booked = new HedgeEvent.FillBooked(input.Sequence, fill, fill.At);
        var after = Evolve(state, booked);
        return after is { Mode: HedgeMode.Exit, Exit: { CostReported: false } exit } && exit.Cost > exit.CostBound
            ? WithEnd(policy, instrument, after, fill.At, booked, new HedgeEvent.ExitBoundExceeded(ExitBound.Cost, exit.Cost.Quote, exit.CostBound.Quote, fill.At))
            : WithEnd(policy, instrument, after, fill.At, booked);
    }

    private static Decision<HedgeEvent> OnClosed(HedgePolicy policy, Instrument instrument, HedgeState state, HedgeInput.OrderClosed input)
    {
        if (state.Pending is not { } pending || pending.Sequence != input.Sequence) return Decision<HedgeEvent>.Nothing;
        var leg = pending[input.Leg];
        if (leg.IsSettled || leg.Final is not null) return Decision<HedgeEvent>.Nothing;
        if (input.Cumulative < Quantity.Zero)
        {
            return Decision<HedgeEvent>.Refuse("hedge.negative-cumulative",
                $"The order of decision {input.Sequence} {input.Leg} is said to have filled {input.Cumulative}; expected 0 or more. Ignored; the order is asked about again.");
        }
        var finished = new HedgeEvent.OrderFinished(input.Sequence, input.Leg, input.Cumulative, input.At);
        return WithEnd(policy, instrument, Evolve(state, finished), input.At, finished);
    }

    // Liquidation leaves one leg naked. Ending at once would leave it unmanaged, and a new hedge would be an entry; so the rest exits
    // gracefully, starting at the next price, and no entry follows in this incarnation.
    private static Decision<HedgeEvent> OnExternalFill(HedgePolicy policy, Instrument instrument, HedgeState state, Fill fill)
    {
        if (fill.TradeId <= state[fill.Leg].LastTradeId) return Decision<HedgeEvent>.Nothing;
        if (Unbelievable(instrument, fill) is { } refusal) return refusal;
        var applied = fill.Side == fill.Leg.Reducing() ? Min(fill.Quantity, state[fill.Leg].Quantity) : Quantity.Zero;
        var booked = new HedgeEvent.ExternalFillBooked(fill, applied, fill.At);
        return WithEnd(policy, instrument, Evolve(state, booked), fill.At, booked);
    }

    private static Decision<HedgeEvent>? Unbelievable(Instrument instrument, Fill fill)
    {
        if (fill.Symbol != instrument.Symbol)
        {
            return Decision<HedgeEvent>.Refuse("hedge.wrong-symbol",
                $"Fill {fill.TradeId} of {fill.Order} is for {fill.Symbol.Name}; this strategy trades {instrument.Symbol.Name}. Not booked.");
        }
        return fill.Price.QuotePerBase is < LowestPrice or > HighestPrice || fill.Quantity.Base is <= 0m or > HighestQuantity
            || fill.Price.QuotePerBase * fill.Quantity.Base > HighestNotional || Math.Abs(fill.Fee.Quote) > HighestNotional
            ? Decision<HedgeEvent>.Refuse("hedge.absurd-fill",
                $"Fill {fill.TradeId} of {fill.Order}: {fill.Quantity} at {fill.Price}, fee {fill.Fee}, is outside what any market does. Not booked; the ledger check will show it.")
            : null;
    }
}
