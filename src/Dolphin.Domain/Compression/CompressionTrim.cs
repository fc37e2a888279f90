using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Compression;

// What whoever watches the portfolio asks of the legs. Gap and residual stay: reductions leave averages as they are, and r is one quantity for as long
// as an incarnation lasts. The legs may be as far apart afterwards as they were, or by r; a wish that asks for more of a direction is carried out as far as
// that goes. What is closed is counted like the end of a swing: its part of the locked loss, and what it brought against the middle of the gap. It is no
// swing and counts as none. And it locks: a top-up that came after it would undo what was asked for. An exit that closes everything comes first.
public static partial class CompressionDecider
{
    private static Decision<CompressionEvent> OnTrim(Instrument instrument, CompressionState state, CompressionInput.Trim trim)
    {
        if (TrimDesk.Decline<CompressionEvent, CompressionDecision>(
            Area, instrument, state.Ledger, new TrimCase(state.IsLive, state.ReleaseWantedBy, state.Trims), trim.Wish, trim.Price,
            trim.ExitsAllowed, trim.At, () => new CompressionEvent.TrimWanted(trim.Wish, trim.At)) is { } declined)
        {
            return declined;
        }
        return Trim(instrument, state, trim.Wish, TrimPlan.Of(instrument, state.Legs, trim.Wish.AtMost, state.Residual), trim.Price, waited: false, trim.At);
    }

    private static Decision<CompressionEvent> GoOnTrimming(Instrument instrument, CompressionState state, TrimProgress trims, Price price, DateTimeOffset at)
    {
        var step = TrimDesk.Next(Area, instrument, state.Legs, trims, state.Residual, at);
        return step.Plan is { } plan
            ? Trim(instrument, state, step.Wish, plan, price, waited: true, at)
            : Decision<CompressionEvent>.Of(new CompressionEvent.TrimEnded(step.Wish.Id, step.Left, step.Code, step.Reason, at));
    }

    private static Decision<CompressionEvent> Trim(
        Instrument instrument, CompressionState state, TrimWish wish, in TrimPlan plan, Price price, bool waited, DateTimeOffset at)
    {
        var asked = new CompressionEvent.TrimAsked(wish, state.Ledger.Targets(plan.Long, plan.Short, price), plan.TooSmall, plan.HeldBack, waited, at);
        return WithEnd(instrument, Evolve(state, asked), at, asked);
    }

    // Told by an input it is no look at the market: that of the same time may still decide.
    private static CompressionState AskTrim(CompressionState state, CompressionEvent.TrimAsked e)
    {
        var next = (e.Waited ? Decided(state, e) : Seen(state, e)) with { Trims = TrimProgress.Ask(state.Trims, e.Wish, e.Targets) };
        return e.Targets.AsksForNothing ? next : Ask(
            next, e.Targets, CompressionDecision.AskedTrim, e.Targets.To.Long == e.Targets.From.Long ? state.Long.Carry : default,
            e.Targets.To.Short == e.Targets.From.Short ? state.Short.Carry : default);
    }
}
