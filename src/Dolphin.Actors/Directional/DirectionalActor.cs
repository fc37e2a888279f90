using System.Collections.Immutable;
using System.Globalization;
using Dolphin.Actors.Market;
using Dolphin.Actors.Sizing;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Exits;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;
using Dolphin.Domain.TwoLegs;
using static Dolphin.Actors.Execution.ExecutionProtocol;
using static Dolphin.Actors.Strategies.StrategyProtocol;
using Legs = Dolphin.Domain.Market.Legs;

namespace Dolphin.Actors.Directional;

/// <summary>One directional strategy: one leg at a time, opened on a signal of its plan or of an operator, and guarded by the ExitBrain.</summary>
public sealed class DirectionalActor : LegStrategyActor<DirectionalEvent, DirectionalSnapshot, DirectionalDecision>
{
    private readonly DirectionalPlan _plan;
    private SignalQueue _signals; // Not readonly: it moves.
    private UntakenNews? _untaken; // None before the first: most plans' signals are taken.
    private DirectionalState _state = DirectionalState.Initial;
    private VolatilityMonitor _monitor;
    private DateTimeOffset _shownUntil;
    private DateTimeOffset? _plungesUntil;
    private TradeHoldState? _hold;
    private OpeningSizing? _sizing;

    public DirectionalActor(DirectionalPlan plan, StrategyContext context, Stance stance) : base(plan, context, stance, context.Sizing?.EpisodesOf(plan.Symbol))
    {
        (_plan, _signals) = (plan, new SignalQueue(plan.Signals));
        Command<Signal>(OnSignal);
    }

    protected override DirectionalSnapshot Capture() => new(_state, _monitor, _shownUntil, Episodes, _sizing, _hold, _plungesUntil);

    protected override void Restore(DirectionalSnapshot snapshot)
    {
        (_state, _monitor, _shownUntil, _hold, _plungesUntil) = (snapshot.State, snapshot.Monitor, snapshot.ShownUntil, snapshot.Hold, snapshot.PlungesUntil);
        if (Shared.Sizing is not null) Slot.Sizing = _sizing = snapshot.Sizing;
        RestoreEpisodes(snapshot.Episodes);
        _signals.Rewind(_shownUntil);
        Slot.Directional = DirectionalFace.Of(_plan.Symbol, _state);
    }

    protected override LegLedger<DirectionalDecision> Ledger => _state.Ledger;
    protected override bool IsLive => _state.IsLive;
    protected override long? LastOpenTimeMs => _monitor.BarsSeen > 0 ? _monitor.LastOpenTimeMs : null;
    protected override TrimProgress? Trims => _state.Trims;
    protected override double LastClose => _monitor.BarsSeen > 0 ? _monitor.LastClose : 0;
    protected override LegTargets? OrdersOf(DirectionalEvent @event) => @event.Orders;
    protected override StrategyFace Face => new(_plan.StrategyId, _state.Mode.ToString(), _state.Positions, _state.RefusedCode ?? "", IsLive);
    protected override bool HasEnded => _state.Mode == DirectionalMode.Terminated;

    protected override Decision<DirectionalEvent> Look(MarketProtocol.BarClosed bar)
    {
        _monitor = VolatilityMonitor.Observe(_plan.Policy.Exits, _monitor, bar.Bar.Close, bar.Bar.OpenTimeMs);
        Slot.LastPrice = _monitor.LastClose;
        if (!Stance.Enabled) return Decision<DirectionalEvent>.Nothing;
        if (!IsLive)
        {
            // One leg that is in the book already is taken over at once. Where there is none it begins as soon as it could open one: by then the book has
            // heard of everything that the account held before.
            if (Stance.IsAlone && _state.Incarnation == 0) Context.Parent.Tell(new WantLegs(bar.Bar.Close, EvenNone: IsWarm));
            return Decision<DirectionalEvent>.Nothing;
        }

        var (shown, after) = ShowSignals(bar.ClosesAt);
        var (market, sizing) = ViewOf(bar, after);
        var look = DirectionalDecider.Decide(_plan.Policy, _plan.Instrument, after, market);
        if (shown.IsEmpty && look.Events.IsEmpty) return look;
        return new Decision<DirectionalEvent>([.. shown, .. look.Events.Select(e => e is DirectionalEvent.Opened opened ? opened with { Sizing = sizing } : e)], look.Refusal);
    }

    private bool IsWarm => _monitor.BarsSeen >= _plan.Policy.Exits.Settings.WarmUpBars;

    // What is not taken changes nothing but that it has been shown: which one and why is news, and no event.
    private (ImmutableArray<DirectionalEvent> Events, DirectionalState After) ShowSignals(DateTimeOffset now)
    {
        var (events, after) = (ImmutableArray<DirectionalEvent>.Empty, _state);
        if (_shownUntil == default) _signals.Rewind(now - _plan.Policy.Settings.SignalLifetime); // What is older is gone whatever it said.
        var (refused, plungeRefused) = (false, false);
        while (_signals.Next(now) is { } signal) refused |= !Show(signal);
        _shownUntil = now;
        if (Plunge(now) is { } plunge) plungeRefused = !Show(plunge);
        // Last: what was taken is known by its id, should a crash come between.
        if (refused || plungeRefused) Keep(new DirectionalInput.Passed(refused ? _shownUntil : null, plungeRefused ? _plungesUntil : null, now));
        return (events, after);

        bool Show(DirectionalSignal signal)
        {
            if (Keep(new DirectionalInput.Signal(signal, now)) is not { } refusal) return true;
            (_untaken ??= new UntakenNews(Shared.Board, _plan.StrategyId)).Tell(refusal, now);
            return false;
        }

        Refusal? Keep(DirectionalInput input)
        {
            var decision = DirectionalDecider.Decide(_plan.Policy, _plan.Instrument, after, input);
            foreach (var @event in decision.Events) after = DirectionalDecider.Evolve(after, @event);
            events = events.AddRange(decision.Events);
            return decision.Refusal;
        }
    }

    // Of a plunge that is not over: each is shown once, however long its snapshot stays.
    private DirectionalSignal? Plunge(DateTimeOffset now)
    {
        if (Shared.Alpha is not { Plan.TradesPlunges: true } alpha || alpha.Board.Read(now) is not { } seen) return null;
        foreach (var signal in seen.Signals)
        {
            if (signal.Symbol != _plan.Symbol || signal.At <= _plungesUntil) continue;
            _plungesUntil = signal.At;
            return new DirectionalSignal(string.Create(CultureInfo.InvariantCulture, $"plunge-{signal.At.UtcDateTime:yyyyMMdd'T'HHmmss.fff}Z"), signal.Side, signal.Strength, signal.At);
        }

        return null;
    }

    private HoldDecision? Hold(DirectionalState state, DateTimeOffset now)
    {
        if (Shared.Alpha is not { Plan.Hold: { } policy } alpha || state is not { Side: { } side, Plan: not null, OpenedAt: { } opened })
        {
            _hold = null;
            return null;
        }

        var before = _hold is { } known && known.Side == side && known.OpenedAt == opened ? known : TradeHoldState.Opened(side, opened);
        var features = alpha.Board.Read(now)?.Find(_plan.Symbol);
        var decision = TradeHold.After(policy, before, new HoldBar(now, features?.Imbalance ?? double.NaN, features?.BookQuality ?? double.NaN));
        _hold = decision.State;
        return decision;
    }

    private (DirectionalMarket Market, OpeningSizing? Sizing) ViewOf(MarketProtocol.BarClosed bar, DirectionalState state)
    {
        var (risk, volatility) = (Shared.Risk.Read(Now), _monitor.PerRootHour(_plan.Policy.Exits));
        var (bet, sizing) = state.Waiting is { } signal ? BetOn(signal, state, risk, volatility) : default; // Only an opening asks for a size.
        return (new DirectionalMarket(
            new PriceSpan(DateTimeOffset.FromUnixTimeMilliseconds(bar.Bar.OpenTimeMs), bar.Bar.High, bar.Bar.Low, bar.Bar.Close), bar.ClosesAt, volatility, risk.Posture,
            new LegRisk(risk.RTotal, risk.EntriesAllowed && Stance.MayOpen, risk.ExitsAllowed), bet.Notional, bet.Leverage, _plan.Sizing.Capital, Shared.Fees.Now.Taker, Hold(state, bar.ClosesAt)), sizing);
    }

    // Who has an opinion says how sure he is, so confidence is measured here and nowhere else.
    private (Bet Bet, OpeningSizing? Sizing) BetOn(DirectionalSignal signal, DirectionalState state, in RiskView risk, double volatility) => Shared.Sizing is { } ground
        ? ground.Size(_plan.Symbol, _plan.Sizing, risk, signal.Confidence, volatility, OnlyLeg(signal.Side), DirectionalEpisodes.IdOf(_plan.Symbol, state.Positions + 1), Now)
        : (BetSizer.Size(_plan.Sizing, risk), null);

    private static Legs OnlyLeg(PositionSide side) => side == PositionSide.Long ? new Legs(new Quantity(1m), default) : new Legs(default, new Quantity(1m));

    private void OnSignal(Signal signal)
    {
        var asker = Sender;
        var opinion = signal.Opinion;
        if (_state.Incarnation == 0)
        {
            asker.Tell(new StrategyProtocol.Refused(_plan.StrategyId, new Refusal("directional.not-begun", IsWarm
                ? $"Signal {opinion.Id}: {_plan.StrategyId} has not begun: the book has legs that it cannot take over, or has not answered yet. Not taken; nothing changed."
                : $"Signal {opinion.Id}: {_plan.StrategyId} has not begun: it has seen {_monitor.BarsSeen} of the {_plan.Policy.Exits.Settings.WarmUpBars} bars before volatility is known. Not taken; nothing changed.")));
            return;
        }

        var decision = Decide(new DirectionalInput.Signal(opinion, Now));
        Store(decision, () => asker.Tell(decision.Refusal is { } refusal
            ? new StrategyProtocol.Refused(_plan.StrategyId, refusal)
            : new StrategyProtocol.Done(_plan.StrategyId, decision.Events.IsEmpty
                ? $"{_plan.StrategyId} has taken signal {opinion.Id} before; nothing changed."
                : $"{_plan.StrategyId} has taken signal {opinion.Id}, {(opinion.Side == PositionSide.Long ? "long" : "short")} at a confidence of {opinion.Confidence:0.###}, by {signal.By}; it acts on it at the next bar.")));
    }

    protected override Decision<DirectionalEvent> OnFilled(long sequence, Fill fill) => Decide(new DirectionalInput.OrderFilled(sequence, fill));
    protected override Decision<DirectionalEvent> OnExternalFill(Fill fill) => Decide(new DirectionalInput.ExternalFill(fill));
    protected override string AfterOthers => _state.Mode == DirectionalMode.Pause
        ? $"What is left is guarded as before, and no signal is taken until dolphin resume {_plan.StrategyId}."
        : "What is left is guarded as before.";
    protected override Decision<DirectionalEvent> OnOrderClosed(LegDone done) =>
        Decide(new DirectionalInput.OrderClosed(done.Sequence, done.Leg, done.Cumulative, Now));
    protected override Decision<DirectionalEvent> OnExitRequested(string by) => Decide(new DirectionalInput.RequestExit(by, _state.Incarnation, Now));

    protected override Decision<DirectionalEvent> OnResumeRequested(string by) => Decide(HasEnded
        ? new DirectionalInput.Start(by, _state.Incarnation + 1, Now)
        : new DirectionalInput.Resume(by, _state.Incarnation, Now));

    protected override Decision<DirectionalEvent> OnAdopt(Adopt adopt) => adopt.Legs.Legs.AreFlat && _state.Incarnation == 0
        ? Decide(new DirectionalInput.Start(adopt.By, Incarnation: 1, Now))
        : Decide(new DirectionalInput.Adopt(adopt.By, _state.Incarnation + 1, adopt.Legs, adopt.Mark, Now));

    protected override Decision<DirectionalEvent> OnRelease(Release release) => Decide(new DirectionalInput.Release(release.By, _state.Incarnation, Now));

    protected override Decision<DirectionalEvent> OnTrimWished(TrimWish wish, Price price, bool exitsAllowed) =>
        Decide(new DirectionalInput.Trim(wish, price, exitsAllowed, Now));

    protected override void Apply(DirectionalEvent @event)
    {
        _state = DirectionalDecider.Evolve(_state, @event);
        Episodes = Episodes?.After(@event, _state);
        if (@event is DirectionalEvent.Opened { Sizing: { } sizing }) Slot.Sizing = _sizing = sizing;
        if (@event is DirectionalEvent.SignalsPassed passed) Passed(passed);
        Slot.Directional = DirectionalFace.Of(_plan.Symbol, _state);
    }

    // Only after a crash is this news.
    private void Passed(DirectionalEvent.SignalsPassed passed)
    {
        if (passed.PlungesUntil > (_plungesUntil ?? DateTimeOffset.MinValue)) _plungesUntil = passed.PlungesUntil;
        if (passed.Until is not { } until || until <= _shownUntil) return;
        _shownUntil = until;
        _signals.Rewind(until);
    }

    private Decision<DirectionalEvent> Decide(DirectionalInput input) => DirectionalDecider.Decide(_plan.Policy, _plan.Instrument, _state, input);
}
