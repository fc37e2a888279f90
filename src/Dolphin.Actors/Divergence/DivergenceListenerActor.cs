using System.Collections.Frozen;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Node;

namespace Dolphin.Actors.Divergence;

/// <summary>Writes what is published of divergence onto this process's boards: the one that sizers read, and the one that people see.</summary>
public sealed class DivergenceListenerActor : ReceiveActor
{
    private readonly IClusterPort _cluster;

    public DivergenceListenerActor(DivergenceBoard board, RunBoard run, IClusterPort cluster)
    {
        _cluster = cluster;
        var slots = run.Assets.ToFrozenDictionary(a => a.Symbol);
        Receive<DivergenceProtocol.Compared>(compared =>
        {
            foreach (var symbol in compared.Symbols)
            {
                board.Publish(symbol);
                if (slots.TryGetValue(symbol.Symbol, out var slot)) slot.Divergence = symbol;
            }
        });
    }

    protected override void PreStart() => _cluster.Subscribe(Topics.Divergence, Self);
}
