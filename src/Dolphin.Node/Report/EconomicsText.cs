using Dolphin.Domain.Reporting;
using Dolphin.Node.Screen;

namespace Dolphin.Node.Report;

/// <summary>What a plan came to, as a person reads it. A loss has its sign, like everything.</summary>
internal static class EconomicsText
{
    public static void Write(TextWriter output, EconomicsTable table)
    {
        var planned = table.Runs[0];
        output.WriteLine($"{table.Plan} on {table.Market}: {Figures.Count(planned.Strategies.Length)} symbols, {Figures.Count(planned.Bars)} bars, capital {Figures.Amount(table.Capital)}");
        output.WriteLine();
        var runs = new PlainTable(
            ("terms", false), ("gross", true), ("fees", true), ("funding", true), ("net", true), ("of capital", true), ("max drawdown", true), ("turnover", true),
            ("in market", true), ("orders", true), ("fills", true), ("", false));
        foreach (var r in table.Runs)
        {
            var e = r.Economics;
            runs.Add(
                r.Terms, Figures.Change(e.Gross), Figures.Amount(e.Fees), Figures.Change(e.Funding), Figures.Change(e.Net), Figures.Percent((double)(e.Net.Quote / table.Capital.Quote)),
                Figures.Percent(r.MaxDrawdown), Figures.Amount(e.Turnover), Figures.Percent(e.TimeInMarket), Figures.Count(r.Orders),
                Figures.Count(r.Fills) + StatusText.NotOurs(r.FillsNotOurs), r.IsSound ? "" : "NOT SOUND");
        }
        runs.Write(output);
        output.WriteLine();
        output.WriteLine($"Each asset, {planned.Terms}:");
        var assets = new PlainTable(
            ("strategy", false), ("mode", false), ("gross", true), ("fees", true), ("funding", true), ("net", true), ("turnover", true), ("in market", true), ("brought in", true));
        foreach (var s in planned.Strategies)
        {
            if (s.Economics is not { } e) continue;
            assets.Add(
                s.Strategy, s.Mode, Figures.Change(e.Gross), Figures.Amount(e.Fees), Figures.Change(e.Funding), Figures.Change(e.Net), Figures.Amount(e.Turnover),
                Figures.Percent(e.TimeInMarket), Figures.Change(e.BroughtIn));
        }
        assets.Write(output);
        output.WriteLine();
        output.WriteLine("net = gross - fees + funding, and by so much the run changed the account. gross: from the first price of the run to the last, realised or not; what legs");
        output.WriteLine("that were there before had won or lost by then is what they brought in. turnover: every fill of the run. in market: part of the time in which a leg was held.");
        output.WriteLine(table.IsSound ? "Every invariant held." : "NOT SOUND: an invariant was violated or an entity halted. Do not trust the figures above.");
    }
}
