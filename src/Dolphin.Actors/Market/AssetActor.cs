using Dolphin.Actors.Books;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Hermes;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Node;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.TwoLegs;
using Dolphin.Venues;
using static Dolphin.Actors.Market.MarketProtocol;
using Legs = Dolphin.Domain.Market.Legs;

namespace Dolphin.Actors.Market;

/// <summary>One asset: parent of its strategies and its book, and the one address under which all of them are found.</summary>
/// <remarks>
/// Strategies and book hold positions, so a failure of one stops and grounds it. A strategy whose book is grounded is grounded too: what cannot be
/// booked is not traded. The other assets go on. Where there are several strategies one at a time has the legs, as Hermes says; the asset hands them
/// from one to the next as the book has them, and tells who has them.
/// </remarks>
public sealed class AssetActor : ReceiveActor
{
    private readonly AssetPlan _plan;
    private readonly AssetGround _ground;
    private readonly Member[] _members;
    private readonly BarSeen _seen;
    private readonly UnheldNews? _unheld; // Null where no symbol comes to an end.
    private IActorRef _book = ActorRefs.Nobody, _waitingFeed = ActorRefs.Nobody;
    private Exception? _failure;
    private bool _grounded;
    private string? _saidHolder;
    private int _barsLeft; // Strategies that have not answered the bar under way, where it waits for several.
    private Member? _answers; // Who answers the feed itself, where it waits for one, as it mostly does.
    private Price? _mark;
    private HermesProtocol.Assignment? _assignment;
    private HermesProtocol.Declined? _declined;
    private HandOver? _offered; // The legs that were last handed to somebody, or null.
    private SaidDecline? _saidDecline;
    private Member? _heir; // Whom the book is asked for.
    private bool _evenNone; // Of who is alone: flat legs are handed over as well.
    private Legs? _letGo; // What nobody holds.
    private bool _handingOver; // Legs are on their way to somebody who has not said yet that it has them.
    // Told while nobody had the legs, until the book has answered. Bounded by what execution keeps for both legs.
    private readonly List<(Fill Fill, IActorRef Execution)> _strays = [];

    public AssetActor(AssetPlan plan, AssetGround ground)
    {
        (_plan, _ground, _seen, _unheld) = (plan, ground, new BarSeen(plan.Symbol), UnheldNews.Of(plan, ground.Strategies));
        _members = [.. plan.Strategies.Select(s => new Member(s))];
        Receive<BarClosed>(OnBar);
        Receive<BarSeen>(_ => OnBarSeen());
        Receive<ExecutionProtocol.OrderFilled>(m => OfStrategy(m.StrategyId).Forward(m));
        Receive<ExecutionProtocol.LegDone>(m => OfStrategy(m.StrategyId).Forward(m));
        Receive<ExecutionProtocol.ExternalFill>(OnExternalFill);
        Receive<VenueEvent.Liquidated>(m => Holder.Forward(m)); // From an older node.
        Receive<StrategyProtocol.Trim>(OnTrim);
        Receive<StrategyProtocol.Grow>(OnGrow);
        Receive<StrategyProtocol.GetHolders>(_ => SayHolder());
        Receive<StrategyProtocol.Exit>(m => OfStrategy(m.StrategyId).Forward(m));
        Receive<StrategyProtocol.Resume>(m => OfStrategy(m.StrategyId).Forward(m));
        Receive<LegHolding>(OnHolding);
        Receive<StrategyProtocol.Signal>(m => OfStrategy(m.StrategyId).Forward(m));
        Receive<StrategyProtocol.WantLegs>(want =>
        {
            (_mark, _evenNone) = (want.Mark, want.EvenNone);
            AskBookFor(_members[0]);
        });
        Receive<StrategyProtocol.Declined>(OnDeclined);
        Receive<HermesProtocol.Assignment>(OnAssignment);
        Receive<BookProtocol.Shown>(shown =>
        {
            AnswerStrays(shown.Book);
            HandOverTo(shown.Book);
            TellIfUnheld(shown.Book);
        });
        Receive<BookProtocol.BookFill>(m => _book.Forward(m));
        Receive<BookProtocol.BookFunding>(m =>
        {
            _book.Forward(m);
            if (_ground.Strategies.Sizing is { Learns: true }) Holder.Tell(new StrategyProtocol.Funded(PaymentOf(m.Funding), m.After));
        });
        Receive<Journal.DurableProtocol.TakeSnapshot>(m => ToAll(m));
        Receive<Journal.DurableProtocol.GetStored>(m => ToAll(m));
        Receive<FeedRestarted>(_ => Attach());
        Receive<Terminated>(OnTerminated);
    }

    private static FundingPayment PaymentOf(VenueEvent.FundingPaid paid) => new(paid.Symbol, paid.Leg, paid.Amount, paid.At);

    private bool IsAlone => _plan.Hermes is null;

    /// <summary>Who gets what no strategy's order brought, and the late fills of who is not here any more.</summary>
    private IActorRef Holder => IsAlone ? _members[0].Actor : Holding?.Actor ?? ActorRefs.Nobody;

    /// <summary>Who has the legs. Should two say so, because one took them when it was given up waiting for, the one that is meant to.</summary>
    private Member? Holding
    {
        get
        {
            Member? any = null;
            foreach (var member in _members)
            {
                if (!member.Holds) continue;
                if (member.Plan.Holder == _assignment?.Enabled) return member;
                any ??= member;
            }

            return any;
        }
    }

    protected override void PreStart()
    {
        _book = Context.Watch(Context.ActorOf(_ground.Book, "book"));
        var stance = IsAlone ? StrategyProtocol.Stance.Alone : StrategyProtocol.Stance.Passive;
        foreach (var member in _members)
        {
            var name = IsAlone ? "strategy" : member.Plan.Holder.Name();
            member.Actor = Context.Watch(Context.ActorOf(member.Plan.ToProps(_ground.Strategies, stance), name));
        }

        _ground.Cluster.Subscribe(Topics.Feed, Self);
        _ground.Cluster.Subscribe(Topics.HolderRequests, Self);
        Context.Enrol(NodeActor.AssetIdOf(_plan.Symbol));
        Attach();
    }

    private void Attach() => _ground.Feed.Tell(new Attach(_plan.Symbol));

    protected override SupervisorStrategy SupervisorStrategy() => Supervision.Positions((failure, _) => _failure = failure);

    private void OnBar(BarClosed bar)
    {
        if (_grounded)
        {
            Sender.Tell(_seen);
            return;
        }

        if (IsAlone)
        {
            _members[0].Actor.Forward(bar);
            return;
        }

        (_mark, _waitingFeed) = (bar.Bar.Close, Sender);
        Member? last = null;
        var waitedFor = 0;
        foreach (var member in _members)
        {
            if (!Decides(member)) continue;
            last = member;
            waitedFor++;
        }

        (_barsLeft, _answers) = waitedFor == 1 ? (0, last) : (waitedFor, null);
        foreach (var member in _members)
        {
            if (!member.Grounded) member.Actor.Tell(bar, member == _answers ? Sender : Decides(member) ? Self : ActorRefs.Nobody);
        }

        if (waitedFor == 0) _waitingFeed.Tell(_seen);
        if (_assignment is null) TellHermes();
        Reconcile(); // A step that was lost on its way is taken again.
        if (_unheld?.Delivery(Now) is not null && IsUnheld) _book.Tell(BookProtocol.Show.Now);
    }

    private static DateTimeOffset Now => Context.System.Scheduler.Now;

    private void TellIfUnheld(HedgedBook book)
    {
        if (!book.Legs.AreFlat && _unheld?.Delivery(Now) is { } delivery && IsUnheld) _unheld.Tell(book.Legs, delivery, Now);
    }

    // Nobody has the legs, and they are on their way to nobody. Of who is alone nothing is assigned: it asks for them itself.
    private bool IsUnheld => _assignment is { HandOver: null } wanted && _members.All(m => m is { Grounded: true, Holds: false } or { Holding.Holds: false })
        && (HeirOf(wanted) is not { Grounded: false } heir || _saidDecline?.Declined.By == heir.Plan.Holder);

    // Who neither holds nor may open stores nothing on a bar, and is not waited for.
    private bool Decides(Member member) => !member.Grounded && (member.Holding is not { Holds: false } || member.Plan.Holder == _assignment?.Enabled);

    private void OnBarSeen()
    {
        if (_barsLeft > 0 && --_barsLeft == 0) _waitingFeed.Tell(_seen);
    }

    private IActorRef OfStrategy(string strategyId)
    {
        foreach (var member in _members)
            if (string.Equals(member.Plan.StrategyId, strategyId, StringComparison.Ordinal)) return member.Actor;
        return Holder;
    }

    private void OnExternalFill(ExecutionProtocol.ExternalFill external)
    {
        if (!Holder.IsNobody())
        {
            Holder.Forward(external);
            return;
        }

        _strays.RemoveAll(s => s.Fill.TradeId == external.Fill.TradeId && s.Fill.Leg == external.Fill.Leg); // A book that never answers must not make it grow.
        _strays.Add((external.Fill, Sender));
        _book.Tell(BookProtocol.Show.Now);
    }

    // While nobody has the legs no strategy lacks a fill that the book has: whoever takes them takes them as the book has them. What the book
    // lacks, or what somebody may just have taken the legs without, is told again.
    private void AnswerStrays(HedgedBook book)
    {
        if (Holder.IsNobody() && !_handingOver && _members.All(m => m.Grounded || m.Holding is not null))
            foreach (var (fill, execution) in _strays)
                if (fill.TradeId <= book[fill.Leg].LastTradeId) execution.Tell(new ExecutionProtocol.FillTaken(fill.Symbol, fill.Leg, fill.TradeId));
        _strays.Clear();
    }

    private void OnHolding(LegHolding holding)
    {
        var member = Of(holding.Holder);
        if (!member.Holds && holding.Holds) CheckTaken(holding);
        if (holding.Holds) (_handingOver, _saidDecline) = (false, null);
        if (member.Holds && !holding.Holds) _letGo = holding.Legs;
        else if (holding.Holds) _letGo = null;
        var isNews = member.Holding != holding;
        member.Holding = holding;
        if (!string.Equals(_saidHolder, HolderId, StringComparison.Ordinal)) SayHolder();
        if (IsAlone) return;
        if (isNews) Reconcile(); // Who only says again that it cannot let go yet is asked again with the next bar.
        TellHermes();
    }

    // Said before anything else can have happened to the legs. Who recovers and has held them all along was offered none.
    private void CheckTaken(LegHolding taken)
    {
        if (!_handingOver || _offered is not { Legs: var given }) return;
        if (_assignment?.HandOver is { Stage: HandOverStage.Adopting } order) given = order.Legs;
        _ground.Strategies.Invariants.Check(Invariant.HandOverKeepsLegs, taken.Legs == given,
            () => $"{_plan.Symbol}: {taken.Holder.Name()} was given long {given.Long}, short {given.Short}, and took long {taken.Legs.Long}, short {taken.Legs.Short}.");
    }

    /// <summary>The strategy that has the legs and can be asked to trade them.</summary>
    private string? HolderId => !_grounded && Holding is { Grounded: false } holder ? holder.Plan.StrategyId : null;

    private void SayHolder()
    {
        _saidHolder = HolderId;
        _ground.Cluster.Publish(Topics.Holders, new StrategyProtocol.HeldBy(_plan.Symbol, _saidHolder));
    }

    // To whoever has the legs now, whoever had them when it was asked for: what is wished for is the legs.
    private void OnTrim(StrategyProtocol.Trim trim)
    {
        if (!_grounded && Holding is { Grounded: false } holder) holder.Actor.Forward(trim);
        else Sender.Tell(new StrategyProtocol.TrimDeclined(_plan.Symbol, trim.Wish.Id, new Refusal("asset.no-holder",
            $"{trim.Wish.By} asked {_plan.Symbol} by id {trim.Wish.Id} for a trim; no strategy holds its legs, or the one that does has not recovered or has stopped for good. Nothing changed.")));
    }

    private void OnGrow(StrategyProtocol.Grow grow)
    {
        if (!_grounded && Holding is { Grounded: false } holder) holder.Actor.Forward(grow);
        else Sender.Tell(new StrategyProtocol.GrowDeclined(_plan.Symbol, grow.Wish.Id, new Refusal("asset.no-holder",
            $"{grow.Wish.By} asked {_plan.Symbol} by id {grow.Wish.Id} to grow; no strategy holds its legs, or the one that does has not recovered or has stopped for good. Nothing changed.")));
    }

    private void OnAssignment(HermesProtocol.Assignment assignment)
    {
        if (IsAlone) return;
        if (_declined?.Number != assignment.HandOver?.Number) _declined = null;
        var isNews = assignment != _assignment; // It comes again with every bar.
        _assignment = assignment;
        if (isNews) TellStances(assignment);
        Reconcile();
        TellHermes();
    }

    private void TellStances(HermesProtocol.Assignment assignment)
    {
        foreach (var member in _members)
        {
            var enabled = member.Plan.Holder == assignment.Enabled;
            member.Actor.Tell(new StrategyProtocol.Stance(enabled, enabled && assignment.MayOpen, assignment.Posture, assignment.Priority, assignment.Gate));
        }
    }

    private void OnDeclined(StrategyProtocol.Declined declined)
    {
        _handingOver = false;
        var said = new SaidDecline(declined, _offered, _assignment?.HandOver?.Number);
        if (said != _saidDecline) // Who is alone is asked with every bar, and declines with every bar.
            _ground.Board.Tell(new NotableEvent(Now, NotableKind.Info, $"{_plan.Symbol} {declined.By.Name()}", declined.Refusal.Reason));
        _saidDecline = said;
        if (_assignment?.HandOver is not { } order) return;
        _declined = new HermesProtocol.Declined(order.Number, declined.By, declined.Refusal.Reason);
        TellHermes();
    }

    // Every step follows from what is wanted and what is: repeated, late or after a crash, it comes to the same.
    private void Reconcile()
    {
        if (_assignment is not { } wanted || _declined is not null) return;
        var heir = HeirOf(wanted);
        if (heir is null && wanted.HandOver is not { Stage: HandOverStage.Releasing }) return; // Nobody is to trade, and nobody has to let go.
        foreach (var member in _members)
            if (member.Holds && member != heir) member.Actor.Tell(new StrategyProtocol.Release("hermes"));
        if (heir is not null && !_members.Any(m => m.Holds)) AskBookFor(heir);
    }

    private Member? HeirOf(HermesProtocol.Assignment wanted) => wanted.HandOver switch
    {
        { Stage: HandOverStage.Releasing } => null,
        { Stage: HandOverStage.Adopting, To: var to } => Find(to),
        // Who came to its own end is not started again by the way: Hermes hears of it, and decides anew.
        _ => Find(wanted.Enabled) is { Holding: not { Ended: true } } enabled ? enabled : null,
    };

    private void AskBookFor(Member heir)
    {
        if (heir.Grounded || _mark is null) return;
        _heir = heir;
        _book.Tell(BookProtocol.Show.Now);
    }

    private void HandOverTo(HedgedBook book)
    {
        if (_members.All(m => !m.Holds)) _letGo ??= book.Legs;
        if (_heir is not { } heir || _mark is not { } mark)
        {
            TellHermes();
            return;
        }

        _heir = null;
        if (IsAlone && !_evenNone && book.Legs.AreFlat) return;
        // The book may still lack a fill that the giver had taken: the next bar asks again, until Hermes has waited long enough.
        if (_assignment?.HandOver is { Stage: HandOverStage.Adopting } order && order.Legs != book.Legs) return;
        _handingOver = true;
        _offered = new HandOver(book.Long.Position, book.Short.Position, book.Long.LastTradeId, book.Short.LastTradeId);
        heir.Actor.Tell(new StrategyProtocol.Adopt(IsAlone ? "plan" : "hermes", _offered, mark));
    }

    private void TellHermes()
    {
        if (_members.Any(m => m is { Grounded: false, Holding: null })) return; // Somebody is still recovering, and may be the holder.
        var holder = Holding;
        if (holder is null && _letGo is null)
        {
            _book.Tell(BookProtocol.Show.Now); // In an earlier life somebody let go of what the book has.
            return;
        }

        var ended = holder is null && _assignment is { Enabled: var enabled } && Find(enabled) is { Holding.Ended: true };
        _ground.Hermes.Tell(new HermesProtocol.Holding(
            _plan.Symbol, holder?.Plan.Holder ?? LegHolder.Nobody, ended, holder?.Grounded ?? false, holder?.Holding!.Legs ?? _letGo!.Value, _declined,
            Unassigned: _assignment is null, Opened));
    }

    /// <summary>Of whoever opened last; of an asset's strategies one opens.</summary>
    private Money Opened
    {
        get
        {
            foreach (var member in _members)
                if (member.Holding is { Opened: { Quote: > 0m } opened }) return opened;
            return Money.Zero;
        }
    }

    private Member Of(LegHolder holder) => _members.Single(m => m.Plan.Holder == holder);

    private Member? Find(LegHolder holder) // Asked with every bar: no closure.
    {
        foreach (var member in _members)
            if (member.Plan.Holder == holder) return member;
        return null;
    }

    private void ToAll(object message)
    {
        foreach (var member in _members) member.Actor.Forward(message);
        _book.Forward(message);
    }

    private void OnTerminated(Terminated terminated)
    {
        if (_grounded) return;
        if (_failure is null && _ground.Cluster.RevivesEntities)
        {
            // It did not fail: its journal did not answer, or refused. That passes; the whole asset comes back and recovers.
            Context.GetLogger().Warning("{0} has lost its journal; asset {1} starts again.", terminated.ActorRef.Path.Name, _plan.Symbol);
            Context.Stop(Self);
            return;
        }

        var member = _members.FirstOrDefault(m => terminated.ActorRef.Equals(m.Actor));
        var entity = member is null ? PositionBookActor.IdOf(_plan.Symbol) : StrategyIds.PersistenceIdOf(member.Plan.StrategyId);
        var reason = _failure?.Message ?? "It stopped itself; the log says why.";
        _ground.Board.Halt(new HaltedEntity(entity, reason, Now));
        _ground.Cluster.Publish(Topics.Services, new NodeProtocol.ServiceEnded(entity, reason));
        _failure = null;
        if (member is not null)
        {
            member.Grounded = true;
            // It may have owed an answer; one too many only lets the next bar come a moment early.
            if (_barsLeft > 0) OnBarSeen();
            else if (member == _answers) _waitingFeed.Tell(_seen);
            _grounded = _members.All(m => m.Grounded);
            SayHolder();
            if (!IsAlone) TellHermes();
            return;
        }

        _grounded = true;
        SayHolder();
        _ground.Cluster.Publish(Topics.Bookings, new BookProtocol.Grounded(_plan.Symbol));
        foreach (var each in _members) Context.Stop(each.Actor);
    }

    /// <summary>What people were told last of a strategy that will not; news again when any of it is another.</summary>
    /// <param name="Legs">What it would have got, or null before anybody was offered anything.</param>
    /// <param name="Order">The number of the hand-over that Hermes wants, or null.</param>
    private sealed record SaidDecline(StrategyProtocol.Declined Declined, HandOver? Legs, long? Order);

    /// <summary>One strategy of the asset, as the asset knows it.</summary>
    private sealed class Member(StrategyPlan plan)
    {
        public StrategyPlan Plan => plan;
        public IActorRef Actor { get; set; } = ActorRefs.Nobody;
        /// <summary>Null until it has recovered.</summary>
        public LegHolding? Holding { get; set; }
        public bool Grounded { get; set; }
        public bool Holds => Holding is { Holds: true };
    }
}

/// <summary>What an asset stands on.</summary>
/// <param name="Hermes">Nobody where each strategy has its asset for itself.</param>
public sealed record AssetGround(StrategyContext Strategies, Props Book, IActorRef Feed, IActorRef Hermes, IClusterPort Cluster, RunBoard Board);
