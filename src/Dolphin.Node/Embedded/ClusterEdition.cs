using Dolphin.Domain.Reporting;
using Dolphin.Node.Cli;
using Serilog;

namespace Dolphin.Node.Running;

/// <summary>What the other edition can do and this one cannot.</summary>
internal static class ClusterEdition
{
    public static Task<IRunningNode> StartAsync(string settings, LiveOptions options, ILogger log, CancellationToken cancellation) => throw new CliException(
        ExitCode.Usage, $"--cluster {settings}: this is the Embedded edition, which runs in one process. Nothing was started; build with -p:Edition=Cluster, or leave --cluster out.");

    public static Task<StateCopyReport> CopyAsync(CopyOptions options, Action<string> say, CancellationToken cancellation) => throw new CliException(
        ExitCode.Usage, $"copy-state --cluster {options.Cluster}: this is the Embedded edition, which reaches no cluster's database. Nothing was copied; copy {options.StateFolder} with the dolphin of a build with -p:Edition=Cluster.");
}
