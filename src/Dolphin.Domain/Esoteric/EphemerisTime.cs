namespace Dolphin.Domain.Esoteric;

/// <summary>Days as ephemerides count them: Julian ephemeris days of terrestrial time, and angles in degrees.</summary>
/// <remarks>
/// Terrestrial time less UTC is 32.184 s and the leap seconds: 69.184 s since 2017, until another one is announced (IERS Bulletin C). Earlier it was less, by 27 s in
/// 1972; no almanac is read here to the second.
/// </remarks>
public static class EphemerisTime
{
    /// <summary>Seconds.</summary>
    public const double TerrestrialLessUtc = 69.184;

    internal const double J2000 = 2451545.0, DaysPerCentury = 36525;
    private const double UnixEpoch = 2440587.5, SecondsPerDay = 86_400;

    /// <summary>Julian ephemeris day of a moment. Meeus, Astronomical Algorithms (2nd edition, 1998), chapters 7 and 10.</summary>
    public static double DayOf(DateTimeOffset at) => UnixEpoch + (at.ToUnixTimeMilliseconds() / 1000.0 + TerrestrialLessUtc) / SecondsPerDay;

    /// <summary>The moment of a Julian ephemeris day, to the millisecond.</summary>
    public static DateTimeOffset MomentOf(double ephemerisDay) =>
        DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(((ephemerisDay - UnixEpoch) * SecondsPerDay - TerrestrialLessUtc) * 1000));

    /// <summary>Julian centuries since J2000.</summary>
    internal static double CenturiesOf(double ephemerisDay) => (ephemerisDay - J2000) / DaysPerCentury;

    internal static double Sin(double degrees) => Math.Sin(degrees * (Math.PI / 180));
    internal static double Cos(double degrees) => Math.Cos(degrees * (Math.PI / 180));

    /// <summary>Degrees in [0, 360).</summary>
    internal static double Turn(double degrees) => degrees - 360 * Math.Floor(degrees / 360);

    /// <summary>Degrees in [-180, 180).</summary>
    internal static double Signed(double degrees) => Turn(degrees + 180) - 180;
}
