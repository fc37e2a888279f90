using System.Globalization;
using System.Text.Json.Serialization;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Sizing;

/// <summary>A funding rate as somebody who sizes needs it.</summary>
/// <param name="At">Of a settled one when it fell due, of a forecast when it was told.</param>
/// <param name="PerEightHours">Fraction of notional that longs pay to shorts in eight hours; below zero shorts pay.</param>
/// <param name="IsForecast">It is of the settlement to come, as the venue reckons it now; else the newest one that was settled.</param>
public sealed record FundingQuote(
    DateTimeOffset At, decimal PerEightHours, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsForecast = false)
{
    /// <summary>Up to this age a rate counts: funding settles every eight hours, or more often.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromHours(9);

    /// <summary>What a position pays in eight hours, net of both legs by quantity, as a fraction of the notional of both; below zero it is paid.</summary>
    /// <param name="legs">Only their proportion counts; equal legs pay each other.</param>
    /// <returns>NaN without legs.</returns>
    public double CostOf(Legs legs) => legs.Gross.Base > 0m ? (double)(PerEightHours * (legs.Long.Base - legs.Short.Base) / legs.Gross.Base) : double.NaN;

    public string ToText() => string.Create(CultureInfo.InvariantCulture,
        $"{PerEightHours:0.#####%} in eight hours, {(IsForecast ? "forecast" : "settled")} at {At.UtcDateTime:yyyy-MM-dd HH:mm}Z");
}

/// <summary>What is known of one symbol's funding.</summary>
/// <param name="Newest">It may be told before it falls due.</param>
/// <param name="Before">What counts until then; null before a second one.</param>
/// <param name="SettlesAt">When the newest settlement that was told falls or fell due; null while only forecasts are known.</param>
/// <param name="Interval">Between settlements: one to eight hours.</param>
public sealed record SymbolFunding(Symbol Symbol, FundingQuote Newest, FundingQuote? Before, DateTimeOffset? SettlesAt, TimeSpan Interval)
{
    /// <param name="known">Null: nothing is.</param>
    /// <param name="rate">Of one interval.</param>
    /// <returns>What was known, where the rate is no news.</returns>
    public static SymbolFunding After(SymbolFunding? known, FundingRate rate, bool isForecast)
    {
        var interval = rate.Interval ?? known?.Interval ?? FundingInterval.Usual;
        if (!isForecast && known?.SettlesAt is { } last)
        {
            if (rate.At <= last) return known;
            interval = rate.Interval ?? FundingInterval.Between(last, rate.At) ?? interval;
        }

        if (known is not null && rate.At <= known.Newest.At && isForecast) return known;
        var quote = new FundingQuote(rate.At, FundingInterval.PerEightHours(rate.Rate, interval), isForecast);
        return new SymbolFunding(rate.Symbol, quote, known?.Newest, isForecast ? known?.SettlesAt : rate.At, interval);
    }

    /// <summary>The newest rate that is known at a time; null where there is none, or it is too old.</summary>
    public FundingQuote? At(DateTimeOffset now) => Fresh(Newest, now) ?? (Before is { } before ? Fresh(before, now) : null);

    private static FundingQuote? Fresh(FundingQuote quote, DateTimeOffset now) => quote.At <= now && now - quote.At <= FundingQuote.FreshFor ? quote : null;
}
