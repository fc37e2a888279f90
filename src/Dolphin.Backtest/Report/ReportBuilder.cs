using System.Collections.Immutable;
using Dolphin.Actors.Balancing;
using Dolphin.Actors.Books;
using Dolphin.Actors.Compression;
using Dolphin.Actors.Directional;
using Dolphin.Actors.Divergence;
using Dolphin.Actors.Execution;
using Dolphin.Actors.External;
using Dolphin.Actors.Forewarning;
using Dolphin.Actors.Hermes;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Node;
using Dolphin.Actors.Protection;
using Dolphin.Actors.Scan;
using Dolphin.Actors.Sensors;
using Dolphin.Actors.Sizing;
using Dolphin.Actors.Strategies;
using Dolphin.Actors.Survival;
using Dolphin.Backtest.Replay;
using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.External;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Survival;
using Dolphin.Venues;
using Dolphin.Venues.Paper;
using static Dolphin.Actors.Journal.DurableProtocol;

namespace Dolphin.Backtest.Report;

/// <summary>What is known of a run besides what its actors have stored.</summary>
/// <param name="Dealings">Null where nobody reads the whole journal: of a live run.</param>
/// <param name="Alpha">What this process heard last.</param>
/// <param name="Interval">How long a bar takes; null where that is not known, and with it how long a protector has to wait.</param>
public sealed record RunFacts(
    string Edition, long Seed, long Bars, long BarsThisLife, double WallSeconds,
    ImmutableArray<PostureChange> Postures, ImmutableArray<InvariantTally> Invariants, ImmutableArray<HaltedEntity> Halted, RunDealings? Dealings = null,
    SizeLearningPolicy? Learning = null, AlphaPicture? Alpha = null, TimeSpan? Interval = null);

/// <summary>Puts the report together from what is stored, so that it says what a restart would find.</summary>
public static class ReportBuilder
{
    public static RunReport Build(ImmutableArray<AssetPlan> assets, IReadOnlyList<StoredState> states, RunFacts facts)
    {
        var strategies = assets.OrderBy(a => a.Symbol).Select(a => Strategy(a, states, facts.Dealings)).ToImmutableArray();
        var desk = Find<OrderDeskState>(states, "execution");
        var drawdown = states.Select(s => s.State).OfType<DrawdownState>().FirstOrDefault();
        var survival = Find<SurvivalMemory>(states, "survival");
        var books = states.Select(s => s.State).OfType<HedgedBook>().ToArray();
        var sky = Find<EsofState>(states, SensorsActor.IdOf(LayerId.EsofService))?.Picture;
        return new RunReport(
            facts.Edition, facts.Seed, [.. strategies.Select(s => s.Symbol)], facts.Bars, desk?.Intents ?? 0, books.Sum(b => b.FillCount),
            Sum(strategies, s => s.RealisedPnl), Sum(strategies, s => s.UnrealisedPnl), Sum(strategies, s => s.Fees), Sum(strategies, s => s.Funding),
            OnTheWire(states)?.Equity ?? drawdown?.Equity ?? Money.Zero, drawdown?.Worst ?? 0, strategies, facts.Postures, survival?.MinimumRTotal ?? 1,
            states.Sum(s => s.SequenceNumber), [.. facts.Invariants.Select(Count)], facts.Halted, facts.WallSeconds,
            facts.WallSeconds > 0 ? facts.BarsThisLife / facts.WallSeconds : 0, StateHash.Of(states), books.Sum(b => b.ExternalFills),
            facts.Dealings is null || strategies.IsEmpty ? null : Economics.Sum([.. strategies.Select(s => s.Economics!)]),
            Find<BalancerMemory>(states, ExposureBalancerActor.Id)?.Statistics, Divergence(states),
            facts.Learning is { } learning && Find<SizeLearnerSnapshot>(states, SizeLearnerActor.Id) is { } learner ? SizeReport.Of(learning, learner.State) : null, Directional(assets, states),
            Find<ScanSnapshot>(states, ScanActor.Id)?.Picture,
            sky?.Did,
            Find<FactorCacheState>(states, ExternalFactorsActor.Id)?.Counts, facts.Alpha,
            Find<ForewarnerMemory>(states, ForewarnerActor.Id) is { } m ? ForewarnerPicture.Of(m.SeenAt ?? DateTimeOffset.UnixEpoch, m.State, m.Model, m.Fitness, m.Tally, age: null) : null,
            Compression(assets, states), Protectors(assets, states, facts.Interval), Hermes(assets, states), Sizing(assets, states),
            Find<BalancerMemory>(states, ExposureBalancerActor.Id)?.Executor.Counts, Quorum: survival?.Quorum, Sky: sky);
    }

    private static ImmutableArray<CompressionFace>? Compression(ImmutableArray<AssetPlan> assets, IReadOnlyList<StoredState> states) => OrNull(
        from plan in assets.SelectMany(a => a.Strategies).OfType<CompressionPlan>().OrderBy(p => p.Symbol)
        select Find<CompressionSnapshot>(states, StrategyIds.PersistenceIdOf(plan.StrategyId)) is { } stored ? CompressionFace.Of(plan.Symbol, stored.State) : null);

    private static ImmutableArray<ProtectorFace>? Protectors(ImmutableArray<AssetPlan> assets, IReadOnlyList<StoredState> states, TimeSpan? interval) => OrNull(
        from plan in assets.SelectMany(a => a.Strategies).OfType<ProtectorPlan>().OrderBy(p => p.Symbol)
        select Find<ProtectorSnapshot>(states, StrategyIds.PersistenceIdOf(plan.StrategyId)) is { State.Incarnation: > 0 } stored
            ? new ProtectorFace(plan.Symbol, Report(plan.Policy, stored, interval))
            : null);

    private static ProtectorReport Report(ProtectorPolicy policy, ProtectorSnapshot stored, TimeSpan? interval)
    {
        if (interval is not { } bar || !(stored.LastClose > 0)) return ProtectorReport.Of(policy, stored.State);
        var opened = DateTimeOffset.FromUnixTimeMilliseconds(stored.LastOpenTimeMs);
        return ProtectorReport.Of(policy, stored.State, Price.Of((decimal)stored.LastClose), opened + bar, stored.LastOpenTimeMs / (long)bar.TotalMilliseconds);
    }

    private static ImmutableArray<HermesReport>? Hermes(ImmutableArray<AssetPlan> assets, IReadOnlyList<StoredState> states) => OrNull(
        from asset in assets.OrderBy(a => a.Symbol)
        select asset.Hermes is { } policy && Find<HermesSnapshot>(states, AssetHermesActor.IdOf(asset.Symbol)) is { } stored
            ? HermesReport.Of(asset.Symbol, stored.State, new RegimeReader(policy.Regime, stored.Regime).Reading.Regime)
            : null);

    // Only band-limited hedging and directional open by a size of their own, and no symbol has both.
    private static ImmutableArray<SizedOpening>? Sizing(ImmutableArray<AssetPlan> assets, IReadOnlyList<StoredState> states) => OrNull(
        from asset in assets.OrderBy(a => a.Symbol)
        let sizing = asset.Strategies.Select(s => StoredStrategy.SizingOf(Find<object>(states, StrategyIds.PersistenceIdOf(s.StrategyId)))).FirstOrDefault(s => s is not null)
        select sizing is null ? null : new SizedOpening(asset.Symbol, sizing));

    private static ImmutableArray<T>? OrNull<T>(IEnumerable<T?> faces) where T : class
    {
        var known = faces.OfType<T>().ToImmutableArray();
        return known.IsEmpty ? null : known;
    }

    private static ImmutableArray<DirectionalFace>? Directional(ImmutableArray<AssetPlan> assets, IReadOnlyList<StoredState> states) => OrNull(
        from plan in assets.SelectMany(a => a.Strategies).OfType<DirectionalPlan>().OrderBy(p => p.Symbol)
        select Find<DirectionalSnapshot>(states, StrategyIds.PersistenceIdOf(plan.StrategyId)) is { } stored ? DirectionalFace.Of(plan.Symbol, stored.State) : null);

    private static DivergenceReport? Divergence(IReadOnlyList<StoredState> states) => Find<DivergenceSnapshot>(states, DivergenceActor.Id) is { } compared
        ? new DivergenceReport(compared.First, compared.Second, [.. compared.Symbols.Select(s => new DivergenceSummary(
            s.Symbol, s.Tally.Comparisons, s.Tally.Missing, s.Tally.Mean, s.Tally.Largest, s.Tally.FirstLed, s.Tally.SecondLed))])
        : null;

    public static InvariantCount Count(InvariantTally tally) => new(tally.Name.ToString(), tally.Checked, tally.Violated);

    // An asset's row: of the strategy that holds its legs, or of the first that is there.
    private static StrategyReport Strategy(AssetPlan asset, IReadOnlyList<StoredState> states, RunDealings? dealt)
    {
        var stored = asset.Strategies.Select(s => (Plan: s, Stored: StoredStrategy.Of(Find<object>(states, StrategyIds.PersistenceIdOf(s.StrategyId)))))
            .Where(s => s.Stored is not null).OrderByDescending(s => s.Stored!.Holds).ToArray();
        var (plan, strategy) = stored.Length > 0 ? stored[0] : (asset.Strategies[0], null);
        var book = Find<HedgedBook>(states, PositionBookActor.IdOf(asset.Symbol)) ?? HedgedBook.Empty(asset.Symbol);
        var mark = strategy is { LastClose: > 0 } ? Price.Of((decimal)strategy.LastClose) : book.Path.LastPrice;
        var unrealised = mark is { } now ? book.UnrealisedAt(now) : Money.Zero;
        return new StrategyReport(
            plan.StrategyId, asset.Symbol, strategy?.Mode ?? "Halted", RunPicture.LegsOf(book), strategy?.Cycles ?? 0, strategy?.Exits ?? 0,
            book.Realised, unrealised, book.Fees, book.Funding,
            mark is { } last ? book.NetPathAt(last) : Money.Zero, TwoLegCost.Of(book.Fees, book.Long.Funding, book.Short.Funding),
            dealt is { Assets: var assets, From: var from, Until: var until } && assets.TryGetValue(asset.Symbol, out var dealings)
                ? Economics.Of(book.Realised, unrealised, book.Fees, book.Funding, dealings, dealings.HeldUntil(until), until - from)
                : null);
    }

    // A run that stops between two bars has seen the last close; what the venue said of the account at that close is still on its way.
    private static AccountView? OnTheWire(IReadOnlyList<StoredState> states) =>
        Find<PaperState>(states, "paper-venue")?.Wire.Deliveries.Select(d => d.Event).OfType<VenueEvent.Account>().LastOrDefault()?.View;

    private static T? Find<T>(IReadOnlyList<StoredState> states, string id) where T : class =>
        states.FirstOrDefault(s => string.Equals(s.PersistenceId, id, StringComparison.Ordinal))?.State as T;

    private static Money Sum(ImmutableArray<StrategyReport> strategies, Func<StrategyReport, Money> amount) =>
        strategies.Aggregate(Money.Zero, (sum, s) => sum + amount(s));
}
