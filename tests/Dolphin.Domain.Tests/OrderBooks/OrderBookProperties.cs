using Dolphin.Domain.OrderBooks;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.OrderBooks;

/// <summary>The book beside the plain one it has to be equal to: two sorted dictionaries.</summary>
public sealed class OrderBookProperties
{
    private sealed record Update(bool IsBid, Level Level);

    // Few prices near a wandering middle, so that levels are set, changed and taken away again; now and then a price that is far away, at the
    // end of the number line, on the other side of the market, or a middle that jumps further than the directory reaches.
    private static readonly Gen<long> Middle = Gen.Frequency(
        (6, Gen.Constant(1_000_000L)), (3, Gen.Choose(900_000, 1_100_000).Select(t => (long)t)), (1, Gen.Choose(1, 2_000_000_000).Select(t => (long)t)));
    private static readonly Gen<long> Distance = Gen.Frequency(
        (6, Gen.Choose(0, 20).Select(t => (long)t)), (3, Gen.Choose(0, 3_000).Select(t => (long)t)), (2, Gen.Choose(150_000, 400_000).Select(t => (long)t)),
        (1, Gen.Elements(0L, Level.MostTicks, 1L << 30)), (1, Gen.Choose(-30, -1).Select(t => (long)t)));
    private static readonly Gen<Update> Calm = Updates(Gen.Constant(1_000_000L), Gen.Frequency(
        (8, Gen.Choose(0, 3).Select(t => (long)t)), (1, Gen.Choose(-2, -1).Select(t => (long)t)), (1, Gen.Constant(300_000L))));
    private static readonly Gen<Update> Wild = Updates(Middle, Distance);
    private static readonly Gen<Update[]> Sequences = Gen.Sized(size => Gen.OneOf(Calm.ArrayOf(size * 3), Wild.ArrayOf(size * 3)));

    private static Gen<Update> Updates(Gen<long> middles, Gen<long> distances) =>
        from middle in middles
        from distance in distances
        from isBid in Gen.Elements(true, false)
        from lots in Gen.Frequency((2, Gen.Constant(0L)), (3, Gen.Choose(1, 9).Select(l => (long)l)), (1, Gen.Constant(long.MaxValue)))
        select new Update(isBid, new Level(Math.Clamp(isBid ? middle - distance : middle + 1 + distance, 1, Level.MostTicks), lots));

    [Fact(DisplayName = "After every update of any sequence best levels, counts and order are those of two sorted dictionaries")]
    public void Equals_the_plain_book() => Prop.ForAll(Sequences.ToArbitrary(), updates =>
    {
        var (book, plain) = (new OrderBook(), new PlainBook());
        foreach (var update in updates)
        {
            Apply(book, update);
            plain.Set(update.IsBid, update.Level);
            plain.AssertBest(book);
        }
        plain.AssertAll(book);
    }).Check(Draws.Same(80));

    [Fact(DisplayName = "The sequences drawn cross the book, empty a side, reach the far list and move the directory")]
    public void Draws_reach_what_matters()
    {
        var (crossed, emptied, far, moved) = (0, 0, 0, 0);
        Prop.ForAll(Sequences.ToArbitrary(), updates =>
        {
            var book = new OrderBook();
            var best = 0L;
            foreach (var update in updates)
            {
                var (had, hadBid) = (book.BidCount, book.HasBid);
                Apply(book, update);
                if (book.IsCrossed) crossed++;
                if (had > 0 && book.BidCount == 0) emptied++;
                if (book.HasBid && book.BestBid.Ticks - update.Level.Ticks > BookSide.Window && update is { IsBid: true, Level.Lots: > 0 }) far++;
                if (hadBid && book.HasBid && Math.Abs(book.BestBid.Ticks - best) > BookSide.Window) moved++;
                best = book.BestBid.Ticks;
            }
        }).Check(Draws.Same(400));
        Assert.True(crossed > 100 && emptied > 20 && far > 100 && moved > 100, $"crossed {crossed}, emptied {emptied}, far {far}, moved {moved}");
    }

    [Fact(DisplayName = "A book that was cleared is as good as a new one")]
    public void Clear() => Prop.ForAll(Sequences.ToArbitrary(), Sequences.ToArbitrary(), (before, after) =>
    {
        var (book, plain) = (new OrderBook(), new PlainBook());
        foreach (var update in before) Apply(book, update);
        book.Clear();
        Assert.False(book.HasBid || book.HasAsk);
        foreach (var update in after)
        {
            Apply(book, update);
            plain.Set(update.IsBid, update.Level);
        }
        plain.AssertAll(book);
    }).Check(Draws.Same(40));

    private static void Apply(OrderBook book, Update update)
    {
        ReadOnlySpan<Level> level = [update.Level];
        book.Apply(update.IsBid ? level : [], update.IsBid ? [] : level);
    }
}
