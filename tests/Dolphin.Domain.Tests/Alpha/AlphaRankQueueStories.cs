using System.Collections.Immutable;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.Market;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Alpha;

public sealed class AlphaRankQueueStories
{
    private static Symbol Asset(int i) => new($"A{i:000}USDT");
    private static ImmutableArray<Symbol> Assets(int count) => [.. Enumerable.Range(0, count).Select(Asset).Reverse()];

    private static Symbol[] Best(AlphaRankQueue queue, int count)
    {
        var best = new Symbol[count];
        return best[..queue.CopyBest(best)];
    }

    [Fact(DisplayName = "The best comes first, equals in order of symbol, and a new score moves an asset at once")]
    public void Live()
    {
        var queue = new AlphaRankQueue(Assets(3));
        Assert.Null(queue.Best);
        foreach (var i in new[] { 2, 0, 1 }) Assert.True(queue.Update(Asset(i), 0.5));
        Assert.Equal([Asset(0), Asset(1), Asset(2)], Best(queue, 3));
        queue.Update(Asset(2), 0.6);
        Assert.Equal([Asset(2), Asset(0)], Best(queue, 2));
        queue.Update(Asset(2), 0.1);
        Assert.Equal((Asset(0), 0.1), (queue.Best!.Value, queue.ScoreOf(Asset(2))!.Value));
    }

    [Fact(DisplayName = "A score that is no number takes the asset out, and an asset outside the universe is refused")]
    public void Out()
    {
        var queue = new AlphaRankQueue(Assets(2));
        queue.Update(Asset(0), 0.5);
        Assert.True(queue.Update(Asset(0), double.NaN));
        Assert.True(queue.Update(Asset(0), double.NaN));
        Assert.Equal((0, null), (queue.Count, queue.ScoreOf(Asset(0))));
        Assert.False(queue.Update(Asset(7), 0.9));
        Assert.Empty(Best(queue, 5));
    }

    [Fact(DisplayName = "A universe that is too large or names an asset twice is refused in words")]
    public void Universe()
    {
        Assert.Contains("came twice", Assert.Throws<ArgumentException>(() => new AlphaRankQueue([Asset(1), Asset(1)])).Message, StringComparison.Ordinal);
        Assert.Contains("at most 4096", Assert.Throws<ArgumentException>(() => new AlphaRankQueue(Assets(4097))).Message, StringComparison.Ordinal);
    }

    // Few scores, so that ties are common, zeros of both signs, and now and then none.
    private static readonly Gen<(int Asset, double Score)[]> Updates =
        (from asset in Gen.Choose(0, 24)
         from score in Gen.Frequency((1, Gen.Elements(double.NaN, double.NegativeInfinity, -0.0)), (9, Gen.Choose(0, 6).Select(i => i / 6.0)))
         select (asset, score)).ArrayOf();

    [Fact(DisplayName = "After every update the queue is the sorted list")]
    public void Oracle() => Prop.ForAll(Updates.ToArbitrary(), updates =>
    {
        var queue = new AlphaRankQueue(Assets(25));
        var scores = new Dictionary<Symbol, double>();
        return updates.All(u =>
        {
            queue.Update(Asset(u.Asset), u.Score);
            if (double.IsFinite(u.Score)) scores[Asset(u.Asset)] = u.Score;
            else scores.Remove(Asset(u.Asset));
            var sorted = scores.OrderByDescending(s => s.Value).ThenBy(s => s.Key).Select(s => s.Key).ToArray();
            return queue.Count == sorted.Length && Best(queue, 25).SequenceEqual(sorted) && Best(queue, 4).SequenceEqual(sorted.Take(4))
                && (sorted.Length == 0 ? queue.Best is null : queue.Best == sorted[0]);
        });
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(200));

    [Fact(DisplayName = "Four hundred updates and the list of all allocate nothing")]
    public void No_allocation()
    {
        var (queue, assets, best) = (new AlphaRankQueue(Assets(400)), Assets(400), new Symbol[400]);
        var written = 0;
        void Scan(int seed)
        {
            for (var i = 0; i < assets.Length; i++) queue.Update(assets[i], (i * 7919 + seed) % 1000 / 1000.0);
            written += queue.CopyBest(best);
        }
        Scan(1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var seed = 2; seed < 12; seed++) Scan(seed);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(4400, written);
    }
}
