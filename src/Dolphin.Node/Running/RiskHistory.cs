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
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;

namespace Dolphin.Node.Running;

/// <summary>Why R_total was what it was, as the survival controller wrote it down, and what sized the openings until then.</summary>
internal static class RiskHistory
{
    private const string Survival = "survival", Assessed = "survival.assessed.v1", QuorumEvents = "quorum.", Opened = "hedge.cycle-opened.v1", OpenedOnSignal = "directional.opened.v1", Book = "book-";

    /// <param name="at">Null: the newest that there is.</param>
    /// <returns>The last assessment recorded at or before <paramref name="at"/>; null if there is none.</returns>
    public static Explanation? At(StateFolder folder, DateTimeOffset? at)
    {
        using var journal = new JournalReader(Path.Combine(folder.Path, StateFolder.NodeJournal));
        if (journal.NewestTime() is not { } newest) return null;
        var moment = at < newest ? at.Value : newest; // Of what comes after it nothing is known.
        if (journal.Newest(Survival, Assessed, moment) is not { } row) return null;
        var (risk, openings) = (row.As<SurvivalEvent.Assessed>().Snapshot, Openings(journal, moment));
        return Explanation.Of(risk) with
        {
            Sizing = openings.IsEmpty ? null : new SizingPicture([.. openings.Select(o => new SizedOpening(o.Symbol, o.Sizing))], Learning: null), // What the learner knew then is in no single row.
            Scan = ScanAt(journal, moment),
            Forewarner = ForewarnerHistory.At(journal, moment),
            Quorum = QuorumAt(journal, moment),
            Esof = EsofHistory.At(journal, risk, moment),
            AlphaThen = AlphaHistory.At(journal, openings, moment),
        };
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

    // The newest opening of each symbol.
    private static ImmutableArray<StoredOpening> Openings(JournalReader journal, DateTimeOffset at)
    {
        var openings = ImmutableArray.CreateBuilder<StoredOpening>();
        foreach (var symbol in journal.PersistenceIds().Where(id => id.StartsWith(Book, StringComparison.Ordinal)).Select(id => new Symbol(id[Book.Length..])).Order())
        {
            var strategy = StrategyIds.PersistenceIdOf(StrategyIds.Of(LegHolder.BandLimitedHedging, symbol));
            var onSignals = StrategyIds.PersistenceIdOf(StrategyIds.Of(LegHolder.Directional, symbol)); // An asset has one of the two.
            if (journal.Newest(strategy, Opened, at)?.As<HedgeEvent.CycleOpened>() is { Sizing: { } sizing } cycle) openings.Add(new StoredOpening(symbol, sizing, cycle.At));
            else if (journal.Newest(onSignals, OpenedOnSignal, at)?.As<DirectionalEvent.Opened>() is { Sizing: { } size } opened) openings.Add(new StoredOpening(symbol, size, opened.At));
        }

        return openings.DrainToImmutable();
    }

    /// <summary>An opening and what it was sized by.</summary>
    internal sealed record StoredOpening(Symbol Symbol, OpeningSizing Sizing, DateTimeOffset At);
}
