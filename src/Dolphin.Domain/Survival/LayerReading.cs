using System.Text.Json.Serialization;

namespace Dolphin.Domain.Survival;

/// <summary>What a sensor saw. The discriminators are stored for ever: add cases, never rename one.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Invariant), "invariant")]
[JsonDerivedType(typeof(Envelope), "envelope")]
[JsonDerivedType(typeof(Scan), "scan")]
[JsonDerivedType(typeof(Book), "book")]
[JsonDerivedType(typeof(Slippage), "slippage")]
[JsonDerivedType(typeof(Environment), "environment")]
[JsonDerivedType(typeof(Confidence), "confidence")]
[JsonDerivedType(typeof(Drawdown), "drawdown")]
[JsonDerivedType(typeof(Gauge), "gauge")]
public abstract record LayerReading
{
    private LayerReading() { } // Closed: only the cases below exist.

    /// <param name="Reason">Why, for the person on call; may be empty while it holds.</param>
    public sealed record Invariant(bool Holds, string Reason) : LayerReading
    {
        public static readonly Invariant Ok = new(Holds: true, "");
    }

    /// <param name="Distance">From the safety envelope's boundary, in the model's units: above zero inside, below zero outside.</param>
    /// <param name="Age">Since the envelope was last computed, at the time of the report.</param>
    public sealed record Envelope(double Distance, TimeSpan Age) : LayerReading;

    /// <param name="Age">Since the last scan ended, at the time of the report.</param>
    /// <param name="IntervalDrift">How far the scan interval is off its schedule; the sign does not matter.</param>
    public sealed record Scan(TimeSpan Age, TimeSpan IntervalDrift) : LayerReading;

    /// <param name="Age">Since the last book update, at the time of the report.</param>
    /// <param name="Jitter">Standard deviation of the time between updates.</param>
    /// <param name="DepthDecay">Fraction of the usual depth that is missing, 0 to 1.</param>
    /// <param name="Imbalance">How far the depth near the middle leans to one side, 0 (none) to 1 (all of it); the sign does not matter.</param>
    public sealed record Book(
        TimeSpan Age, TimeSpan Jitter, double DepthDecay, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] double Imbalance = 0) : LayerReading;

    /// <summary>Cost of recent fills against what was expected, both in basis points, above zero when paid.</summary>
    public sealed record Slippage(double RealisedBps, double ExpectedBps) : LayerReading;

    /// <param name="ShockAt">Start of the latest shock the sensor knows, or null. One that was reported before is never forgotten.</param>
    /// <param name="Age">Since the external factors were last refreshed, at the time of the report.</param>
    public sealed record Environment(DateTimeOffset? ShockAt, TimeSpan Age) : LayerReading;

    /// <param name="Value">0 (blind) to 1 (sure).</param>
    public sealed record Confidence(double Value) : LayerReading;

    /// <param name="Fraction">Of the best equity that is lost: 0 at a new high, 0.1 for ten percent.</param>
    public sealed record Drawdown(double Fraction) : LayerReading;

    /// <summary>Any other number a later layer may watch: larger is worse, the unit is the layer's own.</summary>
    public sealed record Gauge(double Value) : LayerReading;
}
