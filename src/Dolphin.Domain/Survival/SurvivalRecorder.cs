using System.Collections.Immutable;

namespace Dolphin.Domain.Survival;

/// <summary>Decides which assessments are worth a row in the journal, so that a quiet day takes few. Pure.</summary>
public static class SurvivalRecorder
{
    /// <summary>The events <paramref name="now"/> gives relative to the last recorded assessment, in the order to store them.</summary>
    /// <param name="last">The snapshot of the last stored <see cref="SurvivalEvent.Assessed"/>; null before the first.</param>
    /// <param name="capture">Asked only when there is something to record.</param>
    /// <returns>Empty, or what changed followed by one <see cref="SurvivalEvent.Assessed"/>.</returns>
    public static ImmutableArray<SurvivalEvent> Decide(
        RiskSnapshot? last, RiskSnapshot now, double recordMove, Func<SurvivalState>? capture = null)
    {
        ArgumentNullException.ThrowIfNull(now);
        var moved = last is null || Math.Abs(now.RTotal - last.RTotal) >= recordMove;
        var because = last is null ? RecordReason.First : moved ? RecordReason.Moved : RecordReason.None;
        // A layer that begins or ceases to bind by less than a recordable move would only echo noise around its deadband.
        if (last is not null && now.Binding != last.Binding && (moved || now.Binding is null || BindsClearly(now, last, recordMove)))
            because |= RecordReason.Binding;

        var events = ImmutableArray.CreateBuilder<SurvivalEvent>();
        if (last is not null && now.Posture != last.Posture)
        {
            because |= RecordReason.Posture;
            events.Add(new SurvivalEvent.PostureChanged(last.Posture, now.Posture, now.RTotal, now.Tripped ?? now.Binding, now.At));
        }
        foreach (var entry in now.Layers)
        {
            var before = last is null ? null : Of(last, entry.Layer);
            if (last is not null && (before is null or { Status: LayerStatus.Absent }) != (entry.Status == LayerStatus.Absent)) because |= RecordReason.LayerSet;
            because |= AddInvariant(events, now, before, entry) | AddLatch(events, now, before, entry);
        }
        if (last is not null && HasLost(now, last)) because |= RecordReason.LayerSet;

        if (because == RecordReason.None) return [];
        events.Add(new SurvivalEvent.Assessed(because, now, capture?.Invoke()));
        return events.ToImmutable();
    }

    private static bool BindsClearly(RiskSnapshot now, RiskSnapshot last, double recordMove)
    {
        var newcomer = Of(now, now.Binding!.Value)!.Damped;
        var previous = last.Binding is { } layer ? Of(now, layer)?.Damped ?? 1.0 : 1.0;
        return previous - newcomer >= recordMove;
    }

    private static bool HasLost(RiskSnapshot now, RiskSnapshot last)
    {
        foreach (var before in last.Layers)
            if (before.Status != LayerStatus.Absent && Of(now, before.Layer) is null) return true;
        return false;
    }

    // On every assessment, for every layer: no closures.
    private static LayerEntry? Of(RiskSnapshot snapshot, LayerId layer)
    {
        foreach (var entry in snapshot.Layers)
            if (entry.Layer == layer) return entry;
        return null;
    }

    private static RecordReason AddInvariant(
        ImmutableArray<SurvivalEvent>.Builder events, RiskSnapshot now, LayerEntry? before, LayerEntry entry)
    {
        if (entry.Category != LayerCategory.Invariant) return RecordReason.None;
        var failedBefore = before is { Damped: 0.0 };
        var failed = entry.Damped == 0.0;
        if (!failedBefore && (failed || now.Tripped == entry.Layer))
            events.Add(new SurvivalEvent.InvariantFailed(entry.Layer, WhyFailed(entry), now.At));
        if (!failed && (failedBefore || now.Tripped == entry.Layer))
            events.Add(new SurvivalEvent.InvariantRestored(entry.Layer, now.At));
        return failed != failedBefore || now.Tripped == entry.Layer ? RecordReason.Invariant : RecordReason.None;
    }

    internal static string WhyFailed(LayerEntry entry) => entry switch
    {
        { Status: LayerStatus.Awaiting } => "Nothing heard from its sensor since it was installed.",
        { Reading: LayerReading.Invariant { Holds: false, Reason: var reason } } => reason,
        { Damped: 0.0 } => $"Its sensor's report is {entry.OverdueSeconds:0.###} s overdue.",
        _ => "It failed and holds again.",
    };

    private static RecordReason AddLatch(
        ImmutableArray<SurvivalEvent>.Builder events, RiskSnapshot now, LayerEntry? before, LayerEntry entry)
    {
        var latchedBefore = before is { Latched: true };
        if (entry.Latched == latchedBefore) return RecordReason.None;
        if (entry.Latched) events.Add(new SurvivalEvent.DrawdownLatched(entry.Layer, entry.Channels.A, entry.Damped, now.At));
        else if (!entry.Acknowledged) events.Add(new SurvivalEvent.DrawdownReleased(entry.Layer, entry.Channels.A, now.At));
        return RecordReason.Latch;
    }
}
