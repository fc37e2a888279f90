using System.Collections.Immutable;

namespace Dolphin.Domain.Forewarning;

/// <summary>How well an envelope judges trials that it was not fitted on.</summary>
/// <param name="Recall">Share of catastrophes that are outside; NaN where there were none.</param>
/// <param name="FalseAlarm">Share of the others that are outside too; NaN where there were none.</param>
public readonly record struct EnvelopeProof(int Catastrophes, int Others, double Recall, double FalseAlarm)
{
    public static EnvelopeProof Of(SafetyEnvelope envelope, IReadOnlyCollection<Trial> trials)
    {
        var outside = trials.Select(t => (t.IsCatastrophe, IsOutside: envelope.DecisionValue(t.Vector.AsSpan()) <= 0)).ToArray();
        var (catastrophes, others) = (outside.Count(o => o.IsCatastrophe), outside.Count(o => !o.IsCatastrophe));
        return new EnvelopeProof(
            catastrophes, others, (double)outside.Count(o => o is { IsCatastrophe: true, IsOutside: true }) / catastrophes,
            (double)outside.Count(o => o is { IsCatastrophe: false, IsOutside: true }) / others);
    }
}

/// <summary>An envelope with what it was made of.</summary>
/// <param name="Nu">The best of those tried.</param>
/// <param name="Gamma">The best of those tried.</param>
/// <param name="Proof">On trials that neither the fit nor the choice of nu and gamma has seen.</param>
/// <param name="HeldOut">Those trials: whoever replaces this envelope is compared on newer ones.</param>
public sealed record FittedEnvelope(SafetyEnvelope Envelope, double Nu, double Gamma, int Trials, int Catastrophes, EnvelopeProof Proof, ImmutableArray<Trial> HeldOut);

/// <summary>Fits an envelope around the safe trials: three fifths of them are fitted, one fifth chooses nu and gamma, one fifth proves.</summary>
public static class EnvelopeFitter
{
    /// <summary>Below this share of catastrophes, or above one less it, there is no boundary to find.</summary>
    public const double LeastShare = 0.01;

    /// <summary>What an axis that nothing depended on keeps of its length: flat, but not blind.</summary>
    private const double LeastRelevance = 0.05;

    /// <summary>Safe trials that are fitted; of more, every so manieth. A fit takes time with the square of them, and the boundary hardly moves.</summary>
    private const int MostFitted = 3_000;

    // Mirrored at the faces: up to a quarter of an axis, which is further than the kernel reaches, and only where an axis counts. With four of them a
    // point has five images on average.
    private const double MirrorReach = 0.25, MirrorRelevance = 0.25;
    private const int MostMirrored = 4;

    // In stretched units, where the most relevant axis has length 1; the kernel reaches from a whole axis to an eighth of one.
    private static readonly double[] Gammas = [0.5, 1, 2, 4, 8, 16, 32], Nus = [0.02, 0.05, 0.1, 0.2, 0.3];

    /// <param name="trials">In any order that does not depend on their outcome; Latin hypercube's is one.</param>
    /// <returns>The envelope, or why none can be fitted.</returns>
    public static (FittedEnvelope? Fitted, Refusal? Refusal) Fit(ParameterBox box, ImmutableArray<Trial> trials)
    {
        ArgumentNullException.ThrowIfNull(box);
        var catastrophes = trials.Count(t => t.IsCatastrophe);
        if (!(catastrophes >= LeastShare * trials.Length && catastrophes <= (1 - LeastShare) * trials.Length))
        {
            return (null, new Refusal("forewarner.no-boundary",
                $"{catastrophes} of {trials.Length} trials were catastrophes; expected {LeastShare:0%} to {1 - LeastShare:0%}, or there is no boundary to find. No envelope; the one before stays."));
        }
        // Every fifth: the draw gives the trials no order.
        var fitted = trials.Where((_, i) => i % 5 is 0 or 1 or 2).ToArray();
        var choosing = trials.Where((_, i) => i % 5 == 3).ToArray();
        ImmutableArray<Trial> heldOut = [.. trials.Where((_, i) => i % 5 == 4)];
        var relevance = RelevanceOf(fitted, box.Dimensions);
        var safe = fitted.Where(t => !t.IsCatastrophe).ToArray();
        var every = (safe.Length + MostFitted - 1) / MostFitted;
        double[] points = [.. Mirrored([.. safe.Where((_, i) => i % every == 0).Select(t => t.Vector)], relevance).SelectMany(v => v.Zip(relevance, (x, r) => x * r))];

        (SafetyEnvelope Envelope, double Nu, double Gamma, double Skill)? best = null;
        foreach (var gamma in Gammas)
        foreach (var nu in Nus)
        {
            var fit = OneClassSvm.Fit(points, box.Dimensions, new SvmSettings(nu, gamma));
            if (!fit.Converged) continue;
            var envelope = new SafetyEnvelope(box, relevance, fit.Model);
            var proof = EnvelopeProof.Of(envelope, choosing);
            var skill = proof.Recall - proof.FalseAlarm; // Youden's J.
            if (best is null || skill > best.Value.Skill) best = (envelope, nu, gamma, skill);
        }
        return best is { } b
            ? (new FittedEnvelope(b.Envelope, b.Nu, b.Gamma, trials.Length, catastrophes, EnvelopeProof.Of(b.Envelope, heldOut), heldOut), null)
            : (null, new Refusal("forewarner.no-fit", "No one-class SVM converged within its bound of steps. No envelope; the one before stays."));
    }

    // A face of the box is no boundary that trials found. Near one, half of a point's neighbours are missing only because nothing was tried beyond, and the SVM
    // would take the smallest leverage for a danger. Reflection is the usual cure (Silverman, Density Estimation, 1986, section 2.10).
    private static IEnumerable<ImmutableArray<double>> Mirrored(IEnumerable<ImmutableArray<double>> points, ImmutableArray<double> relevance)
    {
        foreach (var axis in Enumerable.Range(0, relevance.Length).OrderByDescending(d => relevance[d]).Take(MostMirrored).Where(d => relevance[d] >= MirrorRelevance))
            points = points.SelectMany(p => Images(p, axis)).ToArray();
        return points;
    }

    private static ImmutableArray<ImmutableArray<double>> Images(ImmutableArray<double> point, int axis) => point[axis] switch
    {
        < MirrorReach => [point, point.SetItem(axis, -point[axis])],
        > 1 - MirrorReach => [point, point.SetItem(axis, 2 - point[axis])],
        _ => [point],
    };

    /// <summary>How far apart each axis' values are in catastrophes and in the others, beyond what chance does, as a share of the most relevant axis'.</summary>
    internal static ImmutableArray<double> RelevanceOf(Trial[] trials, int dimensions)
    {
        var (catastrophes, others) = (trials.Where(t => t.IsCatastrophe).ToArray(), trials.Where(t => !t.IsCatastrophe).ToArray());
        var apart = new double[dimensions];
        for (var d = 0; d < dimensions; d++)
        {
            var distance = KolmogorovSmirnov.Distance(
                catastrophes.Select(t => t.Vector[d]).ToArray(), others.Select(t => t.Vector[d]).ToArray());
            apart[d] = Math.Max(0, distance - KolmogorovSmirnov.Chance(catastrophes.Length, others.Length));
        }
        var most = Math.Max(apart.Max(), 1e-9);
        return [.. apart.Select(a => Math.Max(LeastRelevance, a / most))];
    }
}
