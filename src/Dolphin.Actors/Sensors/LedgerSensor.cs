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
/// <param name="Agreed">What both had of a leg when they last agreed.</param>
/// <param name="Compared">There has been a comparison.</param>
public sealed record LedgerState(
    ImmutableArray<HedgedBook> Books, ImmutableArray<LegBehind> Behind, ImmutableArray<LegAgreed> Agreed, bool Compared, string? Broken);

public sealed record LegBehind(Symbol Symbol, PositionSide Leg, DateTimeOffset Since);
public sealed record LegAgreed(Symbol Symbol, PositionSide Leg, long LastTradeId, Money Funding);

/// <summary>L2: do our books and the venue's agree, to the last digit? A difference is never repaired here, only told.</summary>
public sealed class LedgerSensor : SensorActor<LedgerState>
{
    private readonly IClusterPort _cluster;
    private readonly InvariantLedger _invariants;
    private readonly TimeSpan _patience;
    private readonly SortedDictionary<Symbol, HedgedBook> _books = [];
    private readonly SortedDictionary<(Symbol, PositionSide), DateTimeOffset> _behind = [];
    private readonly SortedDictionary<(Symbol, PositionSide), (long LastTradeId, Money Funding)> _agreed = [];
    private readonly Money _deposit;
    private string? _broken;
    private bool _compared;

    /// <param name="patience">How long a book may lack a trade that the venue has: a fill on its way, stored and announced.</param>
    /// <param name="deposit">What the account began with.</param>
    public LedgerSensor(SensorContext context, TimeSpan patience, Money deposit, IClusterPort cluster, InvariantLedger invariants)
        : base(LayerId.LedgerIntegrity, context)
    {
        (_cluster, _invariants, _patience, _deposit) = (cluster, invariants, patience, deposit);
        Command<BookProtocol.Booked>(booked => _books[booked.Book.Symbol] = booked.Book);
        Command<VenueEvent.Account>(account => Compare(account.View));
    }

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Topics.Bookings, Self);
        _cluster.Subscribe(Topics.Account, Self);
    }

    protected override LedgerState Capture() => new(
        [.. _books.Values], [.. _behind.Select(b => new LegBehind(b.Key.Item1, b.Key.Item2, b.Value))],
        [.. _agreed.Select(a => new LegAgreed(a.Key.Item1, a.Key.Item2, a.Value.LastTradeId, a.Value.Funding))], _compared, _broken);

    protected override void Restore(LedgerState snapshot)
    {
        foreach (var book in snapshot.Books) _books[book.Symbol] = book;
        foreach (var leg in snapshot.Behind) _behind[(leg.Symbol, leg.Leg)] = leg.Since;
        foreach (var leg in snapshot.Agreed) _agreed[(leg.Symbol, leg.Leg)] = (leg.LastTradeId, leg.Funding);
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
        foreach (var position in view.Positions)
        {
            // A symbol without a book here is not ours to judge: another node's, or an entity that was grounded.
            if (_books.TryGetValue(position.Symbol, out var book)) Compare(position, book[position.Leg]);
        }

        if (_compared && _broken is null) return;
        _compared = true;
        Report();
    }

    private void Compare(VenuePosition venue, PositionBook book)
    {
        var key = (venue.Symbol, venue.Leg);
        if (_agreed.TryGetValue(key, out var agreed) && agreed == (venue.LastTradeId, venue.Funding) && book.LastTradeId == venue.LastTradeId) return;
        if (book.LastTradeId < venue.LastTradeId)
        {
            if (!_behind.TryAdd(key, Now) && Now - _behind[key] > _patience)
                Violate($"{venue.Symbol} {venue.Leg}: the book ends at trade {book.LastTradeId}, the venue at {venue.LastTradeId}, for {Now - _behind[key]}; a fill was lost.");
            return;
        }

        if (book.LastTradeId > venue.LastTradeId) return; // The view is older than the book: nothing to compare yet.
        var tradesAgree = book.Quantity == venue.Quantity && book.Cost == venue.EntryCost && book.Realised == venue.RealisedPnl && book.Fees == venue.Fees;
        if (!_invariants.Check(Invariant.BookEqualsVenue, tradesAgree, () => Difference(venue, book))) Break(Difference(venue, book));
        // Funding carries no trade id: its way into the book is as long as a fill's.
        else if (book.Funding == venue.Funding)
        {
            _behind.Remove(key);
            _agreed[key] = (venue.LastTradeId, venue.Funding);
        }
        else if (!_behind.TryAdd(key, Now) && Now - _behind[key] > _patience) Violate(Difference(venue, book));
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
