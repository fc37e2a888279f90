using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;

namespace Dolphin.Backtest;

/// <summary>How a state folder's journals are opened, by whoever runs on it. Here and not beside <see cref="StateFolder"/>, because actors know of
/// no files.</summary>
public static class StateJournals
{
    /// <summary>The same system, with a state folder to store in.</summary>
    /// <param name="bounds">Bounds and timeouts; the rest of it is overwritten.</param>
    public static EngineSettings StoredIn(this EngineSettings settings, StateFolder folder, JournalSettings bounds, DurabilityMode mode) => settings with
    {
        Persistence = bounds with
        {
            Directory = folder.Path,
            // In this order a batch is committed: the venue never durably knows an order whose intent could still be lost.
            Files = [new("node", StateFolder.NodeJournal), new("venue", StateFolder.VenueJournal)],
            Mode = mode,
        },
        Serializers = system => [new SerializerBinding(typeof(object), new DolphinSerializer(system))],
    };
}
