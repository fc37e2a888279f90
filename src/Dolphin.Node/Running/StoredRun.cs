using System.Collections.Immutable;
using Dolphin.Actors.Books;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Hedging;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;
using Dolphin.Actors.Sensors;
using Dolphin.Actors.Survival;
using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;

namespace Dolphin.Node.Running;

/// <summary>What a run left in its state folder, as far as its journal goes: for looking at a run that no process plays.</summary>
internal sealed class StoredRun : IRunView
{
    private readonly StateFolder _folder;
    private readonly RunSnapshot _picture;

    private StoredRun(StateFolder folder, RunSnapshot picture) => (_folder, _picture) = (folder, picture);

    /// <returns>Null if there is no run in the folder.</returns>
    public static StoredRun? Open(string path)
    {
        var folder = new StateFolder(path);
        if (folder.ReadIdentity() is not { } identity) return null;
        var file = Path.Combine(path, StateFolder.NodeJournal);
        if (!File.Exists(file)) return null;
        using var journal = new JournalReader(file);
        return new StoredRun(folder, Picture(identity, journal));
    }

    public RunSnapshot Snapshot() => _picture;

    public Task<Explanation?> ExplainAsync(DateTimeOffset? at, CancellationToken cancellation) =>
        Task.Run(() => RiskHistory.At(_folder, at ?? DateTimeOffset.MaxValue), cancellation);

    private static RunSnapshot Picture(RunIdentity identity, JournalReader journal)
    {
        var snapshots = journal.NewestSnapshots().ToDictionary(r => r.PersistenceId, StringComparer.Ordinal);
        var ids = journal.PersistenceIds();
        var rows = ids.Where(i => i.StartsWith("book-", StringComparison.Ordinal)).Select(i => Row(i, journal, snapshots)).ToImmutableArray();
        var history = journal.Events("survival").ToList();
        var risk = history.LastOrDefault(r => r.Manifest.Equals("survival.assessed.v1", StringComparison.Ordinal)) is { } assessed ? Read<SurvivalEvent.Assessed>(assessed).Snapshot : null;
        var postures = history.Where(r => r.Manifest.Equals("survival.posture-changed.v1", StringComparison.Ordinal)).Select(Read<SurvivalEvent.PostureChanged>)
            .Select(e => new PostureChange(e.At, Postures.Name(e.From), Postures.Name(e.To), e.RTotal, e.Binding?.Name ?? "recovered")).ToImmutableArray();
        var desk = Desk(journal, snapshots);
        var worst = snapshots.TryGetValue("sensor-L9_PORTFOLIO_DD", out var drawdown) ? Read<DrawdownState>(drawdown) : null;
        var (realised, unrealised, fees, funding) = (Sum(rows, r => r.RealisedPnl), Sum(rows, r => r.UnrealisedPnl), Sum(rows, r => r.Fees), Sum(rows, r => r.Funding));
        var equity = new Money(identity.Deposit) + realised + unrealised - fees + funding;
        var peak = worst?.Peak is { } best && best > equity ? best : equity;
        var fraction = (double)((peak.Quote - equity.Quote) / peak.Quote);
        return new RunSnapshot(
            identity.Edition, identity.Market, identity.Seed, RunPhase.Stopped, DateTimeOffset.UnixEpoch, history.LastOrDefault()?.Created, new RunProgress(0, null, 0, 0), rows,
            risk is null ? null : Explanation.Of(risk),
            new MoneyPicture(equity, realised, unrealised, fees, funding, fraction, Math.Max(fraction, worst?.Worst ?? 0)),
            new RunCounts(desk.Intents, desk.Fills, desk.Counts.Open, desk.Rejected, journal.CountEvents(), 0), postures, [], [], []);
    }

    private static AssetRow Row(string bookId, JournalReader journal, Dictionary<string, StoredRow> snapshots)
    {
        var book = Book(bookId, journal, snapshots);
        var strategyId = $"hedge-{book.Symbol}";
        var id = HedgeStrategyActor.IdOf(strategyId);
        var measured = snapshots.TryGetValue(id, out var row) ? Read<StrategySnapshot>(row) : new StrategySnapshot(HedgeState.Initial, StructureMonitor.Empty);
        var state = journal.Events(id, row?.SequenceNr ?? 0).Select(Read<HedgeEvent>).Aggregate(measured.State, HedgeDecider.Evolve);
        var price = book.Path.LastPrice ?? (measured.Monitor.LastClose > 0 ? Price.Of((decimal)measured.Monitor.LastClose) : null);
        return new AssetRow(
            book.Symbol, price, strategyId, state.Mode.ToString(), state.Cycle, RunPicture.LegsOf(book), book.Legs.Net,
            book.Realised, price is { } mark ? book.UnrealisedAt(mark) : Money.Zero, book.Fees, book.Funding, "");
    }

    private static HedgedBook Book(string id, JournalReader journal, Dictionary<string, StoredRow> snapshots)
    {
        var book = snapshots.TryGetValue(id, out var row) ? Read<HedgedBook>(row) : HedgedBook.Empty(new Symbol(id["book-".Length..]));
        return journal.Events(id, row?.SequenceNr ?? 0).Select(Read<BookEvent>).Aggregate(book, (b, e) => e switch
        {
            BookEvent.FillBooked f => b.Apply(f.Fill).Book,
            BookEvent.FundingBooked f => b.Apply(new FundingPayment(b.Symbol, f.Leg, f.Amount, f.At)).Book,
            _ => throw new System.Diagnostics.UnreachableException($"Cannot fold {e.GetType().Name}."),
        });
    }

    // Fills are no events of the desk; the books count them.
    private static OrderDesk Desk(JournalReader journal, Dictionary<string, StoredRow> snapshots)
    {
        var desk = new OrderDesk();
        if (snapshots.TryGetValue("execution", out var row)) desk.Restore(Read<OrderDeskState>(row));
        foreach (var stored in journal.Events("execution", row?.SequenceNr ?? 0)) desk.Apply(Read<ExecutionEvent>(stored));
        return desk;
    }

    private static T Read<T>(StoredRow row) => (T)StoredJson.Read(row.Bytes, StoredTypes.TypeOf(row.Manifest));

    private static Money Sum(ImmutableArray<AssetRow> rows, Func<AssetRow, Money> amount) => rows.Aggregate(Money.Zero, (sum, r) => sum + amount(r));
}
