using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Hedging;

// What whoever watches the portfolio asks of the legs, and what it means for the structure.
//
// The rule is homogeneous: a structure of half the size does the same things at the same prices, with half the quantities. So a trim makes the structure a
// smaller one, and not another one. OpeningQuantity and OpeningNotional, the units of reopen-below, of C2 and of every bound on gross, keep the share
// that the trim left of gross. C2 holds at the price it held at before, and a trimmed structure is not taken for one that has traded itself down to nothing.
// Left as they were, C2 would let a trimmed leg lose a multiple of what E_max allows for its size, and the cycle would end and open again at full size.
//
// P_ref stays: nobody crossed the band. What the trim realises is neither repair nor rebuild: those are paid for by profit that a crossing took, and a
// trim takes what there is. What was carried for a trimmed leg is gone. Nothing makes the net position larger; where less of one leg would, it is held back.
//
// Closed as a whole, the cycle is over, and the next one opens when opening-retry has passed: opened at the next look, it would undo what was asked for.
public static partial class HedgeDecider
{
    private static Decision<HedgeEvent> OnTrim(HedgePolicy policy, Instrument instrument, HedgeState state, HedgeInput.Trim trim)
    {
        if (TrimDesk.Decline<HedgeEvent, HedgeDecision>(
            Area, instrument, state.Ledger, new TrimCase(state.IsLive, state.ReleaseWantedBy, state.Trims), trim.Wish, trim.Price, trim.ExitsAllowed, trim.At,
            () => new HedgeEvent.TrimWanted(trim.Wish, trim.At)) is { } declined)
        {
            return declined;
        }
        return Trim(policy, instrument, state, trim.Wish, TrimPlan.Of(instrument, state.Legs, trim.Wish.AtMost, slack: default), trim.Price, waited: false, trim.At);
    }

    private static Decision<HedgeEvent> GoOnTrimming(HedgePolicy policy, Instrument instrument, HedgeState state, TrimProgress trims, Price price, DateTimeOffset at)
    {
        var step = TrimDesk.Next(Area, instrument, state.Legs, trims, slack: default, at);
        return step.Plan is { } plan
            ? Trim(policy, instrument, state, step.Wish, plan, price, waited: true, at)
            : Decision<HedgeEvent>.Of(new HedgeEvent.TrimEnded(step.Wish.Id, step.Left, step.Code, step.Reason, at));
    }

    private static Decision<HedgeEvent> Trim(
        HedgePolicy policy, Instrument instrument, HedgeState state, TrimWish wish, in TrimPlan plan, Price price, bool waited, DateTimeOffset at)
    {
        var asked = new HedgeEvent.TrimAsked(wish, Targets(state, plan.Long, plan.Short, price), plan.TooSmall, plan.HeldBack, waited, at);
        return WithEnd(policy, instrument, Evolve(state, asked), at, asked);
    }

    // Told by an input it is no look at the market: that of the same time may still decide.
    private static HedgeState AskTrim(HedgeState state, HedgeEvent.TrimAsked e)
    {
        var next = (e.Waited ? Decided(state, e) : Seen(state, e)) with { Trims = TrimProgress.Ask(state.Trims, e.Wish, e.Targets), Growth = state.Growth?.Over() };
        return e.Targets.AsksForNothing ? next : Ask(
            next, e.Targets, HedgeDecision.AskedTrim, e.Targets.To.Long == e.Targets.From.Long ? state.Long.Carry : default,
            e.Targets.To.Short == e.Targets.From.Short ? state.Short.Carry : default, e.At);
    }

    private static HedgeState Trimmed(HedgeState state, PendingDecision<HedgeDecision> trim, DateTimeOffset at)
    {
        var (gross, closed) = (trim.Targets.From.Gross.Base, trim.Long.Filled.Base + trim.Short.Filled.Base);
        if (closed <= 0m || gross <= 0m) return state;
        var kept = closed < gross ? (gross - closed) / gross : 0m;
        if (state.InCycle && state.Legs.AreFlat) state = WithoutCarry(state) with { InCycle = false, OpeningFailedAt = at };
        // To the nearest: a trim that takes three orders leaves the same units as one that takes one.
        return state with
        {
            OpeningQuantity = new Quantity(decimal.Round(state.OpeningQuantity.Base * kept, Quantizer.WantedDecimals)),
            OpeningNotional = Kept(state.OpeningNotional), OpenedBefore = state.OpenedBefore is { } before ? Kept(before) : null,
        };

        Money Kept(Money unit) => new(decimal.Round(unit.Quote * kept, Books.LegPosition.ReleaseDecimals));
    }
}
