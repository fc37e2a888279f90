using Dolphin.Actors.Node;
using Dolphin.Domain.Market;

namespace Dolphin.Actors.Execution;

/// <summary>Whom execution talks to. An asset hands what it gets to its strategy or its book.</summary>
public sealed record ExecutionPeers(IVenueDoor Door, AssetDirectory Assets, RunBoard Board)
{
    /// <summary>What the venue says now of a symbol whose rules are not those of the plan; null where nobody asks it again.</summary>
    public Func<Symbol, ChangedRules?>? ChangedRules { get; init; }
}
