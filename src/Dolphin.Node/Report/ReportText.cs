using System.Globalization;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Screen;

namespace Dolphin.Node.Report;

/// <summary>The report of a run as a person reads it.</summary>
internal static class ReportText
{
    private const int PosturesShown = 20;

    public static void Write(TextWriter output, RunReport report)
    {
        output.WriteLine($"{report.Edition} edition, seed {report.Seed}, {report.Symbols.Length} symbols, {Figures.Count(report.Bars)} bars "
            + $"in {Figures.Span(report.WallSeconds)} ({Figures.Rate(report.BarsPerSecond)} bars/s)");
        output.WriteLine();
        var strategies = new PlainTable(
            ("strategy", false), ("mode", false), ("long", true), ("short", true), ("cycles", true), ("exits", true),
            ("realised", true), ("unrealised", true), ("fees", true), ("funding", true), ("net position", true), ("two legs cost", true));
        foreach (var s in report.Strategies)
        {
            strategies.Add(
                s.Strategy, s.Mode, Figures.Leg(s.Legs.Long), Figures.Leg(s.Legs.Short), Figures.Count(s.Cycles), Figures.Count(s.Exits),
                Figures.Change(s.RealisedPnl), Figures.Change(s.UnrealisedPnl), Figures.Amount(s.Fees), Figures.Change(s.Funding),
                Figures.Change(s.NetPositionPnl), Figures.Amount(s.TwoLegCost.Total));
        }
        strategies.Write(output);
        output.WriteLine();
        output.WriteLine($"equity {Figures.Amount(report.Equity)}   realised {Figures.Change(report.RealisedPnl)}   unrealised {Figures.Change(report.UnrealisedPnl)}   "
            + $"fees {Figures.Amount(report.Fees)}   funding {Figures.Change(report.Funding)}   largest drawdown {Figures.Percent(report.MaxDrawdown)}");
        if (report.Economics is { } e)
            output.WriteLine($"gross {Figures.Change(e.Gross)}   net {Figures.Change(e.Net)}   turnover {Figures.Amount(e.Turnover)}   in market {Figures.Percent(e.TimeInMarket)}"
                + (e.BroughtIn == Domain.Money.Zero ? "" : $"   brought in {Figures.Change(e.BroughtIn)}"));
        output.WriteLine($"orders {Figures.Count(report.Orders)}   fills {Figures.Count(report.Fills)}{StatusText.NotOurs(report.FillsNotOurs)}   events persisted {Figures.Count(report.EventsPersisted)}   "
            + $"lowest R_total {Figures.Factor(report.MinimumRTotal)}");
        if (report.ExposureBalancer is { } balancer) output.WriteLine($"exposure balancer {BalancerLine.Of(balancer)}");
        if (report.Executor is { } executor) output.WriteLine($"executor {BalancerStreamsText.Line(executor)}");
        output.WriteLine("Realised profits of single legs are no earnings: what was earned is the P&L of the net position, minus what two legs cost.");
        output.WriteLine();
        WritePostures(output, report);
        if (report.Hermes is { IsEmpty: false } hermes)
        {
            HermesText.Write(output, hermes);
            output.WriteLine();
        }

        if (report.Compression is { IsEmpty: false } compression)
        {
            CompressionText.Write(output, compression);
            output.WriteLine("P&L = released + swing gains - costs, since the last take-over; locked left: in what is still held.");
            output.WriteLine();
        }

        if (report.Protectors is { IsEmpty: false } protectors)
        {
            ProtectorText.WriteTable(output, protectors);
            output.WriteLine();
        }

        if (report.Sizing is { IsEmpty: false } sizing)
        {
            LeverageText.Write(output, sizing);
            output.WriteLine();
        }

        if (report.Directional is { IsEmpty: false } onSignals)
        {
            StatusText.WriteDirectional(output, onSignals);
            output.WriteLine();
        }

        if (report.Divergence is { } divergence) WriteDivergence(output, divergence);
        if (report.Quorum is { } quorum)
        {
            output.Write(quorum.ToText().ReplaceLineEndings(output.NewLine));
            output.WriteLine();
        }
        if (report.Scan is { } scan)
        {
            output.Write(scan.ToText().ReplaceLineEndings(output.NewLine));
            output.WriteLine();
        }
        if (report.Alpha is { } alpha)
        {
            output.Write(alpha.ToText().ReplaceLineEndings(output.NewLine));
            output.WriteLine();
        }
        if (report.SizeLearning is { } learning)
        {
            output.Write(learning.ToText().ReplaceLineEndings(output.NewLine));
            output.WriteLine();
        }
        if (report.Factors is { IsEmpty: false } factors)
        {
            var external = new PlainTable(("external factor", false), ("taken", true), ("refused", true), ("shocks", true));
            foreach (var f in factors) external.Add(f.Factor, Figures.Count(f.Taken), Figures.Count(f.Refused), Figures.Count(f.Shocks));
            external.Write(output);
            output.WriteLine();
        }

        if (report.Feed is { } feed)
        {
            output.Write(feed.ToText().ReplaceLineEndings(output.NewLine));
            output.WriteLine();
        }

        if (report.Forewarner is { } forewarner)
        {
            output.Write(forewarner.ToText().ReplaceLineEndings(output.NewLine));
            output.WriteLine();
        }

        if (report.Esof is { } esof)
        {
            output.Write((report.Sky?.ToText() ?? esof.ToText()).ReplaceLineEndings(output.NewLine));
            output.WriteLine();
        }
        var invariants = new PlainTable(("invariant", false), ("checked", true), ("violated", true));
        foreach (var i in report.Invariants) invariants.Add(i.Name, Figures.Count(i.Checked), Figures.Count(i.Violated));
        invariants.Write(output);
        foreach (var h in report.Halted) output.WriteLine($"HALTED since {Figures.Time(h.Since)}: {h.Entity}: {h.Reason}");
        output.WriteLine();
        output.WriteLine($"state hash {report.StateHash}");
        output.WriteLine(report.IsSound ? "Every invariant held." : "NOT SOUND: an invariant was violated, or an entity halted or hung. Do not trust the figures above.");
    }

    private static void WriteDivergence(TextWriter output, DivergenceReport divergence)
    {
        var venues = new PlainTable(
            ("symbol", false), ("compared", true), ("missing", true), ("apart, mean", true), ("largest", true), ($"{divergence.First} led", true), ($"{divergence.Second} led", true));
        foreach (var s in divergence.Symbols)
        {
            venues.Add(s.Symbol.Name, Figures.Count(s.Comparisons), Figures.Count(s.Missing), s.Mean is { } mean ? Figures.Fine(mean) : "-", Figures.Fine(s.Largest),
                Figures.Count(s.FirstLed), Figures.Count(s.SecondLed));
        }
        venues.Write(output);
        output.WriteLine();
    }

    private static void WritePostures(TextWriter output, RunReport report)
    {
        if (report.Postures.IsEmpty)
        {
            output.WriteLine("The posture never changed.");
            output.WriteLine();
            return;
        }
        var postures = new PlainTable(("posture from", false), ("to", false), ("at", false), ("R_total", true), ("because", false));
        foreach (var p in report.Postures.TakeLast(PosturesShown))
            postures.Add(p.From, p.To, Figures.Time(p.At), p.RTotal.ToString("0.000", CultureInfo.InvariantCulture), p.Reason);
        if (report.Postures.Length > PosturesShown)
            output.WriteLine($"The last {PosturesShown} of {Figures.Count(report.Postures.Length)} changes of posture; the JSON report has all:");
        postures.Write(output);
        output.WriteLine();
    }
}
