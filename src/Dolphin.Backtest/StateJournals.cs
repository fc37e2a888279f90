using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;

namespace Dolphin.Backtest;

/// <summary>How a state folder's journals are opened, by whoever runs on it. Here and not beside <see cref="StateFolder"/>, because only the Embedded
/// edition stores in files.</summary>
public static class StateJournals
{
    /// <param name="bounds">Bounds and timeouts; the rest of it is overwritten.</param>
    public static PersistenceSettings In(StateFolder folder, PersistenceSettings bounds, DurabilityMode mode) => bounds with
    {
        Directory = folder.Path,
        // In this order a batch is committed: the venue never durably knows an order whose intent could still be lost.
        Files = [new("node", StateFolder.NodeJournal), new("venue", StateFolder.VenueJournal)],
        Mode = mode,
        Serializers = system => [new SerializerBinding(typeof(object), new DolphinSerializer(system))],
    };
}
