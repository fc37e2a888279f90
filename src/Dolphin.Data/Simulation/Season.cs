namespace Dolphin.Data.Simulation;

/// <summary>How busy a minute of the week is: nights over Europe and America are quiet, weekends are quieter.</summary>
/// <remarks>
/// Volume is U-shaped over the American session (13:00 to 21:00 UTC): busy at its opening and again at its close.
/// Both factors average 1 over a week (volatility in the square), so a day has the variance and the volume its profile says.
/// </remarks>
internal static class Season
{
    private const int MinutesPerDay = 24 * 60;
    private const int MinutesPerWeek = 7 * MinutesPerDay;
    private const double Weekend = 0.75;
    private const double VolumePower = 1.6; // Volume moves more over a day than volatility does.

    // Activity at each full hour UTC, from 00:00; in between it is interpolated.
    private static readonly double[] Hours =
        [1.10, 0.95, 0.80, 0.62, 0.50, 0.45, 0.48, 0.60, 0.80, 0.90, 0.90, 0.92, 1.05, 1.40, 1.70, 1.55, 1.30, 1.12, 1.10, 1.25, 1.45, 1.15, 1.00, 1.05];

    private static readonly (double[] Volatility, double[] Volume) Week = Build();

    /// <summary>Times the asset's volatility.</summary>
    public static double Volatility(long timeMs) => Week.Volatility[MinuteOfWeek(timeMs)];

    /// <summary>Times the asset's volume.</summary>
    public static double Volume(long timeMs) => Week.Volume[MinuteOfWeek(timeMs)];

    // The Unix epoch was a Thursday; minute 0 here is Thursday 00:00.
    private static int MinuteOfWeek(long timeMs) => (int)(timeMs / 60_000 % MinutesPerWeek);

    private static (double[] Volatility, double[] Volume) Build()
    {
        var (volatility, volume) = (new double[MinutesPerWeek], new double[MinutesPerWeek]);
        for (var minute = 0; minute < MinutesPerWeek; minute++)
        {
            var (hour, part) = (minute / 60 % 24, minute % 60 / 60.0);
            var activity = Hours[hour] * (1 - part) + Hours[(hour + 1) % 24] * part;
            if (minute / MinutesPerDay is 2 or 3) // Saturday and Sunday.
                activity *= Weekend;
            volatility[minute] = activity;
            volume[minute] = PortablePower(activity, VolumePower);
        }
        Scale(volatility, Math.Sqrt(volatility.Sum(v => v * v) / MinutesPerWeek));
        Scale(volume, volume.Sum() / MinutesPerWeek);
        return (volatility, volume);
    }

    private static double PortablePower(double value, double power) => Domain.PortableMath.Exp(power * Domain.PortableMath.Log(value));

    private static void Scale(double[] values, double by)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] /= by;
    }
}
