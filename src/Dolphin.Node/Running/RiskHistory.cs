using System.Collections.Immutable;
using Dolphin.Actors.Node;
using Dolphin.Actors.Scan;
using Dolphin.Actors.Strategies;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Scan;
using Dolphin.Domain.Survival;

namespace Dolphin.Node.Running;

/// <summary>Why R_total was what it was, as the survival controller wrote it down, and what sized the openings until then.</summary>
internal static class RiskHistory
{
    private const string Survival = "survival", Assessed = "survival.assessed.v1", QuorumEvents = "quorum.", Opened = "hedge.cycle-opened.v1", OpenedOnSignal = "directional.opened.v1", Book = "book-";

    /// <returns>The last assessment recorded at or before <paramref name="at"/>; null if there is none.</returns>
    public static Explanation? At(StateFolder folder, DateTimeOffset at)
    {
        using var journal = new JournalReader(Path.Combine(folder.Path, StateFolder.NodeJournal));
        return journal.Newest(Survival, Assessed, at) is { } row
            ? Explanation.Of(row.As<SurvivalEvent.Assessed>().Snapshot) with { Sizing = SizingAt(journal, at), Scan = ScanAt(journal, at), Forewarner = ForewarnerHistory.At(journal, at), Quorum = QuorumAt(journal, at) }
            : null;
    }

    /// <returns>Who was silent at <paramref name="at"/> and what had become of the quorum; null where nobody had been.</returns>
    public static QuorumWatchState? QuorumAt(JournalReader journal, DateTimeOffset at)
    {
        var state = journal.Events(Survival).Where(r => r.Manifest.StartsWith(QuorumEvents, StringComparison.Ordinal))
            .Select(r => r.As<QuorumEvent>()).TakeWhile(e => e.At <= at).Aggregate(QuorumWatchState.Initial, QuorumWatch.Evolve);
        return state.Actions.IsEmpty ? null : state;
    }

    private static ScanWatchState? ScanAt(JournalReader journal, DateTimeOffset at)
    {
        var state = journal.Events(ScanActor.Id).Select(r => r.As<ScanEvent>()).TakeWhile(e => e.At <= at).Aggregate(ScanWatchState.Initial, ScanWatch.Evolve);
        return state.Actions.IsEmpty ? null : state; // Where it is on, the first thing it says is that its windows fill.
    }

    // Of the newest opening of each symbol; what the learner knew then is in no single row.
    private static SizingPicture? SizingAt(JournalReader journal, DateTimeOffset at)
    {
        var openings = ImmutableArray.CreateBuilder<SizedOpening>();
        foreach (var symbol in journal.PersistenceIds().Where(id => id.StartsWith(Book, StringComparison.Ordinal)).Select(id => new Symbol(id[Book.Length..])).Order())
        {
            var strategy = StrategyIds.PersistenceIdOf(StrategyIds.Of(LegHolder.BandLimitedHedging, symbol));
            var onSignals = StrategyIds.PersistenceIdOf(StrategyIds.Of(LegHolder.Directional, symbol)); // An asset has one of the two.
            if ((journal.Newest(strategy, Opened, at)?.As<HedgeEvent.CycleOpened>().Sizing
                ?? journal.Newest(onSignals, OpenedOnSignal, at)?.As<DirectionalEvent.Opened>().Sizing) is { } sizing)
            {
                openings.Add(new SizedOpening(symbol, sizing));
            }
        }

        return openings.Count == 0 ? null : new SizingPicture(openings.DrainToImmutable(), Learning: null);
    }
}
