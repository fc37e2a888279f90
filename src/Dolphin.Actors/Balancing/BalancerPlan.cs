using Dolphin.Domain.Balancing;

namespace Dolphin.Actors.Balancing;

/// <summary>The exposure balancer of a plan.</summary>
/// <param name="Policy">Its limits, known to be good.</param>
/// <param name="Leverage">Times, from 1; what is set at the venue for every symbol. Margin is value over leverage.</param>
public sealed record BalancerPlan(BalancerPolicy Policy, decimal Leverage);
