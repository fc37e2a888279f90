using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Directional;

// What whoever watches the portfolio asks of the legs. The plan stays: what is left of the position is guarded by the levels that it had. Legs may be as far
// apart as they are, because one is all there is. What closes the whole position comes first, and what was asked for ends with the position.
public static partial class DirectionalDecider
{
    private static Decision<DirectionalEvent> OnTrim(DirectionalPolicy policy, Instrument instrument, DirectionalState state, DirectionalInput.Trim trim)
    {
        if (TrimDesk.Decline<DirectionalEvent, DirectionalDecision>(
            Area, instrument, state.Ledger, new TrimCase(state.IsLive, state.ReleaseWantedBy, state.Trims), trim.Wish, trim.Price,
            trim.ExitsAllowed, trim.At, () => new DirectionalEvent.TrimWanted(trim.Wish, trim.At)) is { } declined)
        {
            return declined;
        }
        var plan = TrimPlan.Of(instrument, state.Legs, trim.Wish.AtMost, slack: default);
        return WithDue(policy, instrument, state, Asked(state, trim.Wish, plan, trim.Price, waited: false, trim.At));
    }

    private static DirectionalEvent GoOnTrimming(Instrument instrument, DirectionalState state, TrimProgress trims, in DirectionalMarket market)
    {
        var step = TrimDesk.Next(Area, instrument, state.Legs, trims, slack: default, market.At);
        return step.Plan is { } plan
            ? Asked(state, step.Wish, plan, market.Price, waited: true, market.At)
            : new DirectionalEvent.TrimEnded(step.Wish.Id, step.Left, step.Code, step.Reason, market.At);
    }

    private static DirectionalEvent.TrimAsked Asked(DirectionalState state, TrimWish wish, in TrimPlan plan, Price price, bool waited, DateTimeOffset at) =>
        new(wish, state.Ledger.Targets(plan.Long, plan.Short, price), plan.TooSmall, waited, at);

    // Told by an input it is no look at the market: that of the same time may still decide.
    private static DirectionalState AskTrim(DirectionalState state, DirectionalEvent.TrimAsked e)
    {
        var next = (e.Waited ? Decided(state, e) : Seen(state, e)) with { Trims = TrimProgress.Ask(state.Trims, e.Wish, e.Targets) };
        return e.Targets.AsksForNothing ? next : Ask(next, e.Targets, DirectionalDecision.AskedTrim, default, default);
    }
}
