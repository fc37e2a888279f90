using System.Text.Json.Serialization;

namespace Dolphin.Domain.Market;

/// <summary>One closed bar of one symbol.</summary>
/// <param name="OpenTimeMs">Unix milliseconds, UTC, of the bar's open.</param>
/// <param name="Volume">Base asset traded in the bar; zero or more.</param>
public readonly record struct Bar(long OpenTimeMs, Price Open, Price High, Price Low, Price Close, Quantity Volume)
{
    /// <summary>One bar that says what both said: for a consumer too slow to see each. It carries the later bar's time.</summary>
    public Bar MergedWith(Bar later) => new(later.OpenTimeMs, Open, High > later.High ? High : later.High,
        Low < later.Low ? Low : later.Low, later.Close, Volume + later.Volume);
}

/// <summary>A bar with the symbol it belongs to.</summary>
public readonly record struct SymbolBar(Symbol Symbol, Bar Bar);

/// <summary>The bars of all symbols that share one open time, in ordinal order of symbol; symbols without a bar are left out.</summary>
public sealed record MarketSlice(long OpenTimeMs, TimeSpan Interval, ReadOnlyMemory<SymbolBar> Bars)
{
    public DateTimeOffset OpensAt => DateTimeOffset.FromUnixTimeMilliseconds(OpenTimeMs);
    public DateTimeOffset ClosesAt => OpensAt + Interval;
}

/// <summary>One recorded funding payment: longs pay <paramref name="Rate"/> of notional to shorts (shorts pay when it is negative).</summary>
/// <param name="Rate">Fraction of notional for the interval that ends at <paramref name="At"/>.</param>
/// <param name="Interval">Between settlements, where whoever tells knows it; null where the distance of two has to say it.</param>
public readonly record struct FundingRate(
    Symbol Symbol, DateTimeOffset At, decimal Rate, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TimeSpan? Interval = null);
