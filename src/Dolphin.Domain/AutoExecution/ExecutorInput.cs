using Dolphin.Domain.Balancing;

namespace Dolphin.Domain.AutoExecution;

/// <summary>What the auto executor is told.</summary>
public abstract record ExecutorInput
{
    private ExecutorInput() { }

    /// <summary>Carry a command out. Commands of one look of the balancer are to come in the order of their ids. A second copy decides nothing.</summary>
    /// <param name="View">As things are now; its clock is the executor's.</param>
    public sealed record Execute(BalancerCommand Command, HoldersView View) : ExecutorInput;
}
