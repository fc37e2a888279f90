using System.Collections.Immutable;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Alpha;

/// <summary>A plunge as the scan saw it.</summary>
/// <param name="At">Of the scan.</param>
/// <param name="VelDiv">v50 - v750, the plunge depth (design, section 7, 15).</param>
public readonly record struct PlungeEvent(DateTimeOffset At, double VelDiv);

/// <summary>That an asset is worth a trade now.</summary>
/// <param name="Strength">Above 0, at most 1.</param>
/// <param name="Rank">Of the asset when the plunge was seen, from 1.</param>
/// <param name="At">Of the plunge.</param>
public readonly record struct AlphaSignal(Symbol Symbol, PositionSide Side, double Strength, int Rank, DateTimeOffset At, double VelDiv);

/// <summary>
/// When a plunge becomes signals, before anyone trusts it: <see cref="PlungePolicy.Create"/> checks. Keys are under <c>dolphin.alpha.plunge</c>.
/// </summary>
/// <remarks>The seed (dolphin-survival-stack, "Signal Basis", "v50_plunge event") names vel_div as the plunge depth and gives no numbers.</remarks>
public sealed record PlungeSettings
{
    /// <summary>Key <c>best</c>, 1 to 100: so many assets get a signal, the best-ranked. Five, the fewest symbols that the exposure balancer wants.</summary>
    public int Best { get; init; } = 5;

    /// <summary>Key <c>depth-full</c>, 0.000001 to 1: a vel_div of this size gives the whole strength. lambda is a share of all variance, and a hundredth of it
    /// in one smoothed scan is much: of 400 recorded perpetuals one scan in a hundred was below -0.0094 (<see cref="Scan.ScanSettings.Plunge"/>).</summary>
    public double DepthFull { get; init; } = 0.01;

    /// <summary>Key <c>least-strength</c>, 0 to 1: a weaker signal is none.</summary>
    public double LeastStrength { get; init; } = 0.05;

    /// <summary>Key <c>good-for</c>, 1 s to 1 day: an older plunge gives no signals. Two scans of five seconds.</summary>
    public TimeSpan GoodFor { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>When a plunge becomes signals, known to be good.</summary>
public sealed class PlungePolicy
{
    private PlungePolicy(PlungeSettings settings) => Settings = settings;

    public PlungeSettings Settings { get; }

    /// <summary>Checks everything at once.</summary>
    /// <param name="path">Where the settings were found, such as <c>dolphin.alpha.plunge</c>; it begins every message.</param>
    /// <returns>The policy, or null after adding every mistake to <paramref name="errors"/>.</returns>
    public static PlungePolicy? Create(PlungeSettings settings, string path, List<string> errors)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(errors);
        var before = errors.Count;
        var check = new SettingsCheck(path, errors);
        check.Expect(settings.Best is >= 1 and <= 100, "best", settings.Best, "1 to 100");
        check.Expect(settings.DepthFull is >= 0.000001 and <= 1, "depth-full", settings.DepthFull, "0.000001 to 1");
        check.Expect(settings.LeastStrength is >= 0 and <= 1, "least-strength", settings.LeastStrength, "0 to 1");
        check.Expect(settings.GoodFor >= TimeSpan.FromSeconds(1) && settings.GoodFor <= TimeSpan.FromDays(1), "good-for", settings.GoodFor, "1 s to 1 day");
        return errors.Count == before ? new PlungePolicy(settings) : null;
    }
}

/// <summary>Turns a plunge into signals of the best-ranked assets.</summary>
public static class PlungeSignals
{
    /// <summary>
    /// Of the <c>best</c> assets of the rank, those that move: in the direction of their momentum (the seed calls it a trend-breakout model), with the strength
    /// min(1, |vel_div| / depth-full) x min(1, score) x (1 - cut). The boost adds nothing: it belongs to the size, not to the reason.
    /// </summary>
    /// <param name="plunge">The last one of the scan, or null.</param>
    /// <param name="ranked">Features with a rank, best first.</param>
    /// <returns>In order of rank. Empty without a plunge, and where it is old, ahead of <paramref name="now"/> or no number.</returns>
    public static ImmutableArray<AlphaSignal> Of(PlungePolicy policy, PlungeEvent? plunge, IEnumerable<AlphaFeatures> ranked, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(ranked);
        var s = policy.Settings;
        if (plunge is not { } p || !double.IsFinite(p.VelDiv) || p.At > now || now - p.At > s.GoodFor) return [];
        var depth = Math.Min(1, Math.Abs(p.VelDiv) / s.DepthFull);
        var signals = ImmutableArray.CreateBuilder<AlphaSignal>();
        foreach (var asset in ranked.Take(s.Best))
        {
            if (asset.Rank is not { } rank || asset.Score is not { } score || asset.Momentum is not { } momentum || momentum == 0) continue;
            var strength = depth * Math.Min(1, score) * (1 - asset.Cut);
            if (strength > 0 && strength >= s.LeastStrength)
                signals.Add(new AlphaSignal(asset.Symbol, momentum > 0 ? PositionSide.Long : PositionSide.Short, strength, rank, p.At, p.VelDiv));
        }
        return signals.ToImmutable();
    }
}
