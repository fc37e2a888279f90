using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Dolphin.Domain.Scan;

namespace Dolphin.Domain.Reporting;

/// <summary>What the eigen-scan of a run saw last, how it came there, and what was decided about it.</summary>
/// <param name="Scans">So far.</param>
/// <param name="Period">How far scans should be apart.</param>
/// <param name="Drift">How far the last one was off it.</param>
/// <param name="WorstDrift">Ever.</param>
/// <param name="Took">The last one, by the clock of the machine; zero in virtual time and where nobody measured.</param>
/// <param name="Watched">Assets that are scanned, of <paramref name="Assets"/>.</param>
/// <param name="VelDiv">v of the shortest window minus v of the longest, per scan; null until both are known.</param>
/// <param name="Skipped">Steps that were too long to be a return.</param>
/// <param name="Plunges">That began.</param>
/// <param name="Plunge">The newest; null before the first.</param>
/// <param name="Watch">What was decided.</param>
/// <param name="Shards">Null where one actor has all rows.</param>
public sealed record ScanPicture(
    long Scans, DateTimeOffset At, TimeSpan Period, TimeSpan Drift, TimeSpan WorstDrift, TimeSpan Took, int Watched, int Assets, ImmutableArray<ScanWindowPicture> Windows,
    double? VelDiv, CloseCounts Closes, TickCounts Ticks, long Skipped, long Plunges, PlungePicture? Plunge, ScanWatchState Watch,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ScanShardsPicture? Shards = null)
{
    /// <summary>One line for a screen.</summary>
    public string ToLine()
    {
        var windows = string.Join("  ", Windows.Where(w => w.Share is not null).Select(w => string.Create(CultureInfo.InvariantCulture, $"{w.Window}: {w.Share:0.0 %}")));
        return string.Create(CultureInfo.InvariantCulture, $"scan {Scans}, {Watched} of {Assets} assets, off by {Drift.TotalMilliseconds:0.###} ms{(Watch.IsAlarmed ? " (ALARM)" : "")}  ")
            + (windows.Length > 0 ? $"share {windows}" : "the windows fill") + (VelDiv is { } depth ? string.Create(CultureInfo.InvariantCulture, $"  vel_div {depth:+0.000000;-0.000000;0.000000}") : "")
            + (Plunge is { IsOn: true } ? "  PLUNGE" : "") + (Shards is { } shards ? $"  {shards.ToText()}" : "");
    }

    /// <summary>As lines of text; times are UTC.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.Append("eigen-scan: ").Append(ToLine()).Append('\n');
        foreach (var w in Windows)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {w.Window,5} returns: {w.Members} assets");
            if (w.Share is { } share) text.Append(CultureInfo.InvariantCulture, $", share {share:0.0000}, edge {w.Edge:0.000}");
            if (w.Velocity is { } v) text.Append(CultureInfo.InvariantCulture, $", v {v:+0.000000;-0.000000;0.000000}");
            if (w.Entropy is { } entropy) text.Append(CultureInfo.InvariantCulture, $", entropy {entropy:0.0000}, {w.AboveEdge} above the edge");
            if (w.Reformed > 0) text.Append(CultureInfo.InvariantCulture, $", other assets in {w.Reformed} scans");
            text.Append('\n');
        }
        text.Append(CultureInfo.InvariantCulture, $"  closes {Closes.Taken} taken, {Closes.Late} late, {Closes.Stale} stale, {Closes.Refused} refused; assets {Ticks.Carried} carried, {Ticks.Listed} listed, {Ticks.BegunAnew} begun anew, {Ticks.Gone} gone; {Skipped} steps too long\n");
        text.Append(CultureInfo.InvariantCulture, $"  {Plunges} plunges{(Plunge is { } p ? string.Create(CultureInfo.InvariantCulture, $", the newest at {p.BeganAt:yyyy-MM-dd HH:mm:ss} with vel_div {p.VelDiv:0.000000}, deepest {p.Depth:0.000000}, {p.Scans} scans{(p.IsOn ? " so far" : "")}") : "")}; drift at worst {WorstDrift.TotalMilliseconds:0.###} ms\n");
        text.Append("  ").Append(Watch.ToText());
        return text.ToString();
    }
}

/// <param name="Share">Largest eigenvalue over the number of members; null, like what follows, where fewer than two assets take part.</param>
/// <param name="Velocity">Of the share, per scan.</param>
/// <param name="Edge">Of Marchenko and Pastur.</param>
/// <param name="Entropy">Of the newest spectrum; null before the first.</param>
/// <param name="Reformed">Scans in which other assets took part than before: only what that cannot explain is in the velocity.</param>
public sealed record ScanWindowPicture(
    int Window, int Members, double? Share, double? Velocity, double? Edge,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Entropy = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? AboveEdge = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long Reformed = 0);

/// <param name="VelDiv">When it began.</param>
/// <param name="Depth">The lowest vel_div so far.</param>
/// <param name="Scans">How long it has lasted, or did.</param>
public sealed record PlungePicture(DateTimeOffset BeganAt, double VelDiv, double Depth, int Scans, bool IsOn);

/// <param name="Count">Shards that the rows are spread over.</param>
/// <param name="Answered">Those that had when the last scan ended.</param>
/// <param name="HeadRows">Rows of a window, ever, that were needed and not answered for, so that the head added them up itself.</param>
public sealed record ScanShardsPicture(int Count, int Answered, long HeadRows)
{
    public string ToText() => string.Create(CultureInfo.InvariantCulture, $"{Answered} of {Count} shards{(HeadRows > 0 ? $", {HeadRows} rows done for them" : "")}");
}
