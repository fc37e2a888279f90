using Dolphin.Domain.Market;

namespace Dolphin.Domain.TwoLegs;

/// <summary>
/// What every strategy of two legs does with what comes back from the venue, and with who asks for its legs: which input is to be booked, which is
/// old, which is refused and why. Codes begin with the strategy's area, such as <c>hedge.absurd-fill</c>.
/// </summary>
public static class LegFacts
{
    /// <summary>Judges a fill of an order of this strategy.</summary>
    /// <returns>Null if it is to be booked; else the decision not to: nothing for one that is known already, or a refusal.</returns>
    public static Decision<TEvent>? Decline<TEvent, TKind>(string area, Instrument instrument, in LegLedger<TKind> ledger, long sequence, Fill fill)
        where TKind : struct, Enum
    {
        if (fill.TradeId <= ledger[fill.Leg].LastTradeId) return Decision<TEvent>.Nothing;
        if (Unbelievable<TEvent>(area, instrument, fill) is { } refusal) return refusal;
        if (sequence < 1 || sequence > ledger.Sequence)
        {
            return Decision<TEvent>.Refuse($"{area}.unknown-decision",
                $"Fill {fill.TradeId} of {fill.Order} belongs to decision {sequence}; the last one is {ledger.Sequence}. Not booked; the ledger check will show it.");
        }
        if (fill.Side == fill.Leg.Reducing() && fill.Quantity > ledger[fill.Leg].Quantity)
        {
            return Decision<TEvent>.Refuse($"{area}.fill-exceeds-leg",
                $"Fill {fill.TradeId} of {fill.Order} closes {fill.Quantity} of {fill.Leg}; the strategy holds {ledger[fill.Leg].Quantity}, so a fill is missing. Not booked; the ledger check will show it.");
        }
        return null;
    }

    /// <summary>Judges the end of an order.</summary>
    /// <returns>As for a fill: null if it is to be booked.</returns>
    public static Decision<TEvent>? DeclineEnd<TEvent, TKind>(string area, in LegLedger<TKind> ledger, long sequence, PositionSide leg, Quantity cumulative)
        where TKind : struct, Enum
    {
        if (ledger.Pending is not { } pending || pending.Sequence != sequence) return Decision<TEvent>.Nothing;
        if (pending[leg].IsSettled || pending[leg].Final is not null) return Decision<TEvent>.Nothing;
        return cumulative >= Quantity.Zero
            ? null
            : Decision<TEvent>.Refuse($"{area}.negative-cumulative",
                $"The order of decision {sequence} {leg} is said to have filled {cumulative}; expected 0 or more. Ignored; the order is asked about again.");
    }

    /// <summary>Judges a fill that no order of this strategy asked for.</summary>
    /// <param name="applied">Base of it that concerns this strategy: a reduction, at most what it holds. Never an increase: a position that
    /// somebody else opened is not absorbed.</param>
    public static Decision<TEvent>? DeclineExternal<TEvent, TKind>(
        string area, Instrument instrument, in LegLedger<TKind> ledger, Fill fill, out Quantity applied)
        where TKind : struct, Enum
    {
        applied = fill.Side == fill.Leg.Reducing() ? LegSteps.Smaller(fill.Quantity, ledger[fill.Leg].Quantity) : Quantity.Zero;
        if (fill.TradeId <= ledger[fill.Leg].LastTradeId) return Decision<TEvent>.Nothing;
        return Unbelievable<TEvent>(area, instrument, fill);
    }

    /// <summary>
    /// Answers who wants the legs of a strategy that holds some. While a decision is under way the answer is a refusal, but the wish is stored,
    /// and the strategy gives its legs up when the decision has settled.
    /// </summary>
    /// <param name="wantedBy">Who has asked before and was told to wait, or null.</param>
    /// <param name="wanted">The event that stores the wish.</param>
    /// <param name="released">The event that gives the legs up.</param>
    public static Decision<TEvent> Release<TEvent, TKind>(
        string area, in LegLedger<TKind> ledger, string by, string? wantedBy, Func<TEvent> wanted, Func<HandOver, TEvent> released)
        where TKind : struct, Enum
    {
        if (ledger.Pending is not { } pending) return Decision<TEvent>.Of(released(ledger.HandOver));
        return new Decision<TEvent>(
            wantedBy is null ? [wanted()] : [],
            new Refusal($"{area}.decision-under-way",
                $"{by} asked for both legs while the orders of decision {pending.Sequence} are open. Not yet given up; that happens when they are final."));
    }

    private static Decision<TEvent>? Unbelievable<TEvent>(string area, Instrument instrument, Fill fill)
    {
        if (fill.Symbol != instrument.Symbol)
        {
            return Decision<TEvent>.Refuse($"{area}.wrong-symbol",
                $"Fill {fill.TradeId} of {fill.Order} is for {fill.Symbol.Name}; this strategy trades {instrument.Symbol.Name}. Not booked.");
        }
        return Plausible.Is(fill)
            ? null
            : Decision<TEvent>.Refuse($"{area}.absurd-fill",
                $"Fill {fill.TradeId} of {fill.Order}: {fill.Quantity} at {fill.Price}, fee {fill.Fee}, is outside what any market does. Not booked; the ledger check will show it.");
    }
}
