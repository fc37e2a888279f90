using System.Diagnostics;
using Dolphin.Node.Cli;

namespace Dolphin.Node.Tests.Cli;

/// <summary>The built program, run to its end as a shell runs it.</summary>
internal static class DolphinProcess
{
    /// <param name="limits">What the shell does before: <c>ulimit -f 700</c>.</param>
    public static async Task<(ExitCode Code, string Out, string Error)> RunAsync(TemporaryFolder place, string limits, params string[] args)
    {
        string[] command = ["dotnet", Path.Combine(AppContext.BaseDirectory, "dolphin.dll"), .. args];
        var start = new ProcessStartInfo("sh", ["-c", $"{limits}\nexec \"$@\"", "sh", .. command])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = place.Path,
        };
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0"; // Else the runtime maps a file that is larger than a limit may be.
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return ((ExitCode)process.ExitCode, await output, await error);
    }
}
