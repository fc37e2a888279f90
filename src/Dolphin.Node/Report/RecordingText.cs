using System.Globalization;
using Dolphin.Node.Screen;
using Dolphin.Venues.Binance.Recordings;

namespace Dolphin.Node.Report;

/// <summary>What a raw recording has and what is wrong with it, as a person reads it.</summary>
internal static class RecordingText
{
    private const int MostSymbols = 40;

    public static void Write(TextWriter output, RecordingReport report)
    {
        foreach (var file in report.Files) output.WriteLine(file);
        output.WriteLine($"{Messages(report)}{Span(report)}");
        output.WriteLine();
        WriteSymbols(output, report);
        WriteFindings(output, report);
        output.WriteLine(Verdict(report));
    }

    private static void WriteSymbols(TextWriter output, RecordingReport report)
    {
        if (report.Symbols.IsEmpty) return;
        var table = new PlainTable(
            ("symbol", false), ("book", false), ("diffs", true), ("levels", true), ("gaps", true), ("twice", true), ("late", true),
            ("re-snapshots", true), ("as ticker", true), ("crossed", true), ("trades", true), ("silence", true));
        // Those with something wrong first: of hundreds only so many are shown.
        var wrong = report.Findings.SelectMany(f => f.First).Select(f => f.Symbol).ToHashSet();
        foreach (var s in report.Symbols.OrderByDescending(s => wrong.Contains(s.Symbol)).Take(MostSymbols))
        {
            table.Add(
                s.Symbol.Name, Book(s), Figures.Count(s.Depth.Diffs), Figures.Count(s.Depth.Levels), Figures.Count(s.Depth.Gaps + s.Depth.Overlaps),
                Figures.Count(s.Depth.Duplicates), Figures.Count(s.Depth.OutOfOrder), Figures.Count(s.Resnapshots),
                s.Compared == 0 ? "-" : $"{Figures.Count(s.Agreed)} of {Figures.Count(s.Compared)}", Figures.Count(s.Depth.Crossed), Figures.Count(s.Trades),
                Figures.Span(s.LongestSilenceMs / 1_000));
        }
        table.Write(output);
        if (report.Symbols.Length > MostSymbols) output.WriteLine($"... and {Figures.Count(report.Symbols.Length - MostSymbols)} more symbols (--json has all).");
        output.WriteLine();
    }

    private static void WriteFindings(TextWriter output, RecordingReport report)
    {
        foreach (var group in report.Findings)
        {
            output.WriteLine($"{group.Kind}: {Figures.Count(group.Count)}");
            foreach (var finding in group.First)
            {
                var file = report.Files.Length > 1 ? $"{Path.GetFileName(finding.File)}, " : "";
                output.WriteLine($"  {file}{(finding.Line > 0 ? $"line {finding.Line}: " : "")}{(finding.Symbol is { } symbol ? $"{symbol}: " : "")}{finding.Text}.");
            }
            if (group.Count > group.First.Length) output.WriteLine($"  ... and {Figures.Count(group.Count - group.First.Length)} more.");
        }
        if (!report.Findings.IsEmpty) output.WriteLine();
    }

    private static string Messages(RecordingReport report)
    {
        var kinds = string.Join(", ", report.Messages.Select(m => $"{Figures.Count(m.Value)} {m.Key}"));
        return $"{Figures.Count(report.Messages.Values.Sum())} messages{(kinds.Length > 0 ? $": {kinds}" : "")}{(report.Refused > 0 ? $"; {Figures.Count(report.Refused)} refused" : "")}";
    }

    private static string Span(RecordingReport report) => report is { From: { } from, To: { } to }
        ? string.Create(CultureInfo.InvariantCulture, $"; received {from.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff}Z to {to.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff}Z")
        : "; without receive times";

    private static string Book(SymbolReport symbol) => symbol switch
    {
        { Depth.Diffs: 0 } => "no diffs",
        { Depth.Snapshots: 0 } => "no snapshot",
        { IsBridged: false } => "not bridged",
        { IsValidAtEnd: true } => "valid",
        _ => "broken",
    };

    private static string Verdict(RecordingReport report)
    {
        if (!report.IsClean) return $"FAULTY: {string.Join(", ", report.Findings.Select(f => f.Kind))}.";
        var valid = report.Symbols.Count(s => s.IsValidAtEnd);
        var unproven = report.Symbols.Count(s => s.Depth.Diffs > 0 && !s.IsValidAtEnd);
        return $"CLEAN: nothing is missing, twice or out of order. {valid switch { 0 => "No book could be rebuilt", 1 => "One book was rebuilt", _ => $"{Figures.Count(valid)} books were rebuilt" }}"
            + $"{(unproven > 0 ? $"; {Figures.Count(unproven)} could not: without a snapshot that a diff follows on only their order is known to be right" : "")}.";
    }
}
