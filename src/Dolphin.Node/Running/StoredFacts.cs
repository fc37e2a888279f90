using System.Collections.Immutable;
using Dolphin.Actors.Node;
using Dolphin.Venues.Paper;

namespace Dolphin.Node.Running;

/// <summary>Every fact in a paper venue's journal, the oldest first; streamed, because a journal may be years long.</summary>
internal static class StoredFacts
{
    /// <exception cref="JournalException">There is a file, and it is no journal.</exception>
    public static IEnumerable<PaperFact> Of(StateFolder folder)
    {
        var file = Path.Combine(folder.Path, StateFolder.VenueJournal);
        if (!File.Exists(file)) yield break;
        using var journal = new JournalReader(file);
        foreach (var row in journal.Events("paper-venue"))
            if (row.As<object>() is PaperFact fact) yield return fact;
    }

    /// <summary>What a client is told again of what an earlier life of the venue may have left on its way, the oldest first.</summary>
    public static ImmutableArray<PaperFact> NewestIncome(StateFolder folder)
    {
        var newest = new NewestExternal();
        foreach (var fact in Of(folder)) newest.Note(fact);
        return [.. newest.OldestFirst];
    }
}
