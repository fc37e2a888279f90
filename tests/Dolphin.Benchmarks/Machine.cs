using System.Runtime;

namespace Dolphin.Benchmarks;

/// <summary>What a figure means nothing without.</summary>
internal static class Machine
{
    public static string Describe() =>
        $"{Environment.ProcessorCount} cores, .NET {Environment.Version}, {(GCSettings.IsServerGC ? "server" : "workstation")} GC, {GCSettings.LatencyMode} latency, {Load()}";

    /// <summary>Processes at work on the machine, these included: over the last 1, 5 and 15 minutes.</summary>
    public static string Load() => File.Exists("/proc/loadavg")
        ? $"load average {string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3])}"
        : "load average unknown";
}
