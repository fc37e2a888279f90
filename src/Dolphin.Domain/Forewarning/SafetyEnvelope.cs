using System.Collections.Immutable;

namespace Dolphin.Domain.Forewarning;

/// <summary>GREEN: well inside the envelope. ORANGE: inside, nearer to its boundary than the margin. RED: at the boundary or outside.</summary>
public enum EnvelopeBand { Green, Orange, Red }

/// <summary>Where parameters are, seen from the boundary of the safe region.</summary>
/// <param name="DecisionValue">Of the one-class SVM, in LIBSVM's scale: above zero inside.</param>
/// <param name="Distance">The way to the boundary down (inside) or up (outside) the gradient, in units of the box: 0.1 is a tenth of an axis. Above zero inside; at most
/// <see cref="SafetyEnvelope.Farthest"/> either way.</param>
/// <param name="Beyond">The axis that is furthest outside what trials tried, by more than <see cref="SafetyEnvelope.Slack"/>; null where none is.</param>
public sealed record EnvelopeScore(double DecisionValue, double Distance, EnvelopeBand Band, ParameterAxis? Beyond)
{
    /// <summary>The distance in margins, as L3 reads it: from 1 on GREEN, at 0 the boundary.</summary>
    public double InMargins => Distance / SafetyEnvelope.Margin;

    /// <summary>Times; what the envelope allows of a leverage: all of it inside, half of it outside; null is no cap. The bet sizer takes the smallest of all caps.</summary>
    public decimal? LeverageCap(decimal leverage) => Band == EnvelopeBand.Red ? SafetyEnvelope.LeverageOutside(leverage) : null;
}

/// <summary>One parameter on the way back.</summary>
/// <param name="From">In the parameter's own unit.</param>
public readonly record struct ParameterMove(ParameterAxis Axis, decimal From, decimal To);

/// <summary>A way back to safety, judged again where it ends.</summary>
/// <param name="Moves">The largest first, in units of the box; those under a hundredth are left out.</param>
/// <param name="Settings">With all moves made.</param>
/// <param name="Arrival">The score of <paramref name="Settings"/>.</param>
public sealed record WayBack(ImmutableArray<ParameterMove> Moves, StrategySettings Settings, EnvelopeScore Arrival);

/// <summary>
/// The safe region of a parameter box, as a one-class SVM around the trials that were no catastrophe. Each axis is stretched by its relevance, because in a
/// dozen dimensions parameters that change nothing would drown those that do.
/// </summary>
/// <param name="box">What the vectors mean.</param>
/// <param name="relevance">Of each axis, 0 to 1: <see cref="EnvelopeFitter"/> says how it is measured.</param>
public sealed class SafetyEnvelope(ParameterBox box, ImmutableArray<double> relevance, OneClassSvm svm)
{
    /// <summary>What is left of a leverage, times, outside of the envelope: half.</summary>
    public static decimal LeverageOutside(decimal leverage) => leverage / 2m;

    /// <summary>Units of the box. From this distance on parameters are GREEN, and L3 costs nothing.</summary>
    public const double Margin = 0.1;
    /// <summary>How far outside an axis parameters may be and still count as tried.</summary>
    public const double Slack = 0.1;
    /// <summary>Where the measuring of a distance ends: farther is not safer.</summary>
    public const double Farthest = 1;

    // A way back goes a fifth further than it must, so that what is rounded away does not undo it.
    private const double Step = 0.01, WayBackMargin = 1.2 * Margin;

    public ParameterBox Box { get; } = box;
    public ImmutableArray<double> Relevance { get; } = relevance;
    public OneClassSvm Svm { get; } = svm;

    /// <summary>The decision value of a vector: above zero inside.</summary>
    public double DecisionValue(ReadOnlySpan<double> vector) => Svm.Decide(Stretched(vector));

    /// <summary>Judges settings.</summary>
    public EnvelopeScore Score(StrategySettings settings) => Score(Box.VectorOf(settings));

    /// <summary>Judges a vector.</summary>
    public EnvelopeScore Score(ReadOnlySpan<double> vector)
    {
        var value = DecisionValue(vector);
        var distance = Walk(vector, up: value <= 0, (_, v) => value <= 0 ? v > 0 : v <= 0, Farthest).Length * (value <= 0 ? -1 : 1);
        // The SVM hardly sees an axis that nothing depended on inside the box; what is outside of it nobody has tried.
        var (beyond, by) = FurthestOutside(vector);
        if (by > Slack) distance = Math.Min(distance, Math.Max(-Farthest, Slack - by));
        return new EnvelopeScore(value, distance, BandOf(distance), by > Slack ? beyond : null);
    }

    public static EnvelopeBand BandOf(double distance) =>
        distance >= Margin ? EnvelopeBand.Green : distance > 0 ? EnvelopeBand.Orange : EnvelopeBand.Red;

    /// <summary>The way up the gradient and into the box until the settings are GREEN, or as far as it leads; null where they are GREEN already.</summary>
    public WayBack? WayBackOf(StrategySettings settings)
    {
        var from = Box.VectorOf(settings);
        if (Score(from).Band == EnvelopeBand.Green) return null;
        var into = from.Select(x => Math.Clamp(x, 0, 1)).ToArray();
        var to = Score(into).Band == EnvelopeBand.Green ? into : Walk(into, up: true, (v, value) => value > 0 && Score(v).Distance >= WayBackMargin, 4 * Farthest).End;
        // A hundredth of an axis is nothing that a person would turn a knob for.
        for (var d = 0; d < to.Length; d++)
            if (Math.Abs(to[d] - from[d]) < 0.01) to[d] = from[d];
        var moved = Box.At(settings, to, from);
        ImmutableArray<ParameterMove> moves = [.. Enumerable.Range(0, to.Length).Where(d => to[d] != from[d]).OrderByDescending(d => Math.Abs(to[d] - from[d]))
            .Select(d => new ParameterMove(Box.Axes[d], Box.Axes[d].FromUnit(from[d]), Box.Axes[d].FromUnit(to[d])))];
        return new WayBack(moves, moved, Score(moved));
    }

    /// <summary>How strongly each axis pulls at a vector: the slope of the decision value along it, in order of <see cref="ParameterBox.Axes"/>.</summary>
    public double[] Slopes(ReadOnlySpan<double> vector)
    {
        var slopes = new double[vector.Length];
        Slopes(vector, slopes);
        return slopes;
    }

    private double Slopes(ReadOnlySpan<double> vector, Span<double> slopes)
    {
        var value = Svm.Decide(Stretched(vector), slopes);
        for (var d = 0; d < slopes.Length; d++) slopes[d] *= Relevance[d];
        return value;
    }

    // Follows the gradient in small steps. The faces of the box are walls: nothing is known beyond them, so there is neither a boundary nor safety.
    private (double[] End, double Length) Walk(ReadOnlySpan<double> start, bool up, Func<double[], double, bool> arrived, double farthest)
    {
        var (at, slopes, length) = (start.ToArray(), new double[start.Length], 0.0);
        while (length < farthest)
        {
            Slopes(at, slopes);
            for (var d = 0; d < at.Length; d++)
            {
                if (!up) slopes[d] = -slopes[d];
                if ((at[d] <= 0 && slopes[d] < 0) || (at[d] >= 1 && slopes[d] > 0)) slopes[d] = 0;
            }
            var steepness = Math.Sqrt(KernelRows.SquaredDistance(slopes, new double[slopes.Length]));
            if (!(steepness > 1e-200)) return (at, farthest); // Flat: at the top or in a corner, or so far away that the kernel is zero.
            var next = new double[at.Length];
            for (var d = 0; d < at.Length; d++) next[d] = Math.Clamp(at[d] + Step * slopes[d] / steepness, Math.Min(0, at[d]), Math.Max(1, at[d]));
            var value = DecisionValue(next);
            if (arrived(next, value)) return Landed(at, next, length, arrived);
            (at, length) = (next, length + Step);
        }
        return (at, farthest);
    }

    // Halves the last step until a thousandth of it is left.
    private (double[] End, double Length) Landed(double[] before, double[] after, double length, Func<double[], double, bool> arrived)
    {
        var (low, high) = (0.0, 1.0);
        for (var i = 0; i < 10; i++)
        {
            var middle = (low + high) / 2;
            var between = Between(middle);
            (low, high) = arrived(between, DecisionValue(between)) ? (low, middle) : (middle, high);
        }
        return (Between(high), length + high * Step);

        double[] Between(double share) => [.. before.Zip(after, (a, b) => a + share * (b - a))];
    }

    private (ParameterAxis? Axis, double By) FurthestOutside(ReadOnlySpan<double> vector)
    {
        var (axis, by) = ((ParameterAxis?)null, 0.0);
        for (var d = 0; d < vector.Length; d++)
        {
            var outside = Math.Max(-vector[d], vector[d] - 1);
            if (outside > by) (axis, by) = (Box.Axes[d], outside);
        }
        return (axis, by);
    }

    private double[] Stretched(ReadOnlySpan<double> vector)
    {
        if (vector.Length != Relevance.Length) throw new ArgumentException($"Expected {Relevance.Length} numbers; came {vector.Length}.", nameof(vector));
        var stretched = vector.ToArray();
        for (var d = 0; d < stretched.Length; d++) stretched[d] *= Relevance[d];
        return stretched;
    }
}
