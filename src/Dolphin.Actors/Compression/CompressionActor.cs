using Dolphin.Actors.Invariants;
using Dolphin.Actors.Market;
using Dolphin.Actors.Sizing;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.TwoLegs;
using static Dolphin.Actors.Execution.ExecutionProtocol;
using static Dolphin.Actors.Strategies.StrategyProtocol;

namespace Dolphin.Actors.Compression;

/// <summary>One hedge compression.</summary>
public sealed class CompressionActor(CompressionPlan plan, StrategyContext context, Stance stance)
    : LegStrategyActor<CompressionEvent, CompressionSnapshot, CompressionDecision>(plan, context, stance, context.Sizing?.EpisodesOf(plan.Symbol))
{
    private readonly CompressionPlan _plan = plan;
    private CompressionState _state = CompressionState.Initial;
    private CompressionMonitor _monitor;
    private RegimeReader? _regime = plan.Regime is { } policy ? new RegimeReader(policy) : null;

    protected override CompressionSnapshot Capture() => new(_state, _monitor, Episodes, _regime?.Capture());

    protected override void Restore(CompressionSnapshot snapshot)
    {
        (_state, _monitor) = (snapshot.State, snapshot.Monitor);
        if (_plan.Regime is { } policy && snapshot.Regime is { } memory) _regime = new RegimeReader(policy, memory);
        RestoreEpisodes(snapshot.Episodes);
        Slot.Compression = _state;
    }

    protected override LegLedger<CompressionDecision> Ledger => _state.Ledger;
    protected override bool IsLive => _state.IsLive;
    protected override long? LastOpenTimeMs => _monitor.BarsSeen > 0 ? _monitor.LastOpenTimeMs : null;
    protected override TrimProgress? Trims => _state.Trims;
    protected override double LastClose => _monitor.BarsSeen > 0 ? _monitor.LastClose : 0;
    protected override LegTargets? OrdersOf(CompressionEvent @event) => @event.Orders;
    protected override StrategyFace Face => new(_plan.StrategyId, _state.Mode.ToString(), _state.Swings, _state.RefusedCode ?? _state.PassedCode ?? "", IsLive);
    protected override bool HasEnded => _state.Mode == CompressionMode.Terminated;

    protected override Decision<CompressionEvent> Look(MarketProtocol.BarClosed bar)
    {
        _monitor = CompressionMonitor.Observe(_plan.Policy, _monitor, _state.Gap, bar.Bar.Close, bar.Bar.OpenTimeMs);
        _regime?.Observe(bar.Bar, bar.Interval);
        Slot.LastPrice = _monitor.LastClose;
        if (!Stance.Enabled) return Decision<CompressionEvent>.Nothing;
        if (!IsLive)
        {
            if (Stance.IsAlone) Context.Parent.Tell(new WantLegs(bar.Bar.Close));
            return Decision<CompressionEvent>.Nothing;
        }

        var risk = Shared.Risk.Read(Now);
        return CompressionDecider.Decide(_plan.Policy, _plan.Instrument, _state, new CompressionMarket(
            bar.Bar.Close, bar.ClosesAt, _monitor, new LegRisk(risk.RTotal, risk.EntriesAllowed && Stance.MayOpen, risk.ExitsAllowed), _regime?.Gate ?? Stance.Gate, Shared.Fees.Now.Taker));
    }

    protected override Decision<CompressionEvent> OnFilled(long sequence, Fill fill) => Decide(new CompressionInput.OrderFilled(sequence, fill));
    protected override Decision<CompressionEvent> OnExternalFill(Fill fill) => Decide(new CompressionInput.ExternalFill(fill));
    protected override string AfterOthers => "It goes on with what is left.";
    protected override Decision<CompressionEvent> OnOrderClosed(LegDone done) =>
        Decide(new CompressionInput.OrderClosed(done.Sequence, done.Leg, done.Cumulative, Now));
    protected override Decision<CompressionEvent> OnExitRequested(string by) => Decide(new CompressionInput.RequestExit(by, _state.Incarnation, Now));
    protected override Decision<CompressionEvent> OnResumeRequested(string by) => Decide(new CompressionInput.Resume(by));

    // What a multiplier sizes here is the residual, which is fixed with the take-over; the lock that the episode begins with comes later.
    protected override Decision<CompressionEvent> OnAdopt(Adopt adopt)
    {
        var input = new CompressionInput.Adopt(adopt.By, _state.Incarnation + 1, adopt.Legs, adopt.Mark, Now);
        // Legs that come back have the residual that they had, and with it whatever choice is in that.
        if (_state.GoesOnWith(adopt.Legs)) return WithChoice(Decide(input), Episodes?.Choice);
        var volatility = _monitor.IsWarm(_plan.Policy) ? Math.Sqrt(_monitor.VariancePerHour) : double.NaN;
        // Nobody has a signal here; of uneven legs funding is paid or received on what one has more than the other.
        if (Shared.Sizing?.Choose(_plan.Symbol, confidence: double.NaN, volatility, adopt.Legs.Legs, CompressionEpisodes.IdOf(_plan.Symbol, input.Incarnation), Now) is not { } choice)
            return Decide(input);
        var decision = CompressionDecider.Decide(_plan.Policy.WithResidualTimes(choice.Used), _plan.Instrument, _state, input);
        choice = choice.Bounded(ResidualTimes(choice.Offered, adopt.Legs.Legs), ResidualTimes(choice.Used, adopt.Legs.Legs));
        return WithChoice(decision, choice);
    }

    private static Decision<CompressionEvent> WithChoice(Decision<CompressionEvent> decision, SizeChoice? choice) =>
        decision with { Events = [.. decision.Events.Select(e => e is CompressionEvent.Adopted adopted ? adopted with { Choice = choice } : e)] };

    // By how much a multiplier changes the residual: its bounds and whole lots may take some of it, or all.
    private decimal ResidualTimes(decimal multiplier, Legs legs)
    {
        var plain = _plan.Policy.ResidualOf(_plan.Instrument, legs).Base;
        return plain > 0m ? _plan.Policy.WithResidualTimes(multiplier).ResidualOf(_plan.Instrument, legs).Base / plain : multiplier;
    }

    protected override Decision<CompressionEvent> OnRelease(Release release) => Decide(new CompressionInput.Release(release.By, _state.Incarnation, Now));

    protected override Decision<CompressionEvent> OnTrimWished(TrimWish wish, Price price, bool exitsAllowed) =>
        Decide(new CompressionInput.Trim(wish, price, exitsAllowed, Now));

    protected override void Apply(CompressionEvent @event)
    {
        _state = CompressionDecider.Evolve(_state, @event);
        Episodes = Episodes?.After(@event, _state);
        Slot.Compression = _state;
    }

    protected override void Check(CompressionEvent stored)
    {
        if (_state.Locked) CheckGrowsNothing(Invariant.CompressionNeverGrows, stored, (stored as CompressionEvent.FillBooked)?.Fill, ofGross: true);
    }

    private Decision<CompressionEvent> Decide(CompressionInput input) => CompressionDecider.Decide(_plan.Policy, _plan.Instrument, _state, input);
}
