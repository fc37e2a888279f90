using System.Collections.Immutable;

namespace Dolphin.Domain.Reporting;

/// <summary>What one copy of a state folder into a cluster's database came to. It was read back and compared before it was kept.</summary>
/// <param name="Cluster">Name of the cluster that the database belongs to.</param>
/// <param name="Plan">Fingerprint of the plan: a node with another one is refused.</param>
/// <param name="Venue">The venue that the copied state trades at: a node at another one is refused.</param>
/// <param name="Epoch">The greatest that the folder ever used; the next gateway's is above it.</param>
/// <param name="Notes">Whole sentences for the person who typed the command.</param>
public sealed record StateCopyReport(
    string Folder, string Cluster, string Plan, string Venue, long Events, long Snapshots, long Epoch,
    ImmutableArray<CopiedEntity> Entities, ImmutableArray<LeftOut> LeftOut, ImmutableArray<string> Notes);

/// <param name="HighestSequenceNumber">0 if there are only snapshots.</param>
/// <param name="Sha256">Over every column of every event and snapshot, as it was read back.</param>
public sealed record CopiedEntity(string PersistenceId, long Events, long HighestSequenceNumber, long Snapshots, string Sha256);

/// <summary>What is in the folder and not in the copy.</summary>
/// <param name="What">A persistence id, or what else it is.</param>
public sealed record LeftOut(string What, long Rows, string Why);
