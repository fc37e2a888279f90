using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Hedging;

// What whoever watches the portfolio asks the legs to become at least: an entry, in Active only, and the second thing that knows no band.
//
// Flat, it is the opening that the next look would have taken, at most of the size that was wished. Where the structure stands both legs grow by the same quantity, so that the net
// position stays what it is, or the smaller leg alone grows towards the larger, so that it becomes less. No leg goes above what the sizer gives one leg of an opening now: less trust
// never allows more. A growth of both legs by d is a second opening of d on top of the first, so the opening's quantity and notional (the units of reopen-below, of C2 and of every
// bound on gross) grow by d and by d at its price; but not above the larger leg, or what had traded itself down to nothing would count for what it is not, and C2 would come later than
// for a structure that is opened so. The smaller leg alone is no opening, and changes no unit.
//
// P_ref stays: nobody crossed the band. The averages take the new quantity at its price, as with every fill. What was carried stays carried, and what is too small of a wish is not:
// whoever asked looks again.
//
// Filled unequally a growth of both legs would leave a direction: what one leg got more is taken back at the next looks, at most MaxEvenings times.
//
// A wish that cannot be begun now is declined with its reason and not remembered: nothing is lost by not growing.
public static partial class HedgeDecider
{
    private static Decision<HedgeEvent> OnGrow(HedgePolicy policy, Instrument instrument, HedgeState state, HedgeInput.Grow grow)
    {
        var (wish, market) = (grow.Wish, grow.View);
        if (string.IsNullOrWhiteSpace(wish.By) || wish.Id < 1 || !IsWishable(wish.LongAtLeast) || !IsWishable(wish.ShortAtLeast))
        {
            return Decision<HedgeEvent>.Refuse("hedge.bad-growth",
                $"{instrument.Symbol.Name}: '{wish.By}' asked by id {wish.Id} for long at least {wish.LongAtLeast} and short at least {wish.ShortAtLeast}; expected a name, an id from 1 and quantities from 0 that a market has. Nothing changed.");
        }
        if (state.Growth?.LastId >= wish.Id) return Decision<HedgeEvent>.Nothing;
        if (WhyNotGrow(policy, instrument, state, wish, market) is { } no)
            return Decision<HedgeEvent>.Refuse(no.Code, $"{wish.By} asked {instrument.Symbol.Name} by id {wish.Id} to grow: {no.Reason} Nothing changed.");
        return state.InCycle ? Grow(policy, instrument, state, wish, market) : OpenWished(policy, instrument, state, wish, market);
    }

    private static bool IsWishable(Quantity leg) => leg.Base is >= 0m and <= Plausible.HighestQuantity;

    private static (string Code, string Reason)? WhyNotGrow(HedgePolicy policy, Instrument instrument, HedgeState state, GrowWish wish, in HedgeMarket market)
    {
        if (!state.IsLive) return ("hedge.nothing-to-grow", $"the strategy is {state.Mode} and manages no legs.");
        if (state.Mode == HedgeMode.Exit || state.ExitWanted != ExitCauses.None) return ("hedge.exiting", "the strategy leaves.");
        if (state.Mode == HedgeMode.Pause) return ("hedge.paused", "the strategy pauses.");
        if (market.At >= wish.Until) return ("hedge.growth-lapsed", $"it was good until {wish.Until.UtcDateTime:u}; now it is {market.At.UtcDateTime:u}.");
        if (state.ReleaseWantedBy is { } taker) return ("hedge.release-wanted", $"{taker} waits for both legs.");
        if (state.Pending is { } pending) return ("hedge.decision-under-way", $"the orders of decision {pending.Sequence} are open.");
        if (state.Trims is { HasWork: true }) return ("hedge.trim-under-way", "a trim is not finished.");
        if (!market.Risk.ExitsAllowed) return ("hedge.exits-not-allowed", "expected a posture that allows exits.");
        if (!Plausible.Is(market.Price)) return ("hedge.absurd-price", $"no market has the price {market.Price}.");
        if (state.Growth is { HasExcess: true } || !Unevenness(instrument, state, market.Price).IsNothing)
            return ("hedge.uneven", "the legs of the last entry are still to be made even.");
        if (EntryRefusal(market.Risk) is { } refusal) return refusal;
        if (!market.Monitor.IsWarm(policy)) return ("hedge.not-warm", "too few bars have been seen for a variance.");
        if (market.Monitor.ClearSinceMs < 0 || CausesNow(policy, state, market) != ExitCauses.None || market.Monitor.FrozenHolds(policy))
            return ("hedge.conditions-hold", "friction, capital or a frozen market speaks against it.");
        return market.Risk.OpeningNotionalPerLeg.Quote is <= 0m or > Plausible.HighestNotional
            ? ("hedge.no-size", $"the sizer gives one leg {market.Risk.OpeningNotionalPerLeg}; expected above 0, at most {Plausible.HighestNotional:0}.")
            : null;
    }

    private static Decision<HedgeEvent> OpenWished(HedgePolicy policy, Instrument instrument, HedgeState state, GrowWish wish, in HedgeMarket market)
    {
        var quantity = Quantizer.FloorToLot(instrument, LegSteps.Smaller(MostOfALeg(policy, instrument, market), LegSteps.Smaller(wish.LongAtLeast, wish.ShortAtLeast)));
        var longChange = Quantizer.Tradable(instrument, market.Price, PositionSide.Long, state.Long.Quantity, quantity);
        var shortChange = Quantizer.Tradable(instrument, market.Price, PositionSide.Short, state.Short.Quantity, quantity);
        return longChange.Change.Base <= 0m || shortChange.Change.Base <= 0m
            ? Decision<HedgeEvent>.Refuse("hedge.opening-too-small",
                $"{wish.By} asked {instrument.Symbol.Name} by id {wish.Id} to open {quantity} of each leg at {market.Price}; the venue asks for at least {instrument.MinQuantity} and {instrument.MinNotional}. Nothing changed.")
            : Decision<HedgeEvent>.Of(new HedgeEvent.CycleOpened(
                state.Cycle + 1, Targets(state, longChange, shortChange, market.Price), market.At, Sizing: null, wish));
    }

    private static Decision<HedgeEvent> Grow(HedgePolicy policy, Instrument instrument, HedgeState state, GrowWish wish, in HedgeMarket market)
    {
        var (held, most) = (state.Legs, MostOfALeg(policy, instrument, market));
        var larger = held.Long >= held.Short ? PositionSide.Long : PositionSide.Short;
        var smaller = larger.Opposite();
        var room = Room(held[smaller], wish.AtLeast[smaller], most);
        // Both alike where the larger is to grow as well; the smaller one alone never beyond the larger.
        var both = wish.AtLeast[larger] > held[larger];
        var by = Quantizer.FloorToLot(instrument, LegSteps.Smaller(room, both ? Room(held[larger], wish.AtLeast[larger], most) : held.Net.Abs()));
        var grows = Quantizer.Tradable(instrument, market.Price, smaller, held[smaller], held[smaller] + by);
        if (grows.IsNothing)
        {
            return Decision<HedgeEvent>.Refuse(by.Base <= 0m ? "hedge.at-its-size" : "hedge.growth-too-small",
                $"{wish.By} asked {instrument.Symbol.Name} by id {wish.Id} for long at least {wish.LongAtLeast} and short at least {wish.ShortAtLeast}; held are {held.Long} and {held.Short}, the sizer allows a leg {most}, and {by} more is nothing that the venue takes. Nothing changed.");
        }
        var also = both ? Quantizer.Tradable(instrument, market.Price, larger, held[larger], held[larger] + by) : new TradableChange(larger, default, default);
        var targets = larger == PositionSide.Long ? Targets(state, also, grows, market.Price) : Targets(state, grows, also, market.Price);
        return Decision<HedgeEvent>.Of(new HedgeEvent.GrowthAsked(wish, targets, market.At));
    }

    // As an opening is sized: no more than the sizer gives one leg, and than half of the capital pays for.
    private static Quantity MostOfALeg(HedgePolicy policy, Instrument instrument, in HedgeMarket market)
    {
        var wanted = Quantizer.Wanted(market.Risk.OpeningNotionalPerLeg, market.Price);
        return OrderSizer.Size(instrument, market.Price, wanted, most: wanted, grows: true, PaidFor(policy, market).Halved, market.Risk.FeeRate).Quantity;
    }

    private static Quantity Room(Quantity held, Quantity wished, Quantity most) => Beyond(LegSteps.Smaller(wished, most), held);

    // What one leg got more of a growth goes before everything else that a look could decide.
    private static Decision<HedgeEvent> EvenGrowth(Instrument instrument, HedgeState state, GrowthProgress growth, in HedgeMarket market)
    {
        var leg = growth.Excess.Long.Base > 0m ? PositionSide.Long : PositionSide.Short;
        var change = LegSteps.Down(instrument, leg, state[leg].Quantity, Beyond(state[leg].Quantity, growth.Excess[leg]));
        if (change.IsNothing || growth.Evenings >= MaxEvenings)
        {
            return Decision<HedgeEvent>.Of(new HedgeEvent.GrowthEnded(growth.LastId, growth.Excess, change.IsNothing ? "hedge.growth-uneven" : "hedge.growth-unfilled",
                $"The growth asked for by id {growth.LastId} left {growth.Excess[leg]} more of the {leg} leg than of the other, which {(change.IsNothing ? "is too small for an order" : $"was not taken back by {growth.Evenings} orders")}. The strategy goes on with what it holds.",
                market.At));
        }
        var none = new TradableChange(leg.Opposite(), default, default);
        return Decision<HedgeEvent>.Of(new HedgeEvent.GrowthEvened(
            growth.LastId, leg == PositionSide.Long ? Targets(state, change, none, market.Price) : Targets(state, none, change, market.Price), market.At));
    }

    // Told by an input it is no look at the market: that of the same time may still decide.
    private static HedgeState AskGrowth(HedgeState state, HedgeEvent.GrowthAsked e) => Ask(
        Seen(state, e) with { Growth = GrowthProgress.Take(state.Growth, e.Wish), RefusedCode = null }, e.Targets, HedgeDecision.AskedGrowth, state.Long.Carry, state.Short.Carry, e.At);

    private static HedgeState EvenGrowth(HedgeState state, HedgeEvent.GrowthEvened e) => Ask(
        Decided(state, e) with { Growth = state.Growth is { } growth ? growth with { Evenings = growth.Evenings + 1 } : null },
        e.Targets, HedgeDecision.GrowthEvening, state.Long.Carry, state.Short.Carry, e.At);

    private static HedgeState Grown(HedgeState state, PendingDecision<HedgeDecision> growth)
    {
        var ofBoth = growth.Long.Ordered.Base > 0m && growth.Short.Ordered.Base > 0m;
        var (longer, shorter) = (growth.Long.Filled, growth.Short.Filled);
        if (state.Growth is { } progress)
            state = state with { Growth = progress with { UnderWay = null, Excess = ofBoth ? new Legs(Beyond(longer, shorter), Beyond(shorter, longer)) : default } };
        if (!ofBoth) return state;
        var larger = state.Legs.Long > state.Legs.Short ? state.Legs.Long : state.Legs.Short;
        var more = Beyond(LegSteps.Smaller(state.OpeningQuantity + LegSteps.Smaller(longer, shorter), larger), state.OpeningQuantity);
        if (more.Base == 0m) return state;
        var notional = growth.Targets.DecisionPrice * more;
        return state with
        {
            OpeningQuantity = state.OpeningQuantity + more, OpeningNotional = state.OpeningNotional + notional, OpenedBefore = state.OpenedBefore + notional,
        };
    }

    private static HedgeState TakenBack(HedgeState state, PendingDecision<HedgeDecision> evening) => state.Growth is { } growth
        ? state with { Growth = growth with { Excess = new Legs(Beyond(growth.Excess.Long, evening.Long.Filled), Beyond(growth.Excess.Short, evening.Short.Filled)) } }
        : state;

    private static Quantity Beyond(Quantity a, Quantity b) => a > b ? a - b : Quantity.Zero;
}
