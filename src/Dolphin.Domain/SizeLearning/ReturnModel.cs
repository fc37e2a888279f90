using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Dolphin.Domain.SizeLearning;

/// <summary>What is expected of a return, and how sure that is.</summary>
/// <param name="Mean">Fraction of notional.</param>
/// <param name="Error">Fraction of notional, above zero: the standard error of <paramref name="Mean"/>, not the scatter of a single return.</param>
public readonly record struct ReturnEstimate(double Mean, double Error);

/// <summary>
/// Expected return per unit of notional as a straight-line function of the context: Bayesian linear regression with forgetting. Immutable; equal when all bits are.
/// </summary>
/// <remarks>
/// It keeps sums only. With x = (1, context), weights that halve every half-life, and a prior worth k episodes without effect whose returns scatter by s0:
/// the coefficients are (A + k I)^-1 b, the scatter is s^2 = (k s0^2 + sum y^2 - b'(A + k I)^-1 b) / (k + n), and the error of a mean at x is
/// s sqrt(x'(A + k I)^-1 x) (the conjugate normal-gamma model, with k for both its counts). A + k I has no eigenvalue under k, so the
/// factorisation below always succeeds. All sums in fixed order out of + - x / and square roots, which are the same on every machine.
/// </remarks>
public sealed class ReturnModel : IEquatable<ReturnModel>
{
    /// <summary>The intercept and the six.</summary>
    public const int Features = SizeContext.Count + 1;

    private const int Products = Features * (Features + 1) / 2;

    // Lower triangle of A by rows, b, the sum of squares, the sum of weights.
    private readonly ImmutableArray<double> _sums;

    /// <summary>From what <see cref="Sums"/> once gave.</summary>
    /// <exception cref="ArgumentException">Not so many, or one is not finite.</exception>
    public ReturnModel(ImmutableArray<double> sums)
    {
        if (sums.IsDefault || sums.Length != SumsCount || !sums.All(double.IsFinite))
            throw new ArgumentException($"Expected {SumsCount} finite sums; came {(sums.IsDefault ? 0 : sums.Length)}, or one that is not finite.", nameof(sums));
        _sums = sums;
    }

    /// <summary>Numbers that <see cref="Sums"/> holds.</summary>
    public const int SumsCount = Products + Features + 2;

    public static ReturnModel Empty { get; } = new(ImmutableArray.Create(new double[SumsCount]));

    /// <summary>Everything it knows, for storing.</summary>
    public ImmutableArray<double> Sums => _sums;

    /// <summary>Episodes, those of long ago in part.</summary>
    [JsonIgnore]
    public double Weight => _sums[SumsCount - 1];

    /// <summary>After one more return.</summary>
    /// <param name="outcome">Fraction of notional; bounded and finite.</param>
    /// <param name="kept">What is left of the weight of all before it, 0 to 1.</param>
    public ReturnModel After(in ScaledContext context, double outcome, double kept)
    {
        Span<double> x = stackalloc double[Features];
        context.CopyTo(x);
        var sums = new double[SumsCount];
        var at = 0;
        for (var i = 0; i < Features; i++)
        {
            for (var j = 0; j <= i; j++, at++) sums[at] = kept * _sums[at] + x[i] * x[j];
        }
        for (var i = 0; i < Features; i++, at++) sums[at] = kept * _sums[at] + x[i] * outcome;
        sums[at] = kept * _sums[at] + outcome * outcome;
        sums[at + 1] = kept * _sums[at + 1] + 1;
        return new ReturnModel(ImmutableArray.Create(sums));
    }

    /// <summary>What the return is expected to be in this context.</summary>
    public ReturnEstimate At(SizeLearningPolicy policy, in ScaledContext context)
    {
        Span<double> x = stackalloc double[Features];
        context.CopyTo(x);
        return Along(policy, x);
    }

    /// <summary>By how much the expected return changes when a factor goes from 0 to 1.</summary>
    public ReturnEstimate Slope(SizeLearningPolicy policy, SizeFactor factor)
    {
        Span<double> x = stackalloc double[Features];
        x.Clear();
        x[(int)factor + 1] = 1;
        return Along(policy, x);
    }

    private ReturnEstimate Along(SizeLearningPolicy policy, ReadOnlySpan<double> x)
    {
        var prior = policy.Settings.PriorEpisodes;
        Span<double> root = stackalloc double[Products];
        Factor(prior, root);
        // With A + kI = L L': u = L^-1 b, v = L^-1 x; then mean = u'v, x'(..)^-1 x = v'v, b'(..)^-1 b = u'u.
        Span<double> u = stackalloc double[Features];
        Span<double> v = stackalloc double[Features];
        Forward(root, _sums.AsSpan(Products, Features), u);
        Forward(root, x, v);
        var (mean, leverage, explained) = (0.0, 0.0, 0.0);
        for (var i = 0; i < Features; i++)
        {
            mean += u[i] * v[i];
            leverage += v[i] * v[i];
            explained += u[i] * u[i];
        }
        var unexplained = Math.Max(0, _sums[Products + Features] - explained); // Below zero by rounding only.
        var scatter = (prior * policy.Settings.PriorSpread * policy.Settings.PriorSpread + unexplained) / (prior + Weight);
        return new ReturnEstimate(mean, Math.Sqrt(scatter * leverage));
    }

    // The lower Cholesky factor of A + prior I.
    private void Factor(double prior, Span<double> root)
    {
        for (var i = 0; i < Features; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = _sums[Row(i) + j];
                for (var k = 0; k < j; k++) sum -= root[Row(i) + k] * root[Row(j) + k];
                root[Row(i) + j] = i == j ? Math.Sqrt(sum + prior) : sum / root[Row(j) + j];
            }
        }
    }

    private static void Forward(ReadOnlySpan<double> root, ReadOnlySpan<double> right, Span<double> solution)
    {
        for (var i = 0; i < Features; i++)
        {
            var sum = right[i];
            for (var k = 0; k < i; k++) sum -= root[Row(i) + k] * solution[k];
            solution[i] = sum / root[Row(i) + i];
        }
    }

    private static int Row(int i) => i * (i + 1) / 2;

    public bool Equals(ReturnModel? other) => other is not null && SameBits.Are(_sums, other._sums);
    public override bool Equals(object? obj) => Equals(obj as ReturnModel);
    public override int GetHashCode() => HashCode.Combine(Weight, _sums[Products]);
}
