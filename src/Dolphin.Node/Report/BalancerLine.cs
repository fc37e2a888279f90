using System.Globalization;
using Dolphin.Domain.Balancing;
using Dolphin.Node.Screen;

namespace Dolphin.Node.Report;

/// <summary>How the exposure balancer is doing, in one line: what matters most comes first, for a narrow screen cuts it.</summary>
internal static class BalancerLine
{
    public static string Of(BalancerStatistics balancer)
    {
        var metrics = balancer.LastMetrics is { } last
            ? string.Create(CultureInfo.InvariantCulture, $"margin {last.Utilisation * 100:0.0} % of {balancer.Limits.MaxMarginUtilisation * 100m:0.##} %  symbols {last.SymbolCount}  ")
            : "";
        var actions = string.Join(", ", Enum.GetValues<BalancerAction>().Where(a => balancer.ActionsByType[a] > 0).Select(a => $"{a.Word()} {Figures.Count(balancer.ActionsByType[a])}"));
        var assumed = balancer.LastMetrics switch
        {
            { ConfidenceAssumed: true, DivergenceAssumed: true } => "  confidence and divergence assumed",
            { ConfidenceAssumed: true } => "  confidence assumed",
            { DivergenceAssumed: true } => "  divergence assumed",
            _ => "",
        };
        return $"{balancer.Status}  {metrics}actions {Figures.Count(balancer.ActionsTaken)}{(actions.Length > 0 ? $" ({actions})" : "")}  open {Figures.Count(balancer.CommandsOpen)}  "
            + $"done {Figures.Count(balancer.Outcomes.Done)}  rejected {Figures.Count(balancer.Outcomes.Rejected)}  expired {Figures.Count(balancer.Outcomes.Expired)}"
            + (balancer.LastSkip is { } skip ? $"  skipped: {skip.Code}" : assumed);
    }
}
