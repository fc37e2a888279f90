using Dolphin.Actors.Invariants;
using Dolphin.Actors.Market;
using Dolphin.Actors.Sizing;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;
using Dolphin.Domain.TwoLegs;
using static Dolphin.Actors.Execution.ExecutionProtocol;
using static Dolphin.Actors.Strategies.StrategyProtocol;
using Legs = Dolphin.Domain.Market.Legs;

namespace Dolphin.Actors.Hedging;

/// <summary>One band-limited hedge.</summary>
public sealed class HedgeStrategyActor : LegStrategyActor<HedgeEvent, StrategySnapshot, HedgeDecision>
{
    private static readonly Legs EvenLegs = new(new Quantity(1m), new Quantity(1m));
    private readonly HedgePlan _plan;
    private readonly OpeningSize? _opening; // Null where the sizing chain sizes.
    private HedgeState _state = HedgeState.Initial;
    private StructureMonitor _monitor = StructureMonitor.Empty;
    private OpeningSizing? _sizing, _wish;

    public HedgeStrategyActor(HedgePlan plan, StrategyContext context, Stance stance) : base(plan, context, stance, context.Sizing?.EpisodesOf(plan.Symbol)) =>
        (_plan, _opening) = (plan, context.Sizing is null ? new OpeningSize(plan) : null);

    protected override StrategySnapshot Capture() => new(_state, _monitor, Episodes, _sizing);

    protected override void Restore(StrategySnapshot snapshot)
    {
        (_state, _monitor) = (snapshot.State, snapshot.Monitor);
        if (Shared.Sizing is not null) Slot.Sizing = _sizing = snapshot.Sizing;
        RestoreEpisodes(snapshot.Episodes);
    }

    protected override LegLedger<HedgeDecision> Ledger => _state.Ledger;
    protected override bool IsLive => _state.IsLive;
    protected override long? LastOpenTimeMs => _monitor.BarsSeen > 0 ? _monitor.LastOpenTimeMs : null;
    protected override TrimProgress? Trims => _state.Trims;
    protected override GrowthProgress? Growth => _state.Growth;
    protected override double LastClose => _monitor.BarsSeen > 0 ? _monitor.LastClose : 0;
    protected override LegTargets? OrdersOf(HedgeEvent @event) => @event.Orders;
    protected override StrategyFace Face => new(_plan.StrategyId, _state.Mode.ToString(), _state.Cycle, _state.RefusedCode ?? "", IsLive);
    protected override bool HasEnded => _state.Mode == HedgeMode.Terminated;
    protected override Money Opened => _state.OpenedNotional;

    protected override Decision<HedgeEvent> Look(MarketProtocol.BarClosed bar)
    {
        _monitor = StructureMonitor.Observe(_plan.Policy, _monitor, bar.Bar.Close, bar.Bar.OpenTimeMs);
        Slot.LastPrice = _monitor.LastClose;
        if (!Stance.Enabled) return Decision<HedgeEvent>.Nothing;
        if (Stance.IsAlone && _state.Incarnation == 0)
        {
            if (!HasSeenTrades) return Decide(new HedgeInput.Start("plan", Incarnation: 1, bar.ClosesAt));
            Context.Parent.Tell(new WantLegs(bar.Bar.Close, EvenNone: true)); // With every bar, until the book has what it was told of too.
            return Decision<HedgeEvent>.Nothing;
        }

        _wish = null;
        var decision = HedgeDecider.Decide(_plan.Policy, _plan.Instrument, _state, ViewOf(bar));
        return _wish is { } wish && !decision.Events.IsEmpty ? WithSizing(decision, wish) : decision;
    }

    // None can be of an order of its own, for it has never started: somebody traded these legs, and the book says what came of it.
    private bool HasSeenTrades => _state.Long.LastTradeId > 0 || _state.Short.LastTradeId > 0;

    // What sized an opening is stored with it: a learner is told, also by a later life, and people ask.
    private static Decision<HedgeEvent> WithSizing(Decision<HedgeEvent> decision, OpeningSizing sizing) =>
        decision with { Events = [.. decision.Events.Select(e => e is HedgeEvent.CycleOpened opened ? opened with { Sizing = OfWish(opened, sizing) } : e)] };

    // As every opening's: before it becomes whole lots.
    private static OpeningSizing OfWish(HedgeEvent.CycleOpened opened, OpeningSizing sizing) =>
        opened.Wish is { } wish ? sizing.AtMost(opened.Targets.DecisionPrice * LegSteps.Smaller(wish.LongAtLeast, wish.ShortAtLeast)) : sizing;

    private HedgeMarket ViewOf(MarketProtocol.BarClosed bar)
    {
        var risk = Shared.Risk.Read(Now);
        // Only an opening asks for a size; beside what is held there is room as far as the posture's leverage goes.
        var (notional, leverage) = _state.InCycle ? (Money.Zero, risk.MaxLeverage) : OpeningAt(risk);
        return new HedgeMarket(bar.Bar.Close, bar.ClosesAt, _monitor,
            new HedgeRisk(risk.RTotal, risk.EntriesAllowed && Stance.MayOpen, risk.ExitsAllowed, notional, leverage, Shared.Fees.Now.Taker));
    }

    private (Money Notional, decimal Leverage) OpeningAt(in RiskView risk)
    {
        if (_opening is { } opening) return opening.At(risk);
        // Nobody has a signal here, so confidence is not measured. Both legs are opened alike: of what one pays in funding the other receives all.
        var volatility = _monitor.IsWarm(_plan.Policy) ? Math.Sqrt(_monitor.VariancePerHour) : double.NaN;
        (var bet, _wish) = Shared.Sizing!.Size(
            _plan.Symbol, _plan.Request, risk, confidence: double.NaN, volatility, EvenLegs, HedgeEpisodes.IdOf(_plan.Symbol, _state.Cycle + 1), Now);
        return (bet.Notional, bet.Leverage);
    }

    protected override Decision<HedgeEvent> OnFilled(long sequence, Fill fill) => Decide(new HedgeInput.OrderFilled(sequence, fill));
    protected override Decision<HedgeEvent> OnExternalFill(Fill fill) => Decide(new HedgeInput.ExternalFill(fill));
    protected override string AfterOthers => $"What is left leaves step by step, and nothing is opened{(Stance.IsAlone ? $" until it has ended and dolphin resume {_plan.StrategyId} lets it begin again" : "")}.";
    protected override Decision<HedgeEvent> OnOrderClosed(LegDone done) => Decide(new HedgeInput.OrderClosed(done.Sequence, done.Leg, done.Cumulative, Now));
    protected override Decision<HedgeEvent> OnExitRequested(string by) => Decide(new HedgeInput.RequestExit(by, _state.Incarnation, Now));
    protected override Decision<HedgeEvent> OnResumeRequested(string by) => Decide(new HedgeInput.Start(by, _state.Incarnation + (HasEnded ? 1 : 0), Now));
    protected override Decision<HedgeEvent> OnAdopt(Adopt adopt) => Decide(new HedgeInput.Adopt(adopt.By, _state.Incarnation + 1, adopt.Legs, adopt.Mark, Now));
    protected override Decision<HedgeEvent> OnRelease(Release release) => Decide(new HedgeInput.Release(release.By, _state.Incarnation, Now));

    protected override Decision<HedgeEvent> OnTrimWished(TrimWish wish, Price price, bool exitsAllowed) => Decide(new HedgeInput.Trim(wish, price, exitsAllowed, Now));

    protected override Decision<HedgeEvent> OnGrowWished(GrowWish wish, Price price)
    {
        _wish = null;
        var risk = Shared.Risk.Read(Now);
        var (notional, leverage) = OpeningAt(risk);
        var view = new HedgeMarket(price, Now, _monitor, new HedgeRisk(
            risk.RTotal, risk.EntriesAllowed && Stance is { Enabled: true, MayOpen: true }, risk.ExitsAllowed, notional, leverage, Shared.Fees.Now.Taker));
        var decision = Decide(new HedgeInput.Grow(wish, view));
        return _wish is { } sizing ? WithSizing(decision, sizing) : decision;
    }

    protected override void Apply(HedgeEvent @event)
    {
        _state = HedgeDecider.Evolve(_state, @event);
        Episodes = Episodes?.After(@event, _state);
        if (@event is HedgeEvent.CycleOpened { Sizing: { } sizing }) Slot.Sizing = _sizing = sizing;
    }

    private Decision<HedgeEvent> Decide(HedgeInput input) => HedgeDecider.Decide(_plan.Policy, _plan.Instrument, _state, input);

    protected override void Check(HedgeEvent stored)
    {
        switch (stored)
        {
            case HedgeEvent.Rebalanced e when _state.Reference is { } reference:
                CheckBand(reference, e.Targets.DecisionPrice, _plan.Policy.Mes);
                break;
            case HedgeEvent.ExitStepped { Closing: false } e when _state.Exit is { } exit:
                CheckBand(exit.Reference, e.Targets.DecisionPrice, _plan.Policy.MesExit);
                break;
            case HedgeEvent.ExitBoundExceeded { Bound: ExitBound.Cost } e:
                Shared.Invariants.Violate(Invariant.ExitBounded, $"{PersistenceId}: the exit has cost {e.Value}; the bound is {e.Limit}.");
                break;
            case HedgeEvent.ExitBoundExceeded e:
                // The promise of steps presumes a venue that fills them; orders that only rest are often not filled. A fault to be told.
                Shared.Board.Tell(new NotableEvent(e.At, NotableKind.Warning, PersistenceId,
                    $"exit step {e.Value} of at most {e.Limit}: the venue did not fill the ones before as a whole; the exit goes on with all that is left"));
                break;
            case HedgeEvent.Terminated:
                Shared.Invariants.Checked(Invariant.ExitBounded);
                break;
        }
    }

    private void CheckBand(Price reference, Price price, decimal band)
    {
        const double rounding = 1e-12; // Of one logarithm in double; a tick is never finer than 1e-9 of a price.
        var moved = Math.Abs(Math.Log((double)price.QuotePerBase / (double)reference.QuotePerBase));
        Shared.Invariants.Check(Invariant.NoTradeInsideBand, moved >= (double)band - rounding,
            () => $"{PersistenceId} traded at {price}, {moved:0.######} from {reference}; the band is {band}.");
    }
}
