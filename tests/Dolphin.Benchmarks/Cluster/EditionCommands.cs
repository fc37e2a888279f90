namespace Dolphin.Benchmarks;

/// <summary>The engine and its journal are measured where they are: in the Embedded edition.</summary>
internal static class EditionCommands
{
    /// <returns>The exit code, or null if the arguments are no command of this edition.</returns>
    public static async Task<int?> RunAsync(string[] args, TextWriter output)
    {
        if (args is not ["cancel-all" or "memory" or "persist", ..]) return null;
        await output.WriteLineAsync($"{args[0]} measures the engine and its own journal; run it without -p:Edition=Cluster.");
        return 2;
    }
}
