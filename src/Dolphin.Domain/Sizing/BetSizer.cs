using System.Collections.Immutable;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;

namespace Dolphin.Domain.Sizing;

/// <summary>What a strategy asks the sizer for.</summary>
/// <param name="Capital">Quote; zero or more.</param>
/// <param name="Fraction">Of the capital to put up as margin, 0 to 1.</param>
/// <param name="ConfiguredLeverage">Times; the plan's, or an adaptive one already reduced to a number.</param>
/// <param name="EnvelopeCap">Times; the safety envelope's cap, or null where no envelope is watched.</param>
/// <param name="Brackets">The venue's leverage table for the symbol, in rising order of notional cap.</param>
/// <param name="Held">Quote; notional of the symbol that already counts against the brackets.</param>
public readonly record struct BetRequest(
    Money Capital, decimal Fraction, decimal ConfiguredLeverage, decimal? EnvelopeCap, ImmutableArray<LeverageBracket> Brackets, Money Held);

/// <summary>Which cap set the leverage or the size.</summary>
public enum BetBound
{
    Configured,
    Posture,
    Envelope,
    Bracket,

    /// <summary>The venue's largest notional, not a leverage, cut the size.</summary>
    BracketNotional,

    /// <summary>Entries are not allowed in this posture.</summary>
    EntriesRefused,
}

/// <summary>The sizer's answer.</summary>
/// <param name="Notional">Quote, rounded down to 8 decimals; zero when refused.</param>
/// <param name="Leverage">Times; what was used.</param>
/// <param name="Refusal">Why it is zero, or null.</param>
public readonly record struct Bet(Money Notional, decimal Leverage, double RTotal, BetBound Bound, Refusal? Refusal);

/// <summary>notional = capital x fraction x leverage x R_total; leverage is the smallest of what plan, posture, envelope and venue allow.</summary>
public static class BetSizer
{
    /// <exception cref="ArgumentOutOfRangeException">A negative amount, or a fraction outside 0 to 1: a bug of the caller.</exception>
    public static Bet Size(in BetRequest request, in RiskView risk)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(request.Capital.Quote);
        ArgumentOutOfRangeException.ThrowIfNegative(request.Held.Quote);
        ArgumentOutOfRangeException.ThrowIfNegative(request.ConfiguredLeverage);
        ArgumentOutOfRangeException.ThrowIfLessThan(request.Fraction, 0m);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.Fraction, 1m);
        if (!risk.EntriesAllowed)
            return new Bet(Money.Zero, 0m, risk.RTotal, BetBound.EntriesRefused, new Refusal(
                "sizing.entries-refused",
                $"Posture is {risk.Posture.ToString().ToUpperInvariant()} with R_total {risk.RTotal:0.####}; entries need STALKER or APEX. Nothing is opened."));

        var (leverage, bound) = (request.ConfiguredLeverage, BetBound.Configured);
        if (risk.MaxLeverage < leverage) (leverage, bound) = (risk.MaxLeverage, BetBound.Posture);
        if (request.EnvelopeCap is { } cap && cap < leverage) (leverage, bound) = (Math.Max(0m, cap), BetBound.Envelope);

        var rTotal = risk.RTotal;
        var margin = request.Capital.Quote * request.Fraction * RoundedDown(rTotal);
        if (request.Brackets.IsDefaultOrEmpty) return Sized(margin * leverage, leverage, bound);

        // Each bracket trades leverage for room; the best offer wins. Taking instead the first bracket that holds the whole bet
        // would give more margin a smaller bet where the leverage steps down.
        var best = (Notional: -1m, Leverage: 0m, Bound: bound);
        foreach (var bracket in request.Brackets)
        {
            var allowed = Math.Min(leverage, bracket.MaxLeverage);
            var wanted = margin * allowed;
            var room = Math.Max(0m, bracket.NotionalCap.Quote - request.Held.Quote);
            if (Math.Min(wanted, room) <= best.Notional) continue;
            best = (Math.Min(wanted, room), allowed, wanted > room ? BetBound.BracketNotional : allowed < leverage ? BetBound.Bracket : bound);
        }
        return Sized(best.Notional, best.Leverage, best.Bound);

        Bet Sized(decimal notional, decimal used, BetBound by) => new(
            new Money(Math.Round(notional, 8, MidpointRounding.ToZero)), used, rTotal, by, Refusal: null);
    }

    /// <summary>The one place where a double becomes money: twelve decimals of R_total, never more than it is.</summary>
    private static decimal RoundedDown(double rTotal)
    {
        const decimal Unit = 1e-12m;
        var units = (long)(Math.Clamp(rTotal, 0.0, 1.0) * 1e12);
        while (units > 0 && (double)(units * Unit) > rTotal) units--;
        return units * Unit;
    }
}
