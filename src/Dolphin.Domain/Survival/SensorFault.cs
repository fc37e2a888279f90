namespace Dolphin.Domain.Survival;

/// <summary>What can be done to a sensor in a drill.</summary>
public enum SensorFaultKind
{
    /// <summary>Nothing of it is heard any more.</summary>
    Killed,
    /// <summary>It hears nothing more, and goes on speaking.</summary>
    Frozen,
    /// <summary>What it says comes late, with the time at which it was true.</summary>
    Delayed,
    /// <summary>It says that all is well, whatever it sees.</summary>
    Lying,
    /// <summary>It says what cannot be.</summary>
    Raving,
}

/// <summary>One sensor's fault, from a time to another.</summary>
/// <param name="From">Inclusive.</param>
/// <param name="Until">Exclusive.</param>
/// <param name="Delay">Of <see cref="SensorFaultKind.Delayed"/>; otherwise zero.</param>
public sealed record SensorFault(LayerId Layer, SensorFaultKind Kind, DateTimeOffset From, DateTimeOffset Until, TimeSpan Delay)
{
    /// <summary>Of a run beside which others are looked at: nobody's, at no time.</summary>
    public static SensorFault None { get; } = new(new LayerId("none"), SensorFaultKind.Killed, default, default, default);

    public bool IsDeaf(LayerId layer, DateTimeOffset now) => Kind == SensorFaultKind.Frozen && IsOn(layer, now);

    /// <summary>What becomes of a report that a sensor sends.</summary>
    /// <returns>What is heard instead, and how much later; null: nothing is.</returns>
    public (LayerReport Report, TimeSpan Later)? Pass(LayerReport report, DateTimeOffset now) => !IsOn(report.Layer, now) ? (report, TimeSpan.Zero) : Kind switch
    {
        SensorFaultKind.Killed => null,
        SensorFaultKind.Frozen => (report, TimeSpan.Zero),
        SensorFaultKind.Delayed => (report, Delay),
        SensorFaultKind.Lying => (report with { Reading = AllIsWell(report.Reading) }, TimeSpan.Zero),
        _ => (report with { Reading = Nonsense(report.Reading) }, TimeSpan.Zero),
    };

    private bool IsOn(LayerId layer, DateTimeOffset now) => layer == Layer && now >= From && now < Until;

    private static LayerReading AllIsWell(LayerReading reading) => reading switch
    {
        LayerReading.Invariant => LayerReading.Invariant.Ok,
        LayerReading.Envelope => new LayerReading.Envelope(1e6, TimeSpan.Zero),
        LayerReading.Scan => new LayerReading.Scan(TimeSpan.Zero, TimeSpan.Zero),
        LayerReading.Book => new LayerReading.Book(TimeSpan.Zero, TimeSpan.Zero, 0),
        LayerReading.Slippage => new LayerReading.Slippage(0, 0),
        LayerReading.Environment => new LayerReading.Environment(null, TimeSpan.Zero),
        LayerReading.Confidence => new LayerReading.Confidence(1),
        LayerReading.Drawdown => new LayerReading.Drawdown(0),
        _ => new LayerReading.Gauge(0),
    };

    // Of times no nonsense can be said but a time that is before all others.
    private static LayerReading Nonsense(LayerReading reading) => reading switch
    {
        LayerReading.Invariant => new LayerReading.Gauge(double.NaN),
        LayerReading.Envelope => new LayerReading.Envelope(double.NaN, TimeSpan.MinValue),
        LayerReading.Scan => new LayerReading.Gauge(double.NaN),
        LayerReading.Book => new LayerReading.Book(TimeSpan.MinValue, TimeSpan.MinValue, double.NaN, double.NaN),
        LayerReading.Slippage => new LayerReading.Slippage(double.NaN, double.NegativeInfinity),
        LayerReading.Environment => new LayerReading.Gauge(double.PositiveInfinity),
        LayerReading.Confidence => new LayerReading.Confidence(double.NaN),
        LayerReading.Drawdown => new LayerReading.Drawdown(double.NaN),
        _ => new LayerReading.Gauge(double.NaN),
    };
}
