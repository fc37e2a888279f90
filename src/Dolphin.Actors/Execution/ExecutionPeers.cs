using Dolphin.Actors.Node;
using Dolphin.Venues;

namespace Dolphin.Actors.Execution;

/// <summary>Whom execution talks to. An asset hands what it gets to its strategy or its book.</summary>
public sealed record ExecutionPeers(IVenue Venue, AssetDirectory Assets, RunBoard Board);
