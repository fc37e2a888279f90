using Dolphin.Actors.Node;

namespace Dolphin.Actors.Execution;

/// <summary>Whom execution talks to. An asset hands what it gets to its strategy or its book.</summary>
public sealed record ExecutionPeers(IVenueDoor Door, AssetDirectory Assets, RunBoard Board);
