using Dolphin.Actors.Invariants;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Domain;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;
using Dolphin.Domain.TwoLegs;
using Dolphin.Venues;
using static Dolphin.Actors.Execution.ExecutionProtocol;

namespace Dolphin.Actors.Hedging;

/// <summary>Keeps one band-limited hedge durable: stores what the decider decides, and sends what the events ask for.</summary>
public sealed class HedgeStrategyActor : DurableActor<StrategySnapshot>
{
    private readonly HedgePlan _plan;
    private readonly StrategyContext _context;
    private readonly StrategySlot _slot;
    private readonly MarketProtocol.BarSeen _seen;
    private readonly OpeningSize _opening;
    private HedgeState _state = HedgeState.Initial;
    private StructureMonitor _monitor = StructureMonitor.Empty;

    public override string PersistenceId => IdOf(_plan.StrategyId);
    public static string IdOf(string strategyId) => $"strategy-{strategyId}";

    public HedgeStrategyActor(HedgePlan plan, StrategyContext context)
    {
        (_plan, _context) = (plan, context);
        (_slot, _seen, _opening) = (context.Board.Of(plan.Symbol), new MarketProtocol.BarSeen(plan.Symbol), new OpeningSize(plan));

        Recover<HedgeEvent>(Apply);
        Recover<RecoveryCompleted>(_ =>
        {
            _slot.Hedge = _state;
            // A crash between the write and the Tell loses the Tell: the decision that still waits is sent again, by the same sequence.
            if (_state.Pending is { } pending) Ask(pending.Targets);
        });

        Command<MarketProtocol.BarClosed>(OnBar);
        Command<OrderFilled>(filled => Take(filled.Fill, filled.After, new HedgeInput.OrderFilled(filled.Sequence, filled.Fill)));
        Command<ExternalFill>(external => Take(external.Fill, external.After, new HedgeInput.ExternalFill(external.Fill)));
        Command<LegDone>(OnLegDone);
        Command<VenueEvent.Liquidated>(liquidated => Take(liquidated.Fill, after: 0, new HedgeInput.ExternalFill(liquidated.Fill))); // From an older node.
        Command<StrategyProtocol.Exit>(OnExit);
    }

    protected override StrategySnapshot Capture() => new(_state, _monitor);
    protected override void Restore(StrategySnapshot snapshot) => (_state, _monitor) = (snapshot.State, snapshot.Monitor);

    private void OnBar(MarketProtocol.BarClosed bar)
    {
        if (!IsNewer(bar.Bar))
        {
            Sender.Tell(_seen);
            return;
        }

        _monitor = StructureMonitor.Observe(_plan.Policy, _monitor, bar.Bar.Close, bar.Bar.OpenTimeMs);
        _slot.LastPrice = _monitor.LastClose;
        var decision = _state.Incarnation == 0
            ? Decide(new HedgeInput.Start("plan", Incarnation: 1, bar.ClosesAt))
            : HedgeDecider.Decide(_plan.Policy, _plan.Instrument, _state, Look(bar));
        var feed = Sender;
        Store(decision, () => feed.Tell(_seen));
    }

    private HedgeMarket Look(MarketProtocol.BarClosed bar)
    {
        var risk = _context.Risk.Read(Now);
        return new HedgeMarket(bar.Bar.Close, bar.ClosesAt, _monitor,
            new HedgeRisk(risk.RTotal, risk.EntriesAllowed, risk.ExitsAllowed,
                _state.InCycle ? Money.Zero : _opening.At(risk))); // Only an opening asks for a size.
    }

    // Taken before the one it lacks it would make that one look old: both come again, in order.
    private void Take(Fill fill, long after, HedgeInput input)
    {
        if (_state[fill.Leg].LastTradeId < after) return;
        var execution = Sender;
        Store(Decide(input), () => execution.Tell(new FillTaken(fill.Symbol, fill.Leg, fill.TradeId)));
    }

    // While a fill is missing execution must not forget the order: the end comes again, and the fill with it.
    private void OnLegDone(LegDone done)
    {
        var execution = Sender;
        Store(Decide(new HedgeInput.OrderClosed(done.Sequence, done.Leg, done.Cumulative, Now)), () =>
        {
            if (_state.Pending is not { } pending || pending.Sequence != done.Sequence || pending[done.Leg].IsSettled)
                execution.Tell(new LegStored(done.StrategyId, done.Sequence, done.Leg));
        });
    }

    private void OnExit(StrategyProtocol.Exit exit)
    {
        var @operator = Sender;
        var decision = Decide(new HedgeInput.RequestExit(exit.By, _state.Incarnation, Now));
        if (decision.Refusal is { } refusal) @operator.Tell(new StrategyProtocol.Refused(_plan.StrategyId, refusal));
        else Store(decision, () => @operator.Tell(new StrategyProtocol.Done(_plan.StrategyId, $"{_plan.StrategyId} leaves gracefully, by {exit.By}.")));
    }

    private Decision<HedgeEvent> Decide(HedgeInput input) => HedgeDecider.Decide(_plan.Policy, _plan.Instrument, _state, input);

    // What follows runs when the last event is durable, or at once if there is none: never answer with a hope.
    private void Store(Decision<HedgeEvent> decision, Action then)
    {
        if (decision.Events.IsEmpty)
        {
            then();
            return;
        }

        var left = decision.Events.Length;
        PersistAll(decision.Events, stored =>
        {
            Check(stored);
            Apply(stored);
            _slot.Hedge = _state;
            if (stored.Orders is { } targets) Ask(targets);
            if (--left == 0) then();
        });
    }

    private void Apply(HedgeEvent @event) => _state = HedgeDecider.Evolve(_state, @event);

    private void Ask(LegTargets targets) => _context.Execution.Tell(new Execute(_plan.StrategyId, _plan.Symbol, targets));

    private void Check(HedgeEvent stored)
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
                _context.Invariants.Violate(Invariant.ExitBounded, $"{PersistenceId}: the exit has cost {e.Value}; the bound is {e.Limit}.");
                break;
            case HedgeEvent.ExitBoundExceeded e:
                // The promise of steps presumes a venue that fills them; orders that only rest are often not filled. A fault to be told.
                _context.Board.Tell(new NotableEvent(e.At, NotableKind.Warning, PersistenceId,
                    $"exit step {e.Value} of at most {e.Limit}: the venue did not fill the ones before as a whole; the exit goes on with all that is left"));
                break;
            case HedgeEvent.Terminated:
                _context.Invariants.Checked(Invariant.ExitBounded);
                break;
        }
    }

    // On every bar of every symbol: no closure unless it fails.
    private bool IsNewer(Bar bar)
    {
        _context.Invariants.Checked(Invariant.TimeMovesForward);
        if (_monitor.BarsSeen == 0 || bar.OpenTimeMs > _monitor.LastOpenTimeMs) return true;
        _context.Invariants.Violate(Invariant.TimeMovesForward,
            $"{PersistenceId} was shown a bar of {bar.OpenTimeMs} after one of {_monitor.LastOpenTimeMs}; it decides nothing on it.");
        return false;
    }

    private void CheckBand(Price reference, Price price, decimal band)
    {
        const double rounding = 1e-12; // Of one logarithm in double; a tick is never finer than 1e-9 of a price.
        var moved = Math.Abs(Math.Log((double)price.QuotePerBase / (double)reference.QuotePerBase));
        _context.Invariants.Check(Invariant.NoTradeInsideBand, moved >= (double)band - rounding,
            () => $"{PersistenceId} traded at {price}, {moved:0.######} from {reference}; the band is {band}.");
    }
}
