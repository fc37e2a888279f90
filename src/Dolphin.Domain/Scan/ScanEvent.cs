using System.Collections.Immutable;
using System.Globalization;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Scan;

/// <summary>What was decided about the scan. Stored for ever: add cases and optional fields; never rename, retype or reuse one.</summary>
public abstract record ScanEvent
{
    private ScanEvent() { }

    public abstract DateTimeOffset At { get; init; }

    /// <summary>What it is about and why, in a sentence.</summary>
    public abstract string ToText();

    /// <summary>There are no returns to go on from: each window is filled anew.</summary>
    public sealed record WarmUpBegan(string Reason, DateTimeOffset At) : ScanEvent
    {
        public override string ToText() => $"the windows fill anew: {Reason}";
    }

    /// <param name="Drift">How far the time between two scans was off.</param>
    /// <param name="Limit">What is borne.</param>
    public sealed record DriftAlarmed(TimeSpan Drift, TimeSpan Limit, string Reason, DateTimeOffset At) : ScanEvent
    {
        public override string ToText() => $"scans are late: {Reason}";
    }

    /// <param name="Scans">So many were on time, one after the other.</param>
    public sealed record DriftCalmed(int Scans, DateTimeOffset At) : ScanEvent
    {
        public override string ToText() => string.Create(CultureInfo.InvariantCulture, $"scans are on time again, {Scans} in a row");
    }

    /// <param name="From">Assets that were scanned before.</param>
    /// <param name="Kept">Those that still are, in ordinal order.</param>
    public sealed record UniverseShrunk(int From, ImmutableArray<Symbol> Kept, TimeSpan Drift, string Reason, DateTimeOffset At) : ScanEvent
    {
        public override string ToText() => string.Create(CultureInfo.InvariantCulture, $"the universe shrinks from {From} to {Kept.Length} assets: {Reason}");
    }

    /// <param name="Joined">Assets that are scanned again, in ordinal order.</param>
    /// <param name="To">Assets that are scanned from now on.</param>
    /// <param name="IsWhole">Nobody is missing any more.</param>
    public sealed record UniverseGrown(ImmutableArray<Symbol> Joined, int To, bool IsWhole, string Reason, DateTimeOffset At) : ScanEvent
    {
        public override string ToText() => string.Create(CultureInfo.InvariantCulture, $"the universe grows by {Joined.Length} to {To} assets{(IsWhole ? ", all there are" : "")}: {Reason}");
    }
}
