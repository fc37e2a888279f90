using System.Collections.Immutable;
using Dolphin.Actors.Books;
using Dolphin.Actors.Cluster;
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
public sealed record LedgerState(
    ImmutableArray<HedgedBook> Books, ImmutableArray<LegBehind> Behind, ImmutableArray<LegAgreed?> Agreed, bool Compared, string? Broken);

/// <param name="Trade">The newest trade that the book lacked; <see cref="long.MaxValue"/> if it was funding.</param>
public sealed record LegBehind(Symbol Symbol, PositionSide Leg, DateTimeOffset Since, long Trade);
public sealed record LegAgreed(Symbol Symbol, PositionSide Leg, long LastTradeId, Money Funding)
{
    public bool Covers(VenuePosition venue) =>
        LastTradeId == venue.LastTradeId && Funding == venue.Funding && Leg == venue.Leg && Symbol == venue.Symbol;
}

/// <summary>L2: do our books and the venue's agree, to the last digit? A difference is never repaired here, only told.</summary>
public sealed class LedgerSensor : SensorActor<LedgerState>
{
    private const long Funding = long.MaxValue; // In the place of a trade id: funding has none.
    private readonly IClusterPort _cluster;
    private readonly InvariantLedger _invariants;
    private readonly TimeSpan _patience;
    private readonly SortedDictionary<Symbol, HedgedBook> _books = [];
    private readonly SortedDictionary<(Symbol, PositionSide), (DateTimeOffset Since, long Trade)> _behind = [];
    private readonly List<LegAgreed?> _agreed = []; // By place: at every slice most legs are as they were, and no lookup is needed to see it.
    private readonly Money _deposit;
    private string? _broken;
    private readonly bool _wireWasLost;
    private bool _compared;

    /// <param name="patience">How long a book may lack a trade that the venue has: a fill on its way, stored and announced.</param>
    /// <param name="deposit">What the account began with.</param>
    /// <param name="wireWasLost">A new life: patience with what was under way when the last one ended begins anew.</param>
    public LedgerSensor(
        SensorContext context, TimeSpan patience, Money deposit, bool wireWasLost, IClusterPort cluster, InvariantLedger invariants)
        : base(LayerId.LedgerIntegrity, context)
    {
        (_cluster, _invariants, _patience, _deposit, _wireWasLost) = (cluster, invariants, patience, deposit, wireWasLost);
        Command<BookProtocol.Booked>(booked =>
        {
            // Said again after a recovery: a replay that was rewound must not compare more often than one that was not.
            if (_books.TryGetValue(booked.Book.Symbol, out var known) && known == booked.Book) return;
            _books[booked.Book.Symbol] = booked.Book;
            for (var i = 0; i < _agreed.Count; i++)
                if (_agreed[i]?.Symbol == booked.Book.Symbol) _agreed[i] = null; // A book that moved is compared with the next view.
        });
        Command<BookProtocol.Grounded>(grounded => Forget(grounded.Symbol));
        Command<VenueEvent.Account>(account => Compare(account.View));
    }

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Topics.Bookings, Self);
        _cluster.Subscribe(Topics.Account, Self);
        // In real time a book may have recovered, and told, before anybody listened.
        if (_wireWasLost) _cluster.Publish(Topics.BookRequests, BookProtocol.GetBook.Now);
    }

    protected override LedgerState Capture() => new(
        [.. _books.Values], [.. _behind.Select(b => new LegBehind(b.Key.Item1, b.Key.Item2, b.Value.Since, b.Value.Trade))],
        [.. _agreed], _compared, _broken);

    protected override void Restore(LedgerState snapshot)
    {
        foreach (var book in snapshot.Books) _books[book.Symbol] = book;
        if (!_wireWasLost) foreach (var leg in snapshot.Behind) _behind[(leg.Symbol, leg.Leg)] = (leg.Since, leg.Trade);
        _agreed.AddRange(snapshot.Agreed);
        (_compared, _broken) = (snapshot.Compared, snapshot.Broken);
    }

    protected override LayerReading? Read(DateTimeOffset now) => _broken is { } reason
        ? new LayerReading.Invariant(Holds: false, reason)
        : LayerReading.Invariant.Ok;

    private void Compare(AccountView view)
    {
        var wallet = _deposit;
        foreach (var position in view.Positions) wallet += position.RealisedPnl - position.Fees + position.Funding;
        if (!_invariants.Check(Invariant.CashConserved, wallet == view.WalletBalance, () => CashGap(wallet, view.WalletBalance)))
            Break(CashGap(wallet, view.WalletBalance));
        for (var i = 0; i < view.Positions.Length; i++)
        {
            var venue = view.Positions[i];
            if (i == _agreed.Count) _agreed.Add(null);
            if (_agreed[i] is { } agreed && agreed.Covers(venue)) continue;
            // A symbol without a book here is not ours to judge: another node's, or an entity that was grounded.
            _agreed[i] = _books.TryGetValue(venue.Symbol, out var book) && Agree(venue, book[venue.Leg])
                ? new LegAgreed(venue.Symbol, venue.Leg, venue.LastTradeId, venue.Funding)
                : null;
        }

        if (_compared && _broken is null) return;
        _compared = true;
        Report();
    }

    // A book that has stopped halts its asset; it says nothing about the others, and can lag behind the venue for ever.
    private void Forget(Symbol symbol)
    {
        _books.Remove(symbol);
        foreach (var leg in (ReadOnlySpan<PositionSide>)[PositionSide.Long, PositionSide.Short]) _behind.Remove((symbol, leg));
    }

    private bool Agree(VenuePosition venue, PositionBook book)
    {
        var key = (venue.Symbol, venue.Leg);
        if (book.LastTradeId < venue.LastTradeId)
        {
            if (IsOverdue(key, book.LastTradeId, venue.LastTradeId))
                Violate($"{venue.Symbol} {venue.Leg}: the book ends at trade {book.LastTradeId}, the venue at {venue.LastTradeId}, for {Now - _behind[key].Since}; a fill was lost.");
            return false;
        }

        if (book.LastTradeId > venue.LastTradeId) return false; // The view is older than the book: nothing to compare yet.
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
        if (IsOverdue(key, book.LastTradeId, Funding)) Violate(Difference(venue, book));
        return false;
    }

    // A leg that trades in every bar can lack something in every view, each time something else: only the same thing grows old.
    private bool IsOverdue((Symbol, PositionSide) key, long has, long lacks)
    {
        if (_behind.TryGetValue(key, out var lag) && (lacks == Funding ? lag.Trade == Funding : lag.Trade != Funding && has < lag.Trade))
            return Now - lag.Since > _patience;
        _behind[key] = (Now, lacks);
        return false;
    }

    private void Violate(string reason)
    {
        if (_broken is null) _invariants.Violate(Invariant.BookEqualsVenue, reason);
        Break(reason);
    }

    private void Break(string reason) => _broken ??= reason;

    private static string CashGap(Money expected, Money came) =>
        $"cash: deposit + realised - fees + funding of all legs is {expected}, the venue's wallet holds {came}.";

    private static string Difference(VenuePosition venue, PositionBook book) =>
        $"{venue.Symbol} {venue.Leg} at trade {book.LastTradeId}: expected the venue's quantity {venue.Quantity}, cost {venue.EntryCost}, "
        + $"realised {venue.RealisedPnl}, fees {venue.Fees}, funding {venue.Funding}; the book has {book.Quantity}, {book.Cost}, "
        + $"{book.Realised}, {book.Fees}, {book.Funding}.";
}
