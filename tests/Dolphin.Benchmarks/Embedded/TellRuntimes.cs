namespace Dolphin.Benchmarks.Tell;

/// <summary>The Embedded edition has one runtime.</summary>
internal static class TellRuntimes
{
    public static IReadOnlyList<TellRuntime> All()
    {
        var trial = new TellTrial();
        return [new TellRuntime("Dolphin.Engine", trial.MeasureAsync, trial.DisposeAsync)];
    }
}
