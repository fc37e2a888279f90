using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Exits;

/// <summary>A position that somebody wants guarded.</summary>
/// <param name="Kind">Of the strategy that holds it.</param>
/// <param name="Entry">Quote per base; its average.</param>
/// <param name="Volatility">Standard deviation of log price per root hour; not above zero, NaN or infinite is not known.</param>
/// <param name="Confidence">0 to 1; NaN counts as 0, and what lies outside as the nearer end.</param>
/// <param name="At">When the position stood.</param>
public readonly record struct ExitRequest(
    StrategyKind Kind, PositionSide Leg, Price Entry, double Volatility, double Confidence, Posture Posture, DateTimeOffset At);

/// <summary>A plan, or why there is none.</summary>
public readonly record struct ExitAnswer(ExitPlan? Plan, Refusal? Refusal);

/// <summary>One look at the market of a guarded position.</summary>
/// <param name="At">Time of the close.</param>
/// <param name="Volatility">As in <see cref="ExitRequest"/>.</param>
public readonly record struct ExitLook(PriceSpan Span, DateTimeOffset At, double Volatility, Posture Posture);

/// <summary>What a look came to. <c>default</c>: nothing.</summary>
/// <param name="Cause">Why the position is to be closed now, or None.</param>
/// <param name="Revised">The plan made anew, or null if it stays.</param>
/// <param name="Raised">How the stop followed the price, after <paramref name="Revised"/>; or null if it did not.</param>
public readonly record struct ExitVerdict(ExitCause Cause, ExitPlan? Revised, StopMove? Raised)
{
    public bool IsNothing => Cause == ExitCause.None && Revised is null && Raised is null;
}

/// <summary>
/// Plans when a position is closed - take-profit, stop-loss, trailing stop, longest hold - and keeps the plan as the market and the posture
/// change. No history but the plan; same arguments, same answer, on every machine.
/// </summary>
/// <remarks>
/// Stops only move in the position's favour. A lower posture tightens a plan and a higher one does not loosen it again. Volatility makes a new plan only when it
/// has changed by a whole step since the last one.
/// </remarks>
public static class ExitBrain
{
    /// <summary>A confidence nobody gave: it leaves every distance as it is.</summary>
    public const double NeutralConfidence = 0.5;

    // Digits that a level is kept to, counted from its first: finer than any tick, and short in a journal.
    private const int Digits = 12;

    /// <summary>Plans the exits of a position that has just been opened or taken over.</summary>
    public static ExitAnswer Plan(ExitPolicy policy, in ExitRequest request)
    {
        if (Refuse(request.Kind) is { } forbidden) return new ExitAnswer(null, forbidden);
        if (!Plausible.Is(request.Entry))
        {
            return new ExitAnswer(null, new Refusal("exit-brain.absurd-entry",
                $"Expected an entry from {Plausible.LowestPrice:0.#########} to {Plausible.HighestPrice:0}, got {request.Entry}; nothing is planned."));
        }
        var (volatility, posture) = (Known(request.Volatility), AtLeastTurtle(request.Posture));
        var confidence = request.Confidence > 0d ? Math.Min(request.Confidence, 1d) : 0d;
        var distances = ExitDistances.Of(policy, volatility, confidence, posture);
        return new ExitAnswer(new ExitPlan(
            request.Leg, request.Entry, Ahead(request.Leg, request.Entry, distances.TakeProfit), Behind(request.Leg, request.Entry, distances.StopLoss),
            Ahead(request.Leg, request.Entry, distances.TrailArms), distances.Trail, Peak: null, volatility, confidence, posture,
            request.At, policy.Settings.LongestHold), null);
    }

    /// <summary>Says why positions of a strategy may not be guarded, or null if they may.</summary>
    public static Refusal? Refuse(StrategyKind kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        return kind.WhyNoPriceStop is { } why
            ? new Refusal("exit-brain.no-price-stop", $"A position of {kind.Name} gets no price stop: {why}. Nothing is planned; the strategy exits by its own rules.")
            : null;
    }

    /// <summary>
    /// Judges one span of prices, and brings the plan up to date. The span is judged by the plan as it was: a stop that lies in it counts, even if the target
    /// lies in it too, because the order of the two is not known. What the same span changed is judged by its close, which came after.
    /// </summary>
    /// <remarks>In a span that began before the position stood, the better end may be older than the position: target and trail then see the close only.</remarks>
    public static ExitVerdict Look(ExitPolicy policy, ExitPlan plan, in ExitLook look)
    {
        var (worst, best) = plan.Leg == PositionSide.Long ? (look.Span.Low, look.Span.High) : (look.Span.High, look.Span.Low);
        if (look.Span.From < plan.OpenedAt) best = look.Span.Close;
        var cause = Judge(plan, worst, best, look.At);
        if (cause != ExitCause.None) return new ExitVerdict(cause, null, null);
        var revised = Revise(policy, plan, look.Volatility, look.Posture);
        var current = revised ?? plan;
        var raised = Follow(policy, current, best);
        if (raised is { } move) current = current.With(move);
        else if (revised is null) return default;
        return new ExitVerdict(Judge(current, look.Span.Close, look.Span.Close, look.At), revised, raised);
    }

    /// <summary>The plan made anew, or null where nothing has changed by as much as a step. In HIBERNATE plans stay as they are: nothing may be sent.</summary>
    public static ExitPlan? Revise(ExitPolicy policy, ExitPlan plan, double volatility, Posture posture)
    {
        if (posture == Posture.Hibernate) return null;
        var moved = Moved(policy, plan.Volatility, Known(volatility));
        var lower = posture < plan.Posture;
        if (!moved && !lower) return null;
        // A fall of the posture alone must tighten, so it takes no volatility with it that has risen by less than a step.
        var (used, lowest) = (moved ? volatility : plan.Volatility, lower ? posture : plan.Posture);
        var distances = ExitDistances.Of(policy, used, plan.Confidence, lowest);
        var stop = Better(plan.Leg, plan.Stop, Behind(plan.Leg, plan.Entry, distances.StopLoss));
        if (plan.Peak is { } peak) stop = Better(plan.Leg, stop, Behind(plan.Leg, peak, distances.Trail));
        return plan with
        {
            TakeProfit = Ahead(plan.Leg, plan.Entry, distances.TakeProfit), Stop = stop, ArmsAt = Ahead(plan.Leg, plan.Entry, distances.TrailArms),
            Trail = distances.Trail, Volatility = used, Posture = lowest,
        };
    }

    /// <summary>How the stop follows the best price, or null where it stays: not armed, no better, or better by less than a step.</summary>
    public static StopMove? Follow(ExitPolicy policy, ExitPlan plan, Price best)
    {
        if (plan.Peak is { } peak ? !IsBetter(plan.Leg, best, peak) : IsBetter(plan.Leg, plan.ArmsAt, best)) return null;
        var stop = Behind(plan.Leg, best, plan.Trail);
        var step = (decimal)policy.Settings.TrailStep * plan.Trail;
        var passed = plan.Trailing && step > 0m ? Ahead(plan.Leg, plan.Stop, step) : plan.Stop;
        return IsBetter(plan.Leg, stop, passed) ? new StopMove(stop, best) : null;
    }

    /// <summary>Whether a price is beyond what any plan may risk from an entry.</summary>
    public static bool IsBeyondAnyStop(ExitPolicy policy, PositionSide leg, Price entry, Price price) =>
        !IsBetter(leg, price, Behind(leg, entry, policy.Settings.MostStop));

    private static ExitCause Judge(ExitPlan plan, Price worst, Price best, DateTimeOffset at) =>
        !IsBetter(plan.Leg, worst, plan.Stop) ? plan.Trailing ? ExitCause.TrailingStop : ExitCause.StopLoss
        : !IsBetter(plan.Leg, plan.TakeProfit, best) ? ExitCause.TakeProfit
        : at - plan.OpenedAt >= plan.Hold ? ExitCause.Horizon
        : ExitCause.None;

    private static bool Moved(ExitPolicy policy, double? planned, double? now) => (planned, now) switch
    {
        (_, null) => false,
        (null, _) => true,
        ({ } was, { } known) => known > was * (1d + policy.Settings.ReplanStep) || known < was / (1d + policy.Settings.ReplanStep),
    };

    private static double? Known(double volatility) => volatility > 0d && double.IsFinite(volatility) ? volatility : null;

    private static Posture AtLeastTurtle(Posture posture) => posture is Posture.Stalker or Posture.Apex ? posture : Posture.Turtle;

    private static bool IsBetter(PositionSide leg, Price a, Price b) => leg == PositionSide.Long ? a > b : a < b;

    private static Price Better(PositionSide leg, Price a, Price b) => IsBetter(leg, a, b) ? a : b;

    private static Price Ahead(PositionSide leg, Price from, decimal distance) => Away(from, leg == PositionSide.Long ? distance : -distance);

    private static Price Behind(PositionSide leg, Price from, decimal distance) => Away(from, leg == PositionSide.Long ? -distance : distance);

    // Rounded towards where it came from, so that no level is further than its distance.
    private static Price Away(Price from, decimal distance)
    {
        var level = from.QuotePerBase * (decimal)PortableMath.Exp((double)distance);
        var decimals = Digits;
        for (var rest = level; rest < 1m && decimals < 28; rest *= 10m) decimals++;
        return Price.Of(decimal.Round(level, decimals, distance < 0m ? MidpointRounding.ToPositiveInfinity : MidpointRounding.ToNegativeInfinity));
    }
}
