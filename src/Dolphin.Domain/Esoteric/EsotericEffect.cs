namespace Dolphin.Domain.Esoteric;

/// <summary>The UTC day that is not over yet.</summary>
/// <param name="Factor">L8's f when it began.</param>
/// <param name="From">Equity when it began.</param>
/// <param name="Last">The newest equity of it.</param>
public sealed record EsotericDay(DateTimeOffset Began, double Factor, Money From, Money Last);

/// <summary>What EsoF did to sizes, or would have done: means by time, and what it came to in money by whole UTC days. A pure fold.</summary>
/// <param name="Since">When looking began; null before.</param>
/// <param name="At">When it was looked at last.</param>
/// <param name="Factor">L8's f from <paramref name="At"/> on.</param>
/// <param name="Without">R_total of all other layers from <paramref name="At"/> on: sizes are in proportion.</param>
/// <param name="Seconds">Weighed so far. What nobody looked at is not in it.</param>
/// <param name="FactorSeconds">Integral of f.</param>
/// <param name="WithSeconds">Integral of R_total with EsoF.</param>
/// <param name="WithoutSeconds">Integral of R_total without.</param>
/// <param name="LeastFactor">The lowest f so far; 1 before any.</param>
/// <param name="Tally">Of the days that are over.</param>
public sealed record EsotericEffect(
    DateTimeOffset? Since, DateTimeOffset? At, double Factor, double Without, double Seconds, double FactorSeconds, double WithSeconds, double WithoutSeconds,
    double LeastFactor, EsotericDay? Day, EsotericTally Tally)
{
    public static readonly EsotericEffect None = new(null, null, 1, 0, 0, 0, 0, 0, 1, null, default);

    /// <summary>Mean of f by time; null before any time has passed.</summary>
    public double? MeanFactor => Seconds > 0 ? FactorSeconds / Seconds : null;
    /// <summary>Mean of R_total with EsoF.</summary>
    public double? MeanWith => Seconds > 0 ? WithSeconds / Seconds : null;
    /// <summary>Mean of R_total without.</summary>
    public double? MeanWithout => Seconds > 0 ? WithoutSeconds / Seconds : null;

    /// <summary>The tally with the day that is not over; one of which nothing has come yet is no day.</summary>
    /// <param name="acts">As for <see cref="Earned"/>.</param>
    public EsotericTally TallySoFar(bool acts) => Day is { } day && day.Last != day.From ? Tally.After(day.Factor, FullSize(day, day.Last, acts)) : Tally;

    /// <summary>What was seen last held until now; from now on this does.</summary>
    /// <param name="mostGap">Who was not there for longer knows nothing of the time between, and weighs none of it.</param>
    public EsotericEffect After(DateTimeOffset at, double factor, double without, TimeSpan mostGap)
    {
        if (At is not { } before || at < before || at - before > mostGap)
            return this with { Since = Since ?? at, At = at, Factor = factor, Without = without, LeastFactor = Math.Min(LeastFactor, factor) };
        var seconds = (at - before).TotalSeconds;
        return this with
        {
            At = at, Factor = factor, Without = without, Seconds = Seconds + seconds, FactorSeconds = FactorSeconds + seconds * Factor,
            WithSeconds = WithSeconds + seconds * Without * Factor, WithoutSeconds = WithoutSeconds + seconds * Without, LeastFactor = Math.Min(LeastFactor, factor),
        };
    }

    /// <summary>The account as the venue tells it. What a day came to is weighed by the f that it began with.</summary>
    /// <param name="factor">L8's f now.</param>
    /// <param name="acts">Sizes have f in them, so that without it the result would have been larger.</param>
    public EsotericEffect Earned(Money equity, DateTimeOffset at, double factor, bool acts)
    {
        if (Day is not { } day) return this with { Day = new EsotericDay(at, factor, equity, equity) };
        if (at.UtcDateTime.Date <= day.Began.UtcDateTime.Date) return this with { Day = day with { Last = equity } };
        return this with { Day = new EsotericDay(at, factor, equity, equity), Tally = Tally.After(day.Factor, FullSize(day, equity, acts)) };
    }

    private static Money FullSize(EsotericDay day, Money equity, bool acts)
    {
        var result = equity - day.From;
        return acts && day.Factor > 0 ? new Money(result.Quote / (decimal)day.Factor) : result;
    }
}
