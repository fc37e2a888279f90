using System.Collections.Immutable;

namespace Dolphin.Domain.Survival;

/// <summary>0 or 1. Channel A is 1 while the invariant fails.</summary>
public sealed class InvariantResponse : LayerResponse
{
    public override ImmutableArray<string> ChannelNames { get; } = ["failed"];
    public override Type ReadingKind => typeof(LayerReading.Invariant);

    public override bool TryRead(LayerReading reading, DateTimeOffset at, out LayerChannels channels)
    {
        channels = reading is LayerReading.Invariant { Holds: true } ? default : new LayerChannels(1, 0, 0);
        return reading is LayerReading.Invariant;
    }

    public override double Evaluate(in LayerInputs inputs) => inputs.Channels.A > 0 ? 0.0 : 1.0;
}

/// <summary>Decay with the envelope's age, times 1 well inside the envelope, 0.5 at its boundary and outside, smooth between.</summary>
/// <param name="wellInside">Distance from which on the envelope costs nothing, in the model's units; above zero.</param>
public sealed class EnvelopeResponse(StretchedDecay age, double wellInside) : LayerResponse
{
    public override ImmutableArray<string> ChannelNames { get; } = ["age s", "distance"];
    public override Type ReadingKind => typeof(LayerReading.Envelope);
    public override LayerChannels Nominal => new(0, wellInside, 0);
    public override LayerChannels Worst(in LayerChannels a, in LayerChannels b) => new(Math.Max(a.A, b.A), Math.Min(a.B, b.B), 0);

    public override bool TryRead(LayerReading reading, DateTimeOffset at, out LayerChannels channels)
    {
        channels = default;
        if (reading is not LayerReading.Envelope { Distance: var distance, Age: var a } || !double.IsFinite(distance)) return false;
        channels = new LayerChannels(Math.Max(0, a.TotalSeconds), distance, 0);
        return true;
    }

    public override double Evaluate(in LayerInputs inputs) => age.At(inputs.Channels.A + inputs.Overdue) * FactorAt(inputs.Channels.B, wellInside);

    /// <summary>What the distance alone makes of the layer: 1 from <paramref name="wellInside"/> on, 0.5 from 0 down, smooth between.</summary>
    public static double FactorAt(double distance, double wellInside)
    {
        if (distance >= wellInside) return 1.0;
        var inside = Math.Max(0, distance / wellInside);
        return 0.5 + 0.5 * inside * inside * (3.0 - 2.0 * inside);
    }
}

/// <summary>Decay with the age of the last scan, times decay with how far its interval drifts.</summary>
public sealed class ScanResponse(StretchedDecay age, StretchedDecay drift, double filterSeconds) : LayerResponse
{
    public override ImmutableArray<string> ChannelNames { get; } = ["age s", "drift s"];
    public override Type ReadingKind => typeof(LayerReading.Scan);
    public override double FilterSeconds => filterSeconds;
    public override bool FiltersB => true;

    public override bool TryRead(LayerReading reading, DateTimeOffset at, out LayerChannels channels)
    {
        channels = default;
        if (reading is not LayerReading.Scan scan) return false;
        channels = new LayerChannels(Math.Max(0, scan.Age.TotalSeconds), Math.Abs(scan.IntervalDrift.TotalSeconds), 0);
        return true;
    }

    public override double Evaluate(in LayerInputs inputs) =>
        age.At(inputs.Channels.A + inputs.Overdue) * drift.At(inputs.Channels.B);
}

/// <summary>Product of four sigmoids: age of the book, jitter of its updates, depth that is missing, how far it leans to one side.</summary>
public sealed class BookResponse(DeadbandSigmoid age, DeadbandSigmoid jitter, DeadbandSigmoid depth, DeadbandSigmoid imbalance, double filterSeconds) : LayerResponse
{
    public override ImmutableArray<string> ChannelNames { get; } = ["age s", "jitter s", "depth decay", "imbalance"];
    public override Type ReadingKind => typeof(LayerReading.Book);
    public override double FilterSeconds => filterSeconds;
    public override bool FiltersB => true;
    public override bool FiltersC => true;
    public override bool FiltersD => true;

    public override bool TryRead(LayerReading reading, DateTimeOffset at, out LayerChannels channels)
    {
        channels = default;
        if (reading is not LayerReading.Book book || !double.IsFinite(book.DepthDecay) || !double.IsFinite(book.Imbalance)) return false;
        channels = new LayerChannels(
            Math.Max(0, book.Age.TotalSeconds), Math.Max(0, book.Jitter.TotalSeconds), Math.Clamp(book.DepthDecay, 0, 1), Math.Min(1, Math.Abs(book.Imbalance)));
        return true;
    }

    public override double Evaluate(in LayerInputs inputs) =>
        age.At(inputs.Channels.A + inputs.Overdue) * jitter.At(inputs.Channels.B) * depth.At(inputs.Channels.C) * imbalance.At(inputs.Channels.D);
}

/// <summary>Sigmoid of realised minus expected slippage; better than expected costs nothing.</summary>
public sealed class SlippageResponse(DeadbandSigmoid drift, double filterSeconds) : LayerResponse
{
    public override ImmutableArray<string> ChannelNames { get; } = ["drift bps"];
    public override Type ReadingKind => typeof(LayerReading.Slippage);
    public override double FilterSeconds => filterSeconds;
    public override bool FiltersA => true;

    public override bool TryRead(LayerReading reading, DateTimeOffset at, out LayerChannels channels)
    {
        channels = default;
        if (reading is not LayerReading.Slippage fills || !double.IsFinite(fills.RealisedBps - fills.ExpectedBps)) return false;
        // Better than expected earns no credit that could hide the next bad fills in the filter.
        channels = new LayerChannels(Math.Max(0, fills.RealisedBps - fills.ExpectedBps), 0, 0);
        return true;
    }

    public override double Evaluate(in LayerInputs inputs) => drift.At(inputs.Channels.A);
}

/// <summary>Impulse and decay: a shock sets 1 - depth at once, then 1 - depth*(1 - t/T)^2 until T; times decay with the data's age.</summary>
/// <param name="depth">What a shock takes at once, 0 to 1 (0.7 leaves 0.3).</param>
/// <param name="glideSeconds">T, in seconds; a new shock starts it again.</param>
public sealed class ShockResponse(double depth, double glideSeconds, StretchedDecay staleness) : LayerResponse
{
    /// <summary>Channel B before any shock.</summary>
    private const double Never = -1;

    public override ImmutableArray<string> ChannelNames { get; } = ["age s", "since shock s"];
    public override Type ReadingKind => typeof(LayerReading.Environment);
    public override LayerChannels Nominal => new(0, Never, 0);

    public override LayerChannels Worst(in LayerChannels a, in LayerChannels b) =>
        new(Math.Max(a.A, b.A), a.B < 0 ? b.B : b.B < 0 ? a.B : Math.Min(a.B, b.B), 0);

    public override bool TryRead(LayerReading reading, DateTimeOffset at, out LayerChannels channels)
    {
        channels = default;
        if (reading is not LayerReading.Environment environment) return false;
        var since = environment.ShockAt is { } shock ? Math.Max(0, (at - shock).TotalSeconds) : Never;
        channels = new LayerChannels(Math.Max(0, environment.Age.TotalSeconds), since, 0);
        return true;
    }

    // A sensor that restarts forgets its shock; the controller does not.
    public override LayerChannels Merge(in LayerChannels before, double secondsBetween, in LayerChannels next)
    {
        if (before.B < 0) return next;
        var remembered = before.B + secondsBetween;
        return next.B >= 0 && next.B <= remembered ? next : next with { B = remembered };
    }

    public override double Evaluate(in LayerInputs inputs) => Glide(inputs, double.PositiveInfinity) * Fresh(inputs);

    // The curve's first slope is 2*depth/T, steeper than most recovery slopes. It starts at its lowest point, so the
    // limited curve has a closed form and needs no memory.
    public override double EvaluateGliding(in LayerInputs inputs, double recoveryPerSecond) => Glide(inputs, recoveryPerSecond) * Fresh(inputs);

    private double Glide(in LayerInputs inputs, double recoveryPerSecond)
    {
        if (inputs.Channels.B < 0) return 1.0;
        var since = inputs.Channels.B + inputs.Elapsed;
        var curve = 1.0;
        if (since < glideSeconds)
        {
            var left = 1.0 - since / glideSeconds;
            curve = 1.0 - depth * left * left;
        }
        return double.IsPositiveInfinity(recoveryPerSecond) ? curve : Math.Min(curve, 1.0 - depth + recoveryPerSecond * since);
    }

    private double Fresh(in LayerInputs inputs) => staleness.At(inputs.Channels.A + inputs.Overdue);
}

/// <summary>min(1, threshold + sensitivity*confidence); confidence halves with every half-life of silence. Opinions are worth so much and no more.</summary>
/// <param name="mostShaved">What the layer can take at most, a fraction: neither the worst opinion nor silence takes more.</param>
public sealed class ConfidenceResponse(double threshold, double sensitivity, double halfLifeSeconds, double mostShaved) : LayerResponse
{
    public override double Least => 1.0 - mostShaved;
    public override ImmutableArray<string> ChannelNames { get; } = ["confidence"];
    public override Type ReadingKind => typeof(LayerReading.Confidence);
    public override LayerChannels Nominal => new(1, 0, 0);
    public override LayerChannels Worst(in LayerChannels a, in LayerChannels b) => new(Math.Min(a.A, b.A), 0, 0);

    public override bool TryRead(LayerReading reading, DateTimeOffset at, out LayerChannels channels)
    {
        channels = default;
        if (reading is not LayerReading.Confidence { Value: var value } || !double.IsFinite(value)) return false;
        channels = new LayerChannels(Math.Clamp(value, 0, 1), 0, 0);
        return true;
    }

    public override double Evaluate(in LayerInputs inputs)
    {
        var confidence = inputs.Channels.A;
        if (inputs.Overdue > 0) confidence *= PortableMath.Exp(-inputs.Overdue * (Ln2 / halfLifeSeconds));
        return Math.Min(1.0, threshold + sensitivity * confidence);
    }

    private const double Ln2 = 0.693147180559945309;
}

/// <summary>s(drawdown)/s(0): no deadband, nominal means no drawdown.</summary>
public sealed class DrawdownResponse(DeadbandSigmoid stress) : LayerResponse
{
    public override ImmutableArray<string> ChannelNames { get; } = ["drawdown"];
    public override Type ReadingKind => typeof(LayerReading.Drawdown);

    public override bool TryRead(LayerReading reading, DateTimeOffset at, out LayerChannels channels)
    {
        channels = default;
        if (reading is not LayerReading.Drawdown { Fraction: var fraction } || !double.IsFinite(fraction)) return false;
        channels = new LayerChannels(Math.Max(0, fraction), 0, 0);
        return true;
    }

    public override double Evaluate(in LayerInputs inputs) => stress.At(inputs.Channels.A);
}

/// <summary>Sigmoid of any number where larger is worse: lets a plan add a layer without code.</summary>
public sealed class GaugeResponse(DeadbandSigmoid curve, double filterSeconds) : LayerResponse
{
    public override ImmutableArray<string> ChannelNames { get; } = ["value"];
    public override Type ReadingKind => typeof(LayerReading.Gauge);
    public override double FilterSeconds => filterSeconds;
    public override bool FiltersA => true;

    public override bool TryRead(LayerReading reading, DateTimeOffset at, out LayerChannels channels)
    {
        channels = default;
        if (reading is not LayerReading.Gauge { Value: var value } || !double.IsFinite(value)) return false;
        channels = new LayerChannels(Math.Max(curve.Deadband, value), 0, 0); // As in SlippageResponse: no credit inside the deadband.
        return true;
    }

    public override double Evaluate(in LayerInputs inputs) => curve.At(inputs.Channels.A);
}
