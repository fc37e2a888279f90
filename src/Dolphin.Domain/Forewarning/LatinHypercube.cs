namespace Dolphin.Domain.Forewarning;

/// <summary>
/// Points in a unit cube of which every axis has exactly one in each of as many equal slices (McKay, Beckman and Conover, Technometrics 21, 1979). Unlike
/// plain draws it leaves no stretch of a parameter untried, and unlike a Sobol sequence it is as even for any number of points in any number of dimensions.
/// </summary>
public static class LatinHypercube
{
    /// <summary>One point after the other, each coordinate in [0, 1). The same seed gives the same points.</summary>
    public static double[] Draw(int points, int dimensions, ulong seed)
    {
        var chance = new Chance(seed);
        var drawn = new double[points * dimensions];
        var slices = new int[points];
        for (var d = 0; d < dimensions; d++)
        {
            for (var i = 0; i < points; i++)
            {
                var j = chance.NextInt(i + 1); // Fisher and Yates, inside out.
                (slices[i], slices[j]) = (slices[j], i);
            }
            for (var i = 0; i < points; i++) drawn[i * dimensions + d] = (slices[i] + chance.NextUnit()) / points;
        }
        return drawn;
    }
}
