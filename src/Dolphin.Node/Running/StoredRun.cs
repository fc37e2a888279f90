using System.Collections.Immutable;
using Dolphin.Actors.Balancing;
using Dolphin.Actors.Books;
using Dolphin.Actors.Compression;
using Dolphin.Actors.Directional;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Hedging;
using Dolphin.Actors.Hermes;
using Dolphin.Actors.Node;
using Dolphin.Actors.Protection;
using Dolphin.Actors.Scan;
using Dolphin.Actors.Sensors;
using Dolphin.Actors.Strategies;
using Dolphin.Actors.Survival;
using Dolphin.Backtest.Replay;
using Dolphin.Backtest.Report;
using Dolphin.Domain;
using Dolphin.Domain.AutoExecution;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Books;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Esoteric;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;

namespace Dolphin.Node.Running;

/// <summary>What a run left in its state folder, as far as its journal goes: for looking at a run that no process plays.</summary>
internal sealed class StoredRun : IRunView
{
    private readonly StateFolder _folder;
    private readonly RunSnapshot _picture;

    private StoredRun(StateFolder folder, RunSnapshot picture) => (_folder, _picture) = (folder, picture);

    /// <summary>Looks at every event of both journals once, as a start does, before anything is concluded from them.</summary>
    /// <exception cref="InvalidDataException">Rows are not what was written; it says which.</exception>
    /// <exception cref="JournalException">A file cannot be read.</exception>
    public static void RequireWhole(string path)
    {
        var damage = new List<DamagedRow>();
        foreach (var file in (string[])[Path.Combine(path, StateFolder.NodeJournal), Path.Combine(path, StateFolder.VenueJournal)])
        {
            if (!File.Exists(file)) continue;
            using var journal = new JournalReader(file);
            damage.AddRange(journal.Damage());
        }

        if (damage.Count == 0) return;
        throw new InvalidDataException(
            $"{(damage.Count == 1 ? "a row is" : $"{damage.Count} rows are")} not what was written. {string.Join(' ', damage.Take(3))}{(damage.Count > 3 ? $" And {damage.Count - 3} more." : "")} "
            + "Nothing is shown: what follows from them is not what happened. Restore the folder from a backup.");
    }

    /// <summary>Verifies nothing but snapshots, of which it passes damaged ones over.</summary>
    /// <returns>Null if there is no run in the folder.</returns>
    /// <exception cref="InvalidDataException">It holds something else.</exception>
    public static StoredRun? Open(string path)
    {
        var folder = new StateFolder(path);
        if (folder.ReadIdentity() is not { } identity) return null;
        if (identity.Market.StartsWith("venue-", StringComparison.Ordinal))
            throw new InvalidDataException("It holds a venue, not a run. What a venue has counted it says itself, while it runs: GET /oracle.");
        var file = Path.Combine(path, StateFolder.NodeJournal);
        if (!File.Exists(file)) return null;
        using var journal = new JournalReader(file);
        return new StoredRun(folder, Picture(identity, journal, StoredVenue.Read(folder)));
    }

    public RunSnapshot Snapshot() => _picture;

    public Task<Explanation?> ExplainAsync(DateTimeOffset? at, CancellationToken cancellation) =>
        Task.Run(() => RiskHistory.At(_folder, at), cancellation);

    private static RunSnapshot Picture(RunIdentity identity, JournalReader journal, StoredVenue venue)
    {
        var snapshots = journal.NewestSnapshots().ToDictionary(r => r.PersistenceId, StringComparer.Ordinal);
        var books = journal.PersistenceIds().Where(i => i.StartsWith("book-", StringComparison.Ordinal)).Select(i => Book(i, journal, snapshots)).ToImmutableArray();
        var strategies = Strategies(journal, snapshots);
        var rows = books.Select(b => Row(b, strategies, venue)).ToImmutableArray();
        var history = journal.Events("survival").ToList();
        var risk = history.LastOrDefault(r => r.Manifest.Equals("survival.assessed.v1", StringComparison.Ordinal)) is { } assessed ? assessed.As<SurvivalEvent.Assessed>().Snapshot : null;
        var postures = history.Where(r => r.Manifest.Equals("survival.posture-changed.v1", StringComparison.Ordinal)).Select(r => r.As<SurvivalEvent.PostureChanged>())
            .Select(e => new PostureChange(e.At, Postures.Name(e.From), Postures.Name(e.To), e.RTotal, e.Binding?.Name ?? "recovered")).ToImmutableArray();
        var desk = Desk(journal, snapshots);
        var sensor = SensorsActor.IdOf(LayerId.PortfolioDrawdown);
        var worst = snapshots.TryGetValue(sensor, out var drawdown) ? drawdown.As<DrawdownState>() : null;
        var deposit = new Money(identity.Deposit);
        var (realised, unrealised, fees, funding) = (Sum(rows, r => r.RealisedPnl), Sum(rows, r => r.UnrealisedPnl), Sum(rows, r => r.Fees), Sum(rows, r => r.Funding));
        var equity = deposit + realised + unrealised - fees + funding;
        // The run's own measure: what legs that were brought in had lost before it is in the sensor's first equity, but not in the deposit.
        var best = DrawdownState.PeakAfter(worst, journal.Events(sensor, drawdown?.SequenceNr ?? 0).Select(r => r.As<DrawdownEvent.PeakRaised>())) ?? deposit;
        var peak = best > equity ? best : equity;
        var fraction = (double)((peak.Quote - equity.Quote) / peak.Quote);
        var balancer = Balancer(journal, snapshots);
        var checkpoint = journal.NewestCheckpoint();
        var cursor = checkpoint is null ? null : ReplayCursor.Of(checkpoint.Cursor.AsSpan());
        DateTimeOffset?[] times = [checkpoint?.At, venue.At, history.LastOrDefault()?.Created];
        return new RunSnapshot(
            identity.Edition, identity.Market, identity.Seed, RunPhase.Stopped, null, times.Max(),
            new RunProgress(cursor?.Bars ?? venue.Market?.Bars, null, null, null), rows, risk is null ? null : Explanation.Of(risk),
            new MoneyPicture(equity, realised, unrealised, fees, funding, fraction, Math.Max(fraction, worst?.Worst ?? 0)),
            new RunCounts(desk.Intents, books.Sum(b => b.FillCount), desk.Counts.Open, desk.Rejected, journal.CountEvents() + venue.Events, books.Sum(b => b.ExternalFills)), postures,
            cursor is null ? [] : [.. cursor.Invariants.Select(ReportBuilder.Count)], [], Missing(identity, venue, rows, times.Max()), ExposureBalancer: balancer.Statistics,
            Sizing: OrNull(strategies, s => StoredStrategy.SizingOf(s.State) is { } sizing ? new SizedOpening(s.Symbol, sizing) : null) is { } openings ? new SizingPicture(openings, null) : null,
            Hermes: Hermes(journal, snapshots), Directional: OrNull(strategies, s => s.State is DirectionalSnapshot { State: var state } ? DirectionalFace.Of(s.Symbol, state) : null),
            Scan: snapshots.TryGetValue(ScanActor.Id, out var scan) ? scan.As<ScanSnapshot>().Picture : null, Esof: Esof(snapshots),
            Forewarner: ForewarnerHistory.At(journal, DateTimeOffset.MaxValue),
            Compression: OrNull(strategies, s => s.State is CompressionSnapshot { State: var state } ? CompressionFace.Of(s.Symbol, state) : null),
            Protectors: OrNull(strategies, s => s.State is ProtectorSnapshot { State: { Incarnation: > 0 } state } ? new ProtectorFace(s.Symbol, ProtectorReport.Stored(state)) : null),
            BalancerStreams: balancer.Streams, Quorum: RiskHistory.QuorumAt(journal, DateTimeOffset.MaxValue));
    }

    // A crash between the making of the two files leaves none either, but nothing in the books.
    private static ImmutableArray<NotableEvent> Missing(RunIdentity identity, StoredVenue venue, ImmutableArray<AssetRow> rows, DateTimeOffset? at) =>
        venue != StoredVenue.Nothing || rows.IsEmpty || identity.Market == "remote"
            ? []
            : [new NotableEvent(at ?? default, NotableKind.Fault, StateFolder.VenueJournal,
                "it is not in the folder. Positions are shown at the prices of the books, and the venue's events are not counted. Restore it before the next start: the venue would begin empty, without what the books hold, and the ledger layer would not hold.")];

    // Of the sky when it was last looked at; what L8 makes of it the plan says, and it is not in the folder.
    private static EsotericPicture? Esof(Dictionary<string, StoredRow> snapshots) =>
        snapshots.TryGetValue(SensorsActor.IdOf(LayerId.EsofService), out var row) ? row.As<EsofState>().Picture : null;

    // What it decided; what it makes of the market now nobody knows. Null where none has stored anything: whether the plan has Hermes is not in the folder.
    private static ImmutableArray<HermesExplanation>? Hermes(JournalReader journal, Dictionary<string, StoredRow> snapshots)
    {
        var rows = journal.PersistenceIds().Where(i => i.StartsWith("hermes-", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(id =>
        {
            var snapshot = snapshots.GetValueOrDefault(id);
            var last = snapshot?.As<HermesSnapshot>();
            var state = journal.Events(id, snapshot?.SequenceNr ?? 0).Select(r => r.As<HermesEvent>()).Aggregate(last?.State ?? HermesState.Initial, HermesDecider.Evolve);
            DateTimeOffset?[] times = [last?.Watch.At, state.LastEventAt];
            return HermesExplanation.Unseen(
                new Symbol(id["hermes-".Length..]), state, times.Max() ?? DateTimeOffset.UnixEpoch, "No node runs on the folder, and nobody looks at the market.");
        }).ToImmutableArray();
        return rows.IsEmpty ? null : rows;
    }

    // Of the strategy that holds the legs, or of the first that has stored anything; none of them is a waiting hedge.
    private static AssetRow Row(HedgedBook book, ImmutableArray<StoredFace> strategies, StoredVenue venue)
    {
        var (strategyId, strategy) = strategies.Where(s => s.Symbol == book.Symbol).Select(s => (StrategyIds.Of(s.Holder, s.Symbol), StoredStrategy.Of(s.State)))
            .OrderByDescending(s => s.Item2!.Holds).FirstOrDefault((StrategyIds.Of(LegHolder.BandLimitedHedging, book.Symbol), null));
        var price = venue.Marks.TryGetValue(book.Symbol, out var mark) ? mark : book.Path.LastPrice;
        return new AssetRow(
            book.Symbol, price, strategyId, strategy?.Mode ?? nameof(HedgeMode.Idle), strategy?.Cycles ?? 0, RunPicture.LegsOf(book), book.Legs.Net,
            book.Realised, price is { } last ? book.UnrealisedAt(last) : Money.Zero, book.Fees, book.Funding, "");
    }

    /// <param name="State">What is stored of it, as its snapshots have it.</param>
    private sealed record StoredFace(Symbol Symbol, LegHolder Holder, object State);

    // All that have stored anything: those of one kind after the other, each by symbol.
    private static ImmutableArray<StoredFace> Strategies(JournalReader journal, Dictionary<string, StoredRow> snapshots)
    {
        var ids = journal.PersistenceIds().Concat(snapshots.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        return
        [
            .. Read<StrategySnapshot, HedgeEvent>(LegHolder.BandLimitedHedging, new StrategySnapshot(HedgeState.Initial, StructureMonitor.Empty),
                (s, e) => s with { State = HedgeDecider.Evolve(s.State, e), Sizing = (e as HedgeEvent.CycleOpened)?.Sizing ?? s.Sizing }),
            .. Read<CompressionSnapshot, CompressionEvent>(LegHolder.HedgeCompression, new CompressionSnapshot(CompressionState.Initial, default),
                (s, e) => s with { State = CompressionDecider.Evolve(s.State, e) }),
            .. Read<ProtectorSnapshot, ProtectorEvent>(LegHolder.ExposureProtector, new ProtectorSnapshot(ProtectorState.Initial, 0, 0),
                (s, e) => s with { State = ProtectorDecider.Evolve(s.State, e) }),
            .. Read<DirectionalSnapshot, DirectionalEvent>(LegHolder.Directional, new DirectionalSnapshot(DirectionalState.Initial, default, default),
                (s, e) => s with { State = DirectionalDecider.Evolve(s.State, e), Sizing = (e as DirectionalEvent.Opened)?.Sizing ?? s.Sizing }),
        ];

        IEnumerable<StoredFace> Read<TSnapshot, TEvent>(LegHolder holder, TSnapshot initial, Func<TSnapshot, TEvent, TSnapshot> fold) where TSnapshot : class
        {
            var first = StrategyIds.PersistenceIdOf(StrategyIds.Of(holder, new Symbol("")));
            return ids.Where(i => i.StartsWith(first, StringComparison.Ordinal)).Select(id =>
            {
                var since = snapshots.GetValueOrDefault(id);
                var events = journal.Events(id, since?.SequenceNr ?? 0).Select(r => r.As<TEvent>());
                return new StoredFace(new Symbol(id[first.Length..]), holder, events.Aggregate(since?.As<TSnapshot>() ?? initial, fold));
            });
        }
    }

    private static ImmutableArray<T>? OrNull<T>(ImmutableArray<StoredFace> strategies, Func<StoredFace, T?> face) where T : class
    {
        var faces = strategies.Select(face).OfType<T>().ToImmutableArray();
        return faces.IsEmpty ? null : faces;
    }

    private static HedgedBook Book(string id, JournalReader journal, Dictionary<string, StoredRow> snapshots)
    {
        var book = snapshots.TryGetValue(id, out var row) ? row.As<HedgedBook>() : HedgedBook.Empty(new Symbol(id["book-".Length..]));
        return journal.Events(id, row?.SequenceNr ?? 0).Select(r => r.As<BookEvent>()).Aggregate(book, (b, e) => e switch
        {
            BookEvent.FillBooked f => b.Apply(f.Fill, f.IsExternal).Book,
            BookEvent.FundingBooked f => b.Apply(new FundingPayment(b.Symbol, f.Leg, f.Amount, f.At)).Book,
            _ => throw new System.Diagnostics.UnreachableException($"Cannot fold {e.GetType().Name}."),
        });
    }

    private static OrderDesk Desk(JournalReader journal, Dictionary<string, StoredRow> snapshots)
    {
        var desk = new OrderDesk();
        if (snapshots.TryGetValue("execution", out var row)) desk.Restore(row.As<OrderDeskState>());
        foreach (var stored in journal.Events("execution", row?.SequenceNr ?? 0)) desk.Apply(stored.As<ExecutionEvent>());
        return desk;
    }

    // Its limits stand in its snapshots: before the first there are no statistics, but what it asked for. What became of that is in no snapshot, so all events are read.
    private static (BalancerStatistics? Statistics, BalancerStreams? Streams) Balancer(JournalReader journal, Dictionary<string, StoredRow> snapshots)
    {
        var row = snapshots.GetValueOrDefault(ExposureBalancerActor.Id);
        var (since, answers, any) = (row?.As<BalancerMemory>(), RecentLog<CommandAnswer>.Empty, row is not null);
        var memory = since ?? new BalancerMemory(BalancerState.Initial, ExecutorState.Initial, BalancerSettings.Default, null, IsNews: false, [], null);
        foreach (var stored in journal.Events(ExposureBalancerActor.Id))
        {
            any = true;
            var happened = stored.As<object>();
            if (happened is BalancerEvent e && CommandAnswer.Of(e) is { } answer) answers = answers.Add(answer, out _);
            if (stored.SequenceNr > (row?.SequenceNr ?? 0)) memory = memory.After(happened);
        }
        return any ? (since is null ? null : memory.Statistics, new BalancerFace(memory.Limits, memory.Balancer, memory.Executor, answers).Streams) : default;
    }

    private static Money Sum(ImmutableArray<AssetRow> rows, Func<AssetRow, Money> amount) => rows.Aggregate(Money.Zero, (sum, r) => sum + amount(r));
}
