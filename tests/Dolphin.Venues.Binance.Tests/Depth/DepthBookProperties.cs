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

    private enum Lie { Far, Follows, FarThatFollows, Past }

    private sealed record Twist(Lie Lie, int At, bool Replaces, long Beyond, int SnapshotDelay);

    private static readonly Gen<Twist> Twists =
        from lie in Gen.Elements(Enum.GetValues<Lie>())
        from at in Gen.Choose(0, 30)
        from replaces in Gen.Elements(true, false)
        from power in Gen.Choose(4, 18)
        from delay in Gen.Choose(0, 5)
        select new Twist(lie, at, replaces, (long)Math.Pow(10, power), delay);

    [Theory(DisplayName = "One diff whose ids are none, wherever it comes: its book is the venue's whenever it is valid, and is valid again after at most so many diffs and a snapshot")]
    [InlineData(true)]
    [InlineData(false)]
    public void One_lie(bool isSpot)
    {
        var (broke, frozen) = (0, 0);
        Prop.ForAll((from twist in Twists from steps in Steps.ArrayOf(80) select (twist, steps)).ToArbitrary(), drawn =>
        {
            var (twist, steps) = drawn;
            var venue = new Venue(isSpot);
            var book = new DepthBook(new SymbolGrid(new(0), new(0)));
            (int Due, (long Id, Level[] Bids, Level[] Asks) Book)? asked = null;
            var invalidSince = 0; // Diffs since the lie for which it was not valid, to the last of them.
            var last = 100L;
            for (var i = 0; i < steps.Length; i++)
            {
                var before = last;
                var diff = venue.Move(steps[i]);
                last = diff.Ids.Last;
                var isLie = i == twist.At;
                if (isLie)
                {
                    // What it says of levels is right where it stands for a diff, and nothing where it is one too many: its ids are what is wrong.
                    var (bids, asks) = twist.Replaces ? (diff.Bids, diff.Asks) : ((Level[])[], (Level[])[]);
                    var from = twist.Replaces ? before : last;
                    var far = last + twist.Beyond;
                    if (!twist.Replaces) book.Take(diff.Ids, diff.Bids, diff.Asks, i);
                    book.Take(twist.Lie switch
                    {
                        Lie.Far => new DiffIds(far + 1, far + 9, isSpot ? null : far),
                        Lie.Follows => new DiffIds(from + 1, far, isSpot ? null : from),
                        Lie.FarThatFollows => new DiffIds(isSpot ? from + 1 : far, far + 9, isSpot ? null : from),
                        _ => new DiffIds(2, 3, isSpot ? null : 1),
                    }, bids, asks, i);
                }
                else
                {
                    book.Take(diff.Ids, diff.Bids, diff.Asks, i);
                }
                if (book.IsValid && !isLie) venue.BookAt(last).AssertAll(book.Levels); // The newest of all: a book that stands still is wrong, too.
                if (i > twist.At && !book.IsValid) invalidSince = i - twist.At;
                if (book.IsValid && book.LastId > last) frozen++;

                if (asked is { } answer && i >= answer.Due)
                {
                    book.Begin(answer.Book.Id, answer.Book.Bids, answer.Book.Asks, i);
                    asked = null;
                }
                else if (asked is null && book is { WantsSnapshot: true, Kept: > 0 }) asked = (i + twist.SnapshotDelay, venue.Snapshot(0));
            }
            if (invalidSince > 0) broke++;
            Assert.True(book.IsValid, $"{twist}: {book.State}, {book.Trouble}, {book.LastId} and not {last}");
            // One snapshot may have been asked for just before the book began again, and is of no use to it.
            Assert.InRange(invalidSince, 0, DepthChain.MostOlder + 2 * twist.SnapshotDelay + 4);
        }).Check(Draws.Same(300));
        Assert.True(broke > 150 && frozen > 30, $"broke {broke}, frozen {frozen}");
    }
}
