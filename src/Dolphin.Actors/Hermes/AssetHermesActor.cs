using Dolphin.Actors.Books;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;
using static Dolphin.Actors.Hermes.HermesProtocol;

namespace Dolphin.Actors.Hermes;

/// <summary>What is stored of Hermes for one asset: what it decided, and what it has seen.</summary>
/// <param name="Book">As last heard; null before.</param>
/// <param name="Held">As last heard; null before.</param>
/// <param name="LastFillAt">When the book last grew by a fill; null before.</param>
public sealed record HermesSnapshot(
    HermesState State, HermesWatch Watch, RegimeMemory Regime, HedgedBook? Book, Holding? Held, DateTimeOffset? LastFillAt);

/// <summary>Hermes for one asset: looks at every bar, stores what it decides, and says it until it is so.</summary>
public sealed class AssetHermesActor : DurableActor<HermesSnapshot>
{
    private static readonly TimeSpan TooLong = HermesDecider.LongestOverride + TimeSpan.FromDays(1);
    private const int MostQuietBars = 16; // What was lost on its way to another node is missing for a quarter of an hour of the shortest bars, not longer.

    private readonly AssetPlan _plan;
    private readonly HermesPolicy _policy;
    private readonly RiskBoard _risk;
    private readonly RunBoard _board;
    private readonly AssetSlot _slot;
    private readonly LegObjection _objects;
    private readonly AssetDirectory _assets;
    private HermesState _state = HermesState.Initial;
    private HermesWatch _watch = HermesWatch.Empty;
    private RegimeReader _regime;
    private HedgedBook? _book;
    private Holding? _held;
    private DateTimeOffset? _lastFillAt;
    private readonly HermesSight _sight;
    private readonly Action _sayIfDue;
    private (HermesState State, RegimeGate Gate) _said;
    private int _quietBars; // Since then.

    public override string PersistenceId => IdOf(_plan.Symbol);
    public static string IdOf(Symbol symbol) => $"hermes-{symbol.Name}";

    public AssetHermesActor(AssetPlan plan, RiskBoard risk, RunBoard board, AssetDirectory assets)
    {
        (_plan, _policy, _risk, _board, _assets) = (plan, plan.Hermes!, risk, board, assets);
        (_slot, _objects, _sight) = (board.Of(plan.Symbol), new RememberedObjections(plan).Of, new HermesSight(plan));
        (_regime, _sayIfDue) = (new RegimeReader(_policy.Regime), SayIfDue);
        Recover<HermesEvent>(e => _state = HermesDecider.Evolve(_state, e));
        Recover<RecoveryCompleted>(_ => Say());
        Command<MarketProtocol.BarClosed>(OnBar);
        Command<MarketProtocol.BookSeen>(seen => OnQuotes(seen.Book));
        Command<BookProtocol.Booked>(booked => OnBooked(booked.Book));
        Command<Holding>(OnHolding);
        Command<Override>(OnOverride);
        Command<Lift>(OnLift);
    }

    protected override HermesSnapshot Capture() => new(_state, _watch, _regime.Capture(), _book, _held, _lastFillAt);

    protected override void Restore(HermesSnapshot snapshot)
    {
        (_state, _watch, _book, _held, _lastFillAt) = (snapshot.State, snapshot.Watch, snapshot.Book, snapshot.Held, snapshot.LastFillAt);
        _regime = new RegimeReader(_policy.Regime, snapshot.Regime);
    }

    private void OnBar(MarketProtocol.BarClosed bar)
    {
        _regime.Observe(bar.Bar, bar.Interval);
        if (_book is not { } book || _held is not { } held)
        {
            Say(); // The asset answers.
            return;
        }

        var look = new HermesLook(
            bar.ClosesAt, _regime.Reading, _risk.Read(Now),
            new HermesBook(book.Long.Position, book.Short.Position, bar.Bar.Close, _plan.Capital, held.Opened.Quote > 0m ? held.Opened : _plan.OpeningLeg),
            new HolderFacts(held.Grounded, held.Ended, _lastFillAt), _objects);
        _watch = HermesWatch.Observe(_policy, _watch, _state, look);
        _sight.See(look, _watch);
        Store(HermesDecider.Decide(_policy, _state, look, _watch), _sayIfDue);
    }

    // A book that may not be priced from says nothing: what was quoted before counts until it is too old.
    private void OnQuotes(in BookSummary book)
    {
        if (book.IsValid) _regime.ObserveQuote(book.SpreadBps, Math.Min(book.BidNotional, book.AskNotional), book.At.ToUnixTimeMilliseconds());
    }

    private void OnBooked(HedgedBook book)
    {
        if (_book is { } known && book.FillCount > known.FillCount) _lastFillAt = Now;
        _book = book;
    }

    private void OnHolding(Holding held)
    {
        _held = held with { Declined = null, Unassigned = false }; // Both were said once, and are answered below: an asset that has recovered does not say it again.
        if (held.Unassigned) Say();
        if (_state.HandOver is not { } order) return;
        HermesInput? answer = order.Stage switch
        {
            _ when held.Declined is { } declined && declined.Number == order.Number => new HermesInput.Declined(order.Number, declined.By, declined.Reason, Now),
            HandOverStage.Releasing when held.Holder == LegHolder.Nobody => new HermesInput.Released(order.Number, order.From, held.Legs, Now),
            HandOverStage.Adopting when held.Holder == order.To && held.Holder != LegHolder.Nobody => new HermesInput.Adopted(order.Number, order.To, held.Legs, Now),
            _ => null,
        };
        if (answer is null) return;
        var decision = HermesDecider.Decide(_policy, _state, answer);
        if (!decision.Events.IsEmpty) Store(decision, Say); // Saying the same again would be answered the same again, for ever.
    }

    private void OnOverride(Override request)
    {
        var @operator = Sender;
        // Cut where it would leave the calendar; it is still too long, or none at all, and refused for that.
        DateTimeOffset? until = request.For is { } time ? Now + (time < TimeSpan.Zero ? TimeSpan.Zero : time < TooLong ? time : TooLong) : null;
        Answer(@operator, () => Accepted(request, until), HermesDecider.Decide(_policy, _state, new HermesInput.SetOverride(
            _state.Overrides + 1, request.By, request.Why, request.Holder, request.Posture, until, Now, request.Priority)));
    }

    private string Accepted(Override request, DateTimeOffset? until)
    {
        var how = $"{(request.Posture is { } posture ? $", {posture.ToString().ToUpperInvariant()}" : "")}{(request.Priority is { } priority ? $", priority {priority.ToString().ToLowerInvariant()}" : "")}";
        var when = _state.HandOver is { Stage: HandOverStage.Adopting } h ? $"once {h.To.Name()} has answered, to whom they are going" : "from the next bar on";
        return $"{request.Holder.Name()} is to hold {_plan.Symbol}{how}, {when}, {(until is { } end ? $"until {end:yyyy-MM-dd HH:mm:ss} UTC" : "until it is lifted")}; by {request.By}.";
    }

    private void OnLift(Lift request)
    {
        var @operator = Sender;
        Answer(@operator, () => $"Hermes decides on {_plan.Symbol} again; another holder waits for confirmation and dwell; by {request.By}.",
            HermesDecider.Decide(_policy, _state, new HermesInput.LiftOverride(_state.Override?.Number ?? _state.Overrides, request.By, request.Why, Now)));
    }

    private void Answer(IActorRef @operator, Func<string> what, Decision<HermesEvent> decision) => Store(decision, () =>
    {
        @operator.Tell(decision.Refusal is { } refusal ? new HermesProtocol.Refused(_plan.Symbol, refusal) : new HermesProtocol.Done(_plan.Symbol, what()));
        Say();
    });

    private void SayIfDue()
    {
        if (_state.HandOver is not null || ++_quietBars >= MostQuietBars || !ReferenceEquals(_state, _said.State) || _regime.Gate != _said.Gate) Say();
        else Show();
    }

    private void Say()
    {
        Show();
        (_said, _quietBars) = ((_state, _regime.Gate), 0);
        var order = _state.HandOver is { } h ? new HandOverOrder(h.Number, h.From, h.To, h.Stage, h.Legs) : null;
        // Looked up each time: the node opens the directory when it has started them all, which may be a moment after this.
        _assets[_plan.Symbol].Tell(new Assignment(_plan.Symbol, _state.Enabled, _state.MayOpen, _state.Posture, _state.Priority, _regime.Gate, order));
    }

    private void Show()
    {
        _sight.Show(Now, _state);
        if (!ReferenceEquals(_slot.Hermes, _sight)) _slot.Hermes = _sight; // Of this life; and nothing before it has recovered.
    }

    private void Store(Decision<HermesEvent> decision, Action then)
    {
        if (decision.Events.IsEmpty) then(); // Most bars.
        else Store(decision.Events, Book, then);
    }

    private void Book(HermesEvent stored)
    {
        _state = HermesDecider.Evolve(_state, stored);
        if (News(stored) is { } text) _board.Tell(new NotableEvent(stored.At, NotableKind.Info, PersistenceId, text));
    }

    private static string? News(HermesEvent stored) => stored switch
    {
        HermesEvent.HandOverAsked e => $"{e.From.Name()} is to let go for {e.To.Name()}: {e.Why}",
        HermesEvent.Adopted e => $"{e.Holder.Name()} holds the legs",
        HermesEvent.HandOverFailed e => $"hand-over {e.Number} failed: {e.Reason}",
        HermesEvent.OverrideSet e => $"{e.By} wants {e.Holder.Name()}: {e.Why}",
        HermesEvent.OverrideLifted e => $"the override is lifted, by {e.By}: {e.Why}",
        _ => null,
    };
}
