using Dolphin.Actors.Forewarning;
using Dolphin.Domain.Forewarning;
using Dolphin.Domain.Reporting;

namespace Dolphin.Node.Running;

/// <summary>What the forewarner of a run had decided at some moment, as it wrote it down: which model served, what that said of the live parameters, and the way back.</summary>
internal static class ForewarnerHistory
{
    private const string Kept = "forewarner.model-kept.v1";

    /// <returns>As of the last decision at or before <paramref name="at"/>; null if there is none.</returns>
    public static ForewarnerPicture? At(JournalReader journal, DateTimeOffset at)
    {
        var (state, tally, last) = (ForewarnerState.Initial, default(ForewarnerTally), (ForewarnerEvent?)null);
        foreach (var row in journal.Events(ForewarnerActor.Id))
        {
            if (row.Manifest == Kept) continue; // Half a megabyte each; only the newest matters.
            var stored = row.As<ForewarnerEvent>();
            if (stored.At > at) break;
            (state, tally, last) = (ForewarnerDecider.Evolve(state, stored), tally.After(stored), stored);
        }

        if (last is null) return null;
        var model = state.Champion is null ? null : journal.Newest(ForewarnerActor.Id, Kept, at)?.As<KeptModel>();
        return ForewarnerPicture.Of(last.At, state, model, fitness: null, tally, age: null);
    }
}
