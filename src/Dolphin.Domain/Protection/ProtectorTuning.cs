using System.Globalization;
using Dolphin.Domain.Hermes;

namespace Dolphin.Domain.Protection;

/// <summary>The four parameters that a stance rewrites, as they count now.</summary>
/// <param name="TrailDistancePct">Relative distance of the limit from the price.</param>
/// <param name="RebalanceStepRatio">Share of the way to the target that one action goes.</param>
/// <param name="MinRebalanceSeconds">Least time between two actions.</param>
/// <param name="MinPriceMovePct">Relative move of the price since the last order.</param>
public sealed record ProtectorTuning(decimal TrailDistancePct, decimal RebalanceStepRatio, int MinRebalanceSeconds, decimal MinPriceMovePct)
{
    /// <summary>
    /// The seed's <c>apply_policy()</c>. Each configured value is multiplied by two factors, one from each column, and kept in its range.
    /// <code>
    ///                            trail  step  seconds  move
    /// risk_posture  Defensive     1.5   0.5     2       1.5     smaller pieces, at better prices, less often
    ///               Cautious      1.25  0.75    1.5     1.25
    ///               Balanced      1     1       1       1       as configured
    ///               Bold          0.5   1.5     1       0.5     larger pieces, nearer to the price
    /// priority      Low           1     1       2       1       cadence only: how soon the next one may follow,
    ///               Normal        1     1       1       1       and, when it is urgent, how near the price it rests
    ///               High          1     1       0.5     0.5
    ///               Urgent        0.5   1       0.25    0.25
    /// </code>
    /// </summary>
    public static ProtectorTuning Of(ProtectorSettings settings, RiskPosture posture, HolderPriority priority)
    {
        var p = posture switch
        {
            RiskPosture.Defensive => new Factors(1.5m, 0.5m, 2m, 1.5m),
            RiskPosture.Cautious => new Factors(1.25m, 0.75m, 1.5m, 1.25m),
            RiskPosture.Balanced => new Factors(1m, 1m, 1m, 1m),
            RiskPosture.Bold => new Factors(0.5m, 1.5m, 1m, 0.5m),
            _ => throw new ArgumentOutOfRangeException(nameof(posture), posture, "Expected a known risk posture."),
        };
        var q = priority switch
        {
            HolderPriority.Low => new Factors(1m, 1m, 2m, 1m),
            HolderPriority.Normal => new Factors(1m, 1m, 1m, 1m),
            HolderPriority.High => new Factors(1m, 1m, 0.5m, 0.5m),
            HolderPriority.Urgent => new Factors(0.5m, 1m, 0.25m, 0.25m),
            _ => throw new ArgumentOutOfRangeException(nameof(priority), priority, "Expected a known priority."),
        };
        return new ProtectorTuning(
            Math.Min(settings.TrailDistancePct * p.Trail * q.Trail, ProtectorPolicy.LongestTrail),
            Math.Min(settings.RebalanceStepRatio * p.Step * q.Step, 1m),
            (int)Math.Min(decimal.Ceiling(settings.MinRebalanceSeconds * p.Seconds * q.Seconds), ProtectorPolicy.LongestSeconds),
            Math.Min(settings.MinPriceMovePct * p.Move * q.Move, ProtectorPolicy.LargestMove));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"trail {TrailDistancePct:0.#####}, step {RebalanceStepRatio:0.###}, every {MinRebalanceSeconds} s, move {MinPriceMovePct:0.#####}");

    private readonly record struct Factors(decimal Trail, decimal Step, decimal Seconds, decimal Move);
}
