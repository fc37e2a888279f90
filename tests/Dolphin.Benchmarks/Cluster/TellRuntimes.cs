namespace Dolphin.Benchmarks.Tell;

/// <summary>In the Cluster edition both runtimes are there: Akka.NET, and the engine in an assembly of its own.</summary>
internal static class TellRuntimes
{
    public static IReadOnlyList<TellRuntime> All()
    {
        var akka = new TellTrial();
        var engine = new EngineTellTrial();
        return
        [
            new TellRuntime("Akka.NET", akka.MeasureAsync, akka.DisposeAsync),
            new TellRuntime("Dolphin.Engine", (cell, messages) => engine.MeasureAsync(cell.Pairs, cell.InFlight, cell.Fresh, messages), engine.DisposeAsync),
        ];
    }
}
