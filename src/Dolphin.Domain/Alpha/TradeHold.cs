using System.Text.Json.Serialization;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Alpha;

/// <summary>The book when a bar closed.</summary>
/// <param name="At">Close of the bar.</param>
/// <param name="Imbalance">(bids - asks) / (bids + asks) in quote currency near the middle, -1 to 1; no number where there is no fresh book.</param>
/// <param name="Quality">0 thin to 1 liquid, see <see cref="AlphaRank.Quality"/>; no number counts as thin.</param>
public readonly record struct HoldBar(DateTimeOffset At, double Imbalance, double Quality);

/// <summary>A trade that is held.</summary>
/// <param name="HeardAt">Close of the last bar taken; the opening before the first.</param>
/// <param name="Favour">The average of what the book said for (up to 1) or against (down to -1) the position.</param>
public readonly record struct TradeHoldState(PositionSide Side, DateTimeOffset OpenedAt, DateTimeOffset HeardAt, double Favour)
{
    public static TradeHoldState Opened(PositionSide side, DateTimeOffset at) => new(side, at, at, Favour: 0);
}

[JsonConverter(typeof(JsonStringEnumConverter<HoldVerdict>))]
public enum HoldVerdict
{
    Hold,
    /// <summary>Before the base, since the book is against the position.</summary>
    EjectContradicted,
    /// <summary>At the base or later: the book gives nothing more.</summary>
    EjectDue,
    /// <summary>After the base, at the end of what a favourable book gave.</summary>
    EjectExtended,
}

/// <param name="Bars">Held so far, whole bars since the opening.</param>
/// <param name="Limit">Bars at which the trade ends as things are: contradictory to favourable.</param>
public readonly record struct HoldDecision(HoldVerdict Verdict, long Bars, double Limit, TradeHoldState State);

/// <summary>
/// Trade permanence (seed dolphin-survival-stack, "The 4th Dimension"): the hold is an accordion around its base, which a contradictory book presses to 60
/// bars and a favourable one draws out to 180, by degrees. Asked once a bar; it decides, and trades nothing.
/// </summary>
/// <remarks>
/// Less information never holds longer. A favourable book counts by its quality, a contradictory one in full: a thin book is no reason to stay. Without a
/// book favour fades towards none and disfavour stays. Bars are counted by time, so bars that were missed were held all the same.
/// </remarks>
public static class TradeHold
{
    /// <summary>The hold after one bar. A bar that is not later than the last one changes nothing, so that every bar may come twice.</summary>
    public static HoldDecision After(TradeHoldPolicy policy, TradeHoldState state, HoldBar bar)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var s = policy.Settings;
        if (bar.At > state.HeardAt)
        {
            var kept = PortableMath.Kept((double)(bar.At - state.HeardAt).Ticks / s.Bar.Ticks, s.HalfLife);
            var favour = double.IsFinite(bar.Imbalance) ? kept * state.Favour + (1 - kept) * Opinion(s, state.Side, bar)
                : state.Favour > 0 ? kept * state.Favour
                : state.Favour;
            state = state with { HeardAt = bar.At, Favour = favour };
        }
        var bars = (state.HeardAt - state.OpenedAt).Ticks / s.Bar.Ticks;
        var limit = Limit(s, state.Favour);
        var verdict = bars < limit ? HoldVerdict.Hold
            : bars < s.Base ? HoldVerdict.EjectContradicted
            : bars > s.Base && state.Favour > 0 ? HoldVerdict.EjectExtended
            : HoldVerdict.EjectDue;
        return new HoldDecision(verdict, bars, limit, state);
    }

    // A straight line from each end to the base, so that the limit never jumps.
    private static double Limit(TradeHoldSettings s, double favour) =>
        s.Base + (favour > 0 ? (s.Favourable - s.Base) * favour : (s.Base - s.Contradictory) * favour);

    private static double Opinion(TradeHoldSettings s, PositionSide side, HoldBar bar)
    {
        var towards = side.Sign() * bar.Imbalance;
        var size = Math.Clamp((Math.Abs(towards) - s.ImbalanceDeadband) / (s.ImbalanceFull - s.ImbalanceDeadband), 0, 1);
        if (towards < 0) return -size;
        return double.IsFinite(bar.Quality) ? size * Math.Clamp(bar.Quality, 0, 1) : 0;
    }
}
