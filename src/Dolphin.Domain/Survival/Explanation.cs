using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Scan;

namespace Dolphin.Domain.Survival;

/// <summary>One layer of an explanation, in words and numbers.</summary>
/// <param name="Raw">The reading before the filter: name and value of each channel.</param>
/// <param name="Filtered">The same after the filter; empty where nothing is filtered or nothing was heard.</param>
/// <param name="Flags">What is special: absent, awaiting, overdue by so much, latched, acknowledged, failed.</param>
/// <param name="Share">The part of the total loss this layer stands for: ln(damped)/ln(R_total), 0 to 1; 0 when nothing is lost.</param>
public sealed record ExplainedLayer(
    LayerId Layer, LayerCategory Category, string Raw, string Filtered, double F, double Damped, DateTimeOffset? Since, string Flags,
    bool Binds, double Share);

/// <summary>Why R_total is what it is, from one snapshot: a live one, or one read back from the journal.</summary>
/// <param name="Scan">What was decided by then about the scan that L4 follows; null where nothing is scanned.</param>
/// <param name="Forewarner">What is behind L3: score, distance and the way back, with the model that served then; null where nobody forewarns.</param>
/// <param name="Quorum">Who was silent by then and what became of the quorum that L1 stands for; null where nobody has been silent, or the controller acts on another node.</param>
/// <param name="Alpha">What is multiplied into sizes beside R_total, and why; null where nobody ranks, and of a moment that is over: <paramref name="AlphaThen"/> has what is stored.</param>
/// <param name="Esof">What is behind L8, of a moment that is over as it follows from the time alone; null where nobody looks at the sky.</param>
/// <param name="AlphaThen">Of a moment that is over; null where nobody ranks.</param>
/// <param name="Sizing">What sized the newest opening of each symbol by then; null where plan and R_total size alone.</param>
public sealed record Explanation(
    DateTimeOffset At, long Epoch, long Sequence, double RTotal, Posture Posture, DateTimeOffset PostureSince, LayerId? Binding,
    ImmutableArray<ExplainedLayer> Layers, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SizingPicture? Sizing = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ScanWatchState? Scan = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ForewarnerPicture? Forewarner = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] QuorumWatchState? Quorum = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AlphaPicture? Alpha = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EsotericPicture? Esof = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AlphaPast? AlphaThen = null)
{
    public static Explanation Of(RiskSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return new Explanation(
            snapshot.At, snapshot.Epoch, snapshot.Sequence, snapshot.RTotal, snapshot.Posture, snapshot.PostureSince, snapshot.Binding,
            [.. snapshot.Layers.Select(entry => Explain(entry, snapshot))]);
    }

    /// <summary>The layers as lines of text, ready for a terminal; times are UTC.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"R_total {RTotal:0.0000}  {Posture.ToString().ToUpperInvariant()} since {PostureSince:yyyy-MM-dd HH:mm:ss}  at {At:yyyy-MM-dd HH:mm:ss} UTC  ({Epoch}.{Sequence})\n");
        text.Append(Binding is { } layer ? $"binding: {layer}\n" : "nothing binds: nominal\n");
        string[] heads = ["layer", "category", "raw input", "filtered", "f", "damped", "since", "flags"];
        var rows = Layers.Select(l => (string[])
        [
            (l.Binds ? "*" : "") + l.Layer, SurvivalSettings.Name(l.Category), l.Raw, l.Filtered, Number(l.F, "0.0000"), Number(l.Damped, "0.0000"),
            l.Since?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "", l.Flags,
        ]).Prepend(heads).ToArray();
        foreach (var row in rows)
        {
            var line = new StringBuilder();
            for (var column = 0; column < heads.Length; column++)
                line.Append(row[column].PadRight(rows.Max(r => r[column].Length) + 2));
            text.Append(line.ToString().TrimEnd()).Append('\n');
        }
        if (Quorum is { } quorum) text.Append('\n').Append(quorum.ToText());
        if (Scan is { } scan) text.Append('\n').Append(scan.ToText());
        if (Forewarner is { } forewarner) text.Append('\n').Append(forewarner.ToText());
        if (Esof is { } esof) text.Append('\n').Append(esof.ToText());
        if (Alpha is { } alpha) text.Append('\n').Append(alpha.ToText());
        if (AlphaThen is { } past) text.Append('\n').Append(past.ToText());
        if (Sizing is { } sizing) text.Append('\n').Append(sizing.ToText());
        return text.ToString();
    }

    private static ExplainedLayer Explain(LayerEntry entry, RiskSnapshot snapshot)
    {
        var heard = entry.Status is LayerStatus.Reporting or LayerStatus.Overdue;
        var raw = heard ? Describe(entry.ChannelNames, entry.Channels) : "";
        raw = entry.Reading switch
        {
            LayerReading.Invariant { Holds: true } => "holds",
            LayerReading.Invariant { Reason: { Length: > 0 } reason } => reason,
            LayerReading.Environment when entry.Channels.B < 0 => $"{entry.ChannelNames[0]} {Number(entry.Channels.A, "0.####")}, no shock",
            _ => raw,
        };
        var filtered = heard && entry.Filtered != entry.Channels ? Describe(entry.ChannelNames, entry.Filtered) : "";
        var share = entry.Damped < 1.0 && snapshot.RTotal > 0.0 ? PortableMath.Log(entry.Damped) / PortableMath.Log(snapshot.RTotal)
            : entry.Damped == 0.0 ? 1.0 : 0.0;
        return new ExplainedLayer(
            entry.Layer, entry.Category, raw, filtered, entry.F, entry.Damped, entry.Since, Flags(entry), entry.Layer == snapshot.Binding, share);
    }

    private static string Describe(ImmutableArray<string> names, LayerChannels channels)
    {
        ReadOnlySpan<double> values = [channels.A, channels.B, channels.C, channels.D];
        var parts = new List<string>();
        for (var i = 0; i < names.Length; i++) parts.Add($"{names[i]} {Number(values[i], "0.####")}");
        return string.Join(", ", parts);
    }

    private static string Flags(LayerEntry entry)
    {
        var flags = new List<string>();
        if (entry.Status == LayerStatus.Absent) flags.Add("absent");
        if (entry.Status == LayerStatus.Awaiting) flags.Add("awaiting its first report");
        if (entry.Status == LayerStatus.Overdue) flags.Add($"overdue {Number(entry.OverdueSeconds, "0.###")} s");
        if (entry.Damped == 0.0) flags.Add("FAILED");
        if (entry.Latched) flags.Add("latched");
        if (entry.Acknowledged) flags.Add("acknowledged");
        if (entry.Damped < entry.F) flags.Add("recovering");
        return string.Join(", ", flags);
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
