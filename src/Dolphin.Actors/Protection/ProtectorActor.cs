using Dolphin.Actors.Invariants;
using Dolphin.Actors.Market;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;
using Dolphin.Domain.TwoLegs;
using static Dolphin.Actors.Execution.ExecutionProtocol;
using static Dolphin.Actors.Strategies.StrategyProtocol;

namespace Dolphin.Actors.Protection;

/// <summary>One exposure protector.</summary>
public sealed class ProtectorActor(ProtectorPlan plan, StrategyContext context, Stance stance)
    : LegStrategyActor<ProtectorEvent, ProtectorSnapshot, ProtectorDecision>(plan, context, stance)
{
    private readonly ProtectorPlan _plan = plan;
    private readonly ProtectorSight _sight = new(plan);
    private ProtectorState _state = ProtectorState.Initial;
    private double _lastClose;
    private long _lastOpenTimeMs;
    private string? _noted; // Why there was no order, as last logged.

    protected override ProtectorSnapshot Capture() => new(_state, _lastClose, _lastOpenTimeMs);
    protected override void Restore(ProtectorSnapshot snapshot)
    {
        (_state, _lastClose, _lastOpenTimeMs) = (snapshot.State, snapshot.LastClose, snapshot.LastOpenTimeMs);
        Show();
    }

    protected override LegLedger<ProtectorDecision> Ledger => _state.Ledger;
    protected override bool IsLive => _state.IsLive;
    protected override long? LastOpenTimeMs => _lastClose > 0 ? _lastOpenTimeMs : null;
    protected override TrimProgress? Trims => _state.Trims;
    protected override double LastClose => _lastClose;
    protected override LegTargets? OrdersOf(ProtectorEvent @event) => @event.Orders;
    protected override StrategyFace Face => new(_plan.StrategyId, _state.Mode.ToString(), _state.Actions, _state.RefusedCode ?? "", IsLive);
    protected override bool HasEnded => false;

    protected override Decision<ProtectorEvent> Look(MarketProtocol.BarClosed bar)
    {
        (_lastClose, _lastOpenTimeMs) = ((double)bar.Bar.Close.QuotePerBase, bar.Bar.OpenTimeMs);
        Slot.LastPrice = _lastClose;
        // The bar's number since the epoch only rises, and a restart does not forget it.
        var tick = bar.Bar.OpenTimeMs / (long)bar.Interval.TotalMilliseconds;
        _sight.See(bar.Bar.Close, bar.ClosesAt, tick);
        if (!Stance.Enabled) return Decision<ProtectorEvent>.Nothing;
        switch (_state.Mode)
        {
            case ProtectorMode.Idle:
                if (Stance.IsAlone) Context.Parent.Tell(new WantLegs(bar.Bar.Close));
                return Decision<ProtectorEvent>.Nothing;
            case ProtectorMode.Passive when _state is { Posture: null, IsStopped: false }: // Once for each take-over.
                return Enable();
            case ProtectorMode.Passive when _state.Trims is not { HasWork: true }: // Such a wish is brought to its end, passive or not.
                return Decision<ProtectorEvent>.Nothing;
            default:
                var risk = Shared.Risk.Read(Now);
                var market = new ProtectorMarket(
                    bar.Bar.Close, bar.ClosesAt, tick, new LegRisk(risk.RTotal, risk.EntriesAllowed && Stance.MayOpen, risk.ExitsAllowed), Shared.Fees.Now.Maker);
                var decision = ProtectorDecider.Decide(_plan.Policy, _plan.Instrument, _state, market);
                if (_plan.Policy.Settings.DebugOrders) Note(OrderNote.Of(_plan.Policy, _state, market, decision));
                return decision;
        }
    }

    // A reason is said when it becomes one, not with every bar.
    private void Note(in OrderNote note)
    {
        if (note.Key is { } key && string.Equals(key, _noted, StringComparison.Ordinal)) return;
        _noted = note.Key;
        Context.GetLogger().Info("{0}: {1}", _plan.StrategyId, note.Text);
    }

    protected override Decision<ProtectorEvent> OnStanceChanged() => _state.Mode switch
    {
        ProtectorMode.Idle => Decision<ProtectorEvent>.Nothing,
        _ when !Stance.Enabled => Decide(new ProtectorInput.Disable(ProtectorDecider.Hermes, _state.Incarnation, Now)),
        _ when _state.IsStopped => Decision<ProtectorEvent>.Nothing, // Until an operator says so, or the next take-over: whoever made it passive wants it to stay so.
        _ => Enable(),
    };

    protected override Decision<ProtectorEvent> OnFilled(long sequence, Fill fill) => Decide(new ProtectorInput.OrderFilled(sequence, fill));
    protected override Decision<ProtectorEvent> OnExternalFill(Fill fill) => Decide(new ProtectorInput.ExternalFill(fill));
    protected override string AfterOthers => _state.IsStopped ? $"It keeps what is left and trades nothing until dolphin resume {_plan.StrategyId}." : "It keeps what is left.";
    protected override Decision<ProtectorEvent> OnOrderClosed(LegDone done) =>
        Decide(new ProtectorInput.OrderClosed(done.Sequence, done.Leg, done.Cumulative, Now));

    // It closes nothing: to stop it is to make it passive.
    protected override string Leaving(string by) => $"{_plan.StrategyId} keeps the legs and trades nothing, by {by}.";
    protected override Decision<ProtectorEvent> OnExitRequested(string by) => Decide(new ProtectorInput.Disable(by, _state.Incarnation, Now));
    protected override Decision<ProtectorEvent> OnResumeRequested(string by) => Enable(by);
    protected override Decision<ProtectorEvent> OnAdopt(Adopt adopt) => Decide(new ProtectorInput.Adopt(adopt.By, _state.Incarnation + 1, adopt.Legs, adopt.Mark, Now));
    protected override Decision<ProtectorEvent> OnRelease(Release release) => Decide(new ProtectorInput.Release(release.By, _state.Incarnation, Now));

    protected override Decision<ProtectorEvent> OnTrimWished(TrimWish wish, Price price, bool exitsAllowed) =>
        Decide(new ProtectorInput.Trim(wish, price, exitsAllowed, Now));

    protected override void Apply(ProtectorEvent @event)
    {
        _state = ProtectorDecider.Evolve(_state, @event);
        Show();
    }

    protected override void Check(ProtectorEvent stored) =>
        CheckGrowsNothing(Invariant.ProtectorNeverEnlarges, stored, (stored as ProtectorEvent.FillBooked)?.Fill, ofGross: false);

    private void Show()
    {
        _sight.Show(_state);
        if (!ReferenceEquals(Slot.Protector, _sight)) Slot.Protector = _sight; // Of this life; and nothing before it has something to show.
    }

    private Decision<ProtectorEvent> Enable() => Enable(Stance.IsAlone ? "plan" : ProtectorDecider.Hermes);

    private Decision<ProtectorEvent> Enable(string by) => Decide(new ProtectorInput.Enable(by, _state.Incarnation, Stance.Posture, Stance.Priority, Now));

    private Decision<ProtectorEvent> Decide(ProtectorInput input) => ProtectorDecider.Decide(_plan.Policy, _plan.Instrument, _state, input);
}
