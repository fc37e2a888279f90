using System.Collections.Immutable;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Exits;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;

namespace Dolphin.Node.Plan;

/// <summary>What <c>dolphin.directional</c> and <c>dolphin.exit-brain</c> ask for.</summary>
/// <param name="SignalsFile">Relative to the plan's file; null: none.</param>
public sealed record DirectionalSection(DirectionalPolicy Policy, string? SignalsFile)
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(366);

    /// <summary>Of each symbol, in order of time.</summary>
    public ImmutableDictionary<Symbol, ImmutableArray<DirectionalSignal>> Signals { get; init; } = ImmutableDictionary<Symbol, ImmutableArray<DirectionalSignal>>.Empty;

    private const string NoFile = "none";

    /// <returns>Null if something in it is wrong. The signals are read when it is known whether anybody trades on them.</returns>
    internal static DirectionalSection? Read(PlanSection s, PlanSection exits)
    {
        var closeIn = s.Choice("close-in", ("never", Posture.Apex), ("turtle", Posture.Turtle), ("hibernate", Posture.Hibernate));
        var settings = new DirectionalSettings
        {
            SignalLifetime = s.Duration("signal-lifetime", TimeSpan.Zero, Year, "after its time"),
            MinConfidence = (double)s.Fraction("min-confidence", Range.Any, "of a signal"),
            ReverseConfidence = (double)s.Fraction("reverse-confidence", Range.Any, "of a signal"),
            CloseIn = closeIn == Posture.Apex ? null : closeIn,
        };
        var file = s.Text("signals-file", $"'{NoFile}', or the name of a .csv file in the folder of the plan or below",
            t => t == NoFile || (t.Length <= 1_000 && t.EndsWith(".csv", StringComparison.Ordinal)));
        var errors = new List<string>();
        var exitPolicy = ExitPolicy.Create(Exits(exits), exits.Path, errors);
        exits.NoteAtTheirKeys(errors, exitPolicy?.Warnings(exits.Path));
        if (exitPolicy is null) return null;
        errors.Clear();
        var policy = DirectionalPolicy.Create(settings, exitPolicy, s.Path, errors);
        s.NoteAtTheirKeys(errors, policy?.Warnings(s.Path));
        return policy is null ? null : new DirectionalSection(policy, file == NoFile ? null : file);
    }

    private static ExitSettings Exits(PlanSection s) => new()
    {
        Horizon = s.Duration("horizon", TimeSpan.Zero, Year, "that a position is expected to need"),
        StopLoss = (double)s.Number("stop-loss", Range.Any, "units"),
        TakeProfit = (double)s.Number("take-profit", Range.Any, "units"),
        TrailArms = (double)s.Number("trail-arms", Range.Any, "units"),
        TrailDistance = (double)s.Number("trail-distance", Range.Any, "units"),
        TrailStep = (double)s.Number("trail-step", Range.Any, "of the trail"),
        ConfidenceWidth = (double)s.Number("confidence-width", Range.Any, "of all distances"),
        StalkerFactor = (double)s.Number("stalker-factor", Range.Any, "times all distances"),
        TurtleFactor = (double)s.Number("turtle-factor", Range.Any, "times all distances"),
        LeastStop = s.Number("least-stop", Range.Any, "log price"),
        MostStop = s.Number("most-stop", Range.Any, "log price"),
        LeastTarget = s.Number("least-target", Range.Any, "log price"),
        MostTarget = s.Number("most-target", Range.Any, "log price"),
        ReplanStep = (double)s.Number("replan-step", Range.Any, "of volatility"),
        LongestHold = s.Duration("longest-hold", TimeSpan.Zero, Year, "from the opening"),
        SigmaHorizon = s.Duration("sigma-horizon", TimeSpan.Zero, 2 * Year, "half-life"),
        WarmUpBars = s.Whole("warm-up-bars", 1, 10_000_000, "bars"),
    };
}
