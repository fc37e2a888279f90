using System.Collections.Immutable;
using Dolphin.Domain.Survival;

namespace Dolphin.Domain.Reporting;

/// <summary>The cluster as one of its nodes sees it.</summary>
/// <param name="Node">The one that looks.</param>
/// <param name="Nodes">All that trade, itself included, in order of name.</param>
public sealed record ClusterPicture(string Node, ImmutableArray<ClusterNodeRow> Nodes);

/// <param name="HeardAt">When it last said how it is; null if it has not yet, and so are the things it said.</param>
/// <param name="RTotal">What its own sizer reads; 0 while it does not hear the controller.</param>
/// <param name="Singletons">That act there.</param>
/// <param name="Assets">That live there.</param>
public sealed record ClusterNodeRow(
    string Name, bool IsReachable, DateTimeOffset? HeardAt, DateTimeOffset? NewestSlice, double? RTotal, Posture? Posture,
    ImmutableArray<string> Singletons, ImmutableArray<string> Assets, int Halted);
