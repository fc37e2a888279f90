using System.Diagnostics;
using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Compression;

/// <summary>
/// Hedge compression: two legs under water, brought down to nothing by the swings of the price between their averages. Same state and input, same events.
/// </summary>
/// <remarks>
/// At the end of a down-swing the structure buys, at the end of an up-swing it sells, and it never does both: it buys by reducing the short leg to
/// long - r and sells by reducing the long leg to short - r. Only the first purchase or sale may make a leg larger. So the net position is r long on the way
/// up and r short on the way down, and two legs of gross G are gone after about G / 2r swings.
/// </remarks>
public static partial class CompressionDecider
{
    private const string Area = "compression";
    private static readonly EntryGate Entries = new(Area);

    public static Decision<CompressionEvent> Decide(
        CompressionPolicy policy, Instrument instrument, CompressionState state, CompressionInput input) => input switch
    {
        CompressionInput.Market i => Decide(policy, instrument, state, i.View),
        CompressionInput.OrderFilled i => OnFilled(instrument, state, i),
        CompressionInput.OrderClosed i => OnClosed(policy, instrument, state, i),
        CompressionInput.ExternalFill i => OnExternalFill(instrument, state, i.Fill),
        CompressionInput.Adopt i => OnAdopt(policy, instrument, state, i),
        CompressionInput.Release i => OnRelease(state, i),
        CompressionInput.RequestExit i => OnRequestExit(state, i),
        CompressionInput.Resume i => OnResume(state, i),
        CompressionInput.Trim i => OnTrim(instrument, state, i),
        _ => throw new UnreachableException($"No rule for {input}."),
    };

    /// <summary>The hot path: one call for every bar of every symbol. Allocates only when it decides something.</summary>
    public static Decision<CompressionEvent> Decide(CompressionPolicy policy, Instrument instrument, CompressionState state, in CompressionMarket market)
    {
        if (state.Mode != CompressionMode.Active || state.Pending is not null || state.DecidedAt >= market.At) return Decision<CompressionEvent>.Nothing;
        if (!Plausible.Is(market.Price))
        {
            return Decision<CompressionEvent>.Refuse("compression.absurd-price",
                $"{instrument.Symbol.Name}: expected a price from {Plausible.LowestPrice:0.#########} to {Plausible.HighestPrice:0}, got {market.Price}; ignored.");
        }
        // The end of a decision and the release that waited for it are stored one after the other; a crash may have come between.
        if (state.ReleaseWantedBy is { } by) return Decision<CompressionEvent>.Of(new CompressionEvent.Released(by, state.Ledger.HandOver, market.At));
        if (!market.Risk.ExitsAllowed) return Decision<CompressionEvent>.Nothing;
        if (state.ExitWanted != CompressionExits.None) return Unwind(instrument, state, market);
        if (state.Trims is { HasWork: true } trims) return GoOnTrimming(instrument, state, trims, market.Price, market.At);
        // Its far end too: the gap may have become narrower, or another one, since the swing began.
        return market.Monitor.Swings is { Ended: not Swing.None, Turn: { } turn } swings && state.Gap is { } gap
            && gap.Contains(market.Price, policy.Settings.Offset) && gap.Contains(turn, policy.Settings.Offset)
            ? OnSwing(policy, instrument, state, gap, swings.Ended, turn, market)
            : Decision<CompressionEvent>.Nothing;
    }

    // A down-swing has ended: buy. An up-swing has ended: sell.
    private static Decision<CompressionEvent> OnSwing(
        CompressionPolicy policy, Instrument instrument, CompressionState state, PriceGap gap, Swing swing, Price turn, in CompressionMarket market)
    {
        if (Shut(policy, market) is { } shut)
        {
            return state.PassedCode == shut.Code
                ? Decision<CompressionEvent>.Nothing
                : Decision<CompressionEvent>.Of(new CompressionEvent.SwingPassed(swing, shut.Code, shut.Reason, market.At));
        }
        var dominant = swing == Swing.Down ? PositionSide.Short : PositionSide.Long;
        var (held, other) = (state[dominant].Quantity, state[dominant.Opposite()].Quantity);
        CompressionEvent.EntryRefused? refused = null;
        if (!state.Locked && held > other + state.Residual)
        {
            var (toppedUp, refusal) = TopUp(policy, instrument, state, gap, dominant.Opposite(), held - state.Residual - other, market);
            if (toppedUp is not null) return Decision<CompressionEvent>.Of(toppedUp);
            // Without the entry the reduction alone makes the lock.
            if (refusal is not null && refusal.Code != state.RefusedCode) refused = new CompressionEvent.EntryRefused(refusal.Code, refusal.Reason, market.At);
        }
        var wanted = other > state.Residual ? other - state.Residual : Quantity.Zero;
        if (wanted >= held) return refused is null ? Decision<CompressionEvent>.Nothing : Decision<CompressionEvent>.Of(refused);
        var reduced = Reduce(policy, instrument, state, dominant, wanted, swing, turn, market);
        return refused is null
            ? WithEnd(instrument, Evolve(state, reduced), market.At, reduced)
            : WithEnd(instrument, Evolve(Evolve(state, refused), reduced), market.At, refused, reduced);
    }

    // The target is a level and not a step, so what was too small to trade is in the next one by itself; the carry says how much it was.
    private static CompressionEvent.Reduced Reduce(
        CompressionPolicy policy, Instrument instrument, CompressionState state, PositionSide dominant, Quantity wanted, Swing swing, Price turn, in CompressionMarket market)
    {
        var left = wanted + state[dominant.Opposite()].Quantity;
        var closing = market.Price * left < new Money(policy.Settings.Epsilon);
        var longWanted = closing ? Quantity.Zero : dominant == PositionSide.Long ? wanted : state.Long.Quantity;
        var shortWanted = closing ? Quantity.Zero : dominant == PositionSide.Short ? wanted : state.Short.Quantity;
        var longChange = LegSteps.Down(instrument, PositionSide.Long, state.Long.Quantity, longWanted);
        var shortChange = LegSteps.Down(instrument, PositionSide.Short, state.Short.Quantity, shortWanted);
        return new CompressionEvent.Reduced(
            state.Ledger.Targets(longChange, shortChange, market.Price), dominant, swing, turn, longChange.Remainder, shortChange.Remainder, closing, market.At);
    }

    private static (CompressionEvent.ToppedUp? Event, Refusal? Refusal) TopUp(
        CompressionPolicy policy, Instrument instrument, CompressionState state, PriceGap gap, PositionSide leg, Quantity wanted, in CompressionMarket market)
    {
        if (Entries.Refusal(market.Risk.RTotal, market.Risk.EntriesAllowed) is { } refusal) return (null, new Refusal(refusal.Code, refusal.Reason));
        var scaled = Quantizer.Resolve(wanted.Base * Quantizer.UnitInterval(market.Risk.RTotal));
        var legRoom = new Money(policy.Settings.PositionCap) - market.Price * state[leg].Quantity;
        var grossRoom = policy.MostGross - market.Price * state.Legs.Gross;
        var sized = OrderSizer.Size(
            instrument, market.Price, scaled, most: scaled, grows: true, new QuoteBounds(Money.Zero, legRoom < grossRoom ? legRoom : grossRoom), market.FeeRate);
        if (sized.Refusal is { } none)
        {
            var code = sized.Refusal.Code == "sizing.below-minimum" ? "compression.top-up-too-small"
                : legRoom < grossRoom ? "compression.position-cap" : "compression.capital-allocation";
            return (null, new Refusal(code, $"{none.Reason} The leg may grow by {legRoom} under its cap and by {grossRoom} under the capital; the strategy goes on without the top-up."));
        }
        var after = state[leg].Position.Increase(market.Price, sized.Quantity);
        var narrowed = leg == PositionSide.Long ? PriceGap.Between(after, state.Short.Position) : PriceGap.Between(state.Long.Position, after);
        if (narrowed is not { } room || !room.Holds(policy.Settings.Bounce, policy.Settings.Offset))
        {
            return (null, new Refusal("compression.gap-too-narrow",
                $"{instrument.Symbol.Name}: {sized.Quantity} more {leg} at {market.Price} would leave no room for a swing of {policy.Settings.Bounce} between {gap.Short} and {gap.Long}; the strategy goes on without the top-up."));
        }
        var grown = new TradableChange(leg, sized.Quantity, default);
        var still = new TradableChange(leg.Opposite(), default, default);
        var targets = leg == PositionSide.Long ? state.Ledger.Targets(grown, still, market.Price) : state.Ledger.Targets(still, grown, market.Price);
        return (new CompressionEvent.ToppedUp(targets, leg, wanted, wanted - sized.Quantity, market.At), null);
    }

    // The layers around the engine: a market that moves too little or too much, or a regime that is not for it.
    private static (string Code, string Reason)? Shut(CompressionPolicy policy, in CompressionMarket market)
    {
        var (monitor, settings) = (market.Monitor, policy.Settings);
        if (!monitor.IsWarm(policy))
            return ("compression.warming-up", $"{monitor.BarsSeen} bars have been seen; expected {settings.WarmUpBars} before the first trade. The swing is passed.");
        if (market.Regime != RegimeGate.Open) return ("compression.regime-shut", "The regime is not one for compression. The swing is passed; the structure stays locked.");
        var variance = monitor.VariancePerHour;
        if (variance < policy.MinVariance)
            return ("compression.too-quiet", $"Volatility is {PerRootHour(variance)} per root hour; expected at least {settings.MinVolatility}. The swing is passed.");
        // Also what is not a number is too much.
        return variance <= policy.MaxVariance
            ? null
            : ("compression.too-wild", $"Volatility is {PerRootHour(variance)} per root hour; expected at most {settings.MaxVolatility}. The swing is passed.");
    }

    private static string PerRootHour(double variance) => Math.Sqrt(variance).ToString("0.#####", System.Globalization.CultureInfo.InvariantCulture);

    // Whoever asks for an exit gets it at the next price that allows one, whole, and again until nothing is left: a locked pair has no price to wait for,
    // and what a closing left has nothing to hold against the price.
    private static Decision<CompressionEvent> Unwind(Instrument instrument, CompressionState state, in CompressionMarket market)
    {
        var longChange = LegSteps.Down(instrument, PositionSide.Long, state.Long.Quantity, default);
        var shortChange = LegSteps.Down(instrument, PositionSide.Short, state.Short.Quantity, default);
        var unwound = new CompressionEvent.Unwound(state.Ledger.Targets(longChange, shortChange, market.Price), state.ExitWanted, market.At);
        return WithEnd(instrument, Evolve(state, unwound), market.At, unwound);
    }
}
