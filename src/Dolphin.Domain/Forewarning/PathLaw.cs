using System.Collections.Immutable;

namespace Dolphin.Domain.Forewarning;

/// <summary>
/// How paths are drawn from a sample of returns. Blocks of it are put one after the other (the stationary bootstrap of Politis and Romano, JASA 89, 1994), which
/// keeps the fat tails and the clusters of volatility that the sample has; then each path is made harder than the sample, because whoever can look at a
/// sample has survived it.
/// </summary>
public sealed record PathLaw
{
    /// <summary>Of one path.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromDays(3);
    /// <summary>Mean length of a block: long enough for a cluster of volatility.</summary>
    public TimeSpan Block { get; init; } = TimeSpan.FromHours(8);
    /// <summary>All returns of a path are multiplied by a number between 1 and this, each factor as likely as any.</summary>
    public double HighestScale { get; init; } = 3;
    /// <summary>Mean number of jumps a day beside what the sample has.</summary>
    public double JumpsPerDay { get; init; } = 0.25;
    /// <summary>Mean size of a jump in daily standard deviations of the sample; exponentially distributed, so one in twenty is three times as large.</summary>
    public double JumpSize { get; init; } = 1;
    /// <summary>Share of jumps that go down.</summary>
    public double DownwardShare { get; init; } = 0.6;
}

/// <summary>Closes of one symbol, one a bar.</summary>
public sealed record MarketPath(TimeSpan Interval, ImmutableArray<Price> Closes)
{
    /// <summary>Quote per base; where every path begins, in ticks of 0.001.</summary>
    public const decimal Start = 100m;
    private const double Lowest = 0.01, Highest = 1_000_000;

    /// <summary>Draws paths. The same sample, law and seed give the same bits, path by path, whoever draws them.</summary>
    /// <exception cref="ArgumentException">A sample without returns.</exception>
    public static ImmutableArray<MarketPath> Draw(ReturnSample sample, PathLaw law, int count, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(law);
        if (sample.Count == 0) throw new ArgumentException("Expected a sample with returns; came one without.", nameof(sample));
        double[] all = [.. sample.Series.SelectMany(s => s)];
        var ends = new HashSet<int>(); // Where a series ends: no block goes on into the next one.
        var end = 0;
        foreach (var series in sample.Series) ends.Add((end += series.Length) - 1);
        var chance = new Chance(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Draw(all, ends, sample, law, chance.NextBits()))];
    }

    private static MarketPath Draw(double[] all, HashSet<int> ends, ReturnSample sample, PathLaw law, ulong seed)
    {
        var chance = new Chance(seed);
        var days = sample.Interval.TotalDays;
        var scale = PortableMath.Exp(chance.NextUnit() * PortableMath.Log(law.HighestScale));
        var daily = sample.VolatilityPerRootHour * Math.Sqrt(24);
        var newBlock = Math.Min(1, sample.Interval / law.Block);
        var closes = ImmutableArray.CreateBuilder<Price>((int)(law.Length / sample.Interval) + 1);
        closes.Add(Price.Of(Start));
        var (log, from) = (PortableMath.Log((double)Start), chance.NextInt(all.Length));
        while (closes.Count < closes.Capacity)
        {
            log += scale * all[from];
            if (chance.NextBool(law.JumpsPerDay * days))
                log += (chance.NextBool(law.DownwardShare) ? 1 : -1) * law.JumpSize * daily * PortableMath.Log(chance.NextPositiveUnit());
            log = Math.Clamp(log, PortableMath.Log(Lowest), PortableMath.Log(Highest));
            closes.Add(Price.Of(decimal.Round((decimal)PortableMath.Exp(log), 3)));
            from = chance.NextBool(newBlock) || ends.Contains(from) ? chance.NextInt(all.Length) : from + 1;
        }
        return new MarketPath(sample.Interval, closes.MoveToImmutable());
    }
}
