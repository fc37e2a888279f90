using System.Collections.Immutable;
using System.Globalization;
using Dolphin.Actors.Books;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Survival;
using Dolphin.Domain;
using Dolphin.Domain.Execution;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;
using Dolphin.Venues;
using static Dolphin.Actors.Execution.ExecutionProtocol;

namespace Dolphin.Actors.Execution;

/// <summary>The only door to the venue: intent first, then the order, and no id ever twice.</summary>
public sealed partial class ExecutionActor : DurableActor<OrderDeskState>, IWithTimers
{
    private readonly ExecutionPolicy _policy;
    private readonly IReadOnlyDictionary<Symbol, Instrument> _instruments;
    private readonly ExecutionPeers _peers;
    private readonly IClusterPort _cluster;
    private readonly ITenure _tenure;
    private readonly RiskBoard _risk;
    private readonly InvariantLedger _invariants;
    private readonly OrderDesk _desk = new();
    private readonly IVenue _venue;
    private ImmutableHashSet<ClientOrderId> _knownAtVenue = [];
    private Posture _posture = Posture.Apex;
    private readonly UnstoredFacts _unstored = new();
    private UnstoredState? _restored;
    private PanicMemory? _panic;
    private readonly HashSet<string> _saidKept = []; // Of what panic could not close, since it began.
    private DateTimeOffset _heardAt = DateTimeOffset.MinValue; // When the controller last spoke.
    private bool _restarted, _begun;

    public ITimerScheduler Timers { get; set; } = null!;
    public override string PersistenceId => "execution";

    public ExecutionActor(
        ExecutionPolicy policy, IReadOnlyDictionary<Symbol, Instrument> instruments, ExecutionPeers peers, IClusterPort cluster,
        ITenure tenure, RiskBoard risk, InvariantLedger invariants)
    {
        (_policy, _instruments, _peers, _cluster, _tenure, _risk, _invariants) = (policy, instruments, peers, cluster, tenure, risk, invariants);
        _placements = new PlacementDesk(policy.Placement, instruments, _desk);
        _venue = peers.Door.Open(tenure, Self);

        Recover<ExecutionEvent>(_desk.Apply);
        Recover<RecoveryCompleted>(_ =>
        {
            _peers.Board.Orders = _desk.Counts;
            TellFees();
            _unstored.Restore(_restored, _desk.Open);
            // Everybody is in place already, and what was said meanwhile is lost: after a restart, and where another node took over.
            if (_restarted) CatchUp();
            else if (_tenure.TookOver) OnBegin(new Begin(WireWasLost: true));
            AwaitSilence(_risk.Patience);
        });

        Command<Begin>(OnBegin);
        Command<WireReturned>(_ => AskForEverything());
        Command<Execute>(OnExecute);
        Command<Withdraw>(OnWithdraw);
        Command<KnownAtVenue>(known => _knownAtVenue = known.Ids);
        Command<MarketProtocol.BooksSeen>(OnBooks);
        Command<LegStored>(OnLegStored);
        Command<FillStored>(OnFillStored);
        Command<FillTaken>(OnFillTaken);
        Command<Care>(_ => OnCare());
        Command<RiskSnapshot>(risk =>
        {
            _heardAt = Now;
            Heed(risk.ToView());
        });
        Command<ShowAccount>(_ => _venue.Send(new VenueCommand.GetAccount("shown")));
        Command<Silence>(_ => OnSilence());

        Command<VenueEvent.Accepted>(OnAccepted);
        Command<VenueEvent.Rejected>(OnRejected);
        Command<VenueEvent.OutcomeUnknown>(_ => { }); // Care asks, as for every order nobody has spoken of.
        Command<VenueEvent.Filled>(e => OnFill(e.Fill));
        Command<VenueEvent.Closed>(e => OnClosed(e.Id, e.State, e.Cumulative));
        Command<VenueEvent.OrderStatus>(OnStatus);
        Command<VenueEvent.CancelRejected>(e => Ask(e.Id)); // -2011 proves nothing: it may have filled a moment before.
        Command<VenueEvent.AllCancelled>(_ => { });
        Command<VenueEvent.FundingPaid>(OnFunding);
        Command<BookProtocol.FundingStored>(_unstored.Stored);
        Command<VenueEvent.Liquidated>(e => OnExternal(e.Fill));
        Command<VenueEvent.Account>(OnAccount);
    }

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Topics.Risk, Self);
        _cluster.Subscribe(Topics.AccountRequests, Self);
        if (_policy.Placement is not null) _cluster.Subscribe(Topics.OrderBooks, Self);
    }

    protected override void PostStop()
    {
        (_venue as IDisposable)?.Dispose();
        base.PostStop();
    }

    protected override void PostRestart(Exception reason)
    {
        _restarted = true;
        base.PostRestart(reason);
    }

    protected override OrderDeskState Capture() => _desk.Capture(_posture, _panic, _unstored.Capture(), _placements.Market.Capture());

    protected override void Restore(OrderDeskState snapshot)
    {
        _desk.Restore(snapshot);
        _placements.Market.Restore(snapshot.Market);
        (_posture, _panic, _restored) = (snapshot.Posture, snapshot.Panic, snapshot.Unstored);
    }

    // Every node that starts says so; one is enough.
    private void OnBegin(Begin begin)
    {
        if (_begun || _restarted) return;
        _begun = true;
        if (begin.WireWasLost) AskForEverything();
        LookAfterOrders();
        Stash.UnstashAll();
    }

    private void AskForEverything()
    {
        _venue.Send(new VenueCommand.GetAccount("begin")); // The venue publishes by itself only when something changes.
        CatchUp();
    }

    private void OnExecute(Execute request)
    {
        if (!_peers.Assets.IsOpen)
        {
            Stash.Stash();
            return;
        }

        if (_desk.LastOf(request.StrategyId) is { } last && last.Sequence >= request.Targets.Sequence)
        {
            if (last.Sequence == request.Targets.Sequence) AnswerAgain(last, request);
            return;
        }

        var risk = _risk.Read(Now);
        var intents = new List<ExecutionEvent>(2);
        // Reductions come first in the plan: they free the margin that increases need.
        var plan = OrderNetting.Plan(_instruments[request.Symbol], request.Targets.From, request.Targets.To, request.Targets.DecisionPrice);
        foreach (var planned in plan)
        {
            switch (OrderStyle.For(risk, planned.ReducesLeg))
            {
                case OrderStyle.Forbidden forbidden:
                    Refuse(request, planned.Leg, forbidden.Reason);
                    break;
                case { } style when RulesOf(request.Symbol)?.Objection(Draft(request, planned, RestsAt(request, planned, style)), request.Targets.DecisionPrice) is { } objection:
                    Refuse(request, planned.Leg, objection.Reason);
                    break;
                case { } when request.Targets.Limit is null && RulesOf(request.Symbol) is null && _placements.Works(request.Symbol, planned, request.Targets.Sequence, Now):
                    intents.Add(new ExecutionEvent.PlacementBegan(
                        request.StrategyId, request.Targets.Sequence, request.Symbol, planned.Leg, planned.Side, planned.Quantity, request.Targets.DecisionPrice, Now));
                    break;
                case { } style:
                    intents.Add(new ExecutionEvent.Intended(
                        request.StrategyId, request.Targets.Sequence, Draft(request, planned, RestsAt(request, planned, style)), request.Targets.DecisionPrice, Now,
                        _tenure.Epoch));
                    break;
            }
        }

        foreach (var leg in (ReadOnlySpan<PositionSide>)[PositionSide.Long, PositionSide.Short])
            if (plan.All(o => o.Leg != leg)) Refuse(request, leg, "nothing to do");
        if (intents.Count == 0) return;
        var other = _desk.OtherTraderOf(request.Symbol, request.StrategyId);
        _invariants.Check(Invariant.OneTraderPerSymbol, other is null, () => $"{request.StrategyId} trades {request.Symbol} while orders of {other} are open there.");
        PersistAll(intents, stored =>
        {
            Apply(stored);
            if (stored is ExecutionEvent.Intended intended) Send(intended.Order);
            else if (_desk.PlacementOf(request.StrategyId, request.Targets.Sequence, ((ExecutionEvent.PlacementBegan)stored).Leg) is { } placement) Work(placement);
        });
    }

    // A cancel that is lost comes again with the next care. One that takes is about to be filled.
    private void OnWithdraw(Withdraw request)
    {
        foreach (var leg in (ReadOnlySpan<PositionSide>)[PositionSide.Long, PositionSide.Short])
        {
            if (_desk.Find(request.StrategyId, request.Sequence, leg) is { End: null, Withdrawn: false, Order.Type: OrderType.Limit } order)
                Cancel(_desk.Note(order with { Withdrawn = true }));
        }
    }

    private ChangedRules? RulesOf(Symbol symbol) => _peers.ChangedRules?.Invoke(symbol);

    private void Refuse(Execute request, PositionSide leg, string reason) =>
        Sender.Tell(new LegDone(request.StrategyId, request.Targets.Sequence, leg, Quantity.Zero, reason));

    // A strategy may want its order to rest at a price of its own, also where the posture would let it take.
    private Price? RestsAt(Execute request, LegOrder planned, OrderStyle style) =>
        request.Targets.Limit ?? (style is OrderStyle.Rest
            ? OrderStyle.RestingPrice(_instruments[request.Symbol], planned.Side, request.Targets.DecisionPrice, _policy.PassiveOffset)
            : null);

    private NewOrder Draft(Execute request, LegOrder planned, Price? restsAt) => new(
        ClientOrderIds.For(request.StrategyId, request.Targets.Sequence, planned.Leg, _tenure.Epoch), request.Symbol, planned.Leg, planned.Side,
        restsAt is null ? OrderType.Market : OrderType.Limit, restsAt is null ? TimeInForce.GoodTillCancel : TimeInForce.PostOnly, planned.Quantity, restsAt);

    private void Send(NewOrder order)
    {
        _invariants.Check(Invariant.IntentBeforeSend, _desk.Find(order.Id) is not null, () => $"{order.Id} is leaving without a stored intent.");
        LookAfterOrders();
        if (_knownAtVenue.Contains(order.Id)) return; // It got there in an earlier life; its events are coming.
        _venue.Send(new VenueCommand.Submit(order));
    }

    private void OnAccepted(VenueEvent.Accepted accepted)
    {
        // The venue has checked both: what breaks a filter, or comes twice, it rejects.
        _invariants.Checked(Invariant.OrderFitsFilters);
        _invariants.Checked(Invariant.OrderSentOnce);
        if (_desk.Find(accepted.Order.Id) is not { } order) return;
        _desk.Note(order with { Acknowledged = true });
        if (MayNotRest(order)) Cancel(order);
    }

    private void OnRejected(VenueEvent.Rejected rejected)
    {
        if (_desk.Find(rejected.Id) is not { } order) return;
        // These say that we broke a filter we knew: our bug, not the market's mood.
        var isMalformed = rejected.Code is -1013 or -1111 or -1121 or -4003 or -4005 or -4014 or -4061 || (rejected.Code == -4164 && !WasLargeEnough(order));
        _invariants.Check(Invariant.OrderFitsFilters, !isMalformed,
            () => $"{order.Order} was refused as malformed: {rejected.Code} {rejected.Reason}");
        _invariants.Check(Invariant.OrderSentOnce, rejected.Code != -4116, () => $"The venue already has an open order {rejected.Id} (-4116).");
        End(order, OrderState.Rejected, $"refused by the venue: {rejected.Reason} ({rejected.Code})");
    }

    // The venue judges the notional of an order that takes by the price of when it comes, and that may have moved since the decision.
    private bool WasLargeEnough(OpenOrder order) =>
        (order.Order.LimitPrice ?? order.DecisionPrice) * order.Order.Quantity >= _instruments[order.Order.Symbol].MinNotional;

    private void OnFill(Fill fill)
    {
        if (IsForeign(fill.Order)) OnExternal(fill);
        else if (_desk.Lacks(fill)) AskOnce(fill.Order); // The answer brings both, in order.
        else Take(fill);
    }

    // An id of ours that the desk has forgotten is a late copy of what was stored long ago.
    private bool IsForeign(ClientOrderId id) => _desk.Find(id) is null && !ClientOrderIds.IsOurs(id);

    private void Take(Fill fill)
    {
        if (!_desk.TryAdd(fill, out var order)) return;
        Learn(fill);
        GiveUp(_unstored.Add(fill, order));
        if (order.Cumulative >= order.Order.Quantity) _unstored.Known(fill.Order);
        AskOthers(fill);
        TellDue((fill.Symbol, fill.Leg));
        if (order.Part > 0) TakePart(fill, order);
        if (order.StrategyId != Panic.Strategy) AskLater(fill.Order);
    }

    // Rare: a fill mostly shows what is known. Stored, because the fill that showed it is not told again.
    private void Learn(Fill fill)
    {
        var (known, charged) = (_desk.Fees ?? _policy.Fees, (_desk.Fees ?? _policy.Fees).After(fill));
        if (charged == known) return;
        Persist<ExecutionEvent>(new ExecutionEvent.FeesCharged(charged.Maker, charged.Taker, Now), stored =>
        {
            Apply(stored);
            TellFees();
            _peers.Board.Tell(new NotableEvent(Now, NotableKind.Info, PersistenceId, string.Create(CultureInfo.InvariantCulture,
                $"the venue takes {charged.Maker:0.#####%} of an order that rests and {charged.Taker:0.#####%} of one that takes; {known.Maker:0.#####%} and {known.Taker:0.#####%} were expected. Sizes are reckoned with it from now on.")));
        });
    }

    private void TellFees()
    {
        if (_desk.Fees is { } fees) _cluster.Publish(Topics.Fees, new FeesCharged(fees));
    }

    private void TellDue((Symbol Symbol, PositionSide Leg) leg, bool again = false)
    {
        foreach (var message in _unstored.Due(leg, again)) _peers.Assets[leg.Symbol].Tell(message);
    }

    private void OnClosed(ClientOrderId id, OrderState state, Quantity cumulative)
    {
        if (_desk.Find(id) is not { End: null } order) return;
        if (order.Cumulative < cumulative) Ask(id); // A fill is missing: a close never hides one.
        else End(order, state, RulesOf(order.Order.Symbol) is { BarsExits: true } rules && state != OrderState.Filled ? $"{Reasons.Of(state)}: {rules.What}" : Reasons.Of(state));
    }

    private void OnStatus(VenueEvent.OrderStatus status)
    {
        if (_desk.Find(status.Id) is not { End: null } order) return;
        foreach (var fill in status.Fills) Take(fill); // All of them: there is nothing to ask for beyond it.
        // Not before the last of them is known: what waited may be newer than that.
        if (_unstored.Answered(status.Id, status.At)) Ask(status.Id);
        TellDue((order.Order.Symbol, order.Order.Leg));
        if (status.State == OrderState.Unknown)
        {
            if (Now >= order.At + _policy.NotFoundAfter) End(order, OrderState.Rejected, "it never reached the venue");
            return; // Too early to believe it: the order may still be on its way. Care asks again.
        }

        if (status.State == OrderState.Open)
        {
            order = _desk.Note(_desk.Find(status.Id)! with { Acknowledged = true });
            if (MayNotRest(order)) Cancel(order);
        }
        else OnClosed(status.Id, status.State, status.Cumulative);
    }

    private void End(OpenOrder order, OrderState state, string reason)
    {
        order = _desk.Note(order with { End = state, EndReason = reason, Acknowledged = true });
        _unstored.Known(order.Order.Id);
        TellDue((order.Order.Symbol, order.Order.Leg));
        if (!order.Fills.IsEmpty) _cluster.Publish(Topics.Slippage, Slippage.Measure(order, _policy.ExpectedTakerSlippageBps));
        TellEnd(order);
        if (order.IsAwaited) return;
        if (order.StrategyId == Panic.Strategy && order.Cumulative < order.Order.Quantity) AskLater(order.Order.Id);
        FinishIfSettled(order); // No strategy will say that it has stored the end.
    }

    private void OnLegStored(LegStored stored)
    {
        if (_desk.PlacementOf(stored.StrategyId, stored.Sequence, stored.Leg) is { EndReason: not null } placement)
        {
            OnPlacementStored(placement);
            return;
        }

        if (_desk.Find(stored.StrategyId, stored.Sequence, stored.Leg) is not { End: not null } order) return;
        _unstored.StoredByStrategy(order.Order);
        FinishIfSettled(_desk.Note(order with { StrategyStored = true }));
    }

    private void OnFillTaken(FillTaken taken)
    {
        _unstored.StoredByStrategy(taken.Symbol, taken.Leg, taken.TradeId);
        foreach (var order in _desk.Unawaited)
            if (order.Order.Leg == taken.Leg && order.Order.Symbol == taken.Symbol) FinishIfSettled(order);
    }

    private void OnFillStored(FillStored stored)
    {
        var order = _desk.Find(stored.Order);
        _unstored.StoredByBook(stored.Order, stored.Cumulative, order?.Order);
        if (order is not null && order.BookedTo < stored.Cumulative)
            FinishIfSettled(_desk.Note(order with { BookedTo = stored.Cumulative }));
    }

    private void FinishIfSettled(OpenOrder order)
    {
        if (!order.IsSettled || (!order.IsAwaited && _unstored.StrategyLacks(order.Order))) return;
        Persist<ExecutionEvent>(new ExecutionEvent.Finished(order.Order.Id, order.End!.Value, order.Cumulative, order.EndReason, Now), Apply);
    }

    private void Apply(ExecutionEvent stored)
    {
        _desk.Apply(stored);
        _peers.Board.Orders = _desk.Counts;
    }

    private void AnswerAgain(LastDecision last, Execute request)
    {
        foreach (var outcome in last.Ended)
            Sender.Tell(new LegDone(request.StrategyId, last.Sequence, outcome.Leg, outcome.Cumulative, outcome.Reason));
        foreach (var leg in (ReadOnlySpan<PositionSide>)[PositionSide.Long, PositionSide.Short])
        {
            if (_desk.Find(request.StrategyId, last.Sequence, leg) is { } order)
            {
                TellDue((order.Order.Symbol, leg), again: true);
                TellEnd(order);
            }
            else if (_desk.PlacementOf(request.StrategyId, last.Sequence, leg) is { } placement)
            {
                TellDue((placement.Symbol, leg), again: true);
                TellEnd(placement);
            }
            else if (!last.Ended.Any(e => e.Leg == leg))
                Sender.Tell(new LegDone(request.StrategyId, last.Sequence, leg, Quantity.Zero, "nothing to do"));
        }
    }

    private void TellEnd(OpenOrder order)
    {
        if (order.End is null || !order.IsAwaited || _unstored.IsHeldBack(order.Order)) return; // Care comes back to it.
        _peers.Assets[order.Order.Symbol].Tell(new LegDone(order.StrategyId, order.Sequence, order.Order.Leg, order.Cumulative, order.EndReason));
    }

    private void OnFunding(VenueEvent.FundingPaid paid)
    {
        if (!_instruments.ContainsKey(paid.Symbol))
        {
            TellUnbooked(paid.Symbol, paid.Leg, $"funding of {paid.Amount} at {paid.At:u} is of a position that is not ours");
            return;
        }

        if (_unstored.Add(paid) is { } lost) Lose($"the funding of {lost.Amount} at {lost.At:u}", lost.Symbol, lost.Leg);
        TellDue((paid.Symbol, paid.Leg));
        LookAfterOrders();
    }

    // The venue's own doing, or of somebody who trades the account beside us.
    private void OnExternal(Fill fill)
    {
        if (!_instruments.ContainsKey(fill.Symbol))
        {
            TellUnbooked(fill.Symbol, fill.Leg, $"fill {fill.TradeId} of {fill.Order} is not ours");
            return;
        }

        GiveUp(_unstored.AddExternal(fill));
        AskOthers(fill);
        TellDue((fill.Symbol, fill.Leg));
        LookAfterOrders();
    }

    // An older fill of another order of the leg may be on its way, or lost with a connection: this one waits until the venue has said that there is none.
    private void AskOthers(Fill fill)
    {
        foreach (var order in _desk.Open)
        {
            if (order.End is not null || order.Order.Leg != fill.Leg || order.Order.Symbol != fill.Symbol || order.Cumulative >= order.Order.Quantity) continue;
            if (order.Order.Id != fill.Order && (order.Fills.IsEmpty || order.Fills[^1].TradeId < fill.TradeId)) AskOnce(order.Order.Id);
        }
    }

    // Kept for a book that is not there it would be told for ever.
    private void TellUnbooked(Symbol symbol, PositionSide leg, string what) => _peers.Board.Tell(new NotableEvent(Now, NotableKind.Warning, PersistenceId,
        $"{symbol} {leg}: {what}, and the plan does not have the symbol: there is no book for it, and it is not booked."));

    private void GiveUp(Fill? lost)
    {
        if (lost is null) return;
        Lose($"fill {lost.TradeId} of {lost.Order}", lost.Symbol, lost.Leg);
        if (_desk.Find(lost.Order) is { } order) FinishIfSettled(order);
    }

    private void Lose(string what, Symbol symbol, PositionSide leg)
    {
        var text = $"{symbol} {leg}: {what} is given up: expected its book and its strategy to store it, but {UnstoredFacts.MostOfALeg} newer ones wait for "
            + "them too. It will be missing where it is not stored; the ledger check (L2) tells.";
        Context.GetLogger().Error("{0}", text);
        _peers.Board.Tell(new NotableEvent(Now, NotableKind.Fault, PersistenceId, text));
    }

    private void OnAccount(VenueEvent.Account account)
    {
        _peers.Board.Account = account;
        _cluster.Publish(Topics.Account, account);
        TellFees(); // For a node that has joined since.
        if (_panic is not { Asked: { } asked } || !string.Equals(asked, account.View.RequestId, StringComparison.Ordinal)) return;
        _panic = _panic with { Asked = null }; // A second copy of the answer closes nothing again.
        Flatten(account.View);
    }

    private void Heed(in RiskView risk)
    {
        var (before, fails) = (_posture, risk.InvariantFailed && _panic is null);
        _posture = risk.Posture;
        if (!risk.InvariantFailed)
        {
            _panic = null;
            _saidKept.Clear();
        }
        else _panic ??= new PanicMemory(null, Now);
        // In HIBERNATE exits may rest, but not beside a failed invariant.
        if (fails || (_posture == Posture.Hibernate && before != Posture.Hibernate))
            _venue.Send(new VenueCommand.CancelAll($"hibernate-{risk.Epoch}-{risk.Sequence}"));
        if (fails && _policy.FlattenOnPanic) AskWhatIsHeld($"{Panic.Strategy}-{risk.Epoch}-{risk.Sequence}");
    }

    // What is held is the venue's to say: our own books may be what failed.
    private void AskWhatIsHeld(string request)
    {
        _panic = new PanicMemory(request, Now);
        _venue.Send(new VenueCommand.GetAccount(request));
        LookAfterOrders();
    }

    // Something may be held again, or still: care asks, for all of it together, and not so often that a dead market fills the journal.
    private void AskLater(ClientOrderId because)
    {
        if (!_policy.FlattenOnPanic || _panic is not { Asked: null }) return;
        _panic = new PanicMemory($"{Panic.Strategy}-after-{because.Value}", Now);
        LookAfterOrders();
    }

    // The one order that no strategy asked for, and that no posture holds back: the plan's owner did, beforehand.
    private void Flatten(AccountView view)
    {
        var (orders, kept) = Panic.Orders(view, symbol => RulesOf(symbol), _desk.Intents, _tenure.Epoch, Now);
        TellKept(kept);
        if (orders.IsEmpty) return;
        PersistAll<ExecutionEvent>(orders, stored =>
        {
            Apply(stored);
            Send(((ExecutionEvent.Intended)stored).Order);
        });
    }

    // What the venue would not take now is asked for again, by care, until it does or nothing is held any more.
    private void TellKept(ImmutableArray<string> kept)
    {
        if (kept.IsEmpty) return;
        _panic = new PanicMemory($"{Panic.Strategy}-again-{Now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)}", Now);
        LookAfterOrders();
        foreach (var why in kept)
            if (_saidKept.Add(why)) _peers.Board.Tell(new NotableEvent(Now, NotableKind.Warning, PersistenceId, $"not everything is closed: {why}"));
    }

    private void CatchUp()
    {
        // A cancel-all that was under way may be lost with the rest: HIBERNATE, or a failed invariant, asks for it again.
        (_posture, _panic) = (Posture.Apex, null);
        foreach (var order in _desk.Open) Ask(order.Order.Id);
        LookAfterOrders();
    }

    private void Ask(ClientOrderId id)
    {
        if (_desk.Find(id) is not { } order) return;
        if (order.End is null) _unstored.Asked(order.Order);
        _venue.Send(new VenueCommand.Query(id, order.Order.Symbol));
    }

    // Beside a failed invariant nothing, and no entry where the posture allows none: it fills when the market comes, whatever is known by then. Most of them CancelAll has had;
    // it may have overtaken an order on its way, and it may be lost.
    private bool MayNotRest(OpenOrder order) =>
        order.Order.Type == OrderType.Limit && (_panic is not null || (!order.Order.ReducesLeg && _posture < Posture.Stalker));

    private void Cancel(OpenOrder order) => _venue.Send(new VenueCommand.Cancel(order.Order.Id, order.Order.Symbol));

    private void AskOnce(ClientOrderId id)
    {
        if (!_unstored.IsAsked(id)) Ask(id);
    }

    private void OnCare()
    {
        if (_panic is { Asked: { } asked } && Now >= _panic.AskedAt + _policy.AnswerTimeout) AskWhatIsHeld(asked);
        foreach (var leg in _unstored.Legs) TellDue(leg, again: true);
        foreach (var order in _desk.Open)
        {
            if (order.End is not null)
            {
                if (!order.StrategyStored) TellEnd(order);
            }
            else if ((!order.Acknowledged && Now >= order.At + _policy.AnswerTimeout) || _unstored.IsAsked(order.Order.Id)) Ask(order.Order.Id);
            else if (order.Withdrawn || MayNotRest(order) || Now >= order.At + _policy.OrderLife || (!order.Order.ReducesLeg && RulesOf(order.Order.Symbol) is not null)) Cancel(order);
        }

        foreach (var placement in _desk.Placements)
        {
            TellEnd(placement);
            Work(placement); // Where no book is shown any more, its time is up all the same.
        }

        LookAfterOrders();
    }

    // On a grid of absolute time, so that a resumed replay cares at the same instants.
    private void LookAfterOrders()
    {
        if ((_desk.HasOpen || _unstored.Any || _panic?.Asked is not null) && !Timers.IsTimerActive(Care.Key)) Timers.StartSingleTimer(Care.Key, Care.Now, Grid.Until(Now, _policy.CareEvery));
    }

    // A controller that has died says nothing of it: what its silence means is looked up when the board has had enough.
    private void OnSilence()
    {
        var left = _heardAt + _risk.Patience - Now;
        if (left < TimeSpan.Zero) Heed(_risk.Read(Now));
        AwaitSilence(left < TimeSpan.Zero ? _risk.Patience : left);
    }

    private void AwaitSilence(TimeSpan patience) => Timers.StartSingleTimer(Silence.Key, Silence.Now, patience + TimeSpan.FromMilliseconds(1));

    private sealed record Silence
    {
        public const string Key = "silence";
        public static readonly Silence Now = new();
    }

    private sealed record Care
    {
        public const string Key = "care";
        public static readonly Care Now = new();
    }
}
