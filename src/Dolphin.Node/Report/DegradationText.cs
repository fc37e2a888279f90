using System.Globalization;
using Dolphin.Domain.Survival;
using Dolphin.Node.Screen;

namespace Dolphin.Node.Report;

/// <summary>What <c>dolphin degrade</c> prints, and what docs/degradation.md has.</summary>
internal static class DegradationText
{
    public static void Write(TextWriter output, DegradationReport report)
    {
        output.WriteLine($"{Path.GetFileName(report.Plan)}: {Figures.Count(report.Assets)} assets from {Figures.Time(report.From)} to {Figures.Time(report.To)}, each fault from {Figures.Time(report.FaultAt)} for {Span(report.FaultFor)}; delayed is by {Span(report.Delay)}");
        output.WriteLine();
        var table = new PlainTable(
            ("sensor", false), ("fault", false), ("felt after", true), ("R_total is", false), ("lowest", true), ("posture", false), ("after", true), ("exposure left", true), ("after", true), ("back after", true),
            ("sound", false));
        foreach (var row in report.Rows)
        {
            table.Add(
                row.Layer?.Name ?? "none", row.Fault, After(row.FeltAfter), row.Direction switch { < 0 => "lower", > 0 => "HIGHER", _ => "the same" },
                row.LowestRTotal.ToString("0.000", CultureInfo.InvariantCulture), row.LowestPosture.ToString().ToUpperInvariant(), After(row.PostureAfter),
                row.ExposureAtEnd is { } left ? left.ToString("0 %", CultureInfo.InvariantCulture) : "-", After(row.ExposureAfter), row.BackAfter is { } back ? Span(back) : "later", row.IsSound ? "yes" : "NO");
        }

        table.Write(output);
        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"felt after: until R_total was another than without the fault, by more than {DegradationRow.Near}. posture: the lowest while it lasted, and after how long it was another than without it."));
        output.WriteLine("exposure left: open at the fault's end, of what was open at its begin, and after how long it was another than without it. back after: from the fault's end until R_total was again");
        output.WriteLine("as without it. killed: nothing is heard. frozen: it hears nothing, and goes on speaking. lying: all is well. raving: what cannot be.");
    }

    private static string After(TimeSpan? span) => span is { } after ? Span(after) : "never";

    private static string Span(TimeSpan span) => span switch
    {
        { TotalHours: >= 1, Minutes: 0 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours} h"),
        { Ticks: > 0, TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes} min"),
    };
}
