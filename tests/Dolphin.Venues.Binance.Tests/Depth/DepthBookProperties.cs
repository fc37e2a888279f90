using Dolphin.Domain.OrderBooks;
using Dolphin.Domain.Tests;
using Dolphin.Domain.Tests.OrderBooks;
using Dolphin.Venues.Binance.Depth;
using Dolphin.Venues.Binance.Streams;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Venues.Binance.Tests.Depth;

/// <summary>A venue whose stream drops, repeats and reorders, and whose snapshots come when they like.</summary>
public sealed class DepthBookProperties
{
    private enum Way { Arrives, Lost, Twice, Late, Snapshot, OldSnapshot }

    private sealed record Step(Way Way, int Width, bool IsBid, int Distance, int Lots);

    private static readonly Gen<Step> Steps =
        from way in Gen.Frequency(
            (20, Gen.Constant(Way.Arrives)), (1, Gen.Constant(Way.Lost)), (1, Gen.Constant(Way.Twice)), (1, Gen.Constant(Way.Late)), (3, Gen.Constant(Way.Snapshot)),
            (1, Gen.Constant(Way.OldSnapshot)))
        from width in Gen.Choose(1, 5)
        from isBid in Gen.Elements(true, false)
        from distance in Gen.Choose(1, 6)
        from lots in Gen.Choose(0, 3)
        select new Step(way, width, isBid, distance, lots);

    /// <summary>What the venue has sent so far, and its book after each update.</summary>
    private sealed class Venue(bool isSpot)
    {
        private readonly SortedDictionary<long, (bool IsBid, Level Level)> _updates = [];
        private long _last = 100;

        public (DiffIds Ids, Level[] Bids, Level[] Asks) Move(Step step)
        {
            var first = _last + (isSpot ? 1 : step.Distance); // On futures other symbols use up ids in between.
            var last = first + step.Width - 1;
            var level = new Level(step.IsBid ? 1_000 - step.Distance : 1_000 + step.Distance, step.Lots);
            var ids = new DiffIds(first, last, isSpot ? null : _last);
            _updates.Add(last, (step.IsBid, level));
            _last = last;
            return (ids, step.IsBid ? [level] : [], step.IsBid ? [] : [level]);
        }

        public PlainBook BookAt(long id)
        {
            var book = new PlainBook();
            foreach (var (at, update) in _updates)
                if (at <= id) book.Set(update.IsBid, update.Level);
            return book;
        }

        public (long Id, Level[] Bids, Level[] Asks) Snapshot(int updatesAgo)
        {
            var id = _updates.Keys.Reverse().Skip(updatesAgo).FirstOrDefault(100);
            var (bids, asks) = (new Dictionary<long, Level>(), new Dictionary<long, Level>());
            foreach (var (at, update) in _updates)
                if (at <= id) (update.IsBid ? bids : asks)[update.Level.Ticks] = update.Level;
            return (id, [.. bids.Values.Where(l => l.Lots > 0)], [.. asks.Values.Where(l => l.Lots > 0)]);
        }
    }

    [Theory(DisplayName = "Whatever is lost, repeated or late: a valid book is the venue's book at its update id, and a book that waits becomes valid with a fresh snapshot")]
    [InlineData(true)]
    [InlineData(false)]
    public void A_valid_book_is_the_venues(bool isSpot)
    {
        var (valid, broken, bridged) = (0, 0, 0);
        Prop.ForAll(Gen.Sized(size => Steps.ArrayOf(size)).ToArbitrary(), steps =>
        {
            var venue = new Venue(isSpot);
            var book = new DepthBook(new SymbolGrid(new(0), new(0)));
            (DiffIds Ids, Level[] Bids, Level[] Asks)? late = null;
            var now = 0L;
            foreach (var step in steps)
            {
                var wasValid = book.IsValid;
                if (step.Way is Way.Snapshot or Way.OldSnapshot)
                {
                    var (id, bids, asks) = venue.Snapshot(step.Way == Way.OldSnapshot ? step.Distance * 2 : step.Width - 1);
                    book.Begin(id, bids, asks, ++now);
                }
                else
                {
                    var diff = venue.Move(step);
                    if (step.Way == Way.Late) late = diff;
                    else if (step.Way != Way.Lost) book.Take(diff.Ids, diff.Bids, diff.Asks, ++now);
                    if (step.Way == Way.Twice) book.Take(diff.Ids, diff.Bids, diff.Asks, ++now);
                    if (step.Way == Way.Arrives && late is { } straggler)
                    {
                        book.Take(straggler.Ids, straggler.Bids, straggler.Asks, ++now);
                        late = null;
                    }
                }
                if (book.IsValid)
                {
                    valid++;
                    venue.BookAt(book.LastId).AssertAll(book.Levels);
                }
                if (wasValid && !book.IsValid) broken++;
                if (!wasValid && book.IsValid) bridged++;
            }
            // Two more diffs arrive around a snapshot that is up to date: whatever went before, the book is whole.
            var (a, b) = (venue.Move(new(Way.Arrives, 2, true, 3, 1)), new Step(Way.Arrives, 2, false, 3, 1));
            book.Take(a.Ids, a.Bids, a.Asks, ++now);
            var (fresh, freshBids, freshAsks) = venue.Snapshot(0);
            book.Begin(fresh, freshBids, freshAsks, ++now);
            var next = venue.Move(b);
            book.Take(next.Ids, next.Bids, next.Asks, ++now);
            Assert.True(book.IsValid);
            venue.BookAt(book.LastId).AssertAll(book.Levels);
        }).Check(Draws.Same(80));
        Assert.True(valid > 500 && broken > 25 && bridged > 50, $"valid {valid}, broken {broken}, bridged {bridged}");
    }
}
