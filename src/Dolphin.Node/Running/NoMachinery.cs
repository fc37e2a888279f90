using Dolphin.Domain.Reporting;
using Dolphin.Node.Cli;
using Dolphin.Node.Plan;
using Serilog;

namespace Dolphin.Node.Running;

/// <summary>The command line without a run driver under it: it can check plans and talk to nodes, and says so when asked for more.</summary>
public sealed class NoMachinery : IRunMachinery
{
    public Task<IRunningNode> StartAsync(RunOptions options, TradingPlan plan, ILogger log, CancellationToken cancellation) =>
        throw new CliException(ExitCode.Fault, "This build cannot run a market: it has no run driver. Nothing was started.");

    public IRunView? OpenState(string stateFolder) => null;
}
