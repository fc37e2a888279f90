using System.Collections.Immutable;
using Dolphin.Domain.AutoExecution;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Screen;

namespace Dolphin.Node.Report;

/// <summary>What the exposure balancer asked for and told lately, what the executor made of it, and how each command ended.</summary>
internal static class BalancerStreamsText
{
    private const int Shown = 5, OnScreen = 3;

    /// <summary>How commands ended for the executor, in one line.</summary>
    public static string Line(ExecutorCounts counts) =>
        $"carried out {Figures.Count(counts.CarriedOut)}{(counts.Instead > 0 ? $" ({Figures.Count(counts.Instead)} in another way)" : "")}  already so {Figures.Count(counts.DoneAlready)}  "
        + $"refused {Figures.Count(counts.Refused)}  too late {Figures.Count(counts.Expired)}  trims {Figures.Count(counts.Trims)}  "
        + $"wishes to grow {Figures.Count(counts.Growths)}, to open {Figures.Count(counts.Openings)}";

    /// <summary>The newest of both streams, newest first.</summary>
    public static void Write(TextWriter output, BalancerStreams streams)
    {
        foreach (var told in Newest(streams.Commands, Shown))
        {
            output.WriteLine($"  {Figures.Time(told.Command.At)} {Short(told)}");
            output.WriteLine($"    {told.Command.Reason}");
        }
        foreach (var alert in Newest(streams.Alerts, Shown)) output.WriteLine($"  {Figures.Time(alert.At)} ALERT {alert.Kind.Word()}: {alert.Message}");
        var more = Math.Max(0, streams.Commands.Length - Shown) + Math.Max(0, streams.Alerts.Length - Shown);
        if (more > 0) output.WriteLine($"  + {Figures.Count(more)} older commands and alerts; --json has them all");
    }

    /// <summary>The newest commands in one line of a screen; null where there was none.</summary>
    public static string? NewestLine(BalancerStreams streams) =>
        streams.Commands.IsEmpty ? null : $"asked for {string.Join("; ", Newest(streams.Commands, OnScreen).Select(Short))}";

    private static string Short(ToldCommand told) =>
        $"{told.Command.Id} {told.Command.Action.Word()} {BalanceText.What(told.Command)}: {told.Fate.ToString().ToLowerInvariant()}{(told.Code is { } code ? $" ({code})" : "")}"
        + (told is { Instead: { } instead, AtMost: { } most } ? $", by long at most {Figures.Amount(most.Long)}, short at most {Figures.Amount(most.Short)} instead ({instead})" : "");

    private static IEnumerable<T> Newest<T>(ImmutableArray<T> stream, int count) => stream.TakeLast(count).Reverse();
}
