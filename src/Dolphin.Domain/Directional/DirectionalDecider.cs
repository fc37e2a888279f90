using System.Collections.Immutable;
using System.Diagnostics;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.Exits;
using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Directional;

/// <summary>
/// One leg at a time, LONG or SHORT, opened on a signal and guarded by an <see cref="ExitPlan"/> until it is closed. Same state and input, same events.
/// </summary>
/// <remarks>
/// At every look at the market at most one order is decided on, and none while another is open. The order of a look: the plan first; then what else closes;
/// then what was asked of the legs; then strays. Only the opening makes a leg larger.
/// </remarks>
public static partial class DirectionalDecider
{
    /// <summary>Who paused a strategy whose leg somebody else changed.</summary>
    public const string ExternalFillRule = "external-fill-rule";

    private const string Area = "directional";
    private static readonly EntryGate Entries = new(Area);

    public static Decision<DirectionalEvent> Decide(
        DirectionalPolicy policy, Instrument instrument, DirectionalState state, DirectionalInput input) => input switch
    {
        DirectionalInput.Market i => Decide(policy, instrument, state, i.View),
        DirectionalInput.Signal i => OnSignal(policy, instrument, state, i),
        DirectionalInput.Passed i => OnPassed(state, i),
        DirectionalInput.OrderFilled i => OnFilled(policy, instrument, state, i),
        DirectionalInput.OrderClosed i => OnClosed(policy, instrument, state, i),
        DirectionalInput.ExternalFill i => OnExternalFill(policy, instrument, state, i.Fill),
        DirectionalInput.Trim i => OnTrim(policy, instrument, state, i),
        DirectionalInput.Start i => OnStart(state, i),
        DirectionalInput.Adopt i => OnAdopt(policy, instrument, state, i),
        DirectionalInput.Release i => OnRelease(state, i),
        DirectionalInput.Pause i => OnPause(state, i),
        DirectionalInput.Resume i => OnResume(state, i),
        DirectionalInput.RequestExit i => OnRequestExit(policy, instrument, state, i),
        _ => throw new UnreachableException($"No rule for {input}."),
    };

    /// <summary>The hot path: one call for every bar of every symbol. Allocates only when it decides something.</summary>
    public static Decision<DirectionalEvent> Decide(DirectionalPolicy policy, Instrument instrument, DirectionalState state, in DirectionalMarket market)
    {
        if (!state.IsLive || state.Pending is not null || state.DecidedAt >= market.At) return Decision<DirectionalEvent>.Nothing;
        if (!market.Span.IsPlausible)
        {
            return Decision<DirectionalEvent>.Refuse("directional.absurd-price",
                $"{instrument.Symbol.Name}: expected prices from {Plausible.LowestPrice:0.#########} to {Plausible.HighestPrice:0} with the close between low and high, got {market.Span.Low}, {market.Span.High}, close {market.Price}; ignored.");
        }
        // A decision's end and what follows from it are stored one after the other, and a crash may have come between; a leg that was taken over has no plan yet.
        if (Due(policy, instrument, state, market.At, market) is null)
            return market.Risk.ExitsAllowed ? Act(policy, instrument, state, market) : Decision<DirectionalEvent>.Nothing;
        var (due, after) = Follow(policy, instrument, state, market.At, market);
        var rest = after.IsLive && market.Risk.ExitsAllowed ? Act(policy, instrument, after, market) : Decision<DirectionalEvent>.Nothing;
        return new Decision<DirectionalEvent>([.. due, .. rest.Events.AsSpan()], rest.Refusal);
    }

    private static Decision<DirectionalEvent> Act(DirectionalPolicy policy, Instrument instrument, DirectionalState state, in DirectionalMarket market)
    {
        var managed = state.Side is { } side ? Manage(policy, instrument, state, side, market) : Decision<DirectionalEvent>.Nothing;
        // The position comes first: whatever becomes of a stray, its plan goes on.
        if (AsksForOrders(managed)) return managed;
        if (Stray(instrument, state) is { } stray)
        {
            var targets = Only(state, LegSteps.Down(instrument, stray, state[stray].Quantity, default), market.Price);
            return new Decision<DirectionalEvent>(managed.Events.Add(new DirectionalEvent.StrayClosed(targets, stray, market.At)), Refusal: null);
        }
        return state is { Side: null, Waiting: { } signal, Mode: DirectionalMode.Active } ? Open(policy, instrument, state, signal, market) : managed;
    }

    private static bool AsksForOrders(Decision<DirectionalEvent> decision)
    {
        foreach (var e in decision.Events)
            if (e.Orders is not null) return true;
        return false;
    }

    private static Decision<DirectionalEvent> Manage(
        DirectionalPolicy policy, Instrument instrument, DirectionalState state, PositionSide side, in DirectionalMarket market)
    {
        if (state.Closing != CloseCause.None) return Close(instrument, state, side, state.Closing, [], market);
        if (state.Mode == DirectionalMode.Exit) return Close(instrument, state, side, CloseCause.Manual, [], market);
        var verdict = state.Plan is { } plan
            ? ExitBrain.Look(policy.Exits, plan, new ExitLook(market.Span, market.At, market.Volatility, market.Posture))
            : default;
        var postured = policy.Settings.CloseIn is { } lowest && market.Posture <= lowest;
        var held = market.Hold is { Verdict: not HoldVerdict.Hold };
        if (verdict.IsNothing && !postured && !held && state.Waiting is null && state.Trims is not { HasWork: true }) return Decision<DirectionalEvent>.Nothing;

        var events = ImmutableArray.CreateBuilder<DirectionalEvent>(4);
        if (verdict.Revised is { } revised) events.Add(new DirectionalEvent.Replanned(revised, market.At));
        if (verdict.Raised is { } move) events.Add(new DirectionalEvent.StopMoved(move, market.At));
        var cause = verdict.Cause != ExitCause.None ? Of(verdict.Cause) : postured ? CloseCause.Posture : held ? CloseCause.Hold : CloseCause.None;
        if (cause == CloseCause.None && state.Waiting is { } signal)
        {
            // An exit for the sake of an entry that may not follow would only cost its fee.
            if (EntryRefusal(policy, instrument, signal, market.At, market) is { } refusal) events.Add(new DirectionalEvent.EntryRefused(signal.Id, refusal.Code, refusal.Reason, market.At));
            else cause = CloseCause.Reversal;
        }
        if (cause != CloseCause.None) return Close(instrument, state, side, cause, events, market);
        if (state.Trims is { HasWork: true } trims) events.Add(GoOnTrimming(instrument, state, trims, market));
        return new Decision<DirectionalEvent>(events.ToImmutable(), Refusal: null);
    }

    // Whole, at the price of the moment, and again until the venue has taken it: a stop that waits for a better price is none.
    private static Decision<DirectionalEvent> Close(
        Instrument instrument, DirectionalState state, PositionSide side, CloseCause cause, IEnumerable<DirectionalEvent> before, in DirectionalMarket market)
    {
        var targets = Only(state, LegSteps.Down(instrument, side, state[side].Quantity, default), market.Price);
        return new Decision<DirectionalEvent>([.. before, new DirectionalEvent.CloseOrdered(targets, side, cause, market.At, cause == CloseCause.Hold ? market.Hold : null)], Refusal: null);
    }

    private static Decision<DirectionalEvent> Open(
        DirectionalPolicy policy, Instrument instrument, DirectionalState state, DirectionalSignal signal, in DirectionalMarket market)
    {
        if (EntryRefusal(policy, instrument, signal, AgesUntil(policy, state, signal, market), market) is { } refusal) return Refuse(signal, refusal.Code, refusal.Reason, market.At);
        var notional = NotionalOf(instrument, market);
        var wanted = Quantizer.Wanted(notional, market.Price);
        var held = state[signal.Side].Quantity;
        var room = QuoteBounds.PaidFrom(market.Capital, market.Leverage, market.FeeRate).Beside(market.Price * held);
        var whole = OrderSizer.Size(instrument, market.Price, wanted, most: wanted, grows: true, room, market.FeeRate);
        if (whole.Refusal is { Code: OrderSizer.NoLotFits } tooDear)
            return Refuse(signal, "directional.capital-short", $"{market.Capital} pays for margin at {market.Leverage:0.##} times and fee. {tooDear.Reason}", market.At);
        var change = LegSteps.Up(instrument, signal.Side, held, whole.Quantity, market.Price, room, market.FeeRate);
        if (change.IsNothing)
        {
            return Refuse(signal, "directional.opening-too-small",
                $"{notional} buys {wanted} {instrument.Symbol.Name} at {market.Price}; the venue asks for at least {instrument.MinQuantity} and {instrument.MinNotional}. No opening.", market.At);
        }
        var terms = new PositionTerms(signal.Id, signal.Confidence, market.Leverage, market.Volatility, market.Posture, market.Price);
        return Decision<DirectionalEvent>.Of(new DirectionalEvent.Opened(
            Only(state, change, market.Price), signal.Side, terms, notional, wanted - (held + change.Change), market.At));
    }

    private static Decision<DirectionalEvent> Refuse(DirectionalSignal signal, string code, string reason, DateTimeOffset at) =>
        Decision<DirectionalEvent>.Of(new DirectionalEvent.EntryRefused(signal.Id, code, reason, at));

    // A turn is one decision in two looks: what was young enough to close for is not too old to open on only because the next look is a bar later. That is the look
    // at the bar in which nothing was left; after a later one, or a closing that took longer than a signal lives, what it saw is no longer there.
    private static DateTimeOffset AgesUntil(DirectionalPolicy policy, DirectionalState state, DirectionalSignal signal, in DirectionalMarket market) =>
        state.Turn is { OverAt: { } flat } turn && turn.SignalId == signal.Id && market.Span.From <= flat && flat - turn.OrderedAt < policy.Settings.SignalLifetime
            ? turn.OrderedAt : market.At;

    /// <param name="ageAt">Until when the signal has grown old.</param>
    private static Refusal? EntryRefusal(DirectionalPolicy policy, Instrument instrument, DirectionalSignal signal, DateTimeOffset ageAt, in DirectionalMarket market)
    {
        if (ageAt - signal.At >= policy.Settings.SignalLifetime)
        {
            return new Refusal("directional.signal-expired",
                $"Signal {signal.Id} is of {signal.At.UtcDateTime:u} and lives {policy.Settings.SignalLifetime}; it is {market.At.UtcDateTime:u}. Nothing is opened on it.");
        }
        if (Entries.Refusal(market.Risk.RTotal, market.Risk.EntriesAllowed && market.Posture is Posture.Stalker or Posture.Apex) is { } refused)
            return new Refusal(refused.Code, refused.Reason);
        if (!(market.Volatility > 0d && double.IsFinite(market.Volatility)))
        {
            return new Refusal("directional.no-volatility",
                $"{instrument.Symbol.Name}: volatility is {market.Volatility}; expected above 0. Without it no exit can be planned, so nothing is opened on signal {signal.Id}.");
        }
        if (market.Leverage is <= 0m or > DirectionalPolicy.HighestLeverage)
            return new Refusal("directional.no-leverage", $"Leverage is {market.Leverage}; expected above 0, at most {DirectionalPolicy.HighestLeverage}. Nothing is opened on signal {signal.Id}.");
        if (market.OpeningNotional.Quote is <= 0m or > Plausible.HighestNotional)
        {
            return new Refusal("directional.no-size",
                $"The sizer gives an opening {market.OpeningNotional}; expected above 0, at most {Plausible.HighestNotional:0}. Nothing is opened on signal {signal.Id}.");
        }
        var notional = NotionalOf(instrument, market);
        return notional.Quote > 0m && notional.Quote / market.Price.QuotePerBase <= Plausible.HighestQuantity
            ? null
            : new Refusal("directional.no-room",
                $"{instrument.Symbol.Name} at {market.Leverage} times: the venue's brackets leave {notional}, at {market.Price}. Nothing is opened on signal {signal.Id}.");
    }

    private static Money NotionalOf(Instrument instrument, in DirectionalMarket market)
    {
        if (instrument.Brackets.IsDefaultOrEmpty) return market.OpeningNotional;
        var most = Quantizer.MaxNotional(instrument, market.Leverage);
        return market.OpeningNotional < most ? market.OpeningNotional : most;
    }

    // A leg beside the position's that an order could close.
    private static PositionSide? Stray(Instrument instrument, DirectionalState state) =>
        state.Side != PositionSide.Long && IsClosable(instrument, state, PositionSide.Long) ? PositionSide.Long
        : state.Side != PositionSide.Short && IsClosable(instrument, state, PositionSide.Short) ? PositionSide.Short
        : null;

    private static bool IsClosable(Instrument instrument, DirectionalState state, PositionSide leg) =>
        state[leg].Quantity.Base > 0m && !LegSteps.Down(instrument, leg, state[leg].Quantity, default).IsNothing;

    private static LegTargets Only(DirectionalState state, TradableChange change, Price price)
    {
        var still = new TradableChange(change.Leg.Opposite(), default, default);
        return change.Leg == PositionSide.Long ? state.Ledger.Targets(change, still, price) : state.Ledger.Targets(still, change, price);
    }

    private static CloseCause Of(ExitCause cause) => cause switch
    {
        ExitCause.StopLoss => CloseCause.StopLoss,
        ExitCause.TrailingStop => CloseCause.TrailingStop,
        ExitCause.TakeProfit => CloseCause.TakeProfit,
        ExitCause.Horizon => CloseCause.Horizon,
        _ => CloseCause.None,
    };
}
