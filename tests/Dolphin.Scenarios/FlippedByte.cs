using Dolphin.Actors.Books;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Hedging;
using Dolphin.Actors.Strategies;
using Dolphin.Domain.Books;
using Dolphin.Domain.Market;
using Dolphin.Scenarios.Stage;

namespace Dolphin.Scenarios;

/// <summary>One byte of a journal is not what was written.</summary>
public sealed class FlippedByte
{
    private const ulong Seed = 41;
    private const int Bars = 240, Stop = 33;
    private static readonly Symbol Struck = new("CCCUSDT");
    private static readonly Symbol[] Others = [new("AAAUSDT"), new("BBBUSDT")];

    [Theory(DisplayName = "In a strategy's row, before the checkpoint or after it: that strategy halts and says which row, everything else goes on and finishes")]
    [InlineData(3)]
    [InlineData(0)]
    public void Strategy(long sequenceNr) => Damage(StrategyIds.PersistenceIdOf($"hedge-{Struck}"), sequenceNr);

    [Theory(DisplayName = "In a book's row, before the checkpoint or after it: that book halts and says which row, everything else goes on and finishes")]
    [InlineData(2)]
    [InlineData(0)]
    public void Book(long sequenceNr) => Damage(PositionBookActor.IdOf(Struck), sequenceNr);

    // A row of 0 is the newest.
    private static void Damage(string entity, long sequenceNr)
    {
        using ReplayFolder whole = new(), damaged = new();
        var unharmed = ReplayFolder.Live(Plans.Replay(whole.Path, Seed, Bars, checkpointEvery: 60));
        var atStop = StopHalfway(damaged);
        var newest = atStop.States.Single(s => string.Equals(s.PersistenceId, entity, StringComparison.Ordinal)).SequenceNumber;
        var row = JournalDamage.FlipOneByte(damaged.NodeJournal, entity, sequenceNr == 0 ? newest : sequenceNr);

        var end = ReplayFolder.Live(Plans.Replay(damaged.Path, Seed, Bars, checkpointEvery: 60));

        Assert.True(end.Finished, $"seed {Seed}: the run did not finish.");
        var halted = Assert.Single(end.Report.Halted, h => string.Equals(h.Entity, entity, StringComparison.Ordinal));
        Assert.Contains(damaged.NodeJournal, halted.Reason, StringComparison.Ordinal);
        Assert.Contains($"row {row} ", halted.Reason, StringComparison.Ordinal);
        Assert.All(end.Report.Halted, h => Assert.Contains(Struck.Name, h.Entity, StringComparison.Ordinal));
        Assert.True(end.Violations.Count == 0, $"seed {Seed}: {string.Join("; ", end.Violations)}");
        var lastBar = Plans.Start.AddMinutes(Bars - 1).ToUnixTimeMilliseconds();
        foreach (var symbol in Others)
        {
            var strategy = end.States.Single(s => string.Equals(s.PersistenceId, StrategyIds.PersistenceIdOf($"hedge-{symbol}"), StringComparison.Ordinal));
            Assert.Equal(lastBar, ((StrategySnapshot)strategy.State).Monitor.LastOpenTimeMs);
        }

        Assert.True(Fills(end) > Fills(atStop), $"seed {Seed}: nobody traded any more when {entity} halted, {Fills(atStop)} fills before and {Fills(end)} after.");
        Assert.True(Fills(unharmed) > Fills(atStop), $"seed {Seed}: the story needs a market in which the others go on trading.");
        // What the halted one had under way stays on the desk: nobody is left to store its end.
        var open = end.States.Select(s => s.State).OfType<OrderDeskState>().Single().Open;
        Assert.All(open, o => Assert.Equal(Struck, o.Order.Symbol));
    }

    [Fact(DisplayName = "In the venue's journal: the venue halts and says which row; nothing more is traded, and nothing is made up")]
    public void Venue()
    {
        using var damaged = new ReplayFolder();
        var atStop = StopHalfway(damaged);
        var row = JournalDamage.FlipOneByte(damaged.VenueJournal, "paper-venue", 5);

        var end = ReplayFolder.Live(Plans.Replay(damaged.Path, Seed, Bars, checkpointEvery: 60));

        Assert.True(end.Finished, $"seed {Seed}: the run did not finish.");
        var halted = Assert.Single(end.Report.Halted, h => string.Equals(h.Entity, "paper-venue", StringComparison.Ordinal));
        Assert.Contains(damaged.VenueJournal, halted.Reason, StringComparison.Ordinal);
        Assert.Contains($"row {row} ", halted.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(end.States, s => string.Equals(s.PersistenceId, "paper-venue", StringComparison.Ordinal));
        foreach (var symbol in Others)
        {
            var (before, after) = (BookOf(atStop, symbol), BookOf(end, symbol));
            Assert.True(after.Long.FillCount <= before.Long.FillCount && after.Short.FillCount <= before.Short.FillCount, $"seed {Seed}: {symbol} was filled by nobody.");
        }
    }

    private static RunEnd StopHalfway(ReplayFolder folder)
    {
        using var stop = new CancellationTokenSource();
        var market = new WatchedMarket(Plans.Market(Seed), slice =>
        {
            if (slice == Stop) stop.Cancel();
        });
        return ReplayFolder.Live(Plans.Replay(folder.Path, Seed, Bars, market: market, checkpointEvery: 60), stop.Token);
    }

    private static long Fills(RunEnd end) => Others.Sum(symbol => BookOf(end, symbol).FillCount);

    private static HedgedBook BookOf(RunEnd end, Symbol symbol) => end.States.Select(s => s.State).OfType<HedgedBook>().Single(b => b.Symbol == symbol);
}
