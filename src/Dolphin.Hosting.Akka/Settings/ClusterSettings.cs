using System.Collections.Immutable;

namespace Dolphin.Hosting.Akka.Settings;

/// <summary>What <c>dolphin.cluster</c> says, validated. Keys, defaults, units and reasons are in hocon/cluster/reference.conf.</summary>
/// <param name="SystemName">Of the actor system: a part of every address, so the same on all nodes of one cluster.</param>
/// <param name="Host">Under which the other nodes reach this one.</param>
/// <param name="BindHost">Where the socket listens.</param>
/// <param name="Port">0 takes a free one: for tests.</param>
/// <param name="Seeds">Of the lighthouses, <c>host:port</c> each; whoever starts contacts them in order.</param>
/// <param name="Shards">Parts into which entities are grouped to be spread over nodes; the same on all nodes, for ever.</param>
/// <param name="HealthEvery">How often a node tells the others how it is.</param>
/// <param name="SnapshotsEvery">How often every durable actor stores what it is.</param>
public sealed record ClusterSettings(
    string SystemName, string Host, string BindHost, int Port, ImmutableArray<string> Seeds, int Shards, TimeSpan HealthEvery, TimeSpan SnapshotsEvery,
    SplitBrainSettings SplitBrain, TenureSettings Tenure, JournalSettings Journal, TlsSettings? Tls, CmdSettings? Cmd)
{
    /// <summary>The role of nodes that trade; a lighthouse has another.</summary>
    public const string TraderRole = "trader";
    public const string LighthouseRole = "lighthouse";
}

public enum SplitBrainStrategy { KeepMajority, LeaseMajority }

/// <param name="Heartbeat">Between two heartbeats of a neighbour.</param>
/// <param name="Pause">How long a neighbour may be silent (garbage collection, a busy disk) before it counts as unreachable.</param>
/// <param name="StableAfter">How long the picture has to stand still before a side is taken down: longer than news needs to spread.</param>
public sealed record SplitBrainSettings(SplitBrainStrategy Strategy, TimeSpan Heartbeat, TimeSpan Pause, TimeSpan StableAfter);

/// <param name="Lease">How long a singleton may act after it last renewed its tenure in the database; it renews three times as often.</param>
/// <param name="VenueWindow">The recvWindow of its orders: what a paused gateway sends after it arrives too late.</param>
/// <param name="Skew">How far the venue's clock and ours may differ, and a safety margin.</param>
public sealed record TenureSettings(TimeSpan Lease, TimeSpan VenueWindow, TimeSpan Skew);

public enum JournalProvider { Postgres, Sqlite }

/// <param name="Connection">Holds a password: never logged.</param>
public sealed record JournalSettings(JournalProvider Provider, string Connection)
{
    public override string ToString() => $"{Provider} (connection not shown)";
}

/// <param name="CertificatePath">PKCS#12, with its private key.</param>
/// <param name="Password">Never logged.</param>
public sealed record TlsSettings(string CertificatePath, string Password)
{
    public override string ToString() => $"{CertificatePath} (password not shown)";
}

/// <summary>Where Petabridge.Cmd listens.</summary>
public sealed record CmdSettings(string Host, int Port);
