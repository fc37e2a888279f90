using static Dolphin.Domain.Esoteric.EphemerisTime;

namespace Dolphin.Domain.Esoteric;

/// <summary>The Moon as seen from the centre of the Earth: how far it is from the Sun, and how much of it is lit.</summary>
/// <remarks>
/// Meeus, Astronomical Algorithms (2nd edition, 1998), chapter 48: the mean elongation and the anomalies (47.2 to 47.4) with the seven largest terms of (48.4). The
/// elongation is good to about a fifth of a degree, which is half an hour; the instants of the phases are not taken from it, but from <see cref="MoonPhases"/>.
/// </remarks>
/// <param name="Elongation">Degrees by which the Moon's longitude is ahead of the Sun's, 0 to 360: 0 is new, 90 first quarter, 180 full.</param>
public readonly record struct Moon(double Elongation)
{
    /// <summary>Share of the disk that is lit, 0 (new) to 1 (full): (1 + cos i) / 2 with i the phase angle; (48.1).</summary>
    public double Illumination => (1 - Cos(Elongation)) / 2;

    /// <summary>Where it is between two new moons, 0 to below 1, by angle.</summary>
    public double Phase => Elongation / 360;

    public static Moon At(DateTimeOffset at)
    {
        var t = CenturiesOf(DayOf(at));
        var elongation = 297.8501921 + t * (445267.1114034 + t * (-0.0018819 + t * (1 / 545868.0 - t / 113065000)));
        var sun = 357.5291092 + t * (35999.0502909 + t * (-0.0001536 + t / 24490000));
        var moon = 134.9633964 + t * (477198.8675055 + t * (0.0087414 + t * (1 / 69699.0 - t / 14712000)));
        return new Moon(Turn(
            elongation + 6.289 * Sin(moon) - 2.100 * Sin(sun) + 1.274 * Sin(2 * elongation - moon) + 0.658 * Sin(2 * elongation)
            + 0.214 * Sin(2 * moon) + 0.110 * Sin(elongation)));
    }
}
