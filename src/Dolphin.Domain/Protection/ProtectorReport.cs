using System.Globalization;
using System.Text;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Protection;

/// <summary>
/// How much the wallet asks for a protector. A signal to attach one beside what trades, not to replace a healthy strategy while a trend goes
/// on - unless the imbalance is severe.
/// </summary>
public enum Supervision
{
    /// <summary>Within the tolerance, or nothing is held.</summary>
    None,
    /// <summary>Beyond the tolerance: a protector would be of use.</summary>
    Attach,
    /// <summary>Beyond four times the tolerance.</summary>
    Severe,
}

/// <summary>The seed's <c>report()</c>: where the protector stands at one look.</summary>
/// <param name="Legs">Base.</param>
/// <param name="Share">Value share of the long leg, or null where nothing is held.</param>
/// <param name="Drift">Signed: share minus target; zero where nothing is held.</param>
/// <param name="Dominating">The leg that would be trimmed, or null within the tolerance.</param>
/// <param name="Anchor">Quote per base; the price of the last order, or null.</param>
/// <param name="Cooldown">What still keeps it from its next action.</param>
/// <param name="OrderOpen">An order of it is open.</param>
public sealed record ProtectorReport(
    ProtectorMode Mode, RiskPosture? Posture, HolderPriority? Priority, ProtectorTuning? Tuning, Legs Legs, decimal? Share, decimal Target, decimal Drift,
    decimal Tolerance, bool Trimming, PositionSide? Dominating, Price? Anchor, Cooldown Cooldown, bool OrderOpen, int Actions, Money Realised, Money Costs,
    Supervision Supervision)
{
    public static ProtectorReport Of(ProtectorPolicy policy, ProtectorState state, Price price, DateTimeOffset at, long tick)
    {
        var (settings, balance) = (policy.Settings, Balance.Of(state.Legs, policy.Settings.RebalanceTargetRatio));
        var drift = balance?.Drift ?? 0m;
        var beyond = Math.Abs(drift) > settings.BalanceTolerance;
        // Before a stance was given the configured values are what it would wait for.
        var tuning = state.Tuning ?? ProtectorTuning.Of(settings, RiskPosture.Balanced, HolderPriority.Normal);
        return new ProtectorReport(
            state.Mode, state.Posture, state.Priority, state.Tuning, state.Legs, balance?.Share, settings.RebalanceTargetRatio, drift, settings.BalanceTolerance,
            state.Trimming, beyond || state.Trimming ? balance?.Dominating : null, state.Anchor, Cooldown.Of(policy, state, tuning, price, at, tick),
            state.Pending is not null, state.Actions, state.Realised, state.Costs,
            Math.Abs(drift) > policy.Severe ? Supervision.Severe : beyond ? Supervision.Attach : Supervision.None);
    }

    /// <summary>The seed's <c>render()</c>: the report in lines that a person reads.</summary>
    public string Render()
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Line($"protector    {Mode.ToString().ToLowerInvariant()}{(Posture is { } posture ? $", {posture.ToString().ToLowerInvariant()}, priority {Priority.ToString()!.ToLowerInvariant()}" : "")}");
        Line($"legs         long {Legs.Long} short {Legs.Short}");
        if (Share is { } share) Line($"share        {share:0.####} of {Target:0.####}, drift {Drift:+0.####;-0.####;0} (tolerance {Tolerance:0.####}){(Trimming ? ", trimming" : "")}");
        else Line($"share        nothing held");
        Line($"anchor       {(Anchor is { } anchor ? anchor.ToString() : "none")}");
        Line($"cooldown     {(OrderOpen ? "an order is open" : Cooldown)}");
        if (Tuning is { } tuning) Line($"tuning       {tuning.ToString()}");
        Line($"actions      {Actions}, realised {Realised}, costs {Costs}");
        Line($"supervision  {Supervision.ToString().ToLowerInvariant()}{(Dominating is { } leg ? $", {leg.ToString().ToUpperInvariant()} dominates" : "")}");
        return text.ToString();
    }
}
