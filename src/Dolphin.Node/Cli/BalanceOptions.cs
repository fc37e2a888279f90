namespace Dolphin.Node.Cli;

/// <summary>What <c>dolphin balance</c> was asked.</summary>
/// <param name="SnapshotPath">The portfolio, as JSON.</param>
/// <param name="Preset">One of <see cref="Domain.Balancing.BalancerSettings.PresetNames"/>; the environment goes over it.</param>
public sealed record BalanceOptions(string SnapshotPath, string Preset);
