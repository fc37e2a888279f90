using static Dolphin.Domain.Esoteric.EphemerisTime;

namespace Dolphin.Domain.Esoteric;

/// <summary>Mercury stands still against the stars and turns.</summary>
/// <param name="TurnsRetrograde">From now on its longitude falls; else it rises again.</param>
public readonly record struct MercuryStation(DateTimeOffset At, bool TurnsRetrograde);

/// <summary>Mercury's geocentric ecliptic longitude, and when it runs backwards.</summary>
/// <remarks>
/// Both orbits are ellipses that change slowly: E. M. Standish, Keplerian Elements for Approximate Positions of the Major Planets (JPL), table 1, good from 1800 to 2050
/// to 15" for Mercury and 20" for the Earth's and Moon's centre of mass as the Sun sees them; at a station that is at most a twentieth of a degree as the Earth
/// sees it. Light needs its time, and longitude is counted from the equinox of the date (general precession, 1.396971 degrees a century). At a station the
/// longitude turns with 0.1 to 0.2 degrees a day for each day, so the instant is good to some hours.
/// </remarks>
public static class Mercury
{
    // Elements at J2000 and their change in a century: semi-major axis (au), eccentricity, inclination, mean longitude, longitude of the perihelion and of the
    // ascending node (degrees).
    private readonly record struct Elements(double Axis, double Eccentricity, double Inclination, double MeanLongitude, double Perihelion, double Node)
    {
        public Elements At(in Elements perCentury, double t) => new(
            Axis + t * perCentury.Axis, Eccentricity + t * perCentury.Eccentricity, Inclination + t * perCentury.Inclination,
            MeanLongitude + t * perCentury.MeanLongitude, Perihelion + t * perCentury.Perihelion, Node + t * perCentury.Node);
    }

    private static readonly Elements OfMercury = new(0.38709927, 0.20563593, 7.00497902, 252.25032350, 77.45779628, 48.33076593);
    private static readonly Elements MercuryPerCentury = new(0.00000037, 0.00001906, -0.00594749, 149472.67411175, 0.16047689, -0.12534081);
    private static readonly Elements OfEarth = new(1.00000261, 0.01671123, -0.00001531, 100.46457166, 102.93768193, 0);
    private static readonly Elements EarthPerCentury = new(0.00000562, -0.00004392, -0.01294668, 35999.37244981, 0.32327364, 0);

    private const double LightDaysPerAu = 0.0057755183, Precession = 1.396971;
    private const double ShortestRun = 5; // Days: half of it is less than any stretch between two stations, of which the shortest is some 19.

    /// <summary>Degrees on the ecliptic from the equinox of the date, 0 to 360.</summary>
    public static double Longitude(DateTimeOffset at) => LongitudeOf(DayOf(at));

    /// <summary>Degrees a day; below zero it runs backwards.</summary>
    public static double Speed(DateTimeOffset at) => SpeedOf(DayOf(at));

    public static bool IsRetrograde(DateTimeOffset at) => Speed(at) < 0;

    /// <summary>The first station after a moment, to the minute that the orbits allow.</summary>
    public static MercuryStation Next(DateTimeOffset after)
    {
        var low = DayOf(after);
        var wasRetrograde = SpeedOf(low) < 0;
        var high = low + ShortestRun;
        while (SpeedOf(high) < 0 == wasRetrograde) (low, high) = (high, high + ShortestRun);
        for (var i = 0; i < 40 && high - low > 1e-6; i++)
        {
            var middle = (low + high) / 2;
            if (SpeedOf(middle) < 0 == wasRetrograde) low = middle;
            else high = middle;
        }
        return new MercuryStation(MomentOf(high), TurnsRetrograde: !wasRetrograde);
    }

    /// <summary>All stations in [from, to), in order.</summary>
    public static IEnumerable<MercuryStation> Between(DateTimeOffset from, DateTimeOffset to)
    {
        // A moment after the last: what is found is behind it by less than a second.
        for (var station = Next(from); station.At < to; station = Next(station.At.AddHours(1))) yield return station;
    }

    private static double SpeedOf(double day) => Signed(LongitudeOf(day + 0.05) - LongitudeOf(day - 0.05)) / 0.1;

    private static double LongitudeOf(double day)
    {
        var earth = Heliocentric(OfEarth, EarthPerCentury, day);
        var (x, y, light) = (0.0, 0.0, 0.0);
        for (var i = 0; i < 3; i++) // Where it was when its light left: the third time nothing changes any more.
        {
            var mercury = Heliocentric(OfMercury, MercuryPerCentury, day - light);
            (x, y) = (mercury.X - earth.X, mercury.Y - earth.Y);
            var z = mercury.Z - earth.Z;
            light = LightDaysPerAu * Math.Sqrt(x * x + y * y + z * z);
        }
        return Turn(Math.Atan2(y, x) * (180 / Math.PI) + Precession * CenturiesOf(day));
    }

    /// <summary>Astronomical units on the ecliptic and equinox of J2000.</summary>
    private static (double X, double Y, double Z) Heliocentric(in Elements atJ2000, in Elements perCentury, double day)
    {
        var o = atJ2000.At(perCentury, CenturiesOf(day));
        var meanAnomaly = Signed(o.MeanLongitude - o.Perihelion) * (Math.PI / 180);
        var anomaly = meanAnomaly;
        for (var i = 0; i < 12; i++) // Kepler's equation by Newton; from an eccentricity of 0.2 five are enough.
            anomaly -= (anomaly - o.Eccentricity * Math.Sin(anomaly) - meanAnomaly) / (1 - o.Eccentricity * Math.Cos(anomaly));
        var inPlane = (X: o.Axis * (Math.Cos(anomaly) - o.Eccentricity), Y: o.Axis * Math.Sqrt(1 - o.Eccentricity * o.Eccentricity) * Math.Sin(anomaly));
        var argument = o.Perihelion - o.Node;
        var (sinW, cosW, sinN, cosN, sinI, cosI) = (Sin(argument), Cos(argument), Sin(o.Node), Cos(o.Node), Sin(o.Inclination), Cos(o.Inclination));
        return (
            (cosW * cosN - sinW * sinN * cosI) * inPlane.X + (-sinW * cosN - cosW * sinN * cosI) * inPlane.Y,
            (cosW * sinN + sinW * cosN * cosI) * inPlane.X + (-sinW * sinN + cosW * cosN * cosI) * inPlane.Y,
            sinW * sinI * inPlane.X + cosW * sinI * inPlane.Y);
    }
}
