using Dolphin.Actors.Invariants;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Sizing;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.TwoLegs;
using Dolphin.Venues;
using static Dolphin.Actors.Execution.ExecutionProtocol;
using static Dolphin.Actors.Strategies.StrategyProtocol;
using Legs = Dolphin.Domain.Market.Legs;

namespace Dolphin.Actors.Strategies;

/// <summary>Keeps one strategy of two legs durable: stores what its decider decides, and sends what the events ask for.</summary>
public abstract class LegStrategyActor<TEvent, TSnapshot, TKind> : DurableActor<TSnapshot>
    where TEvent : class where TSnapshot : class where TKind : struct, Enum
{
    /// <summary>Who wishes for a trim before the venue settles a symbol.</summary>
    public const string DeliveryRule = "delivery-rule";

    private readonly StrategyPlan _plan;
    private readonly MarketProtocol.BarSeen _seen;
    private LegHolding? _told;
    private Legs _letGo;

    public override string PersistenceId { get; }

    /// <param name="stance">Until the asset says another.</param>
    /// <param name="episodes">Null where nobody learns sizes, or the strategy has none to learn.</param>
    protected LegStrategyActor(StrategyPlan plan, StrategyContext context, Stance stance, EpisodeDesk? episodes = null)
    {
        (_plan, Shared, Stance, Episodes) = (plan, context, stance, episodes);
        (Slot, _seen, PersistenceId) = (context.Board.Of(plan.Symbol), new MarketProtocol.BarSeen(plan.Symbol), StrategyIds.PersistenceIdOf(plan.StrategyId));

        Recover<TEvent>(Apply);
        Recover<RecoveryCompleted>(_ =>
        {
            Tell();
            // A crash between the write and the Tell loses the Tell: the decision that still waits is sent again, by the same sequence.
            if (Ledger.Pending is { } pending) Ask(pending.Targets);
        });

        Command<MarketProtocol.BarClosed>(OnBar);
        Command<OrderFilled>(filled => Take(filled.Fill, filled.After, filled.Sequence));
        Command<ExternalFill>(external => Take(external.Fill, external.After, sequence: null));
        Command<VenueEvent.Liquidated>(liquidated => Take(liquidated.Fill, after: 0, sequence: null)); // From an older node.
        Command<LegDone>(OnLegDone);
        Command<Exit>(exit => Answer(OnExitRequested(exit.By), Leaving(exit.By)));
        Command<Resume>(OnResume);
        Command<Funded>(OnFunded);
        Command<SizingProtocol.Taken>(OnTaken);
        Command<Stance>(OnStance);
        Command<Adopt>(adopt => Obey(IsLive || Lags(adopt.Legs) ? Decision<TEvent>.Nothing : OnAdopt(adopt)));
        Command<Release>(release => Obey(IsLive ? OnRelease(release) : Decision<TEvent>.Nothing));
        Command<Trim>(OnTrim);
        Command<Grow>(OnGrow);
    }

    protected StrategyContext Shared { get; }
    protected AssetSlot Slot { get; }
    protected Stance Stance { get; private set; }
    /// <summary>What the size learner is told of; null where nobody learns.</summary>
    protected EpisodeDesk? Episodes { get; set; }

    /// <summary>Takes a bar into what is measured of the market, and looks at it.</summary>
    protected abstract Decision<TEvent> Look(MarketProtocol.BarClosed bar);
    protected abstract Decision<TEvent> OnFilled(long sequence, Fill fill);
    protected abstract Decision<TEvent> OnExternalFill(Fill fill);
    /// <summary>In a sentence: what becomes of it now that somebody else has traded legs that it had.</summary>
    protected abstract string AfterOthers { get; }
    protected abstract Decision<TEvent> OnOrderClosed(LegDone done);
    protected abstract Decision<TEvent> OnExitRequested(string by);
    /// <summary>What whoever asked for an exit is told when it is stored, or was before.</summary>
    protected virtual string Leaving(string by) => $"{_plan.StrategyId} leaves gracefully, by {by}.";
    /// <summary>While it is live, or nobody decides who holds the legs.</summary>
    protected abstract Decision<TEvent> OnResumeRequested(string by);
    /// <summary>While it is not live.</summary>
    protected abstract Decision<TEvent> OnAdopt(Adopt adopt);
    /// <summary>While it is live.</summary>
    protected abstract Decision<TEvent> OnRelease(Release release);
    /// <param name="price">Quote per base; the newest close, or none that a market has.</param>
    protected abstract Decision<TEvent> OnTrimWished(TrimWish wish, Price price, bool exitsAllowed);
    /// <summary>Of whoever opens by its own rule alone: a refusal.</summary>
    /// <param name="price">Quote per base; the newest close, or none that a market has.</param>
    protected virtual Decision<TEvent> OnGrowWished(GrowWish wish, Price price) => Decision<TEvent>.Refuse("strategy.grows-by-its-own-rule",
        $"{wish.By} asked {_plan.StrategyId} by id {wish.Id} to grow; it makes no leg larger because it is asked to. Nothing changed.");

    /// <summary>What a new stance asks for besides being kept.</summary>
    protected virtual Decision<TEvent> OnStanceChanged() => Decision<TEvent>.Nothing;
    protected abstract void Apply(TEvent @event);
    /// <summary>Looks at a stored event before it is applied.</summary>
    protected virtual void Check(TEvent stored) { }

    /// <summary>Checks that an event asks for no larger leg, and is no fill that makes one larger.</summary>
    /// <param name="fill">The fill that the event books, if it books one of an own order.</param>
    /// <param name="ofGross">What one leg grows the other may shrink by.</param>
    protected void CheckGrowsNothing(Invariant invariant, TEvent stored, Fill? fill, bool ofGross)
    {
        if (OrdersOf(stored) is { From: var from, To: var to } targets)
        {
            Shared.Invariants.Check(invariant, ofGross ? to.Gross <= from.Gross : to.Long <= from.Long && to.Short <= from.Short,
                () => $"{PersistenceId} asks in decision {targets.Sequence} for long {to.Long}, short {to.Short}; it holds long {from.Long}, short {from.Short}.");
        }
        if (fill is { } f)
        {
            Shared.Invariants.Check(invariant, f.Side == f.Leg.Reducing(),
                () => $"{PersistenceId}: trade {f.TradeId} of {f.Order} makes {f.Leg} larger, by {f.Quantity}.");
        }
    }
    protected abstract LegTargets? OrdersOf(TEvent @event);
    /// <summary>The part of the state that every strategy of two legs has.</summary>
    protected abstract LegLedger<TKind> Ledger { get; }
    /// <summary>What it was asked to trim; null before the first time.</summary>
    protected abstract TrimProgress? Trims { get; }
    /// <summary>What it was asked to grow; null before the first time, and of whoever never grows when asked.</summary>
    protected virtual GrowthProgress? Growth => null;
    /// <summary>Quote per base; 0 before the first bar.</summary>
    protected abstract double LastClose { get; }
    /// <summary>Unix milliseconds of the newest bar's open; null before the first.</summary>
    protected abstract long? LastOpenTimeMs { get; }
    /// <summary>The legs are its own to trade: taken over or opened, and neither given up nor closed for good.</summary>
    protected abstract bool IsLive { get; }
    /// <summary>It came to its own end.</summary>
    protected abstract bool HasEnded { get; }
    /// <summary>Quote; what one leg of its newest opening got. Zero before the first, and of who opens nothing.</summary>
    protected virtual Money Opened => Money.Zero;
    /// <summary>What screens show of it.</summary>
    protected abstract StrategyFace Face { get; }

    private void OnBar(MarketProtocol.BarClosed bar)
    {
        if (!IsNewer(bar.Bar))
        {
            Sender.Tell(_seen);
            return;
        }

        TellLearner(); // It may have been away.
        var decision = Look(bar);
        if (decision.Events.IsEmpty) Leave(Sender); // Most bars: nothing is stored, and nothing has changed.
        else StoreAndLeave(decision, Sender);
    }

    // The venue is about to close what is held: by an average nobody can trade at, and where one leg is worse than the other with nobody to choose. A trim to nothing
    // is what every strategy knows how to do, whatever band it is in, and goes before any other trim. It has the id after the newest, so that no wish of the balancer's that
    // is to come is taken for known but one at most; one that lapses, or that the venue did not fill, is wished for again with the next bar.
    private Decision<TEvent> LeaveInTime()
    {
        if (Shared.ChangedRules?.Invoke(_plan.Symbol) is not { Delivery: { } delivery } rules || !rules.IsToClose(Now)) return Decision<TEvent>.Nothing;
        if (!IsLive || Ledger.Legs.AreFlat || Trims?.IsFor(DeliveryRule) == true) return Decision<TEvent>.Nothing;
        var wish = new TrimWish(DeliveryRule, (Trims?.LastId ?? 0) + 1, Quantity.Zero, Quantity.Zero, delivery);
        return OnTrimWished(wish, NewestPrice, Shared.Risk.Read(Now).ExitsAllowed);
    }

    // What is stored may ask for no order, with every bar: a stop that follows its price, signals that are refused.
    private void StoreAndLeave(Decision<TEvent> decision, IActorRef feed) => Store(decision, () => Leave(feed));

    private void Leave(IActorRef feed)
    {
        var decision = LeaveInTime();
        if (decision.Events.IsEmpty) feed.Tell(_seen);
        else StoreAndMakeWay(decision, feed);
    }

    private void StoreAndMakeWay(Decision<TEvent> decision, IActorRef feed) => Store(decision, () =>
    {
        feed.Tell(_seen);
        MakeWay();
    });

    // Taken before the one it lacks it would make that one look old: both come again, in order.
    private void Take(Fill fill, long after, long? sequence)
    {
        if (Ledger[fill.Leg].LastTradeId < after) return;
        var execution = Sender;
        var decision = sequence is { } number ? OnFilled(number, fill) : OnExternalFill(fill);
        var isNews = sequence is null && IsLive && !decision.Events.IsEmpty;
        Store(decision, () =>
        {
            execution.Tell(new FillTaken(fill.Symbol, fill.Leg, fill.TradeId));
            if (isNews) TellOfOthers(fill);
        });
    }

    // A person has to look at it, and may have to say that the strategy is to go on.
    private void TellOfOthers(Fill fill) => Shared.Board.Tell(new NotableEvent(fill.At, NotableKind.Warning, _plan.StrategyId,
        $"{fill.Symbol} {fill.Leg}: {(fill.Side == OrderSide.Buy ? "bought" : "sold")} {fill.Quantity} at {fill.Price} by {fill.Order}, no order of this strategy: the venue's own doing, panic, or somebody who trades beside it. {AfterOthers}"));

    // While a fill is missing execution must not forget the order: the end comes again, and the fill with it.
    private void OnLegDone(LegDone done)
    {
        var execution = Sender;
        Store(OnOrderClosed(done), () =>
        {
            if (Ledger.Pending is not { } pending || pending.Sequence != done.Sequence || pending[done.Leg].IsSettled)
                execution.Tell(new LegStored(done.StrategyId, done.Sequence, done.Leg));
        });
    }

    // An operator is told when it is stored, or was before.
    private void Answer(Decision<TEvent> decision, string done)
    {
        var @operator = Sender;
        Store(decision, () => @operator.Tell(decision.Refusal is { } refusal
            ? new StrategyProtocol.Refused(_plan.StrategyId, refusal)
            : new StrategyProtocol.Done(_plan.StrategyId, done)));
    }

    private void OnResume(Resume resume)
    {
        var decision = Misplaced(resume) ?? OnResumeRequested(resume.By);
        Answer(decision, decision.Events.IsEmpty ? $"{_plan.StrategyId} goes on already; nothing changed." : $"{_plan.StrategyId} goes on, by {resume.By}.");
    }

    private Decision<TEvent>? Misplaced(Resume resume) => Stance.IsAlone || (Stance.Enabled && IsLive) ? null : Decision<TEvent>.Refuse("strategy.legs-not-given",
        $"{resume.By} wants {_plan.StrategyId} to go on; it does not hold {_plan.Symbol}'s legs, and Hermes decides who does. Nothing changed; dolphin hermes {_plan.Symbol} says who holds them, dolphin hermes override gives them to somebody else.");

    // Taken is a wish whose id is known: one that waits for open orders is refused for now, and stored all the same.
    private void OnTrim(Trim trim)
    {
        var (asker, wish) = (Sender, trim.Wish);
        var decision = OnTrimWished(wish, NewestPrice, Shared.Risk.Read(Now).ExitsAllowed);
        Store(decision, () =>
        {
            asker.Tell(decision.Refusal is { } refusal && !(Trims?.LastId >= wish.Id) ? new TrimDeclined(_plan.Symbol, wish.Id, refusal)
                : Trims is { } trims && trims.IsUnderWay(wish.Id) ? new TrimTaken(_plan.Symbol, _plan.StrategyId, wish.Id)
                : new WishOver(_plan.Symbol, _plan.StrategyId, wish.Id, Ledger.Legs));
            if (Trims?.Waiting?.Id == wish.Id) MakeWay();
        });
    }

    // An order that rests may do so longer than the wish that waits for it is good for. Once it is final the wish is begun with the next look, or when it is asked again.
    private void MakeWay()
    {
        if (Trims?.Waiting is { } wish && Ledger.Pending is { } pending && IsInTheWay(pending.Targets, wish)) Shared.Execution.Tell(new Withdraw(_plan.StrategyId, pending.Sequence));
    }

    // What goes as far by itself, and no slower than the trim would, is left alone.
    private static bool IsInTheWay(LegTargets orders, TrimWish wish) => orders.Limit is not null || orders.To.Long > wish.LongAtMost || orders.To.Short > wish.ShortAtMost;

    private void OnGrow(Grow grow)
    {
        var (asker, wish) = (Sender, grow.Wish);
        var decision = OnGrowWished(wish, NewestPrice);
        Store(decision, () => asker.Tell(decision.Refusal is { } refusal && !(Growth?.LastId >= wish.Id) ? new GrowDeclined(_plan.Symbol, wish.Id, refusal)
            : Growth?.UnderWay?.Id == wish.Id ? new GrowTaken(_plan.Symbol, _plan.StrategyId, wish.Id)
            : new WishOver(_plan.Symbol, _plan.StrategyId, wish.Id, Ledger.Legs)));
    }

    private Price NewestPrice => LastClose > 0 ? Price.Of((decimal)LastClose) : default;

    private void OnStance(Stance stance)
    {
        if (stance == Stance) return;
        Stance = stance;
        Store(OnStanceChanged(), static () => { });
    }

    // The book still lacks a trade that the strategy was told of. Taken now, what the trade did to the leg would be missing for good: it is asked for again.
    private bool Lags(HandOver legs) => legs.LongTradeId < Ledger.Long.LastTradeId || legs.ShortTradeId < Ledger.Short.LastTradeId;

    // While orders are open a release is refused and remembered: that is no, but not yet.
    private void Obey(Decision<TEvent> decision)
    {
        Store(decision, () =>
        {
            if (decision.Refusal is { } refusal && Ledger.Pending is null) Context.Parent.Tell(new Declined(_plan.Holder, refusal));
            else Context.Parent.Tell(WhatIsHeld());
        });
    }

    /// <summary>Stores what was decided and sends what it asks for.</summary>
    /// <param name="then">When it is stored, or at once if it is nothing.</param>
    protected void Store(Decision<TEvent> decision, Action then)
    {
        if (decision.Events.IsEmpty)
        {
            then();
            return;
        }

        Store(decision.Events, Book, () =>
        {
            Tell();
            then();
        });
    }

    private void Book(TEvent stored)
    {
        Check(stored);
        var (wasLive, legs) = (IsLive, Ledger.Legs);
        Apply(stored);
        if (wasLive && !IsLive) _letGo = legs;
        if (OrdersOf(stored) is { } targets) Ask(targets);
    }

    /// <summary>Goes on with what a snapshot has of them, if anybody learns.</summary>
    protected void RestoreEpisodes(EpisodeDesk? stored)
    {
        if (Episodes is not null && stored is not null) Episodes = stored;
    }

    // What it is to the account is the book's affair.
    private void OnFunded(Funded funded) => Episodes = Episodes?.Funded(funded.Payment, funded.After);

    private void OnTaken(SizingProtocol.Taken taken)
    {
        Episodes = Episodes?.Heard(taken.Id, taken.End);
        TellLearner(); // What had to wait for it.
    }

    private void TellLearner()
    {
        if (Episodes is not { Unheard.IsEmpty: false } episodes) return;
        foreach (var note in episodes.Sayable()) Shared.Sizing!.Learner.Tell(note.ToInput());
    }

    private void Tell()
    {
        TellLearner();
        Slot.Show(Face);
        var holding = WhatIsHeld();
        if (holding == _told) return;
        _told = holding;
        Context.Parent.Tell(holding);
    }

    // Who has given its legs up has none, and says which they were.
    private LegHolding WhatIsHeld() => new(_plan.Holder, IsLive, HasEnded, IsLive || HasEnded ? Ledger.Legs : _letGo, Opened);

    private void Ask(LegTargets targets) => Shared.Execution.Tell(new Execute(_plan.StrategyId, _plan.Symbol, targets));

    // On every bar of every symbol: no closure unless it fails.
    private bool IsNewer(Bar bar)
    {
        Shared.Invariants.Checked(Invariant.TimeMovesForward);
        if (LastOpenTimeMs is not { } last || bar.OpenTimeMs > last) return true;
        if (bar.OpenTimeMs == last) return false; // A venue shows every new reader its newest bar, and this node may have come back within one.
        Shared.Invariants.Violate(Invariant.TimeMovesForward,
            $"{PersistenceId} was shown a bar of {bar.OpenTimeMs} after one of {last}; it decides nothing on it.");
        return false;
    }
}
