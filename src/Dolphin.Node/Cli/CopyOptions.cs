namespace Dolphin.Node.Cli;

/// <summary>What <c>dolphin copy-state</c> was asked.</summary>
/// <param name="StateFolder">Full path.</param>
/// <param name="Cluster">The cluster's settings, which say where its database is.</param>
public sealed record CopyOptions(string StateFolder, string Cluster);
