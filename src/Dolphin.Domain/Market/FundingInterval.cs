namespace Dolphin.Domain.Market;

/// <summary>The time between two settlements of funding, and a rate in the unit in which all rates are compared: eight hours.</summary>
public static class FundingInterval
{
    private const int MostHours = 8; // And at least one; whatever else lies between two settlements is a gap in what was heard.

    /// <summary>Where nothing says another.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromHours(MostHours);

    /// <param name="hours">Whatever somebody wrote.</param>
    /// <returns>Null where no interval is so long.</returns>
    public static TimeSpan? OfHours(double hours) => hours is >= 1 and <= MostHours && double.IsInteger(hours) ? TimeSpan.FromHours(hours) : null;

    /// <summary>From when two settlements fell due, one after the other; they are some milliseconds late.</summary>
    /// <returns>Null where it is none: they are one and the same, or others between them were not heard.</returns>
    public static TimeSpan? Between(DateTimeOffset last, DateTimeOffset next) => OfHours(Math.Round((next - last).TotalHours));

    /// <param name="rate">Of one interval.</param>
    public static decimal PerEightHours(decimal rate, TimeSpan interval) => rate * MostHours / (decimal)interval.TotalHours;

    /// <param name="rate">Of one interval.</param>
    public static double PerEightHours(double rate, TimeSpan interval) => rate * (MostHours / interval.TotalHours);
}
