using System.Text.Json.Serialization;

namespace Dolphin.Domain.SizeLearning;

/// <summary>What the size of a position may depend on: the seed's six, in its order.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SizeFactor>))]
public enum SizeFactor
{
    /// <summary>Of the signal, 0 to 1.</summary>
    Confidence,
    /// <summary>Of log price per root hour, 0 or more; 0.01 is 1 %.</summary>
    Volatility,
    /// <summary>Recent profit or loss as a fraction of capital; -0.05 is a loss of 5 %.</summary>
    Pnl,
    /// <summary>Between venues, 0 to 1.</summary>
    Divergence,
    /// <summary>What the position pays in funding in eight hours, as a fraction of notional; below zero is received.</summary>
    Funding,
    /// <summary>Used over total margin, 0 to 1.</summary>
    Margin,
}

/// <summary>A set of factors.</summary>
[Flags]
[JsonConverter(typeof(JsonStringEnumConverter<SizeFactors>))]
public enum SizeFactors { None = 0, Confidence = 1, Volatility = 2, Pnl = 4, Divergence = 8, Funding = 16, Margin = 32 }

/// <summary>The six as somebody measured them, in the units of <see cref="SizeFactor"/>; NaN or infinite counts as not measured.</summary>
public readonly record struct SizeContext(double Confidence, double Volatility, double Pnl, double Divergence, double Funding, double Margin)
{
    public const int Count = 6;

    public static readonly SizeContext Unknown = new(double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);
}

/// <summary>The six brought into -1 to 1, always finite. What was not measured is 0, and named.</summary>
public readonly record struct ScaledContext(
    double Confidence, double Volatility, double Pnl, double Divergence, double Funding, double Margin, SizeFactors Missing)
{
    /// <summary>Nothing is known.</summary>
    public static readonly ScaledContext Neutral = new(0, 0, 0, 0, 0, 0,
        SizeFactors.Confidence | SizeFactors.Volatility | SizeFactors.Pnl | SizeFactors.Divergence | SizeFactors.Funding | SizeFactors.Margin);

    /// <summary>Only this factor is known.</summary>
    /// <param name="value">-1 to 1.</param>
    public static ScaledContext Only(SizeFactor factor, double value) => new(
        factor == SizeFactor.Confidence ? value : 0, factor == SizeFactor.Volatility ? value : 0, factor == SizeFactor.Pnl ? value : 0,
        factor == SizeFactor.Divergence ? value : 0, factor == SizeFactor.Funding ? value : 0, factor == SizeFactor.Margin ? value : 0,
        Neutral.Missing & ~(SizeFactors)(1 << (int)factor));

    /// <summary>A one and the six: what the return is explained by.</summary>
    /// <param name="features"><see cref="ReturnModel.Features"/> numbers.</param>
    internal void CopyTo(Span<double> features)
    {
        features[0] = 1;
        features[1] = Confidence;
        features[2] = Volatility;
        features[3] = Pnl;
        features[4] = Divergence;
        features[5] = Funding;
        features[6] = Margin;
    }
}
