using System.Text.Json.Serialization;

namespace Dolphin.Domain.Esoteric;

/// <summary>
/// Where a moment is in the week and in the day, as numbers without a seam at midnight: cos and sin of 2 pi h t / T for the first harmonics. The flexible Fourier form
/// of Gallant (Journal of Econometrics 15, 1981), as Andersen and Bollerslev use it for intraday seasons (Journal of Empirical Finance 4, 1997).
/// </summary>
/// <param name="Number">Of the harmonic, from 1.</param>
public readonly record struct Harmonic(HarmonicPeriod Period, int Number, double Cos, double Sin);

/// <summary>The week begins on Monday, 00:00 UTC; the day at 00:00 UTC.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HarmonicPeriod>))]
public enum HarmonicPeriod { Week, Day }

public static class Harmonics
{
    /// <summary>Three of the week, which tell any two weekdays apart, and two of the day: its hours of trade are two humps.</summary>
    public const int OfWeek = 3, OfDay = 2;

    // 1970-01-05 was a Monday.
    private const double MsPerDay = 86_400_000, FirstMonday = 4 * MsPerDay;

    public static Harmonic[] At(DateTimeOffset at)
    {
        var ms = (double)at.ToUnixTimeMilliseconds();
        return [
            .. Enumerable.Range(1, OfWeek).Select(h => Of(HarmonicPeriod.Week, h, (ms - FirstMonday) / (7 * MsPerDay))),
            .. Enumerable.Range(1, OfDay).Select(h => Of(HarmonicPeriod.Day, h, ms / MsPerDay))];
    }

    private static Harmonic Of(HarmonicPeriod period, int number, double turns)
    {
        var angle = 2 * Math.PI * number * (turns - Math.Floor(turns));
        return new Harmonic(period, number, Math.Cos(angle), Math.Sin(angle));
    }
}
