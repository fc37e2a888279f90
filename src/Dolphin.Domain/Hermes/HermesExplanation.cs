using System.Globalization;
using System.Text;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Hermes;

/// <summary>Who holds an asset and why, at one moment; for the screen, <c>status</c> and the report.</summary>
/// <param name="Reading">The regime's sentence.</param>
/// <param name="Enabled">Who may trade now; nobody between release and adoption.</param>
/// <param name="Holder">Who holds the legs, or held them before the hand-over under way.</param>
/// <param name="Wanted">Who should hold them; <paramref name="Why"/> says why.</param>
/// <param name="ConfirmLeft">For how much longer the change must be wanted; zero when nothing is to change.</param>
/// <param name="DwellLeft">How long until a change that nobody commanded is possible.</param>
/// <param name="Allowed">What the posture would be if nothing had to be waited for.</param>
/// <param name="RetryLeft">How long until a failed hand-over is tried again.</param>
/// <param name="Unfit">Whom Hermes or an operator would have, and who can do nothing with the legs as they stand; null if there is none.</param>
/// <param name="HandOvers">Asked for so far, those that failed too.</param>
public sealed record HermesExplanation(
    Symbol Symbol, DateTimeOffset At, Regime Regime, DateTimeOffset? RegimeSince, string Reading, RegimeFeatures Features, LegHolder Enabled, LegHolder Holder,
    DateTimeOffset? Since, LegHolder Wanted, HermesRule Rule, string Why, RiskPosture Posture, HolderPriority Priority, bool MayOpen, string StanceWhy, RiskPosture Allowed,
    TimeSpan ConfirmLeft, TimeSpan DwellLeft, TimeSpan RetryLeft, PendingHandOver? HandOver, HermesOverride? Override, LegHolder? Unfit = null, long HandOvers = 0)
{
    /// <param name="watch">After it has observed this look.</param>
    public static HermesExplanation Of(HermesPolicy policy, Symbol symbol, HermesState state, in HermesWatch watch, in HermesLook look)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(state);
        var want = HermesTable.Want(policy, state, look, watch.Book);
        var wait = want.Holder == state.Holder || want.Rule == HermesRule.Override ? TimeSpan.Zero
            : watch.At is not null && watch.Wanted == want.Holder ? watch.WantedSince + policy.Settings.Confirm - look.At
            : policy.Settings.Confirm;
        return new HermesExplanation(
            symbol, look.At, look.Regime.Regime, look.Regime.HasBars ? look.Regime.Since : null, look.Regime.Reason(policy.Regime), look.Regime.Features,
            state.Enabled, state.Holder, state.Since, want.Holder, want.Rule, HermesTable.Why(policy, state, look, want), state.Posture, state.Priority,
            state.MayOpen, state.StanceWhy, HermesTable.Stance(policy, state, look, watch.Book).Posture, wait > TimeSpan.Zero ? wait : TimeSpan.Zero, HermesDecider.DwellLeft(policy, state, look.At),
            HermesDecider.RetryLeft(policy, state, look.At), state.HandOver, state.Override, want.Unfit == LegHolder.Nobody ? null : want.Unfit, state.HandOvers);
    }

    /// <summary>Of one that does not look at its asset now: nobody has told it of book and holder yet, or no process runs it. What it decided stands.</summary>
    /// <param name="at">When it was last known to.</param>
    /// <param name="why">Why it does not look, in a sentence.</param>
    public static HermesExplanation Unseen(Symbol symbol, HermesState state, DateTimeOffset at, string why)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new HermesExplanation(
            symbol, at, Regime.Unknown, RegimeSince: null, why, RegimeFeatures.None, state.Enabled, state.Holder, state.Since, Wanted: state.Holder, HermesRule.MarketUnknown, why,
            state.Posture, state.Priority, state.MayOpen, state.StanceWhy, Allowed: state.Posture, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, state.HandOver, state.Override, HandOvers: state.HandOvers);
    }

    /// <summary>One line for a screen of many assets: <c>BTCUSDT  ranging  band-limited-hedging 5.2 h  BALANCED normal</c>.</summary>
    public string ToLine()
    {
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture,
            $"{Symbol}  {Regime.ToString().ToLowerInvariant()}  {Holder.Name()}{(Since is { } since ? " " + RegimeReading.Text(At - since) : "")}  {Posture.ToString().ToUpperInvariant()} {Priority.ToString().ToLowerInvariant()}");
        if (HandOver is { } h) line.Append(CultureInfo.InvariantCulture, $"  -> {h.To.Name()} ({h.Stage.ToString().ToLowerInvariant()})");
        else if (Wanted != Holder) line.Append(CultureInfo.InvariantCulture, $"  wants {Wanted.Name()} in {RegimeReading.Text(Longest(ConfirmLeft, DwellLeft, RetryLeft))}");
        if (Unfit is { } unfit) line.Append(CultureInfo.InvariantCulture, $"  {unfit.Name()} cannot");
        if (Override is { } word) line.Append(CultureInfo.InvariantCulture, $"  OVERRIDE {word.By}");
        return line.ToString();
    }

    /// <summary>Some lines for one asset; times are UTC.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Symbol} at {At:yyyy-MM-dd HH:mm:ss} UTC\n");
        text.Append(CultureInfo.InvariantCulture, $"regime    {Regime.ToString().ToUpperInvariant()}{(RegimeSince is { } s ? string.Create(CultureInfo.InvariantCulture, $" since {s:yyyy-MM-dd HH:mm:ss}") : "")}. {Reading}\n");
        text.Append("features ");
        foreach (var feature in RegimeFeatureSets.All)
            text.Append(CultureInfo.InvariantCulture, $" {RegimeReading.Name(feature)} {RegimeReading.Show(feature, Features[feature])}{(feature == RegimeFeature.VarianceRatio ? "\n" : ",")}");
        text.Append(CultureInfo.InvariantCulture, $"holder    {Holder.Name()}{(Since is { } h ? string.Create(CultureInfo.InvariantCulture, $" since {h:yyyy-MM-dd HH:mm:ss}") : "")}. {Why}\n");
        text.Append(CultureInfo.InvariantCulture, $"stance    {Posture.ToString().ToUpperInvariant()}, priority {Priority.ToString().ToLowerInvariant()}, {(MayOpen ? "may open" : "opens nothing")}. {StanceWhy}{(Allowed > Posture ? $" {Allowed.ToString().ToUpperInvariant()} once that has been allowed for a while." : "")}\n");
        if (HandOver is { } x)
            text.Append(CultureInfo.InvariantCulture, $"hand-over {x.Number}: {x.From.Name()} -> {x.To.Name()}, {x.Stage.ToString().ToLowerInvariant()} until {x.Deadline:yyyy-MM-dd HH:mm:ss}\n");
        else if (Wanted != Holder)
            text.Append(CultureInfo.InvariantCulture, $"wants     {Wanted.Name()}: confirmed in {RegimeReading.Text(ConfirmLeft)}, dwell left {RegimeReading.Text(DwellLeft)}, retry in {RegimeReading.Text(RetryLeft)}\n");
        else if (DwellLeft > TimeSpan.Zero)
            text.Append(CultureInfo.InvariantCulture, $"dwell     {RegimeReading.Text(DwellLeft)} left\n");
        if (Override is { } o)
            text.Append(CultureInfo.InvariantCulture, $"override  {o.Number} by {o.By} at {o.At:yyyy-MM-dd HH:mm:ss}, {(o.Until is { } until ? string.Create(CultureInfo.InvariantCulture, $"until {until:yyyy-MM-dd HH:mm:ss}") : "until lifted")}: {o.Holder.Name()}{(o.Posture is { } p ? " " + p.ToString().ToUpperInvariant() : "")}{(o.Priority is { } q ? ", priority " + q.ToString().ToLowerInvariant() : "")}. {o.Why}\n");
        return text.ToString();
    }

    private static TimeSpan Longest(params ReadOnlySpan<TimeSpan> spans)
    {
        var longest = TimeSpan.Zero;
        foreach (var span in spans)
            if (span > longest) longest = span;
        return longest;
    }
}
