using System.Collections.Immutable;
using System.Net;

namespace Dolphin.Node.Cli;

/// <summary>What <c>dolphin venue</c> was asked, checked and completed with defaults.</summary>
/// <param name="Market">Sim or replay.</param>
/// <param name="DataPaths">Files or folders; present exactly for a replay.</param>
/// <param name="Bar">How long a bar of the recording takes on the wall clock; null: as long as it was recorded.</param>
/// <param name="From">Where the recording is cut, inclusive.</param>
/// <param name="To">Exclusive.</param>
/// <param name="StateFolder">Full path.</param>
/// <param name="Seed">Overrides the plan's.</param>
/// <param name="Listen">Loopback, unless there is a secret.</param>
/// <param name="SecretFile">Null: the secret is in the environment, or there is none.</param>
/// <param name="Fence">Turn away gateways with a lower epoch, as no real venue does.</param>
public sealed record VenueOptions(
    string PlanPath, MarketKind Market, ImmutableArray<string> DataPaths, TimeSpan? Bar, DateTimeOffset? From, DateTimeOffset? To,
    string StateFolder, long? Seed, IPEndPoint Listen, string? SecretFile, bool Fence);
