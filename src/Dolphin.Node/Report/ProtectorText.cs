using System.Collections.Immutable;
using System.Globalization;
using Dolphin.Domain.Protection;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Screen;

namespace Dolphin.Node.Report;

/// <summary>Where the exposure protectors stand: drift, anchor, what each waits for, and how much its wallet asks for one.</summary>
internal static class ProtectorText
{
    /// <summary>The seed's <c>render()</c> of each that holds legs; those that have given theirs up are named.</summary>
    public static void WriteEach(TextWriter output, ImmutableArray<ProtectorFace> faces)
    {
        output.WriteLine("Exposure protector");
        foreach (var face in faces.Where(f => f.Report.Mode != ProtectorMode.Idle))
        {
            output.WriteLine($"  {face.Symbol}");
            foreach (var line in face.Report.Render().TrimEnd('\n').Split('\n')) output.WriteLine($"    {line}");
        }
        foreach (var idle in faces.Where(f => f.Report.Mode == ProtectorMode.Idle).Select(f => f.Symbol.Name).Chunk(8)) // As many names as 100 columns take.
            output.WriteLine($"  idle: {string.Join(", ", idle)}");
    }

    /// <summary>A row for each.</summary>
    public static void WriteTable(TextWriter output, ImmutableArray<ProtectorFace> faces)
    {
        var table = new PlainTable(
            ("protector", false), ("mode", false), ("share", true), ("drift", true), ("anchor", true), ("acted", true), ("realised", true), ("costs", true), ("supervision", false),
            ("cooldown", false));
        foreach (var (symbol, r) in faces)
        {
            table.Add(
                symbol.Name, r.Mode.ToString(), Share(r.Share), r.Drift is { } drift ? drift.ToString("+0.0000;-0.0000;0", CultureInfo.InvariantCulture) : "-", Figures.Price(r.Anchor),
                Figures.Count(r.Actions), Figures.Change(r.Realised), Figures.Amount(r.Costs), r.Supervision?.ToString().ToLowerInvariant() ?? "-", r.CooldownText);
        }
        table.Write(output);
    }

    /// <summary>All of them in one line of a screen, and the one that is farthest from its target by name.</summary>
    public static string Line(ImmutableArray<ProtectorFace> faces)
    {
        var live = faces.Where(f => f.Report.Mode != ProtectorMode.Idle).ToArray();
        var farthest = live.OrderByDescending(f => Math.Abs(f.Report.Drift ?? 0m)).FirstOrDefault();
        var (attach, severe) = (live.Count(f => f.Report.Supervision == Supervision.Attach), live.Count(f => f.Report.Supervision == Supervision.Severe));
        return $"protector {live.Count(f => f.Report.Mode == ProtectorMode.Enabled)}/{faces.Length} enabled, {live.Count(f => f.Report.Trimming)} trimming"
            + $"{(severe > 0 ? $", {severe} severe" : "")}{(attach > 0 ? $", {attach} attach" : "")}"
            + (farthest is { Report: var r } ? string.Create(CultureInfo.InvariantCulture,
                $"  {farthest.Symbol} drift {r.Drift:+0.0000;-0.0000;0} anchor {Figures.Price(r.Anchor)} cooldown {r.CooldownText}") : "");
    }

    private static string Share(decimal? share) => share is { } known ? known.ToString("0.0000", CultureInfo.InvariantCulture) : "-";
}
