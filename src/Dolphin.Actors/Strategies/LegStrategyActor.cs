using Dolphin.Actors.Invariants;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;
using Dolphin.Venues;
using static Dolphin.Actors.Execution.ExecutionProtocol;
using static Dolphin.Actors.Strategies.StrategyProtocol;

namespace Dolphin.Actors.Strategies;

/// <summary>Keeps one strategy of two legs durable: stores what its decider decides, and sends what the events ask for.</summary>
public abstract class LegStrategyActor<TEvent, TSnapshot> : DurableActor<TSnapshot> where TEvent : class where TSnapshot : class
{
    private readonly StrategyPlan _plan;
    private readonly MarketProtocol.BarSeen _seen;
    private LegHolding? _told;
    private Legs _letGo;

    public override string PersistenceId => StrategyIds.PersistenceIdOf(_plan.StrategyId);

    /// <param name="stance">Until the asset says another.</param>
    protected LegStrategyActor(StrategyPlan plan, StrategyContext context, Stance stance)
    {
        (_plan, Shared, Stance) = (plan, context, stance);
        (Slot, _seen) = (context.Board.Of(plan.Symbol), new MarketProtocol.BarSeen(plan.Symbol));

        Recover<TEvent>(Apply);
        Recover<RecoveryCompleted>(_ =>
        {
            Tell();
            // A crash between the write and the Tell loses the Tell: the decision that still waits is sent again, by the same sequence.
            if (UnderWay is { } targets) Ask(targets);
        });

        Command<MarketProtocol.BarClosed>(OnBar);
        Command<OrderFilled>(filled => Take(filled.Fill, filled.After, filled.Sequence));
        Command<ExternalFill>(external => Take(external.Fill, external.After, sequence: null));
        Command<VenueEvent.Liquidated>(liquidated => Take(liquidated.Fill, after: 0, sequence: null)); // From an older node.
        Command<LegDone>(OnLegDone);
        Command<Exit>(OnExit);
        Command<Stance>(OnStance);
        Command<Adopt>(adopt => Obey(OnAdopt(adopt)));
        Command<Release>(release => Obey(OnRelease(release)));
    }

    protected StrategyContext Shared { get; }
    protected AssetSlot Slot { get; }
    protected Stance Stance { get; private set; }

    /// <summary>Takes a bar into what is measured of the market, and looks at it.</summary>
    protected abstract Decision<TEvent> Look(MarketProtocol.BarClosed bar);
    protected abstract Decision<TEvent> OnFilled(long sequence, Fill fill);
    protected abstract Decision<TEvent> OnExternalFill(Fill fill);
    protected abstract Decision<TEvent> OnOrderClosed(LegDone done);
    protected abstract Decision<TEvent> OnExitRequested(string by);
    protected abstract Decision<TEvent> OnAdopt(Adopt adopt);
    protected abstract Decision<TEvent> OnRelease(Release release);
    /// <summary>What a new stance asks for besides being kept.</summary>
    protected virtual Decision<TEvent> OnStanceChanged() => Decision<TEvent>.Nothing;
    protected abstract void Apply(TEvent @event);
    /// <summary>Looks at a stored event before it is applied.</summary>
    protected virtual void Check(TEvent stored) { }
    protected abstract LegTargets? OrdersOf(TEvent @event);
    /// <summary>The targets of the decision under way, or null.</summary>
    protected abstract LegTargets? UnderWay { get; }
    /// <summary>Whether the decision under way waits for this leg.</summary>
    protected abstract bool WaitsFor(PositionSide leg);
    protected abstract long LastTradeIdOf(PositionSide leg);
    /// <summary>Unix milliseconds of the newest bar's open; null before the first.</summary>
    protected abstract long? LastOpenTimeMs { get; }
    protected abstract LegHolding Holding { get; }
    /// <summary>What screens show of it.</summary>
    protected abstract StrategyFace Face { get; }

    private void OnBar(MarketProtocol.BarClosed bar)
    {
        if (!IsNewer(bar.Bar))
        {
            Sender.Tell(_seen);
            return;
        }

        var decision = Look(bar);
        var feed = Sender;
        Store(decision, () => feed.Tell(_seen));
    }

    // Taken before the one it lacks it would make that one look old: both come again, in order.
    private void Take(Fill fill, long after, long? sequence)
    {
        if (LastTradeIdOf(fill.Leg) < after) return;
        var execution = Sender;
        var decision = sequence is { } number ? OnFilled(number, fill) : OnExternalFill(fill);
        Store(decision, () => execution.Tell(new FillTaken(fill.Symbol, fill.Leg, fill.TradeId)));
    }

    // While a fill is missing execution must not forget the order: the end comes again, and the fill with it.
    private void OnLegDone(LegDone done)
    {
        var execution = Sender;
        Store(OnOrderClosed(done), () =>
        {
            if (UnderWay is not { } targets || targets.Sequence != done.Sequence || !WaitsFor(done.Leg))
                execution.Tell(new LegStored(done.StrategyId, done.Sequence, done.Leg));
        });
    }

    private void OnExit(Exit exit)
    {
        var @operator = Sender;
        var decision = OnExitRequested(exit.By);
        Store(decision, () => @operator.Tell(decision.Refusal is { } refusal
            ? new StrategyProtocol.Refused(_plan.StrategyId, refusal)
            : new StrategyProtocol.Done(_plan.StrategyId, $"{_plan.StrategyId} leaves gracefully, by {exit.By}.")));
    }

    private void OnStance(Stance stance)
    {
        if (stance == Stance) return;
        Stance = stance;
        Store(OnStanceChanged(), static () => { });
    }

    // While orders are open a release is refused and remembered: that is no, but not yet.
    private void Obey(Decision<TEvent> decision)
    {
        Store(decision, () =>
        {
            if (decision.Refusal is { } refusal && UnderWay is null) Context.Parent.Tell(new Declined(_plan.Holder, refusal));
            else Context.Parent.Tell(WhatIsHeld());
        });
    }

    // What follows runs when the last event is durable, or at once if there is none: never answer with a hope.
    private void Store(Decision<TEvent> decision, Action then)
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
            var before = Holding;
            Apply(stored);
            if (before.Holds && !Holding.Holds) _letGo = before.Legs;
            if (OrdersOf(stored) is { } targets) Ask(targets);
            if (--left > 0) return;
            Tell();
            then();
        });
    }

    private void Tell()
    {
        Slot.Show(Face);
        var holding = WhatIsHeld();
        if (holding == _told) return;
        _told = holding;
        Context.Parent.Tell(holding);
    }

    // Who has given its legs up has none, and says which they were.
    private LegHolding WhatIsHeld() => Holding is { Holds: false, Ended: false } given ? given with { Legs = _letGo } : Holding;

    private void Ask(LegTargets targets) => Shared.Execution.Tell(new Execute(_plan.StrategyId, _plan.Symbol, targets));

    // On every bar of every symbol: no closure unless it fails.
    private bool IsNewer(Bar bar)
    {
        Shared.Invariants.Checked(Invariant.TimeMovesForward);
        if (LastOpenTimeMs is not { } last || bar.OpenTimeMs > last) return true;
        Shared.Invariants.Violate(Invariant.TimeMovesForward,
            $"{PersistenceId} was shown a bar of {bar.OpenTimeMs} after one of {last}; it decides nothing on it.");
        return false;
    }
}

public static class StrategyIds
{
    public static string PersistenceIdOf(string strategyId) => $"strategy-{strategyId}";
}
