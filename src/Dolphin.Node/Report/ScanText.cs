using System.Collections.Immutable;
using System.Globalization;
using Dolphin.Node.Screen;

namespace Dolphin.Node.Report;

/// <summary>What <c>dolphin scan</c> prints.</summary>
internal static class ScanText
{
    private const int ValuesShown = 10, PlungesShown = 10;
    private const string Blocks = "▁▂▃▄▅▆▇█";

    public static void Write(TextWriter output, ScanReport report)
    {
        output.WriteLine($"{string.Join(' ', report.Data)}: {Figures.Count(report.Assets)} assets, {Figures.Count(report.Scans)} closes each from {Figures.Time(report.From)} to {Figures.Time(report.To)}");
        foreach (var note in report.Notes) output.WriteLine($"Note: {note}");
        output.WriteLine();
        WriteWindows(output, report);
        output.WriteLine();
        WriteValues(output, report);
        output.WriteLine();
        WriteLoadings(output, report);
        output.WriteLine();
        WritePath(output, report);
        WritePlunges(output, report);
        WriteCounts(output, report);
        output.WriteLine();
        output.WriteLine("share: leading eigenvalue over assets. v: its smoothed change per scan; vel_div: v of the shortest window minus v of the longest. edge: up to there");
        output.WriteLine("eigenvalues of unrelated assets reach by chance. entropy: 0 where all assets move as one, 1 where none does as another.");
        output.WriteLine("reformed: scans in which other assets took part than before; of those v has only what that cannot explain.");
    }

    private static void WriteWindows(TextWriter output, ScanReport report)
    {
        var table = new PlainTable(
            ("window", true), ("assets", true), ("leading", true), ("share", true), ("v per scan", true), ("edge", true), ("above", true), ("entropy", true), ("reformed", true), ("left out", false));
        foreach (var w in report.Windows)
        {
            table.Add(
                $"{w.Window}", Figures.Count(w.Members), Number(w.Leading, "0.0000"), Number(w.Share, "0.0000"), Number(w.Velocity, "+0.000000;-0.000000;0.000000"), Number(w.Edge, "0.0000"),
                w.AboveEdge is { } above ? Figures.Count(above) : "-", Number(w.Entropy, "0.0000"), Figures.Count(w.Reformed), LeftOut(w, report));
        }
        table.Write(output);
        if (report.VelDiv is { } divergence) output.WriteLine($"vel_div {Number(divergence, "+0.000000;-0.000000;0.000000")} per scan");
    }

    private static string LeftOut(ScanWindowReport w, ScanReport report)
    {
        if (report.Scans <= w.Window) return $"all: {w.Window + 1} closes are needed, there are {report.Scans}";
        var parts = new List<string>();
        if (w.Young > 0) parts.Add($"{w.Young} listed within the window");
        if (w.Gaps > 0) parts.Add($"{w.Gaps} with gaps");
        if (w.Still > 0) parts.Add($"{w.Still} that stood still");
        if (w.Wild > 0) parts.Add($"{w.Wild} too wild");
        return string.Join(", ", parts);
    }

    private static void WriteValues(TextWriter output, ScanReport report)
    {
        var ready = report.Windows.Where(w => !w.Eigenvalues.IsEmpty).ToList();
        if (ready.Count == 0) return;
        output.WriteLine("Spectrum, largest first; * is above the edge:");
        var table = new PlainTable([("", true), .. ready.Select(w => ($"{w.Window}", true))]);
        for (var k = 0; k < ValuesShown; k++)
            table.Add([$"{k + 1}", .. ready.Select(w => k < w.Eigenvalues.Length ? Number(w.Eigenvalues[k], "0.0000") + (w.Eigenvalues[k] > w.Edge ? " *" : "  ") : "")]);
        table.Add(["least", .. ready.Select(w => Number(w.Eigenvalues[^1], "0.0000") + "  ")]);
        table.Add(["not nothing", .. ready.Select(w => Figures.Count(w.Eigenvalues.Length) + "  ")]);
        table.Write(output);
    }

    private static void WriteLoadings(TextWriter output, ScanReport report)
    {
        var ready = report.Windows.Where(w => !w.Heaviest.IsEmpty).ToList();
        if (ready.Count == 0) return;
        output.WriteLine("Heaviest loadings on the leading eigenvector:");
        var table = new PlainTable([.. ready.SelectMany(w => new[] { ($"{w.Window}", false), ("", true) })]);
        for (var k = 0; k < ScanReport.Heaviest; k++)
            table.Add([.. ready.SelectMany(w => k < w.Heaviest.Length ? new[] { w.Heaviest[k].Symbol.Name, Number(w.Heaviest[k].Loading, "0.0000") } : ["", ""])]);
        table.Write(output);
    }

    private static void WritePath(TextWriter output, ScanReport report)
    {
        if (report.Windows.All(w => w.Shares.All(s => s is null))) return;
        output.WriteLine("Share over the recording, on one scale:");
        var known = report.Windows.SelectMany(w => w.Shares).OfType<double>().ToList();
        var (low, high) = (known.Min(), known.Max());
        foreach (var w in report.Windows)
        {
            var own = w.Shares.OfType<double>().DefaultIfEmpty(double.NaN).ToList();
            output.WriteLine($"{w.Window,6}  {Line(w.Shares, low, high)}  {(double.IsNaN(own[0]) ? "" : $"{Number(own.Min(), "0.00")} to {Number(own.Max(), "0.00")}")}".TrimEnd());
        }
    }

    private static string Line(ImmutableArray<double?> shares, double low, double high) =>
        string.Concat(shares.Select(s => s is { } share ? Blocks[high > low ? Math.Min(Blocks.Length - 1, (int)((share - low) / (high - low) * Blocks.Length)) : 0] : ' '));

    private static void WritePlunges(TextWriter output, ScanReport report)
    {
        if (report.Plunges.IsEmpty) return;
        output.WriteLine();
        output.WriteLine(report.Plunges.Length > PlungesShown ? $"Plunges, the newest {PlungesShown / 2} (--json has {Figures.Count(report.Plunges.Count(p => p.Began))}):" : "Plunges:");
        foreach (var p in report.Plunges.TakeLast(PlungesShown))
        {
            output.WriteLine(p.Began
                ? $"  {Figures.Time(p.At)}  began, vel_div {Number(p.VelDiv, "0.000000")}"
                : $"  {Figures.Time(p.At)}  over after {Figures.Count(p.Scans)} scans, depth {Number(p.Depth, "0.000000")}");
        }
    }

    private static void WriteCounts(TextWriter output, ScanReport report)
    {
        var (closes, ticks) = (report.Closes, report.Ticks);
        var odd = new List<string>();
        void Say(long count, string what)
        {
            if (count > 0) odd.Add($"{Figures.Count(count)} {what}");
        }
        Say(ticks.Carried, "missing, the last close stood in");
        Say(closes.Late, "late");
        Say(closes.Stale, "out of order");
        Say(closes.Refused, "not believed");
        Say(ticks.BegunAnew, "begun anew");
        Say(ticks.Gone, "gone");
        output.WriteLine();
        output.WriteLine($"Closes: {Figures.Count(closes.Taken)} taken{(odd.Count == 0 ? ", none missing" : "; " + string.Join("; ", odd))}.");
    }

    private static string Number(double? value, string format) => value is { } known ? known.ToString(format, CultureInfo.InvariantCulture) : "-";
}
