using System.Collections.Frozen;
using Dolphin.Domain.Market;

namespace Dolphin.Actors.Node;

/// <summary>Where each asset's actor lives. Empty until the node has started them all, then fixed.</summary>
public sealed class AssetDirectory
{
    private volatile FrozenDictionary<Symbol, IActorRef> _assets = FrozenDictionary<Symbol, IActorRef>.Empty;

    public IReadOnlyDictionary<Symbol, IActorRef> All => _assets;
    public bool IsOpen => _assets.Count > 0;
    public void Open(IEnumerable<KeyValuePair<Symbol, IActorRef>> assets) => _assets = assets.ToFrozenDictionary();

    /// <returns>Nobody for a symbol that this node does not trade, so that the message shows up as a dead letter.</returns>
    public IActorRef this[Symbol symbol] => _assets.GetValueOrDefault(symbol, ActorRefs.Nobody);
}
