using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json.Serialization;
using Dolphin.Actors.Books;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Invariants;
using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Venues;

namespace Dolphin.Actors.Sensors;

/// <param name="Behind">Legs whose book lacked something that the venue had at the last comparison.</param>
/// <param name="Agreed">What both had of a leg when they last agreed, by the leg's place in the venue's view; null where they did not.</param>
/// <param name="Compared">There has been a comparison.</param>
/// <param name="Broken">What differed first; null while the layer holds.</param>
/// <param name="Standing">What still differed at the newest view; null while the layer holds, and once nothing does.</param>
/// <param name="SeenAt">Of the newest view; null in what versions without it stored.</param>
public sealed record LedgerState(
    ImmutableArray<HedgedBook> Books, ImmutableArray<LegBehind> Behind, ImmutableArray<LegAgreed?> Agreed, bool Compared, string? Broken,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Standing = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? SeenAt = null);

/// <param name="Since">When it was first seen to lack it, or when it last said so in time.</param>
/// <param name="Trade">The newest trade that the book lacked; <see cref="long.MaxValue"/> if it was funding.</param>
/// <param name="AskedAt">When the book was asked whether it still does; null while no answer is awaited.</param>
/// <param name="Answers">How often it has said so in time.</param>
public sealed record LegBehind(
    Symbol Symbol, PositionSide Leg, DateTimeOffset Since, long Trade,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? AskedAt = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Answers = 0)
{
    public bool IsOverdue => AskedAt is not null || Answers > 0;
    public override string ToString() =>
        $"{Symbol} {Leg}: the book lacks what the venue has{(AskedAt is { } asked ? $", and has been asked at {asked:u}" : $", as it said itself at {Since:u}")}.";
}

public sealed record LegAgreed(Symbol Symbol, PositionSide Leg, long LastTradeId, Money Funding)
{
    public bool Covers(VenuePosition venue) =>
        LastTradeId == venue.LastTradeId && Funding == venue.Funding && Leg == venue.Leg && Symbol == venue.Symbol;
}

/// <summary>L2: do our books and the venue's agree, to the last digit? A difference is never repaired here, only told.</summary>
/// <remarks>
/// That they differed once is an event: no restart forgets it, and only an operator takes it back, when they agree again. Who comes back
/// without knowing what came after its snapshot keeps that verdict and nothing else: it asks for the books, and compares them anew.
/// <para>
/// A book that lacks a trade for longer than patience is asked whether it still does, and from then on the layer does not hold. Only a book that
/// has said so twice, with patience between, makes the trade a lost one, and that an event: one whose journal is away cannot store what is on its
/// way to it, but cannot answer either, and after an answer that came too late everything begins anew.
/// </para>
/// <para>
/// The other way round, an account that was true longer than patience after a book was seen to be ahead of it, and still lacks that trade, or the leg, will never have it:
/// the venue has forgotten, or is another one.
/// </para>
/// </remarks>
public sealed class LedgerSensor : AccountSensor<LedgerState>
{
    private const long Funding = long.MaxValue; // In the place of a trade id: funding has none.
    private const int AnswersThatCount = 2;
    private readonly IClusterPort _cluster;
    private readonly InvariantLedger _invariants;
    private readonly TimeSpan _patience;
    private readonly SortedDictionary<Symbol, HedgedBook> _books = [];
    private readonly SortedDictionary<(Symbol, PositionSide), LegBehind> _behind = [];
    private readonly SortedDictionary<(Symbol, PositionSide), LegAhead> _ahead = []; // Not stored: who begins again is as patient again.
    private readonly List<LegAgreed?> _agreed = []; // By place: at every slice most legs are as they were, and no lookup is needed to see it.
    private readonly HashSet<Symbol> _moved = []; // Books since the last view. Never walked.
    private readonly Money _deposit;
    private readonly bool _wireWasLost;
    private int _held; // Legs of books in which something is.
    private string? _broken, _standing;

    /// <param name="patience">How long a book may lack a trade that the venue has: a fill on its way, stored and announced.</param>
    /// <param name="deposit">What the account began with.</param>
    /// <param name="wireWasLost">A new life that does not begin at the instant of its snapshot.</param>
    public LedgerSensor(
        AccountContext context, TimeSpan patience, Money deposit, bool wireWasLost, IClusterPort cluster, InvariantLedger invariants)
        : base(LayerId.LedgerIntegrity, context, cluster)
    {
        (_cluster, _invariants, _patience, _deposit, _wireWasLost) = (cluster, invariants, patience, deposit, wireWasLost);
        Command<BookProtocol.Booked>(booked => OnBooked(booked.Book));
        Command<BookProtocol.Grounded>(grounded => Forget(grounded.Symbol));
        Command<LedgerProtocol.Acknowledge>(OnAcknowledge);
        Recover<LedgerEvent>(Apply);
    }

    private bool KnowsOnlyItsVerdict => _wireWasLost || HasRestarted;

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Topics.Bookings, Self);
        if (KnowsOnlyItsVerdict) _cluster.Publish(Topics.BookRequests, BookProtocol.GetBook.Now); // A book may have recovered, and told, before anybody listened.
    }

    protected override LedgerState Capture()
    {
        ForgetWhatMoved();
        return new([.. _books.Values], [.. _behind.Values], [.. _agreed], SeenAt is not null, _broken, _standing, SeenAt);
    }

    protected override void Restore(LedgerState snapshot)
    {
        (_broken, _standing) = (snapshot.Broken, snapshot.Standing);
        if (KnowsOnlyItsVerdict)
        {
            _standing = _broken;
            return;
        }

        SeenAt = snapshot.SeenAt;
        foreach (var book in snapshot.Books) Keep(book);
        foreach (var leg in snapshot.Behind) _behind[(leg.Symbol, leg.Leg)] = leg;
        _agreed.AddRange(snapshot.Agreed);
    }

    protected override void OnPulse()
    {
        if (_behind.Values.Any(leg => leg.IsOverdue || Now - leg.Since > _patience)) AskForAccount(); // Only a view shows that a book has caught up, or has not.
        base.OnPulse();
    }

    protected override LayerReading? Read(DateTimeOffset now)
    {
        if (_broken is { } reason) return new LayerReading.Invariant(Holds: false, reason);
        foreach (var leg in _behind.Values)
            if (leg.IsOverdue) return new LayerReading.Invariant(Holds: false, leg.ToString());
        return SeenAt is null ? null : LayerReading.Invariant.Ok;
    }

    // That they differed stays so without being seen again.
    protected override DateTimeOffset VouchedUntil(DateTimeOffset now) => _broken is null ? base.VouchedUntil(now) : now;

    private void OnBooked(HedgedBook book)
    {
        foreach (var side in (ReadOnlySpan<PositionSide>)[PositionSide.Long, PositionSide.Short])
            if (_behind.TryGetValue((book.Symbol, side), out var leg) && leg.AskedAt is { } asked) OnAnswer(leg, inTime: Now - asked <= _patience);
        // Said again after a recovery: a replay that was rewound must not compare more often than one that was not.
        if (_books.TryGetValue(book.Symbol, out var known) && known == book) return;
        Keep(book);
        _moved.Add(book.Symbol);
    }

    private void Keep(HedgedBook book)
    {
        _held += Held(book) - (_books.TryGetValue(book.Symbol, out var before) ? Held(before) : 0);
        _books[book.Symbol] = book;
    }

    private static int Held(HedgedBook book) => (book.Long.Quantity == default ? 0 : 1) + (book.Short.Quantity == default ? 0 : 1);

    // A book that moved is compared with the next view.
    private void ForgetWhatMoved()
    {
        if (_moved.Count == 0) return;
        for (var i = 0; i < _agreed.Count; i++)
            if (_agreed[i] is { } agreed && _moved.Contains(agreed.Symbol)) _agreed[i] = null;
        _moved.Clear();
    }

    private void OnAnswer(LegBehind leg, bool inTime) =>
        _behind[(leg.Symbol, leg.Leg)] = leg with { Since = Now, AskedAt = null, Answers = inTime ? leg.Answers + 1 : 0 };

    protected override void Hear(AccountView view, bool isFirst)
    {
        ForgetWhatMoved();
        var wallet = _deposit;
        foreach (var position in view.Positions) wallet += position.RealisedPnl - position.Fees + position.Funding;
        var cashAgrees = _invariants.Check(Invariant.CashConserved, wallet == view.WalletBalance, () => CashGap(wallet, view.WalletBalance));
        if (!cashAgrees) Break(CashGap(wallet, view.WalletBalance));
        VenuePosition? open = null;
        var listed = 0;
        for (var i = 0; i < view.Positions.Length; i++)
        {
            var venue = view.Positions[i];
            if (i == _agreed.Count) _agreed.Add(null);
            if (_agreed[i] is { } agreed && agreed.Covers(venue))
            {
                if (venue.Quantity != default) listed++;
                continue;
            }

            _agreed[i] = null;
            // A symbol without a book here is not ours to judge: another node's, or an entity that was grounded.
            if (!_books.TryGetValue(venue.Symbol, out var book)) continue;
            if (book[venue.Leg].Quantity != default) listed++;
            if (Agree(venue, book[venue.Leg])) _agreed[i] = new LegAgreed(venue.Symbol, venue.Leg, venue.LastTradeId, venue.Funding);
            else open ??= venue;
        }

        var missing = listed < _held ? Missing(view) : null;
        if (!isFirst && _broken is null) return;
        if (_broken is not null)
            _standing = !cashAgrees ? CashGap(wallet, view.WalletBalance) : open is null ? missing : Difference(open, _books[open.Symbol][open.Leg]);
        Report();
    }

    // What a book holds, and the venue does not even list.
    private string? Missing(AccountView view)
    {
        var listed = view.Positions.Select(p => (p.Symbol, p.Leg)).ToHashSet();
        string? first = null;
        foreach (var book in _books.Values)
        {
            foreach (var leg in (ReadOnlySpan<PositionBook>)[book.Long, book.Short])
            {
                if (leg.Quantity == default || listed.Contains((leg.Symbol, leg.Leg))) continue;
                var reason = $"{leg.Symbol} {leg.Leg}: the book has {leg.Quantity} at trade {leg.LastTradeId}, the venue's account has no such leg.";
                if (IsForgotten(leg, last: 0)) Violate(reason);
                first ??= reason;
            }
        }

        return first;
    }

    private void OnAcknowledge(LedgerProtocol.Acknowledge request)
    {
        if (_broken is not { } reason)
        {
            Sender.Tell(new LedgerProtocol.Refused(_behind.Values.FirstOrDefault(leg => leg.IsOverdue) is { } late
                ? new Refusal("ledger.still-differs",
                    $"Nothing was acknowledged, and nothing has to be yet. {late} {LayerId.LedgerIntegrity} holds again by itself as soon as the book has it.")
                : new Refusal("ledger.not-broken", $"{LayerId.LedgerIntegrity} holds; there is nothing to acknowledge.")));
            return;
        }

        if (_standing is { } standing)
        {
            Sender.Tell(new LedgerProtocol.Refused(new Refusal("ledger.still-differs",
                $"Nothing was acknowledged: books and venue did not agree when they were last compared. {standing} They are being compared anew.")));
            AskForAccount();
            return;
        }

        var @operator = Sender;
        Persist(new LedgerEvent.Acknowledged(request.Operator, reason, Now), stored =>
        {
            Apply(stored);
            Report();
            @operator.Tell(new LedgerProtocol.Acknowledged(stored.Reason, stored.At));
        });
    }

    private void Apply(LedgerEvent stored)
    {
        switch (stored)
        {
            case LedgerEvent.Broke e:
                (_broken, _standing) = (e.Reason, e.Reason);
                break;
            case LedgerEvent.Acknowledged:
                (_broken, _standing) = (null, null);
                _behind.Clear();
                _ahead.Clear();
                for (var i = 0; i < _agreed.Count; i++) _agreed[i] = null; // Nothing that was found before counts any more.
                break;
            default:
                throw new UnreachableException($"Cannot fold {stored.GetType().Name}; skipping it would corrupt the verdict on the books.");
        }
    }

    // A book that has stopped halts its asset; it says nothing about the others, and can lag behind the venue for ever.
    private void Forget(Symbol symbol)
    {
        if (_books.Remove(symbol, out var book)) _held -= Held(book);
        foreach (var leg in (ReadOnlySpan<PositionSide>)[PositionSide.Long, PositionSide.Short])
        {
            _behind.Remove((symbol, leg));
            _ahead.Remove((symbol, leg));
        }
    }

    private bool Agree(VenuePosition venue, PositionBook book)
    {
        var key = (venue.Symbol, venue.Leg);
        if (book.LastTradeId < venue.LastTradeId)
        {
            if (IsLost(key, book.LastTradeId, venue.LastTradeId))
                Violate($"{venue.Symbol} {venue.Leg}: the book ends at trade {book.LastTradeId}, the venue at {venue.LastTradeId}, and the book has said so twice; a fill was lost.");
            return false;
        }

        if (book.LastTradeId > venue.LastTradeId)
        {
            // The view is older than the book: nothing to compare yet.
            if (IsForgotten(book, venue.LastTradeId))
                Violate($"{venue.Symbol} {venue.Leg}: the book ends at trade {book.LastTradeId}, the venue at {venue.LastTradeId}, and does not come to have it; what the venue knew is lost there.");
            return false;
        }

        _ahead.Remove(key);
        var tradesAgree = book.Quantity == venue.Quantity && book.Cost == venue.EntryCost && book.Realised == venue.RealisedPnl && book.Fees == venue.Fees;
        if (!_invariants.Check(Invariant.BookEqualsVenue, tradesAgree, () => Difference(venue, book)))
        {
            Break(Difference(venue, book));
            return false;
        }

        if (book.Funding == venue.Funding)
        {
            _behind.Remove(key);
            return true;
        }

        // Funding carries no trade id: its way into the book is as long as a fill's.
        if (IsLost(key, book.LastTradeId, Funding)) Violate(Difference(venue, book));
        return false;
    }

    // A leg that trades in every bar can lack something in every view, each time something else: only the same thing grows old.
    private bool IsLost((Symbol Symbol, PositionSide Leg) key, long has, long lacks)
    {
        if (!_behind.TryGetValue(key, out var leg) || (lacks == Funding ? leg.Trade != Funding : leg.Trade == Funding || has >= leg.Trade))
        {
            _behind[key] = new LegBehind(key.Symbol, key.Leg, Now, lacks);
            return false;
        }

        if (leg.Answers < AnswersThatCount && leg.AskedAt is null && Now - leg.Since > _patience)
        {
            _behind[key] = leg with { AskedAt = Now };
            _cluster.Publish(Topics.BookRequests, BookProtocol.GetBook.Now);
        }

        return leg.Answers >= AnswersThatCount;
    }

    // A leg that trades in every bar can be ahead of every view: only the same trade counts.
    private bool IsForgotten(PositionBook book, long last)
    {
        var key = (book.Symbol, book.Leg);
        if (_ahead.TryGetValue(key, out var ahead) && last < ahead.Trade && ahead.Trade <= book.LastTradeId) return SeenAt - ahead.Since > _patience;
        _ahead[key] = new LegAhead(Now, book.LastTradeId);
        return false;
    }

    private void Violate(string reason)
    {
        if (_broken is null) _invariants.Violate(Invariant.BookEqualsVenue, reason);
        Break(reason);
    }

    // Told before it is stored: a fall does not wait. If it cannot be stored the sensor stops, and its silence says the same.
    private void Break(string reason)
    {
        if (_broken is not null) return;
        _broken = reason;
        Persist(new LedgerEvent.Broke(reason, Now), static _ => { });
    }

    private static string CashGap(Money expected, Money came) =>
        $"cash: deposit + realised - fees + funding of all legs is {expected}, the venue's wallet holds {came}.";

    private static string Difference(VenuePosition venue, PositionBook book) =>
        $"{venue.Symbol} {venue.Leg} at trade {book.LastTradeId}: expected the venue's quantity {venue.Quantity}, cost {venue.EntryCost}, "
        + $"realised {venue.RealisedPnl}, fees {venue.Fees}, funding {venue.Funding}; the book has {book.Quantity}, {book.Cost}, "
        + $"{book.Realised}, {book.Fees}, {book.Funding}.";

    /// <param name="Since">When the account was first seen to lack the trade.</param>
    private readonly record struct LegAhead(DateTimeOffset Since, long Trade);
}
