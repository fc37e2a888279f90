using System.Collections.Immutable;
using Dolphin.Actors.Books;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Hedging;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Node;
using Dolphin.Actors.Sensors;
using Dolphin.Actors.Survival;
using Dolphin.Backtest.Replay;
using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Venues;
using Dolphin.Venues.Paper;
using static Dolphin.Actors.Journal.DurableProtocol;

namespace Dolphin.Backtest.Report;

/// <summary>What is known of a run besides what its actors have stored.</summary>
public sealed record RunFacts(
    string Edition, long Seed, long Bars, long BarsThisLife, double WallSeconds,
    ImmutableArray<PostureChange> Postures, ImmutableArray<InvariantTally> Invariants, ImmutableArray<HaltedEntity> Halted);

/// <summary>Puts the report together from what is stored, so that it says what a restart would find.</summary>
public static class ReportBuilder
{
    public static RunReport Build(ImmutableArray<HedgePlan> hedges, IReadOnlyList<StoredState> states, RunFacts facts)
    {
        var strategies = hedges.OrderBy(h => h.Symbol).Select(h => Strategy(h, states)).ToImmutableArray();
        var desk = Find<OrderDeskState>(states, "execution");
        var drawdown = states.Select(s => s.State).OfType<DrawdownState>().FirstOrDefault();
        var survival = Find<SurvivalMemory>(states, "survival");
        return new RunReport(
            facts.Edition, facts.Seed, [.. strategies.Select(s => s.Symbol)], facts.Bars, desk?.Intents ?? 0, states.Select(s => s.State).OfType<HedgedBook>().Sum(b => b.FillCount),
            Sum(strategies, s => s.RealisedPnl), Sum(strategies, s => s.UnrealisedPnl), Sum(strategies, s => s.Fees), Sum(strategies, s => s.Funding),
            OnTheWire(states)?.Equity ?? drawdown?.Equity ?? Money.Zero, drawdown?.Worst ?? 0, strategies, facts.Postures, survival?.MinimumRTotal ?? 1,
            states.Sum(s => s.SequenceNumber), [.. facts.Invariants.Select(Count)], facts.Halted, facts.WallSeconds,
            facts.WallSeconds > 0 ? facts.BarsThisLife / facts.WallSeconds : 0, StateHash.Of(states));
    }

    public static InvariantCount Count(InvariantTally tally) => new(tally.Name.ToString(), tally.Checked, tally.Violated);

    private static StrategyReport Strategy(HedgePlan hedge, IReadOnlyList<StoredState> states)
    {
        var stored = Find<StrategySnapshot>(states, HedgeStrategyActor.IdOf(hedge.StrategyId));
        var book = Find<HedgedBook>(states, PositionBookActor.IdOf(hedge.Symbol)) ?? HedgedBook.Empty(hedge.Symbol);
        var mark = stored is { Monitor.LastClose: > 0 } ? Price.Of((decimal)stored.Monitor.LastClose) : book.Path.LastPrice;
        return new StrategyReport(
            hedge.StrategyId, hedge.Symbol, stored?.State.Mode.ToString() ?? "Halted", RunPicture.LegsOf(book), stored?.State.Cycle ?? 0, stored?.State.Exits ?? 0,
            book.Realised, mark is { } price ? book.UnrealisedAt(price) : Money.Zero, book.Fees, book.Funding,
            mark is { } last ? book.NetPathAt(last) : Money.Zero, TwoLegCost.Of(book.Fees, book.Long.Funding, book.Short.Funding));
    }

    // A run that stops between two bars has seen the last close; what the venue said of the account at that close is still on its way.
    private static AccountView? OnTheWire(IReadOnlyList<StoredState> states) =>
        Find<PaperState>(states, "paper-venue")?.Wire.Deliveries.Select(d => d.Event).OfType<VenueEvent.Account>().LastOrDefault()?.View;

    private static T? Find<T>(IReadOnlyList<StoredState> states, string id) where T : class =>
        states.FirstOrDefault(s => string.Equals(s.PersistenceId, id, StringComparison.Ordinal))?.State as T;

    private static Money Sum(ImmutableArray<StrategyReport> strategies, Func<StrategyReport, Money> amount) =>
        strategies.Aggregate(Money.Zero, (sum, s) => sum + amount(s));
}
