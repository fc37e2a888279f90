using Dolphin.Domain;

namespace Dolphin.Data.Simulation;

/// <summary>How busy a minute of the week is: nights over Europe and America are quiet, weekends are quieter.</summary>
/// <remarks>
/// Volume is U-shaped over the American session (13:00 to 21:00 UTC): busy at its opening and again at its close.
/// Both factors average 1 over a week (volatility in the square), so a week has the variance and the volume its profile says,
/// whatever the interval: a bar of an hour gets what its sixty minutes get.
/// </remarks>
internal sealed class Season
{
    private const int MinutesPerDay = 24 * 60;
    private const int MinutesPerWeek = 7 * MinutesPerDay;
    private const double Weekend = 0.75;
    private const double VolumePower = 1.6; // Volume moves more over a day than volatility does.

    // Activity at each full hour UTC, from 00:00; in between it is interpolated.
    private static readonly double[] Hours =
        [1.10, 0.95, 0.80, 0.62, 0.50, 0.45, 0.48, 0.60, 0.80, 0.90, 0.90, 0.92, 1.05, 1.40, 1.70, 1.55, 1.30, 1.12, 1.10, 1.25, 1.45, 1.15, 1.00, 1.05];

    private readonly double[] _volatility; // By the minute of the week a bar opens in.
    private readonly double[] _volume;

    /// <param name="interval">Of the bars; parts of a minute count as the minute.</param>
    public Season(TimeSpan interval)
    {
        var activity = new double[MinutesPerWeek];
        for (var minute = 0; minute < MinutesPerWeek; minute++)
        {
            var (hour, part) = (minute / 60 % 24, minute % 60 / 60.0);
            activity[minute] = Hours[hour] * (1 - part) + Hours[(hour + 1) % 24] * part;
            if (minute / MinutesPerDay is 2 or 3) // Minute 0 is Thursday 00:00, as the Unix epoch was; these are Saturday and Sunday.
                activity[minute] *= Weekend;
        }
        var minutes = Math.Max(1, (int)interval.TotalMinutes);
        _volatility = Array.ConvertAll(Averages(Array.ConvertAll(activity, a => a * a), minutes), Math.Sqrt);
        _volume = Averages(Array.ConvertAll(activity, a => PortableMath.Exp(VolumePower * PortableMath.Log(a))), minutes);
    }

    /// <summary>Times the asset's volatility, for the bar that opens then.</summary>
    public double Volatility(long openTimeMs) => _volatility[MinuteOfWeek(openTimeMs)];

    /// <summary>Times the asset's volume, for the bar that opens then.</summary>
    public double Volume(long openTimeMs) => _volume[MinuteOfWeek(openTimeMs)];

    private static int MinuteOfWeek(long timeMs) => (int)(timeMs / 60_000 % MinutesPerWeek);

    /// <summary>For each minute the mean of it and those after it that one bar covers, as a part of the mean of all.</summary>
    private static double[] Averages(double[] values, int minutes)
    {
        var averages = new double[values.Length];
        var sum = 0.0;
        for (var i = 0; i < minutes; i++)
            sum += values[i];
        var mean = values.Sum() / values.Length;
        for (var i = 0; i < values.Length; i++)
        {
            averages[i] = sum / minutes / mean;
            sum += values[(i + minutes) % values.Length] - values[i];
        }
        return averages;
    }
}
