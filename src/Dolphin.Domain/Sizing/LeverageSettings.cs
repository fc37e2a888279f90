using System.Globalization;
using System.Text.Json.Serialization;

namespace Dolphin.Domain.Sizing;

/// <summary>What adaptive leverage is made of, in the order it is shown.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LeverageFactor>))]
public enum LeverageFactor
{
    /// <summary>Of the signal, 0 to 1. More confidence, more leverage.</summary>
    Confidence,
    /// <summary>Of log price per root hour; 0.01 is 1 %. More volatility, less leverage.</summary>
    Volatility,
    /// <summary>Recent profit or loss as a fraction of capital; -0.05 is a loss of 5 %. More profit, more leverage.</summary>
    Pnl,
    /// <summary>The plan's risk weight of the symbol; 1 is ordinary, 2 twice as risky. More weight, less leverage.</summary>
    Symbol,
    /// <summary>Used over total margin, 0 to 1. More used, less leverage.</summary>
    Margin,
    /// <summary>Between venues, 0 to 1. More divergence, less leverage.</summary>
    Divergence,
    /// <summary>What the position pays in funding in eight hours, as a fraction of notional; negative is received. More cost, less leverage.</summary>
    Funding,
}

/// <summary>
/// How leverage adapts, before anyone trusts it: <see cref="LeveragePolicy.Create"/> checks. Keys are under <c>dolphin.leverage</c>.
/// </summary>
/// <remarks>
/// leverage = (5 + 75 x confidence) x volatility x pnl x symbol x margin x divergence x funding, within 5 to 80. A product and not a weighted sum:
/// in a sum a good factor pays for a bad one, so that full confidence would buy leverage on an account whose margin is used up. In a product
/// every factor keeps its whole effect whatever the others say, and their order does not matter. It is also how R_total is made.
/// </remarks>
public sealed record LeverageSettings
{
    /// <summary>Key <c>volatility-reference</c>, 0.0001 to 1 per root hour: at this the factor is 1. 1 % is about the upper quartile of
    /// sixteen symbols over the month of recording 01.</summary>
    public double VolatilityReference { get; init; } = 0.01;

    /// <summary>Key <c>pnl-scale</c>, 0.001 to 1 of capital: a profit or loss of this size has the factor's full effect.</summary>
    public double PnlScale { get; init; } = 0.05;

    /// <summary>Key <c>margin-full</c>, 0.1 to 1: at this utilisation the factor has its full effect. The exposure balancer's limit.</summary>
    public double MarginFull { get; init; } = 0.85;

    /// <summary>Key <c>divergence-full</c>, 0.001 to 1: at this divergence the factor has its full effect. The exposure balancer's threshold.</summary>
    public double DivergenceFull { get; init; } = 0.03;

    /// <summary>Key <c>funding-full</c>, 0.00001 to 0.1 per eight hours: at this cost the factor has its full effect. Ten times the usual 0.01 %.</summary>
    public double FundingFull { get; init; } = 0.001;
}

/// <summary>How leverage adapts, known to be good; and what each factor may do at most.</summary>
public sealed class LeveragePolicy
{
    /// <summary>Times, both ends, before any cap.</summary>
    public const decimal Least = 5m, Most = 80m;

    /// <summary>A confidence nobody gave: the exposure balancer's default.</summary>
    public const double NeutralConfidence = 0.5;

    private LeveragePolicy(LeverageSettings settings) => Settings = settings;

    public LeverageSettings Settings { get; }

    /// <param name="path">Where the settings were found, such as <c>dolphin.leverage</c>; it begins every message.</param>
    /// <returns>The policy, or null after adding every mistake to <paramref name="errors"/>.</returns>
    public static LeveragePolicy? Create(LeverageSettings settings, string path, List<string> errors)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(errors);
        var before = errors.Count;
        void Expect(double value, string key, double least, double most, string unit)
        {
            if (!(value >= least && value <= most))
                errors.Add(string.Create(CultureInfo.InvariantCulture, $"{path}.{key} is {value}; expected {least} to {most} ({unit})."));
        }
        Expect(settings.VolatilityReference, "volatility-reference", 0.0001, 1, "per root hour");
        Expect(settings.PnlScale, "pnl-scale", 0.001, 1, "of capital");
        Expect(settings.MarginFull, "margin-full", 0.1, 1, "used over total margin");
        Expect(settings.DivergenceFull, "divergence-full", 0.001, 1, "a fraction of price");
        Expect(settings.FundingFull, "funding-full", 0.00001, 0.1, "of notional in eight hours");
        return errors.Count == before ? new LeveragePolicy(settings) : null;
    }

    /// <summary>The least and the most that a factor multiplies by. Confidence is the base instead, over that of no opinion.</summary>
    public static (double Least, double Most) Range(LeverageFactor factor) => factor switch
    {
        LeverageFactor.Confidence => (5 / 42.5, 80 / 42.5),
        LeverageFactor.Volatility => (0.2, 1.25),
        LeverageFactor.Pnl => (0.75, 1.25),
        LeverageFactor.Symbol => (0.5, 2),
        LeverageFactor.Margin => (0.3, 1),
        LeverageFactor.Divergence => (0.5, 1),
        LeverageFactor.Funding => (0.5, 1),
        _ => throw new ArgumentOutOfRangeException(nameof(factor), factor, "Expected a known factor."),
    };

    /// <summary>What a factor multiplies by. Every formula is monotone, and 1 at the neutral input (0.5, the reference, 0, 1, 0, 0, 0).</summary>
    /// <param name="input">Finite; what lies outside a factor's domain counts as its edge.</param>
    public double Multiplier(LeverageFactor factor, double input)
    {
        var (least, most) = Range(factor);
        return factor switch
        {
            LeverageFactor.Confidence => (5 + 75 * Math.Clamp(input, 0, 1)) / 42.5,
            LeverageFactor.Volatility => input <= 0 ? most : Math.Clamp(Settings.VolatilityReference / input, least, most),
            LeverageFactor.Pnl => Math.Clamp(1 + 0.25 * (input / Settings.PnlScale), least, most),
            LeverageFactor.Symbol => input <= 0 ? most : Math.Clamp(1 / input, least, most),
            LeverageFactor.Margin => Falling(input / Settings.MarginFull, least),
            LeverageFactor.Divergence => Falling(input / Settings.DivergenceFull, least),
            LeverageFactor.Funding => Falling(input / Settings.FundingFull, least),
            _ => throw new ArgumentOutOfRangeException(nameof(factor), factor, "Expected a known factor."),
        };
    }

    // 1 at zero and below, in a straight line down to the least at one and beyond.
    private static double Falling(double share, double least) => 1 - (1 - least) * Math.Clamp(share, 0, 1);
}
