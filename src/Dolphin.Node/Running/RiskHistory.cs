using Dolphin.Actors.Node;
using Dolphin.Domain.Survival;

namespace Dolphin.Node.Running;

/// <summary>Why R_total was what it was, as the survival controller wrote it down.</summary>
internal static class RiskHistory
{
    private const string Assessed = "survival.assessed.v1";

    /// <returns>The last assessment recorded at or before <paramref name="at"/>; null if there is none.</returns>
    public static Explanation? At(StateFolder folder, DateTimeOffset at)
    {
        using var journal = new JournalReader(Path.Combine(folder.Path, StateFolder.NodeJournal));
        return journal.Newest("survival", Assessed, at) is { } row
            ? Explanation.Of(row.As<SurvivalEvent.Assessed>().Snapshot)
            : null;
    }
}
