using System.Diagnostics;
using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Hedging;

/// <summary>
/// Band-limited dynamic hedging with graceful exit: same state and input, same events. Sections named below are those of the seed.
/// </summary>
/// <remarks>
/// At every look at the market at most one decision is taken, and none while the orders of the last one are open. Nothing trades inside
/// the band: a rebalance and the end of a cycle happen at a crossing of MES, an exit step at a crossing of MES_exit. An opening has no
/// band yet; making its two legs even belongs to it. Only what somebody else asked for knows no band: a trim, and growth.
/// </remarks>
public static partial class HedgeDecider
{
    /// <summary>Who started an incarnation that nobody commanded.</summary>
    public const string RestartRule = "restart-rule";

    /// <summary>
    /// How often the legs of one opening are brought together before the attempt is left. Where only resting orders are allowed one leg
    /// is often filled before the other, and taking the larger one back takes a few looks; ten are minutes, not hours, of a direction.
    /// </summary>
    public const int MaxEvenings = 10;

    public static Decision<HedgeEvent> Decide(HedgePolicy policy, Instrument instrument, HedgeState state, HedgeInput input) => input switch
    {
        HedgeInput.Market i => Decide(policy, instrument, state, i.View),
        HedgeInput.OrderFilled i => OnFilled(policy, instrument, state, i),
        HedgeInput.OrderClosed i => OnClosed(policy, instrument, state, i),
        HedgeInput.ExternalFill i => OnExternalFill(policy, instrument, state, i.Fill),
        HedgeInput.RequestExit i => OnRequestExit(state, i),
        HedgeInput.Start i => OnStart(state, i),
        HedgeInput.Adopt i => OnAdopt(instrument, state, i),
        HedgeInput.Release i => OnRelease(state, i),
        HedgeInput.Trim i => OnTrim(policy, instrument, state, i),
        HedgeInput.Grow i => OnGrow(policy, instrument, state, i),
        _ => throw new UnreachableException($"No rule for {input}."),
    };

    /// <summary>The hot path: one call for every bar of every symbol. Allocates only when it decides something.</summary>
    public static Decision<HedgeEvent> Decide(HedgePolicy policy, Instrument instrument, HedgeState state, in HedgeMarket market)
    {
        if (!market.Risk.ExitsAllowed || state.Pending is not null || state.DecidedAt >= market.At) return Decision<HedgeEvent>.Nothing;
        if (!Plausible.Is(market.Price))
        {
            return Decision<HedgeEvent>.Refuse("hedge.absurd-price",
                $"{instrument.Symbol.Name}: expected a price from {Plausible.LowestPrice:0.#########} to {Plausible.HighestPrice:0}, got {market.Price}; ignored.");
        }
        if (state.Trims is { HasWork: true } trims) return GoOnTrimming(policy, instrument, state, trims, market.Price, market.At);
        if (state is { Growth: { HasExcess: true } growth, Mode: HedgeMode.Active or HedgeMode.Pause }) return EvenGrowth(instrument, state, growth, market);
        return state.Mode switch
        {
            HedgeMode.Active or HedgeMode.Pause => Run(policy, instrument, state, market),
            HedgeMode.Exit => StepExit(policy, instrument, state, market),
            HedgeMode.Terminated => RestartByRule(policy, state, market),
            HedgeMode.Idle => Decision<HedgeEvent>.Nothing,
            _ => throw new UnreachableException($"No rule for mode {state.Mode}."),
        };
    }

    // Sections 6.2 and 9: the mode first, then what the mode does.
    private static Decision<HedgeEvent> Run(HedgePolicy policy, Instrument instrument, HedgeState state, in HedgeMarket market)
    {
        if (state.ExitWanted == ExitCauses.None && Unevenness(instrument, state, market.Price) is { IsNothing: false } excess)
        {
            return state.Evenings < MaxEvenings
                ? Even(state, excess, market)
                : StartExit(policy, instrument, state, ExitCauses.UnevenOpening, market);
        }
        var causes = state.ExitWanted | CausesNow(policy, state, market);
        if (causes != ExitCauses.None) return StartExit(policy, instrument, state, causes, market);
        var frozen = market.Monitor.FrozenHolds(policy);
        return (state.Mode, frozen) switch
        {
            (HedgeMode.Active, true) => Decision<HedgeEvent>.Of(new HedgeEvent.Paused(market.Monitor.VariancePerHour, market.At)),
            (HedgeMode.Active, false) => Trade(policy, instrument, state, market),
            (_, true) => Decision<HedgeEvent>.Nothing,
            _ => Resume(policy, instrument, state, market),
        };
    }

    // The seed's loop updates the mode and then acts in it, so a price that left the band during the pause is acted on at once.
    private static Decision<HedgeEvent> Resume(HedgePolicy policy, Instrument instrument, HedgeState state, in HedgeMarket market)
    {
        var resumed = new HedgeEvent.Resumed(market.Monitor.VariancePerHour, market.At);
        var next = Trade(policy, instrument, Evolve(state, resumed), market);
        return Decision<HedgeEvent>.Of([resumed, .. next.Events.AsSpan()]);
    }

    private static ExitCauses CausesNow(HedgePolicy policy, HedgeState state, in HedgeMarket market)
    {
        var causes = market.Monitor.FrictionHolds(policy) ? ExitCauses.Friction : ExitCauses.None;
        return ExceedsCapital(policy, state, market.Price) ? causes | ExitCauses.Capital : causes;
    }

    private static bool ExceedsCapital(HedgePolicy policy, HedgeState state, Price price)
    {
        var (held, sold) = (state.Long.Quantity.Base, state.Short.Quantity.Base);
        // Without an opening there is no unit of risk; what can be held then is less than the venue trades.
        if (held == sold || state.OpeningNotional.Quote == 0m) return false;
        // Nearly always one leg alone is below the limit by far, and doubles say so in a fraction of the time of two exact products.
        var limit = policy.MaxRiskLegs * state.OpeningNotional.Quote;
        return (double)Math.Max(held, sold) * (double)price.QuotePerBase >= (double)limit * (1d - 1e-9)
            && Math.Abs(held - sold) * price.QuotePerBase > limit;
    }

    private static Decision<HedgeEvent> Trade(HedgePolicy policy, Instrument instrument, HedgeState state, in HedgeMarket market)
    {
        if (!state.InCycle || state.Reference is not { } reference) return Open(policy, instrument, state, market);
        return policy.Band.SideOf(market.Price, reference) switch
        {
            BandSide.Above => Rebalance(policy, instrument, state, PositionSide.Long, reference, market),
            BandSide.Below => Rebalance(policy, instrument, state, PositionSide.Short, reference, market),
            _ => Decision<HedgeEvent>.Nothing,
        };
    }

    private static Decision<HedgeEvent> Open(HedgePolicy policy, Instrument instrument, HedgeState state, in HedgeMarket market)
    {
        if (!market.Monitor.IsWarm(policy) || market.Monitor.ClearSinceMs < 0) return Decision<HedgeEvent>.Nothing;
        if (state.OpeningFailedAt is { } failed && market.At - failed < policy.Settings.OpeningRetry) return Decision<HedgeEvent>.Nothing;
        if (EntryRefusal(market.Risk) is { } refusal) return RefuseEntry(state, refusal.Code, refusal.Reason, market.At);
        var notional = market.Risk.OpeningNotionalPerLeg;
        if (notional.Quote is <= 0m or > Plausible.HighestNotional)
            return RefuseEntry(state, "hedge.no-size", $"The sizer gives one leg {notional}; expected above 0, at most {Plausible.HighestNotional:0}. No opening.", market.At);
        var wanted = Quantizer.Wanted(notional, market.Price);
        var bounds = PaidFor(policy, market).Halved;
        var leg = OrderSizer.Size(instrument, market.Price, wanted, most: wanted, grows: true, bounds, market.Risk.FeeRate);
        if (leg.Refusal is { Code: OrderSizer.NoLotFits } tooDear)
            return RefuseEntry(state, "hedge.capital-short", $"Half of the capital is for each leg, its margin at {market.Risk.Leverage:0.##} times and its fee. {tooDear.Reason}", market.At);
        var longChange = LegSteps.Up(instrument, PositionSide.Long, state.Long.Quantity, leg.Quantity, market.Price, bounds, market.Risk.FeeRate);
        var shortChange = LegSteps.Up(instrument, PositionSide.Short, state.Short.Quantity, leg.Quantity, market.Price, bounds, market.Risk.FeeRate);
        if (longChange.IsNothing || shortChange.IsNothing)
        {
            return RefuseEntry(state, "hedge.opening-too-small",
                $"{notional} buys {Quantizer.FloorToLot(instrument, wanted)} {instrument.Symbol.Name} at {market.Price}; the venue asks for at least {instrument.MinQuantity} and {instrument.MinNotional}. No opening.",
                market.At);
        }
        return Decision<HedgeEvent>.Of(new HedgeEvent.CycleOpened(
            state.Cycle + 1, Targets(state, longChange, shortChange, market.Price), market.At));
    }

    // Section 4.2, on what is wanted (held + carried), so that the recurrence is exact whatever the venue's steps are. Profit is taken on
    // what is held: a quantity that was never bought has earned nothing.
    private static Decision<HedgeEvent> Rebalance(
        HedgePolicy policy, Instrument instrument, HedgeState state, PositionSide winner, Price reference, in HedgeMarket market)
    {
        var (settings, price, loser) = (policy.Settings, market.Price.QuotePerBase, winner.Opposite());
        var (held, wanted) = (state.Legs, state.Wanted);
        var profit = new Money(settings.Beta * state[winner].Position.ProfitAt(winner, market.Price).Quote);
        if (IsTooSmall(policy, instrument, state, wanted)) return EndCycle(instrument, state, winner, profit, market);

        var gain = Math.Max(profit.Quote, 0m);
        var rebuildInFull = Quantizer.Resolve((1m - settings.Alpha) * gain / (2m * price));
        var refusal = EntryRefusal(market.Risk);
        var rebuild = refusal is null ? Quantizer.Resolve(rebuildInFull.Base * Quantizer.UnitInterval(market.Risk.RTotal)) : Quantity.Zero;
        var repair = LegSteps.Smaller(Quantizer.Resolve(settings.Alpha * gain / price), wanted[loser]);
        var winnerWanted = Quantizer.Resolve((1m - settings.Beta) * wanted[winner].Base) + rebuild;
        var loserWanted = wanted[loser] - repair + rebuild;

        var traded = (winnerWanted - held[winner]).Abs() + (loserWanted - held[loser]).Abs();
        var roundTripFee = new Money(2m * settings.Fee * price * traded.Base);
        if (profit <= roundTripFee)
            return Decision<HedgeEvent>.Of(new HedgeEvent.ReferenceMoved(reference, market.Price, profit, roundTripFee, market.At));

        var after = winner == PositionSide.Long ? new Legs(winnerWanted, loserWanted) : new Legs(loserWanted, winnerWanted);
        if (IsTooSmall(policy, instrument, state, after)) return EndCycle(instrument, state, winner, profit, market);
        var (longChange, shortChange) = Steps(policy, instrument, state, after, refusal is null, market);
        var rebalanced = new HedgeEvent.Rebalanced(
            Targets(state, longChange, shortChange, market.Price), winner, profit, repair, rebuild, rebuildInFull - rebuild,
            longChange.Remainder, shortChange.Remainder, EndsCycle: false, market.At);
        return refusal is { } reason && rebuildInFull.Base > 0m && state.RefusedCode != reason.Code
            ? Decision<HedgeEvent>.Of(rebalanced, new HedgeEvent.EntryRefused(reason.Code, reason.Reason, market.At))
            : Decision<HedgeEvent>.Of(rebalanced);
    }

    private static Decision<HedgeEvent> EndCycle(Instrument instrument, HedgeState state, PositionSide winner, Money profit, in HedgeMarket market)
    {
        var longChange = LegSteps.Down(instrument, PositionSide.Long, state.Long.Quantity, default);
        var shortChange = LegSteps.Down(instrument, PositionSide.Short, state.Short.Quantity, default);
        return Decision<HedgeEvent>.Of(new HedgeEvent.Rebalanced(
            Targets(state, longChange, shortChange, market.Price), winner, profit, Repair: state.Wanted[winner.Opposite()], Rebuild: default,
            RebuildDropped: default, longChange.Remainder, shortChange.Remainder, EndsCycle: true, market.At));
    }

    // Design 7.5. The modes were updated before: here C1, C2 and C3 are clear.
    private static bool IsTooSmall(HedgePolicy policy, Instrument instrument, HedgeState state, Legs legs) =>
        policy.Settings.ReopenBelow is { } share
        && (legs.Gross.Base < share * 2m * state.OpeningQuantity.Base || LegSteps.NothingToClose(instrument, state.Legs));

    private static Decision<HedgeEvent> Even(HedgeState state, TradableChange excess, in HedgeMarket market)
    {
        var none = new TradableChange(excess.Leg.Opposite(), default, default);
        var targets = excess.Leg == PositionSide.Long ? Targets(state, excess, none, market.Price) : Targets(state, none, excess, market.Price);
        return Decision<HedgeEvent>.Of(new HedgeEvent.OpeningEvened(targets, market.At));
    }

    // Only an opening can leave legs that should be equal and are not; what the venue would not take back does not count.
    private static TradableChange Unevenness(Instrument instrument, HedgeState state, Price price)
    {
        if (state.LastDecision is not (HedgeDecision.Opening or HedgeDecision.Evening) || !state.InCycle || state.Long.Quantity == state.Short.Quantity)
            return default;
        var larger = state.Long.Quantity > state.Short.Quantity ? PositionSide.Long : PositionSide.Short;
        return Quantizer.Tradable(instrument, price, larger, state[larger].Quantity, state[larger.Opposite()].Quantity);
    }

    private static readonly EntryGate Entries = new(Area);

    private static (string Code, string Reason)? EntryRefusal(in HedgeRisk risk) => Entries.Refusal(risk.RTotal, risk.EntriesAllowed);

    private static Decision<HedgeEvent> RefuseEntry(HedgeState state, string code, string reason, DateTimeOffset at) =>
        state.RefusedCode == code ? Decision<HedgeEvent>.Nothing : Decision<HedgeEvent>.Of(new HedgeEvent.EntryRefused(code, reason, at));

    // What shrinks has the venue's own steps and no bound. What grows shares what the capital still pays for beside all that is held.
    private static (TradableChange Long, TradableChange Short) Steps(
        HedgePolicy policy, Instrument instrument, HedgeState state, Legs wanted, bool mayGrow, in HedgeMarket market)
    {
        var (held, price, feeRate) = (state.Legs, market.Price, market.Risk.FeeRate);
        var (longGrows, shortGrows) = (mayGrow && wanted.Long > held.Long, mayGrow && wanted.Short > held.Short);
        var room = longGrows || shortGrows ? PaidFor(policy, market).Beside(price * held.Gross) : QuoteBounds.None;
        if (longGrows && shortGrows) room = room.Halved;
        return (
            longGrows ? LegSteps.Up(instrument, PositionSide.Long, held.Long, wanted.Long, price, room, feeRate) : LegSteps.Down(instrument, PositionSide.Long, held.Long, wanted.Long),
            shortGrows ? LegSteps.Up(instrument, PositionSide.Short, held.Short, wanted.Short, price, room, feeRate) : LegSteps.Down(instrument, PositionSide.Short, held.Short, wanted.Short));
    }

    private static QuoteBounds PaidFor(HedgePolicy policy, in HedgeMarket market) =>
        QuoteBounds.PaidFrom(new Money(policy.Settings.Capital), market.Risk.Leverage, market.Risk.FeeRate);

    private static LegTargets Targets(HedgeState state, TradableChange longChange, TradableChange shortChange, Price price) =>
        state.Ledger.Targets(longChange, shortChange, price);
}
