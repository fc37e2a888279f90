using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Protection;

// What whoever watches the portfolio asks of the legs. It is no action of the protector: anchor, pauses and the count of actions are those of its own
// orders and stay, so that it does not wait because of a trim nor act sooner. The share follows the legs, as after any fill; if a trim of the larger leg has
// left the share beyond the tolerance of a target that is not one half, the protector trims the other one, in its own time. The order has no limit
// and no bound on its notional: those are for actions that can wait. Nothing makes the net position larger; where less of one leg would, it is held back.
public static partial class ProtectorDecider
{
    private static Decision<ProtectorEvent> OnTrim(Instrument instrument, ProtectorState state, ProtectorInput.Trim trim)
    {
        if (TrimDesk.Decline<ProtectorEvent, ProtectorDecision>(
            Area, instrument, state.Ledger, new TrimCase(state.IsLive, state.ReleaseWantedBy, state.Trims), trim.Wish, trim.Price,
            trim.ExitsAllowed, trim.At, () => new ProtectorEvent.TrimWanted(trim.Wish, trim.At)) is { } declined)
        {
            return declined;
        }
        return Decision<ProtectorEvent>.Of(Asked(
            state, trim.Wish, TrimPlan.Of(instrument, state.Legs, trim.Wish.AtMost, slack: default), trim.Price, waited: false, trim.At));
    }

    private static Decision<ProtectorEvent> GoOnTrimming(Instrument instrument, ProtectorState state, TrimProgress trims, Price price, DateTimeOffset at)
    {
        var step = TrimDesk.Next(Area, instrument, state.Legs, trims, slack: default, at);
        return step.Plan is { } plan
            ? Decision<ProtectorEvent>.Of(Asked(state, step.Wish, plan, price, waited: true, at))
            : Decision<ProtectorEvent>.Of(new ProtectorEvent.TrimEnded(step.Wish.Id, step.Left, step.Code, step.Reason, at));
    }

    private static ProtectorEvent.TrimAsked Asked(ProtectorState state, TrimWish wish, in TrimPlan plan, Price price, bool waited, DateTimeOffset at) =>
        new(wish, state.Ledger.Targets(plan.Long, plan.Short, price), plan.TooSmall, plan.HeldBack, waited, at);

    // Told by an input it is no look at the market: that of the same time may still decide.
    private static ProtectorState AskTrim(ProtectorState state, ProtectorEvent.TrimAsked e)
    {
        var next = (e.Waited ? Decided(state, e) : Seen(state, e)) with { Trims = TrimProgress.Ask(state.Trims, e.Wish, e.Targets) };
        return e.Targets.AsksForNothing ? next : Settle(next.With(next.Ledger.Ask(
            e.Targets, ProtectorDecision.AskedTrim, e.Targets.To.Long == e.Targets.From.Long ? state.Long.Carry : default,
            e.Targets.To.Short == e.Targets.From.Short ? state.Short.Carry : default)));
    }
}
