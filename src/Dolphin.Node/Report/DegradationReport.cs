using System.Collections.Immutable;
using Dolphin.Domain.Survival;

namespace Dolphin.Node.Report;

/// <summary>What one run showed at the end of one slice.</summary>
/// <param name="Exposure">Quote: both legs of every asset at its last price.</param>
public readonly record struct FlightSample(DateTimeOffset At, double RTotal, Posture Posture, double Exposure);

/// <summary>What one sensor's fault did, beside the same run without it.</summary>
/// <param name="Layer">Whose sensor; null: no fault.</param>
/// <param name="Fault">The word of the fault.</param>
/// <param name="LowestRTotal">While it lasted.</param>
/// <param name="LowestPosture">While it lasted.</param>
/// <param name="FeltAfter">From the fault's begin until R_total was first another than without it, by more than a hundredth; null: never while it lasted.</param>
/// <param name="Direction">Then: -1 lower, 1 higher, 0 never another.</param>
/// <param name="PostureAfter">From the fault's begin until the posture was first another than without it; null: never while it lasted.</param>
/// <param name="ExposureAfter">The same of open exposure, by more than a hundredth of what was open at the fault's begin.</param>
/// <param name="ExposureAtEnd">Of open exposure at the fault's end, as a share of that at its begin; null where there was none.</param>
/// <param name="BackAfter">From the fault's end until R_total was as without it; null: not in this recording.</param>
/// <param name="IsSound">Every invariant held and nothing halted.</param>
public sealed record DegradationRow(
    LayerId? Layer, string Fault, double LowestRTotal, Posture LowestPosture, TimeSpan? FeltAfter, int Direction, TimeSpan? PostureAfter, TimeSpan? ExposureAfter,
    double? ExposureAtEnd, TimeSpan? BackAfter, bool IsSound)
{
    /// <summary>Of R_total, and of what was open: what is nearer is the same.</summary>
    public const double Near = 0.01;

    /// <param name="plain">The same slices without the fault.</param>
    public static DegradationRow Of(LayerId? layer, string fault, ImmutableArray<FlightSample> plain, ImmutableArray<FlightSample> run, DateTimeOffset at, DateTimeOffset until, bool isSound)
    {
        TimeSpan? felt = null, otherPosture = null, otherExposure = null, back = null;
        var (direction, lowest, posture) = (0, 1.0, Posture.Apex);
        double? before = null, end = null;
        for (var i = 0; i < run.Length; i++)
        {
            var sample = run[i];
            var off = sample.RTotal - plain[i].RTotal;
            if (sample.At < at) before = sample.Exposure;
            else if (sample.At < until)
            {
                (lowest, posture, end) = (Math.Min(lowest, sample.RTotal), (Posture)Math.Min((int)posture, (int)sample.Posture), sample.Exposure);
                if (felt is null && Math.Abs(off) > Near) (felt, direction) = (sample.At - at, Math.Sign(off));
                if (sample.Posture != plain[i].Posture) otherPosture ??= sample.At - at;
                if (Math.Abs(sample.Exposure - plain[i].Exposure) > Near * (before ?? 0)) otherExposure ??= sample.At - at;
            }
            else if (back is null && Math.Abs(off) <= Near) back = sample.At - until;
        }

        return new DegradationRow(layer, fault, lowest, posture, felt, direction, otherPosture, otherExposure, before > 0 ? end / before : null, back, isSound);
    }
}

/// <summary>What <c>dolphin degrade</c> found.</summary>
/// <param name="Rows">The run without a fault first.</param>
public sealed record DegradationReport(
    string Plan, int Assets, DateTimeOffset From, DateTimeOffset To, DateTimeOffset FaultAt, TimeSpan FaultFor, TimeSpan Delay, ImmutableArray<DegradationRow> Rows);
