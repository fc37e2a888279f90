using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
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

/// <summary>The seed's <c>report()</c>: where the protector stands at one look, as far as whoever asks knows what it was set to and what it last saw.</summary>
/// <param name="Legs">Base.</param>
/// <param name="Share">Value share of the long leg, or null where nothing is held.</param>
/// <param name="Target">Wanted share; null, like the tolerance, where only what was stored is known and not what it was set to.</param>
/// <param name="Drift">Signed: share minus target; zero where nothing is held, null where the target is not known.</param>
/// <param name="Dominating">The leg that would be trimmed; null within the tolerance, and where that is not known.</param>
/// <param name="Anchor">Quote per base; the price of the last order, or null.</param>
/// <param name="Cooldown">What still keeps it from its next action; null where it has not looked at the market, or its settings are not known.</param>
/// <param name="OrderOpen">An order of it is open.</param>
/// <param name="Supervision">Null where the target is not known.</param>
/// <param name="Refused">Why the newest trim was not sent, such as <c>sizing.no-lot-fits</c>; null once one was.</param>
public sealed record ProtectorReport(
    ProtectorMode Mode, RiskPosture? Posture, HolderPriority? Priority, ProtectorTuning? Tuning, Legs Legs, decimal? Share, decimal? Target, decimal? Drift,
    decimal? Tolerance, bool Trimming, PositionSide? Dominating, Price? Anchor, Cooldown? Cooldown, bool OrderOpen, int Actions, Money Realised, Money Costs,
    Supervision? Supervision, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Refused = null)
{
    public static ProtectorReport Of(ProtectorPolicy policy, ProtectorState state, Price price, DateTimeOffset at, long tick)
    {
        // Before a stance was given the configured values are what it would wait for.
        var tuning = state.Tuning ?? ProtectorTuning.Of(policy.Settings, RiskPosture.Balanced, HolderPriority.Normal);
        return Of(policy, state) with { Cooldown = Protection.Cooldown.Of(policy, state, tuning, price, at, tick) };
    }

    /// <summary>Of one that has not looked at the market in this life.</summary>
    public static ProtectorReport Of(ProtectorPolicy policy, ProtectorState state)
    {
        var (settings, balance) = (policy.Settings, Balance.Of(state.Legs, policy.Settings.RebalanceTargetRatio));
        var drift = balance?.Drift ?? 0m;
        var beyond = Math.Abs(drift) > settings.BalanceTolerance;
        return Stored(state) with
        {
            Target = settings.RebalanceTargetRatio, Drift = drift, Tolerance = settings.BalanceTolerance, Dominating = beyond || state.Trimming ? balance?.Dominating : null,
            Supervision = Math.Abs(drift) > policy.Severe ? Protection.Supervision.Severe : beyond ? Protection.Supervision.Attach : Protection.Supervision.None,
        };
    }

    /// <summary>Of one that no process runs: what it was set to is in the plan, and that is not stored.</summary>
    public static ProtectorReport Stored(ProtectorState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        // A share is one whatever the target.
        return new ProtectorReport(
            state.Mode, state.Posture, state.Priority, state.Tuning, state.Legs, Balance.Of(state.Legs, target: 0.5m)?.Share, Target: null, Drift: null, Tolerance: null,
            state.Trimming, Dominating: null, state.Anchor, Cooldown: null, state.Pending is not null, state.Actions, state.Realised, state.Costs, Supervision: null, state.RefusedCode);
    }

    /// <summary>The seed's <c>render()</c>: the report in lines that a person reads.</summary>
    public string Render()
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Line($"protector    {Mode.ToString().ToLowerInvariant()}{(Posture is { } posture ? $", {posture.ToString().ToLowerInvariant()}, priority {Priority.ToString()!.ToLowerInvariant()}" : "")}");
        Line($"legs         long {Legs.Long} short {Legs.Short}");
        if (Share is not { } share) Line($"share        nothing held");
        else if (Target is { } target) Line($"share        {share:0.####} of {target:0.####}, drift {Drift:+0.####;-0.####;0} (tolerance {Tolerance:0.####}){(Trimming ? ", trimming" : "")}");
        else Line($"share        {share:0.####}, its target is in the plan{(Trimming ? "; trimming" : "")}");
        Line($"anchor       {(Anchor is { } anchor ? anchor.ToString() : "none")}");
        Line($"cooldown     {CooldownText}");
        if (Tuning is { } tuning) Line($"tuning       {tuning.ToString()}");
        Line($"actions      {Actions}, realised {Realised}, costs {Costs}");
        if (Supervision is { } supervision) Line($"supervision  {supervision.ToString().ToLowerInvariant()}{(Dominating is { } leg ? $", {leg.ToString().ToUpperInvariant()} dominates" : "")}");
        return text.ToString();
    }

    /// <summary>In a few words, what it waits for.</summary>
    [JsonIgnore]
    public string CooldownText => OrderOpen ? "an order is open" : Refused is not null && Dominating is not null ? $"refused: {Refused}" : Cooldown is not { } cooldown ? "not known" : cooldown.ToString();
}
