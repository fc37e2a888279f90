using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;

namespace Dolphin.Domain.Sizing;

/// <summary>One factor as somebody measured it; NaN or infinite counts as not measured.</summary>
/// <param name="IsSilent">Where it was not: whoever measures it has fallen silent. Until it is heard again the factor does its worst, so that silence never gives back what was cut.</param>
public readonly record struct LeverageInput(LeverageFactor Factor, double Value, bool IsSilent = false);

/// <summary>What one factor did.</summary>
/// <param name="Value">The input, or null: it was missing.</param>
/// <param name="Multiplier">For a missing one 1, or the least there is where whoever measures it is silent.</param>
/// <param name="Share">Of all that the factors did, 0 to 1, up and down alike: |ln multiplier| over the sum of those.</param>
public readonly record struct LeverageContribution(LeverageFactor Factor, double? Value, double Multiplier, double Share);

/// <summary>
/// Adaptive leverage and where it comes from. It is a wish: <see cref="BetSizer"/> takes the smallest of it, the posture's cap, the envelope's cap and
/// the venue's bracket. The postures' caps are 6, 2 and 1, so the range of 5 to 80 shows between 5 and 6 in APEX and nowhere else until
/// a plan raises them.
/// </summary>
/// <remarks>Every open position of a strategy keeps one, so it is small: two numbers a factor.</remarks>
public sealed record AdaptiveLeverage
{
    private readonly Term[] _terms;

    [JsonConstructor]
    public AdaptiveLeverage(decimal leverage, double unbounded, ImmutableArray<LeverageContribution> contributions)
        : this(leverage, unbounded, [.. contributions.Select(c => new Term(c.Value ?? double.NaN, c.Multiplier))])
    {
    }

    private AdaptiveLeverage(decimal leverage, double unbounded, Term[] terms) => (Leverage, Unbounded, _terms) = (leverage, unbounded, terms);

    /// <summary>Times, 5 to 80, rounded down to hundredths.</summary>
    public decimal Leverage { get; init; }

    /// <summary>What the product was before it was brought into 5 to 80.</summary>
    public double Unbounded { get; init; }

    /// <summary>All seven factors, in the order of <see cref="LeverageFactor"/>.</summary>
    [JsonInclude]
    public ImmutableArray<LeverageContribution> Contributions
    {
        get
        {
            var effect = _terms.Sum(t => t.Effect);
            var contributions = ImmutableArray.CreateBuilder<LeverageContribution>(_terms.Length);
            for (var i = 0; i < _terms.Length; i++)
            {
                var (value, multiplier) = _terms[i];
                contributions.Add(new LeverageContribution(Factors[i], double.IsNaN(value) ? null : value, multiplier, effect > 0 ? _terms[i].Effect / effect : 0));
            }
            return contributions.MoveToImmutable();
        }
    }

    /// <summary>The base without an opinion: 5 + 75 x 0.5.</summary>
    public const double NeutralBase = 42.5;

    /// <param name="inputs">In any order. What is not named is missing.</param>
    /// <exception cref="ArgumentException">A factor is named twice: a bug of the caller.</exception>
    public static AdaptiveLeverage Of(LeveragePolicy policy, params ReadOnlySpan<LeverageInput> inputs)
    {
        ArgumentNullException.ThrowIfNull(policy);
        Span<double> values = stackalloc double[Factors.Length];
        values.Fill(double.NaN);
        var (named, silent) = (0, 0);
        foreach (var input in inputs)
        {
            var bit = 1 << (int)input.Factor;
            if ((named & bit) != 0) throw new ArgumentException($"Expected each factor once; {input.Factor} came twice.", nameof(inputs));
            named |= bit;
            if (double.IsFinite(input.Value)) values[(int)input.Factor] = input.Value;
            else if (input.IsSilent) silent |= bit;
        }

        // In the order of the factors, not of the inputs: rounding must not depend on who was measured first.
        var terms = new Term[Factors.Length];
        var product = NeutralBase;
        for (var i = 0; i < terms.Length; i++)
        {
            terms[i] = new Term(values[i], !double.IsNaN(values[i]) ? policy.Multiplier(Factors[i], values[i])
                : (silent & (1 << (int)Factors[i])) != 0 ? LeveragePolicy.Range(Factors[i]).Least : 1);
            product *= terms[i].Multiplier;
        }
        return new AdaptiveLeverage(Math.Clamp(RoundedDown(product), LeveragePolicy.Least, LeveragePolicy.Most), product, terms);
    }

    /// <summary>The factors as lines of text: each input, what it multiplies by, and what was missing.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"adaptive leverage {Leverage:0.00}x");
        if (Unbounded < (double)LeveragePolicy.Least || Unbounded > (double)LeveragePolicy.Most)
            text.Append(CultureInfo.InvariantCulture, $", brought into {LeveragePolicy.Least} to {LeveragePolicy.Most} from {Unbounded:0.00}x");
        text.Append(CultureInfo.InvariantCulture, $" = {NeutralBase:0.0}\n");
        foreach (var c in Contributions)
        {
            text.Append(CultureInfo.InvariantCulture, $"  x {c.Multiplier:0.000}  {c.Factor.ToString().ToLowerInvariant(),-10}  ");
            text.Append(c.Value is { } value
                ? string.Create(CultureInfo.InvariantCulture, $"{value:0.#####}, {c.Share:0%} of the effect\n")
                : c.Multiplier < 1 ? "silent: at its worst until it is heard\n" : "missing: neutral\n");
        }
        return text.ToString();
    }

    // Multiplying by a hundred can round up by a last bit; a cap must never be passed, not even by that.
    private static decimal RoundedDown(double product)
    {
        var hundredths = (long)Math.Floor(product * 100);
        return ((double)(hundredths / 100m) > product ? hundredths - 1 : hundredths) / 100m;
    }

    private static readonly LeverageFactor[] Factors = Enum.GetValues<LeverageFactor>();

    /// <param name="Value">NaN: missing.</param>
    private readonly record struct Term(double Value, double Multiplier)
    {
        public double Effect => Math.Abs(PortableMath.Log(Multiplier));
    }
}
