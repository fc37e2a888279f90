using System.Collections.Immutable;

namespace Dolphin.Domain.Forewarning;

/// <summary>Log returns of a market, bar by bar: what trials' paths are drawn from, and what a market of now is compared with.</summary>
/// <param name="Interval">Of one bar.</param>
/// <param name="Series">One a symbol, in time order; together not empty. A bar that is missing is not made up: its return is left out.</param>
public sealed record ReturnSample(TimeSpan Interval, ImmutableArray<ImmutableArray<double>> Series)
{
    /// <summary>How many there are.</summary>
    public int Count => Series.Sum(s => s.Length);

    /// <summary>Of market, of the symbol that has most.</summary>
    public TimeSpan Longest => Interval * Series.Max(s => s.Length);

    /// <summary>Standard deviation of log price per root hour, around zero.</summary>
    public double VolatilityPerRootHour
    {
        get
        {
            var sum = 0.0;
            foreach (var series in Series)
                foreach (var r in series) sum += r * r;
            return Math.Sqrt(sum / Math.Max(1, Count) / Interval.TotalHours);
        }
    }

    /// <summary>Returns of closes, one symbol each; a return over more than one bar is left out.</summary>
    /// <param name="closes">Open times in Unix milliseconds, rising, and closes.</param>
    public static ReturnSample Of(TimeSpan interval, IEnumerable<IEnumerable<(long OpenTimeMs, Price Close)>> closes) =>
        new(interval, [.. closes.Select(s => Returns(s, (long)interval.TotalMilliseconds)).Where(s => !s.IsEmpty)]);

    private static ImmutableArray<double> Returns(IEnumerable<(long OpenTimeMs, Price Close)> closes, long step)
    {
        var returns = ImmutableArray.CreateBuilder<double>();
        (long OpenTimeMs, double Log)? last = null;
        foreach (var (time, close) in closes)
        {
            var log = PortableMath.Log((double)close.QuotePerBase);
            if (last is { } before && time - before.OpenTimeMs == step) returns.Add(log - before.Log);
            last = (time, log);
        }
        return returns.ToImmutable();
    }
}
