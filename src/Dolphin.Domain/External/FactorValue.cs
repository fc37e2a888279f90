using Dolphin.Domain.Market;

namespace Dolphin.Domain.External;

/// <summary>One number that somebody outside measured.</summary>
/// <param name="Asset">Null: of the whole market.</param>
/// <param name="Factor">One of <see cref="Factors"/>.</param>
/// <param name="At">When it was true and could be known, not when it was heard.</param>
public readonly record struct FactorValue(Symbol? Asset, string Factor, double Value, DateTimeOffset At)
{
    public override string ToString() => $"{(Asset is { } asset ? $"{asset} " : "")}{Factor}";
}

/// <summary>The external factors that are known, by the names that files, plans and messages have for them.</summary>
public static class Factors
{
    /// <summary>Fraction of notional in eight hours, however often it is paid.</summary>
    public const string Funding = "funding";
    /// <summary>(mark - index) / index.</summary>
    public const string Basis = "basis";
    /// <summary>Contracts that are open, base.</summary>
    public const string OpenInterest = "open-interest";
    /// <summary>What takers bought over what they sold in the last day.</summary>
    public const string TakerRatio = "taker-ratio";
    /// <summary>The same of five minutes, as Binance's metrics have it. It is between a half and two in quiet hours.</summary>
    public const string TakerRatio5M = "taker-ratio-5m";
    /// <summary>Deribit's index of implied volatility of the next 30 days, per cent a year.</summary>
    public const string Dvol = "dvol";
    /// <summary>The mark price, quote per base.</summary>
    public const string Mark = "mark";
}
