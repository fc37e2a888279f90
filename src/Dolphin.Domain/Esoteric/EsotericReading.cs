using System.Collections.Immutable;

namespace Dolphin.Domain.Esoteric;

/// <summary>What the sky and the calendar say of a moment, each a number with a source, and what is made of it. Nobody has to believe in it.</summary>
/// <param name="Moon">Of the moment.</param>
/// <param name="NextPhase">The next of the Moon's four.</param>
/// <param name="NextStation">When Mercury turns next.</param>
public sealed record EsotericReading(
    DateTimeOffset At, Moon Moon, MoonPhaseInstant NextPhase, double MercurySpeed, MercuryStation NextStation, ImmutableArray<Harmonic> Harmonics)
{
    /// <summary>What the layer L8 loses at most for the worst of skies. Being blind for an hour costs as much.</summary>
    public const double MostShaved = 0.02;

    /// <summary>The confidence at which L8, f = min(1, 0.9 + 0.1 confidence), is at 0.98: no sky takes it lower.</summary>
    private const double LeastConfidence = 0.8;

    public bool IsMercuryRetrograde => MercurySpeed < 0;

    /// <summary>1 at the instant of a new or full moon, 0 at a quarter: (1 + cos 2 elongation) / 2. The syzygies are what lunar studies of returns look at (Dichev and
    /// Janes, Journal of Private Equity 6, 2003).</summary>
    public double Syzygy => (1 + EphemerisTime.Cos(2 * Moon.Elongation)) / 2;

    /// <summary>1 on Monday, Thursday and Sunday (UTC), else 0: the days of the seed's six wipeouts. Six days prove nothing, and the seed says so.</summary>
    public double Weekday => At.UtcDateTime.DayOfWeek is DayOfWeek.Monday or DayOfWeek.Thursday or DayOfWeek.Sunday ? 1 : 0;

    /// <summary>The esoteric hazard, 0 to 1: the mean of syzygy, retrograde Mercury and weekday. Equal weights, because there is no evidence for others.</summary>
    public double Hazard => (Syzygy + (IsMercuryRetrograde ? 1 : 0) + Weekday) / 3;

    /// <summary>What L8 is told, 0.8 to 1: with a hazard of 1 its f is 0.98, without any it is 1.</summary>
    public double Confidence => 1 - (1 - LeastConfidence) * Hazard;

    /// <summary>What L8 makes of the confidence: f = min(1, threshold + sensitivity x confidence) with the seed's form and the plan's usual numbers; 0.98 to 1.</summary>
    /// <param name="threshold">Of L8.</param>
    /// <param name="sensitivity">Of L8.</param>
    public double Factor(double threshold = 0.9, double sensitivity = 0.1) => Math.Min(1, threshold + sensitivity * Confidence);

    /// <param name="before">An earlier reading or null: the next phase and station of it hold until they have passed, and looking for them is most of the work.</param>
    public static EsotericReading Of(DateTimeOffset at, EsotericReading? before = null)
    {
        var follows = before is not null && at >= before.At;
        return new EsotericReading(
            at, Moon.At(at), follows && at < before!.NextPhase.At ? before.NextPhase : MoonPhases.Next(at), Mercury.Speed(at),
            follows && at < before!.NextStation.At ? before.NextStation : Mercury.Next(at), [.. Esoteric.Harmonics.At(at)]);
    }
}

/// <summary>What EsoF would have done to what was earned: for the report, so that it can be judged.</summary>
/// <param name="Periods">So many were weighed.</param>
/// <param name="LossSpared">Quote; losses that would have been smaller.</param>
/// <param name="ProfitGivenUp">Quote; profits that would have been smaller.</param>
public readonly record struct EsotericTally(int Periods, Money LossSpared, Money ProfitGivenUp)
{
    /// <summary>Above zero it would have helped.</summary>
    public Money Helped => LossSpared - ProfitGivenUp;

    /// <summary>One more period.</summary>
    /// <param name="factor">L8's f when the period began, 0 to 1; sizes and so the result would have been as much smaller.</param>
    /// <param name="result">Quote; what was earned in it at full size.</param>
    public EsotericTally After(double factor, Money result)
    {
        var shaved = Math.Abs(result.Quote) * (1m - Market.Quantizer.UnitInterval(factor));
        return result.Quote < 0m
            ? new EsotericTally(Periods + 1, LossSpared + new Money(shaved), ProfitGivenUp)
            : new EsotericTally(Periods + 1, LossSpared, ProfitGivenUp + new Money(shaved));
    }
}
