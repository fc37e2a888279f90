using Dolphin.Benchmarks.Memory;

namespace Dolphin.Benchmarks;

/// <summary>What can be measured with the engine and its journal only.</summary>
internal static class EditionCommands
{
    /// <returns>The exit code, or null if the arguments are no command of this edition.</returns>
    public static async Task<int?> RunAsync(string[] args, TextWriter output) => args switch
    {
        ["cancel-all", ..] => await CancelAllTrials.RunAsync(args[1..], output),
        ["memory", ..] => await MemoryTrials.RunAsync(args[1..], output),
        ["persist", ..] => await PersistTrials.RunAsync(args[1..], output),
        _ => null,
    };
}
