using System.Text.Json;
using System.Text.Json.Nodes;
using Dolphin.Domain.Balancing;

namespace Dolphin.Web;

/// <summary>The exposure balancer as JSON, in the field names of its seed: statistics as they stand under <c>exposure_balancer</c>, commands and alerts as in its streams.</summary>
/// <remarks>Amounts are exact numbers, shares are fractions (0.85 is 85 %), times are UTC, absent things are null.</remarks>
public static class BalancerJson
{
    private static readonly JsonSerializerOptions Options = new(RunJson.Indented) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <remarks><c>symbol_exposures</c> are shares of total margin, as the limit on them is; <c>symbol_weights</c> are shares of used margin.</remarks>
    public static JsonObject Of(BalancerStatistics statistics)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        return Node(new
        {
            statistics.Enabled,
            statistics.Version,
            statistics.ActionsTaken,
            ActionsByType = ByName(Enum.GetValues<BalancerAction>(), a => a.Word(), a => statistics.ActionsByType[a]),
            LastMetrics = statistics.LastMetrics is { } metrics ? Of(metrics) : null,
            Limits = new
            {
                MaxMarginUtil = statistics.Limits.MaxMarginUtilisation,
                statistics.Limits.MaxSymbolExposure,
                statistics.Limits.MinDiversification,
                statistics.Limits.DivergenceThreshold,
            },
            statistics.Status,
            Commands = new
            {
                Open = statistics.CommandsOpen,
                UnderWay = statistics.CommandsUnderWay,
                statistics.Outcomes.Done,
                statistics.Outcomes.Rejected,
                statistics.Outcomes.Expired,
                statistics.Outcomes.GrowthDeclined,
                Dropped = statistics.CommandsDropped,
            },
            Alerts = new { Kept = statistics.AlertsKept, Throttled = statistics.AlertsThrottled, Dropped = statistics.AlertsDropped },
            Cycles = new { Assessed = statistics.CyclesAssessed, Skipped = statistics.CyclesSkipped, LastSkip = statistics.LastSkip },
        });
    }

    public static JsonObject Of(BalancerCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return Node(new
        {
            command.Id,
            Timestamp = command.At,
            Expires = command.ExpiresAt,
            Action = command.Action.Word(),
            command.Symbol,
            command.TargetSize,
            command.Change,
            command.Reason,
            command.Priority,
            NewSymbols = command.Action == BalancerAction.Expand ? command.NewSymbols : (int?)null,
            SymbolsWanted = command.Action == BalancerAction.Expand ? command.SymbolsWanted : (int?)null,
            command.Hedge,
        });
    }

    public static JsonObject Of(BalancerAlert alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        return Node(new
        {
            Timestamp = alert.At,
            Type = alert.Kind.Word(),
            Critical = alert.Kind.IsCritical(),
            Utilization = alert.Kind == AlertKind.MarginOverload ? alert.Measured : (double?)null,
            Divergence = alert.Kind == AlertKind.HighDivergence ? alert.Measured : (double?)null,
            alert.Limit,
            alert.Message,
        });
    }

    private static JsonObject Of(PortfolioMetrics metrics) => Node(new
    {
        TotalMarginUsed = metrics.UsedMargin,
        TotalMarginAvailable = metrics.TotalMargin,
        MarginUtilization = metrics.Utilisation,
        metrics.SymbolCount,
        AvgConfidence = metrics.Confidence,
        CrossDivergence = metrics.Divergence,
        metrics.NetShare,
        Positions = ByName(metrics.Positions, p => p.Symbol.Name, p => p.Margin),
        SymbolExposures = ByName(metrics.Positions, p => p.Symbol.Name, p => p.Exposure),
        SymbolWeights = ByName(metrics.Positions, p => p.Symbol.Name, p => p.Weight),
    });

    private static JsonObject ByName<T, TValue>(IEnumerable<T> items, Func<T, string> name, Func<T, TValue> value)
    {
        var named = new JsonObject();
        foreach (var item in items) named.Add(name(item), JsonSerializer.SerializeToNode(value(item), Options));
        return named;
    }

    private static JsonObject Node<T>(T value) => JsonSerializer.SerializeToNode(value, Options)!.AsObject();
}
