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
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;

namespace Dolphin.Node.Running;

/// <summary>What a run left in its state folder, as of its newest snapshots: for looking at a run that no process plays.</summary>
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
        var stored = journal.NewestSnapshots().ToDictionary(r => r.PersistenceId, r => StoredJson.Read(r.Bytes, StoredTypes.TypeOf(r.Manifest)), StringComparer.Ordinal);
        var postures = journal.Events("survival").Where(r => r.Manifest.Equals("survival.posture-changed.v1", StringComparison.Ordinal))
            .Select(r => (SurvivalEvent.PostureChanged)StoredJson.Read(r.Bytes, typeof(SurvivalEvent.PostureChanged)))
            .Select(e => new PostureChange(e.At, Postures.Name(e.From), Postures.Name(e.To), e.RTotal, e.Binding?.Name ?? "recovered"));
        return new StoredRun(folder, Picture(identity, stored, [.. postures], journal.CountEvents()));
    }

    public RunSnapshot Snapshot() => _picture;

    public Task<Explanation?> ExplainAsync(DateTimeOffset? at, CancellationToken cancellation) =>
        Task.Run(() => RiskHistory.At(_folder, at ?? DateTimeOffset.MaxValue), cancellation);

    private static RunSnapshot Picture(RunIdentity identity, Dictionary<string, object> stored, ImmutableArray<PostureChange> postures, long events)
    {
        var rows = stored.Values.OfType<HedgedBook>().OrderBy(b => b.Symbol).Select(b => Row(b, stored)).ToImmutableArray();
        var risk = (stored.GetValueOrDefault("survival") as SurvivalMemory)?.Published;
        var drawdown = stored.Values.OfType<DrawdownState>().FirstOrDefault();
        var desk = stored.GetValueOrDefault("execution") as OrderDeskState;
        var equity = drawdown?.Equity ?? Money.Zero;
        var peak = drawdown?.Peak?.Quote ?? 0m;
        return new RunSnapshot(
            identity.Edition, identity.Market, identity.Seed, RunPhase.Stopped, DateTimeOffset.UnixEpoch, risk?.At, new RunProgress(0, null, 0, 0), rows,
            risk is null ? null : Explanation.Of(risk),
            new MoneyPicture(equity, Sum(rows, r => r.RealisedPnl), Sum(rows, r => r.UnrealisedPnl), Sum(rows, r => r.Fees), Sum(rows, r => r.Funding),
                peak > 0 ? (double)((peak - equity.Quote) / peak) : 0, drawdown?.Worst ?? 0),
            new RunCounts(desk?.Intents ?? 0, desk?.Fills ?? 0, desk?.Open.Length ?? 0, desk?.Rejected ?? 0, events, 0), postures, [], [], []);
    }

    private static AssetRow Row(HedgedBook book, Dictionary<string, object> stored)
    {
        var id = $"hedge-{book.Symbol}";
        var strategy = stored.GetValueOrDefault(HedgeStrategyActor.IdOf(id)) as StrategySnapshot;
        var price = strategy is { Monitor.LastClose: > 0 } ? Price.Of((decimal)strategy.Monitor.LastClose) : book.Path.LastPrice;
        return new AssetRow(
            book.Symbol, price, id, strategy?.State.Mode.ToString() ?? "Unknown", strategy?.State.Cycle ?? 0, RunPicture.LegsOf(book), book.Legs.Net,
            book.Realised, price is { } mark ? book.UnrealisedAt(mark) : Money.Zero, book.Fees, book.Funding, "");
    }

    private static Money Sum(ImmutableArray<AssetRow> rows, Func<AssetRow, Money> amount) => rows.Aggregate(Money.Zero, (sum, r) => sum + amount(r));
}
