using System.Collections.Immutable;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;

namespace Dolphin.Node.Running;

/// <summary>Why R_total was what it was, as the survival controller wrote it down.</summary>
internal static class RiskHistory
{
    private const string Assessed = "survival.assessed.v1";
    private const string Changed = "survival.posture-changed.v1";

    /// <returns>The last assessment recorded at or before <paramref name="at"/>; null if there is none.</returns>
    public static Explanation? At(StateFolder folder, DateTimeOffset at)
    {
        using var journal = new JournalReader(Path.Combine(folder.Path, StateFolder.NodeJournal));
        return journal.Newest("survival", Assessed, at) is { } row
            ? Explanation.Of(((SurvivalEvent.Assessed)StoredJson.Read(row.Bytes, typeof(SurvivalEvent.Assessed))).Snapshot)
            : null;
    }

    /// <summary>Every change of posture that is on record, oldest first.</summary>
    public static ImmutableArray<PostureChange> Postures(JournalReader journal) =>
    [
        .. journal.Events("survival").Where(r => r.Manifest.Equals(Changed, StringComparison.Ordinal))
            .Select(r => (SurvivalEvent.PostureChanged)StoredJson.Read(r.Bytes, typeof(SurvivalEvent.PostureChanged)))
            .Select(e => new PostureChange(e.At, Actors.Survival.Postures.Name(e.From), Actors.Survival.Postures.Name(e.To), e.RTotal, e.Binding?.Name ?? "recovered")),
    ];
}
