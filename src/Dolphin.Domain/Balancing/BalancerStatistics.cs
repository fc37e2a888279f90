namespace Dolphin.Domain.Balancing;

/// <summary>How the balancer is doing: what <c>/health</c> shows under <c>exposure_balancer</c>. Which names these have in JSON is the writer's affair.</summary>
/// <param name="Status">OK; DEGRADED where the last look was skipped or worked with assumed inputs; DISABLED.</param>
/// <param name="ActionsTaken">Commands issued since the beginning.</param>
/// <param name="CommandsUnderWay">Of those open: taken by a holder that has not finished.</param>
/// <param name="LastMetrics">The portfolio at the last look that was judged, or null before the first.</param>
/// <param name="LastSkip">Why the last look was skipped, or null if it was judged.</param>
public sealed record BalancerStatistics(
    bool Enabled, string Version, string Status, long ActionsTaken, ActionCounts ActionsByType, PortfolioMetrics? LastMetrics, BalancerSettings Limits,
    int CommandsOpen, CommandOutcomes Outcomes, long CommandsDropped, int AlertsKept, long AlertsDropped, long AlertsThrottled,
    long CyclesAssessed, long CyclesSkipped, Refusal? LastSkip, int CommandsUnderWay = 0)
{
    /// <summary>Of the rules, not of the program: it changes when the same portfolio would get other commands.</summary>
    public const string CurrentVersion = "v1.2";

    public static BalancerStatistics Of(BalancerPolicy policy, BalancerState state)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return Of(policy.Settings, state);
    }

    /// <param name="limits">Under which the state has come about.</param>
    public static BalancerStatistics Of(BalancerSettings limits, BalancerState state)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(state);
        var assumed = state.LastMetrics is { ConfidenceAssumed: true } or { DivergenceAssumed: true };
        return new BalancerStatistics(
            limits.Enabled, CurrentVersion, !limits.Enabled ? "DISABLED" : state.LastSkip is not null || assumed ? "DEGRADED" : "OK",
            state.Actions.Total, state.Actions, state.LastMetrics, limits,
            state.Open.Count, state.Outcomes, state.Commands.Dropped, state.Alerts.Count, state.Alerts.Dropped, state.Throttled,
            state.CyclesAssessed, state.CyclesSkipped, state.LastSkip, state.Taken?.Count ?? 0);
    }
}
