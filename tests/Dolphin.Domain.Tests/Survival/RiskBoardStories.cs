using Dolphin.Domain.Survival;
using static Dolphin.Domain.Tests.Survival.SurvivalRig;

namespace Dolphin.Domain.Tests.Survival;

public sealed class RiskBoardStories
{
    private static RiskBoard Board() => new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));

    private static RiskSnapshot Snapshot(long epoch, long sequence, double at = 0, double rTotal = 1.0) => new(
        epoch, sequence, At(at), rTotal, Posture.Apex, At(at), 6m, InvariantFailed: false, Tripped: null, Binding: null, []);

    [Fact(DisplayName = "Before anything is heard the board allows nothing, not even exits")]
    public void Empty() => Assert.Equal(RiskView.Silent(0, 0), Board().Read(At(0)));

    [Fact(DisplayName = "A snapshot of an older controller, an older one of the same, and a repeated one are ignored")]
    public void Ordering()
    {
        var board = Board();
        Assert.True(board.Publish(Snapshot(2, 5)));
        Assert.False(board.Publish(Snapshot(1, 900, at: 100)));
        Assert.False(board.Publish(Snapshot(2, 4)));
        Assert.False(board.Publish(Snapshot(2, 5)));
        Assert.True(board.Publish(Snapshot(2, 6)));
        Assert.True(board.Publish(Snapshot(3, 1)));
        Assert.Equal((3, 1), (board.Read(At(0)).Epoch, board.Read(At(0)).Sequence));
    }

    [Fact(DisplayName = "Silence past pulse and heartbeat limit is a failed L1: nothing allowed until the next snapshot")]
    public void Silence()
    {
        var board = Board();
        board.Publish(Snapshot(1, 1));
        Assert.Equal(1.0, board.Read(At(11)).RTotal);
        var silent = board.Read(At(11.001));
        Assert.Equal((0.0, Posture.Hibernate, 0m, false, false, false, 1L),
            (silent.RTotal, silent.Posture, silent.MaxLeverage, silent.EntriesAllowed, silent.TakerAllowed, silent.ExitsAllowed, silent.Sequence));
        board.Publish(Snapshot(1, 2, at: 12));
        Assert.True(board.Read(At(12)).TakerAllowed);
    }

    [Fact(DisplayName = "A snapshot of a clock that is ahead is as old as when it was heard: a fast clock buys no freshness")]
    public void Fast_clock()
    {
        var board = Board();
        board.Publish(Snapshot(1, 1, at: 120), At(0));
        Assert.Equal(1.0, board.Read(At(11)).RTotal);
        Assert.Equal(0.0, board.Read(At(11.001)).RTotal);
        board.Publish(Snapshot(1, 2, at: 5), At(12)); // One that was long on its way is as old as it says.
        Assert.Equal(0.0, board.Read(At(16.001)).RTotal);
    }

    [Fact(DisplayName = "Of snapshots published from many threads at once the newest stays")]
    public void Concurrent()
    {
        var board = Board();
        Parallel.For(1, 20_001, i => board.Publish(Snapshot(1 + i % 3, i)));
        Assert.Equal((3L, 20_000L), (board.Latest!.Epoch, board.Latest.Sequence));
    }

    [Fact(DisplayName = "Reading allocates nothing")]
    public void No_allocation()
    {
        var board = Board();
        board.Publish(Snapshot(1, 1));
        var sum = board.Read(At(1)).RTotal;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) sum += board.Read(SurvivalRig.Start.AddTicks(i)).RTotal;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1001.0, sum);
    }
}
