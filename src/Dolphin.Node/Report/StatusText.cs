using System.Collections.Immutable;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Screen;

namespace Dolphin.Node.Report;

/// <summary>A snapshot as <c>dolphin status</c> prints it: everything, in lines that a pipe can take.</summary>
internal static class StatusText
{
    private const int NewsShown = 10;

    public static void Write(TextWriter output, RunSnapshot run, string stateFolder, bool isRunning)
    {
        var at = run.At is { } time ? $", market time {Figures.Time(time)}" : "";
        output.WriteLine($"{stateFolder}: {run.Market}, {run.Edition} edition, seed {run.Seed}, {(isRunning ? run.Phase.ToString().ToLowerInvariant() : "not running")}{at}");
        var total = run.Progress.BarsTotal is { } bars ? $" of {Figures.Count(bars)}" : "";
        output.WriteLine(isRunning
            ? $"{Figures.Count(run.Progress.BarsDone)}{total} bars, {Figures.Rate(run.Progress.BarsPerSecond)} bars/s, up {Figures.Span(run.Progress.WallSeconds)}"
            : run.Progress.BarsDone is { } done ? $"{Figures.Count(done)}{total} bars when it last stored where it was" : "it has not yet stored where it was; how many bars it has seen is not known");
        output.WriteLine(run.Risk is { } risk
            ? $"R_total {Figures.Factor(risk.RTotal)}, {risk.Posture.ToString().ToUpperInvariant()}{(risk.Binding is { } by ? $", bound by {by}" : "")}"
            : "R_total is not known yet");
        output.WriteLine($"equity {Figures.Amount(run.Money.Equity)}   realised {Figures.Change(run.Money.RealisedPnl)}   unrealised {Figures.Change(run.Money.UnrealisedPnl)}   "
            + $"fees {Figures.Amount(run.Money.Fees)}   funding {Figures.Change(run.Money.Funding)}   drawdown {Figures.Percent(run.Money.Drawdown)} (max {Figures.Percent(run.Money.MaxDrawdown)})");
        output.WriteLine($"orders {Figures.Count(run.Counts.Orders)}   fills {Figures.Count(run.Counts.Fills)}{NotOurs(run.Counts.FillsNotOurs)}   open {Figures.Count(run.Counts.OpenOrders)}   "
            + $"rejected {Figures.Count(run.Counts.Rejected)}   events {Figures.Count(run.Counts.EventsPersisted)}");
        if (run.Clock is { } clock) output.WriteLine(clock.ToLine());
        if (run.ExposureBalancer is { } balancer) output.WriteLine($"exposure balancer {BalancerLine.Of(balancer)}");
        if (run.Feed is { } feed) output.Write(feed.ToText().ReplaceLineEndings(output.NewLine));
        if (run.BalancerStreams is { } streams)
        {
            output.WriteLine($"executor {BalancerStreamsText.Line(streams.Executor)}");
            BalancerStreamsText.Write(output, streams);
        }
        output.WriteLine();

        var assets = new PlainTable(
            ("strategy", false), ("symbol", false), ("price", true), ("mode", false), ("cycle", true), ("long", true), ("short", true),
            ("realised", true), ("unrealised", true), ("fees", true), ("funding", true), ("note", false));
        foreach (var a in run.Assets)
        {
            assets.Add(
                a.Strategy, a.Symbol.Name, Figures.Price(a.LastPrice), a.Mode, Figures.Count(a.Cycle), Figures.Leg(a.Legs.Long), Figures.Leg(a.Legs.Short),
                Figures.Change(a.RealisedPnl), Figures.Change(a.UnrealisedPnl), Figures.Amount(a.Fees), Figures.Change(a.Funding), a.Note);
        }
        assets.Write(output);
        output.WriteLine();
        if (run.Hermes is { IsEmpty: false } hermes)
        {
            output.WriteLine("Hermes (more: dolphin hermes)");
            foreach (var asset in hermes) output.WriteLine($"  {asset.ToLine()}");
            output.WriteLine();
        }

        if (run.Directional is { IsEmpty: false } onSignals)
        {
            WriteDirectional(output, onSignals);
            output.WriteLine();
        }

        if (run.Compression is { IsEmpty: false } compression)
        {
            CompressionText.Write(output, compression);
            output.WriteLine();
        }

        if (run.Protectors is { IsEmpty: false } protectors)
        {
            ProtectorText.WriteEach(output, protectors);
            output.WriteLine();
        }

        if (run.Cluster is { } cluster) Nodes(cluster).Write(output);
        if (run.Divergence is { } divergence) WriteDivergence(output, divergence);
        if (run.Sizing is { } sizing) WriteSizing(output, sizing);
        if (run.Quorum is { } quorum)
        {
            output.Write(quorum.ToText().ReplaceLineEndings(output.NewLine));
            output.WriteLine();
        }
        if (run.Scan is { } scan)
        {
            output.Write(scan.ToText().ReplaceLineEndings(output.NewLine));
            output.WriteLine();
        }
        if (run.Factors is { } factors)
        {
            output.Write(factors.ToText().ReplaceLineEndings(output.NewLine));
            output.WriteLine();
        }

        if (run.Forewarner is { } forewarner)
        {
            output.Write(forewarner.ToText().ReplaceLineEndings(output.NewLine));
            output.WriteLine();
        }

        if (run.Esof is { } esof)
        {
            output.Write(esof.ToText().ReplaceLineEndings(output.NewLine));
            output.WriteLine();
        }

        if (run.Alpha is { } alpha)
        {
            output.Write(alpha.ToText().ReplaceLineEndings(output.NewLine));
            output.WriteLine();
        }
        foreach (var i in run.Invariants.Where(i => i.Violated > 0)) output.WriteLine($"INVARIANT VIOLATED {Figures.Count(i.Violated)} times: {i.Name}");
        foreach (var h in run.Halted) output.WriteLine($"HALTED since {Figures.Time(h.Since)}: {h.Entity}: {h.Reason}");
        foreach (var n in run.Notable.TakeLast(NewsShown)) output.WriteLine($"{Figures.Time(n.At)} {n.Kind.ToString().ToLowerInvariant()} {n.Source}: {n.Text}");
    }

    /// <summary>Behind a number of fills; nothing where all are ours.</summary>
    public static string NotOurs(long fills) => fills == 0 ? "" : $" ({Figures.Count(fills)} not ours)";

    /// <summary>A line for each asset that is traded on signals: what is open with its plan, and how the positions before it ended.</summary>
    public static void WriteDirectional(TextWriter output, ImmutableArray<DirectionalFace> faces)
    {
        output.WriteLine("On signals");
        foreach (var face in faces) output.WriteLine($"  {face.ToLine()}");
    }

    private static void WriteDivergence(TextWriter output, DivergencePicture divergence)
    {
        var venues = new PlainTable(("symbol", false), ("venues apart", true), ("leads", false), ("without", false));
        foreach (var s in divergence.Symbols)
            venues.Add(s.Symbol.Name, s.Value is { } value ? Figures.Fine(value) : "missing: 0.0 is used", s.Leader ?? "-", s.Without);
        venues.Write(output);
        output.WriteLine();
    }

    private static void WriteSizing(TextWriter output, SizingPicture sizing)
    {
        if (!sizing.Openings.IsEmpty)
        {
            LeverageText.Write(output, sizing.Openings);
            output.WriteLine();
        }

        if (sizing.Learning is { } learning)
        {
            output.Write(learning.ToText().ReplaceLineEndings(output.NewLine));
            output.WriteLine();
        }
    }

    private static PlainTable Nodes(ClusterPicture cluster)
    {
        var nodes = new PlainTable(("node", false), ("", false), ("heard", false), ("R_total", true), ("posture", false), ("acts as", false), ("assets", false), ("halted", true));
        foreach (var n in cluster.Nodes)
        {
            nodes.Add(
                n.Name, n.Name == cluster.Node ? "this one" : n.IsReachable ? "reachable" : "UNREACHABLE", n.HeardAt is { } at ? Figures.Time(at) : "never",
                n.RTotal is { } r ? Figures.Factor(r) : "-", n.Posture?.ToString().ToUpperInvariant() ?? "-", string.Join(", ", n.Singletons), string.Join(", ", n.Assets),
                Figures.Count(n.Halted));
        }

        return nodes;
    }
}
