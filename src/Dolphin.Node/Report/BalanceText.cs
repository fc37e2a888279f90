using System.Globalization;
using Dolphin.Domain.Balancing;
using Dolphin.Node.Screen;

namespace Dolphin.Node.Report;

/// <summary>What <c>dolphin balance</c> prints: the portfolio, what is wrong with it, and what would be asked for.</summary>
internal static class BalanceText
{
    public static void Write(TextWriter output, string preset, IReadOnlyList<string> heard, BalancerPolicy policy, PortfolioSnapshot snapshot, BalancerState state)
    {
        output.WriteLine($"Dry run: nothing is sent. Limits: preset {preset}{(heard.Count == 0 ? "" : $", and from the environment {string.Join(", ", heard)}")}.");
        if (!policy.Settings.Enabled)
        {
            output.WriteLine($"The balancer is switched off ({BalancerLimits.EnabledVariable}): it would not look at this portfolio.");
            return;
        }
        if (state.LastSkip is { } skip)
        {
            output.WriteLine($"Skipped: {skip.Reason}");
            return;
        }
        var metrics = state.LastMetrics!;
        output.WriteLine();
        WriteMetrics(output, policy.Settings, metrics);
        output.WriteLine();
        WritePositions(output, policy.Settings, metrics, state);
        if (state.Alerts.Count > 0) output.WriteLine();
        foreach (var alert in state.Alerts) output.WriteLine($"ALERT {alert.Kind.Word()}{(alert.Kind.IsCritical() ? " (critical)" : "")}: {alert.Message}");
        output.WriteLine();
        WriteCommands(output, state);
        foreach (var note in state.LastNotes) output.WriteLine($"Note: {note}");
    }

    private static void WriteMetrics(TextWriter output, BalancerSettings limits, PortfolioMetrics metrics)
    {
        new PlainTable(("", false), ("now", true), ("limit", false), ("", false))
            .Add("margin used", Percent(metrics.Utilisation), $"at most {Percent(limits.MaxMarginUtilisation)}", $"{Figures.Amount(metrics.UsedMargin)} of {Figures.Amount(metrics.TotalMargin)}")
            .Add("symbols", Figures.Count(metrics.SymbolCount), $"at least {limits.MinDiversification}", "")
            .Add("largest symbol", metrics.Positions.IsEmpty ? "-" : Percent(metrics.Positions.Max(p => p.Exposure)), $"at most {Percent(limits.MaxSymbolExposure)}", "of total margin")
            .Add("divergence", Percent(metrics.Divergence), $"at most {Percent(limits.DivergenceThreshold)}", $"{(metrics.DivergenceAssumed ? "assumed, " : "")}{Percent(metrics.NetShare)} of used margin is net")
            .Add("confidence", metrics.Confidence.ToString("0.00", CultureInfo.InvariantCulture), "", metrics.ConfidenceAssumed ? "assumed" : "")
            .Write(output);
    }

    private static void WritePositions(TextWriter output, BalancerSettings limits, PortfolioMetrics metrics, BalancerState state)
    {
        var after = new SortedDictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var command in state.Commands)
        {
            if (command.Symbol is { } symbol) after[symbol.Name] = command.TargetSize.Quote + (command.Hedge?.HeldTarget.Quote ?? 0m);
        }
        var table = new PlainTable(("symbol", false), ("margin", true), ("of total", true), ("of used", true), ("x average", true), ("after", true), ("", false));
        foreach (var p in metrics.Positions)
        {
            var ratio = p.Weight * metrics.SymbolCount;
            var over = p.Exposure > (double)limits.MaxSymbolExposure ? "overexposed" : ratio > (double)BalancerPolicy.ImbalanceRatio ? "overweight" : "";
            table.Add(
                p.Symbol.Name, Figures.Amount(p.Margin), Percent(p.Exposure), Percent(p.Weight), ratio.ToString("0.00", CultureInfo.InvariantCulture),
                after.TryGetValue(p.Symbol.Name, out var margin) ? Figures.Amount(new Domain.Money(margin)) : "", over);
        }
        table.Write(output);
    }

    private static void WriteCommands(TextWriter output, BalancerState state)
    {
        if (state.Commands.Count == 0)
        {
            output.WriteLine("No commands.");
            return;
        }
        output.WriteLine($"{(state.Commands.Count == 1 ? "1 command" : $"{state.Commands.Count} commands")}, in the order to do them in; each is good for {BalancerCommand.Lifetime.TotalSeconds:0} s.");
        if (state.Commands.Dropped > 0) output.WriteLine($"{Figures.Count(state.Commands.Dropped)} before these have fallen out of the stream, which keeps {RecentLog<BalancerCommand>.Bound}.");
        foreach (var c in state.Commands)
        {
            output.WriteLine($"  {c.Id}  {c.Action.Word()}, priority {c.Priority}: {What(c)}");
            output.WriteLine($"     {c.Reason}");
        }
    }

    /// <summary>How much of what: <c>BTCUSDT from 150.00 to 120.00 (-30.00)</c>.</summary>
    public static string What(BalancerCommand c) => c switch
    {
        { Action: BalancerAction.Expand } => $"{c.NewSymbols} new of {Figures.Amount(c.TargetSize)} each ({Figures.Change(c.Change)})",
        { Hedge: { } hedge } => $"{c.Symbol} opposite leg to {Figures.Amount(c.TargetSize)} ({Figures.Change(c.Change)}), held leg {(hedge.Close.Quote == 0m ? "stays at" : "down to")} {Figures.Amount(hedge.HeldTarget)}",
        _ => $"{c.Symbol} from {Figures.Amount(c.TargetSize - c.Change)} to {Figures.Amount(c.TargetSize)} ({Figures.Change(c.Change)})",
    };

    private static string Percent(double share) => (share * 100).ToString("0.0#", CultureInfo.InvariantCulture) + " %";
    private static string Percent(decimal share) => Percent((double)share);
}
