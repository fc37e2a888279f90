using System.Buffers.Binary;
using Dolphin.Domain.Scan;

namespace Dolphin.Domain.Tests.Scan;

/// <summary>Rows of the scan that are kept elsewhere: who has which, what is asked of them, and who is waited for.</summary>
public sealed class ScanShardStories
{
    private const int Assets = 150;
    private static ScanPolicy Policy => ScanStage.PolicyOf(12, 30);

    /// <summary>A head without rows ends scans with nobody's help.</summary>
    private static void Scan(EigenScan head, double[][] rows, int from, Action<ScanStep>? tell = null)
    {
        for (var t = from; t < from + rows.Length; t++)
        {
            for (var i = 0; i < Assets; i++) head.Offer(i, rows[t - from][i], (t + 1) * ScanStage.IntervalMs);
            head.Begin((t + 1) * ScanStage.IntervalMs);
            tell?.Invoke(head.Step!);
            head.Follow();
            head.End();
        }
    }

    [Theory(DisplayName = "Rows are shared out without a gap, each shard a whole number of blocks and about as many pairs")]
    [InlineData(64, 1)]
    [InlineData(128, 2)]
    [InlineData(400, 4)]
    [InlineData(400, 6)]
    [InlineData(2000, 4)]
    [InlineData(4096, 64)]
    public void Split(int assets, int shards)
    {
        var ranges = RowRange.Split(assets, shards);
        Assert.Equal((shards, 0, assets), (ranges.Length, ranges[0].First, ranges[^1].End));
        for (var k = 1; k < shards; k++) Assert.Equal(ranges[k - 1].End, ranges[k].First);
        Assert.All(ranges, r => Assert.True(r.First % RowRange.BlockRows == 0 && r.Count > 0 && Enumerable.Range(0, r.Blocks).Sum(k => r.Block(k).Count) == r.Count));
        static long Pairs(RowRange r) => ((long)r.End * r.End - (long)r.First * r.First) / 2;
        // A cut is at most half a block away from where it should be, at both ends.
        Assert.All(ranges, r => Assert.InRange(Pairs(r), 0, (long)assets * assets / 2 / shards + (long)RowRange.BlockRows * assets));
    }

    [Fact(DisplayName = "Fewer than 64 assets a shard are not shared out")]
    public void Too_many() => Assert.Throws<ArgumentOutOfRangeException>(() => RowRange.Split(127, 2));

    [Fact(DisplayName = "The squares of all shards are those of the correlations, each pair once")]
    public void Squares()
    {
        var head = new EigenScan(Policy, Assets, 2);
        var shards = head.Shards.Select(rows => new ScanShard(Policy, Assets, rows)).ToArray();
        Scan(head, ScanStage.Closes(Assets, 40, 3), 0, step => Assert.All(shards, s => Assert.True(s.TryTake(step))));
        for (var w = 0; w < 2; w++)
        {
            var (window, said, expected) = (head.Windows[w], 0.0, 0.0);
            foreach (var shard in shards)
                for (var k = 0; k < shard.Rows.Blocks; k++) said += BinaryPrimitives.ReadDoubleLittleEndian(shard.Squares().AsSpan((w * shard.Rows.Blocks + k) * 8));
            for (var i = 0; i < Assets; i++)
                for (var j = 0; j < i; j++) expected += window.Correlation(i, j) * window.Correlation(i, j);
            Assert.Equal(expected, said / (window.Length * window.Length), 1e-6);
        }
    }

    [Fact(DisplayName = "A step that does not follow is not taken and changes nothing: one missed, one twice, one of another life of the scan with the same count")]
    public void Not_taken()
    {
        var rows = ScanStage.Closes(Assets, 60, 7);
        var (steps, head) = (new List<ScanStep>(), new EigenScan(Policy, Assets, 2));
        Scan(head, rows[..30], 0, steps.Add);
        var stored = head.Capture();
        Scan(head, rows[30..33], 30, steps.Add);
        var shard = new ScanShard(Policy, Assets, head.Shards[1]);
        Assert.False(shard.TryTake(steps[1]));
        Assert.All(steps, s => Assert.True(shard.TryTake(s)));
        Assert.False(shard.TryTake(steps[^1]));
        Assert.Equal((33, head.Mark), (shard.Count, shard.Mark));

        // The head went on from scan 30 with other closes, and nobody told the shard of the next three.
        var again = EigenScan.From(Policy, Assets, stored, 2)!;
        Scan(again, rows[40..43], 30);
        ScanStep? next = null;
        Scan(again, rows[43..44], 33, step => next = step);
        Assert.Equal(34, next!.Count);
        Assert.False(shard.TryTake(next));
        Assert.Equal((33, head.Mark), (shard.Count, shard.Mark));
        Assert.True(shard.TryRestore(again.CaptureHistory()));
        Assert.Equal((34, again.Mark), (shard.Count, shard.Mark));
    }

    [Fact(DisplayName = "A history of another universe or other windows, and a step of one, are not taken")]
    public void Other_universe()
    {
        var (shard, other) = (new ScanShard(Policy, Assets, new RowRange(64, 150)), new EigenScan(Policy, Assets - 1, 2));
        Assert.False(shard.TryRestore(other.CaptureHistory()));
        Assert.False(shard.TryRestore(new EigenScan(ScanStage.PolicyOf(12, 31), Assets, 2).CaptureHistory()));
        other.Begin(1);
        Assert.False(shard.TryTake(other.Step!));
        Assert.Equal(0, shard.Count);
    }

    [Fact(DisplayName = "An answer of the wrong length, and a part of it, are not taken: the head does those rows itself")]
    public void Wrong_length()
    {
        var (rows, head, one) = (ScanStage.Closes(Assets, 41, 5, market: 0.3), new EigenScan(Policy, Assets, 2), new EigenScan(Policy, Assets));
        ScanStage.Play(one, rows);
        one.Spectra(vectors: false);
        Scan(head, rows[..40], 0);
        for (var i = 0; i < Assets; i++) head.Offer(i, rows[40][i], 41 * ScanStage.IntervalMs);
        head.Begin(41 * ScanStage.IntervalMs);
        head.Follow();
        var (answers, before) = (new ShardAnswers(head.Shards, 2), head.RowsAfresh);
        Assert.False(answers.TakeSquares(0, new byte[8]));
        answers.TakePart(0, 0, new byte[8]);
        head.End(answers);
        head.Spectra(vectors: false);
        Assert.True(head.RowsAfresh > before);
        Assert.Equal(one.Windows[0].Eigenvalues.ToArray(), head.Windows[0].Eigenvalues.ToArray());
    }

    [Fact(DisplayName = "All are waited for; who lets patience pass is silent and not waited for; who then answers in time is back, who is late each time is not")]
    public void Roll()
    {
        var roll = ShardRoll.Of(3).Begin(1);
        Assert.False(roll.IsComplete);
        (roll, _) = roll.Answer(0, 1);
        (roll, _) = roll.Answer(1, 1);
        Assert.False(roll.IsComplete);
        (roll, var fell) = roll.Close();
        Assert.Equal([2], fell.AsEnumerable());
        Assert.True(roll.IsComplete);
        Assert.Equal(2, roll.Present);
        (roll, var isBack) = roll.Answer(2, 1); // After its patience.
        Assert.False(isBack);

        roll = roll.Begin(2);
        (roll, _) = roll.Answer(0, 2);
        (roll, _) = roll.Answer(1, 2);
        Assert.True(roll.IsComplete);
        (roll, isBack) = roll.Answer(2, 2); // Nobody waited, and it was in time.
        Assert.True(isBack);
        (roll, isBack) = roll.Answer(2, 2);
        Assert.False(isBack);
        Assert.Empty(roll.Close().Fell);

        roll = roll.Begin(3);
        Assert.False(roll.IsComplete);
        (roll, isBack) = roll.Answer(2, 2); // Of the scan before.
        Assert.Equal((false, 0), (isBack, roll.Present));
    }
}
