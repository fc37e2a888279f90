using Dolphin.Actors.Node;
using Dolphin.Backtest.Replay;
using Dolphin.Backtest.Tests.Stage;
using Dolphin.Domain.Reporting;
using static Dolphin.Actors.Node.OperatorProtocol;

namespace Dolphin.Backtest.Tests.Replay;

/// <summary>One run, however it was driven.</summary>
public sealed class ReplayStories
{
    private const int Slices = 300;

    private static void AssertSame(Life expected, Life came)
    {
        Assert.True(came.Finished, "The run did not finish.");
        Assert.Equal(0, came.FactsOutstanding);
        Assert.Equal(expected.Hash, came.Hash);
        Assert.Equal(expected.Report.Postures.AsEnumerable(), came.Report.Postures);
        Assert.Equal(expected.Report.Invariants.AsEnumerable(), came.Report.Invariants);
        Assert.Equal((expected.Report.Bars, expected.Report.Orders, expected.Report.Fills, expected.Report.EventsPersisted),
            (came.Report.Bars, came.Report.Orders, came.Report.Fills, came.Report.EventsPersisted));
        Assert.True(came.Report.IsSound);
    }

    [Fact(DisplayName = "The pace changes when things are shown, never what happens: as fast as possible, or at 2,000,000 times real time, same hash")]
    public void Speeds_agree()
    {
        using RunFolder fast = new(), paced = new();
        var expected = fast.Live(Slices);
        Assert.True(expected.Report.Fills > 50, $"Only {expected.Report.Fills} fills; the story needs a market that trades.");
        AssertSame(expected, paced.Live(Slices, speed: 2_000_000));
    }

    [Fact(DisplayName = "A run that is stopped between two slices goes on from its last checkpoint and ends as one that was not")]
    public void Stop_and_go()
    {
        using RunFolder whole = new(), stopped = new();
        var expected = whole.Live(Slices);
        var first = stopped.Live(Slices, (_, slice) => slice == 177);
        Assert.False(first.Finished);
        Assert.Equal(2 * 177, first.Report.Bars);
        var second = stopped.Live(Slices);
        Assert.Equal(300, second.BarsAtStart); // The checkpoint after every 100 bars before the 354th.
        AssertSame(expected, second);
    }

    [Fact(DisplayName = "A finished run that is started again says the same and stores nothing more")]
    public void Finished_again()
    {
        using var folder = new RunFolder();
        var first = folder.Live(Slices);
        var again = folder.Live(Slices);
        Assert.Equal(2L * Slices, again.BarsAtStart);
        AssertSame(first, again);
        Assert.Equal(first.States.Select(s => (s.PersistenceId, s.SequenceNumber)), again.States.Select(s => (s.PersistenceId, s.SequenceNumber)));
        Assert.Equal(first.Report.Equity, again.Report.Equity);
        Assert.Equal(first.Report.Strategies.AsEnumerable(), again.Report.Strategies);
    }

    [Fact(DisplayName = "What an operator asks between two slices is stored with its time, and a run that went back to before it hears it again there")]
    public void Operator_is_heard_again()
    {
        using RunFolder alone = new(), whole = new(), stopped = new();
        var answers = new List<Task<ControlAnswer>>();
        bool AskAt177(ReplayRun run, int slice)
        {
            if (slice == 177) answers.Add(run.Operator.ExitAsync(Small.Strategy(0), "ada", CancellationToken.None));
            return false;
        }

        var unasked = alone.Live(Slices);
        var expected = whole.Live(Slices, AskAt177);
        Assert.NotEqual(unasked.Hash, expected.Hash);
        var first = stopped.Live(Slices, (run, slice) => AskAt177(run, slice) || slice == 190);
        Assert.False(first.Finished);
        var second = stopped.Live(Slices);
        Assert.True(second.BarsAtStart < 2 * 177, "The story needs a checkpoint from before the request.");
        AssertSame(expected, second);
        Assert.All(answers, answer => Assert.IsType<ControlAnswer.Done>(AnswerTo(answer)));
        Assert.Equal([new Asked(Verbs.Exit, Small.Strategy(0), "ada", Small.Start + 178 * Small.Bar)], stopped.Stored(OperatorActor.Id));
    }

    [Fact(DisplayName = "A request that nobody heard before the run ended is refused, not forgotten")]
    public void Unheard()
    {
        using var folder = new RunFolder();
        Task<ControlAnswer>? asked = null;
        folder.Live(Slices, (run, slice) =>
        {
            if (slice != 20) return false;
            asked = run.Operator.ExitAsync(Small.Strategy(0), "ada", CancellationToken.None);
            return true;
        });
        Assert.Equal("operator.run-over", Assert.IsType<ControlAnswer.Refused>(AnswerTo(asked!)).Refusal.Code);
        Assert.Empty(folder.Stored(OperatorActor.Id));
    }

    [Fact(DisplayName = "A checkpoint is made before the slice closes that follows each multiple of so many bars; a life begins at the newest")]
    public void Checkpoints()
    {
        using var folder = new RunFolder();
        (int Stop, long Next)[] lives = [(26, 0), (27, 52), (51, 52), (52, 102), (77, 102), (78, 154), (79, 154)];
        var expected = 0L;
        foreach (var (stop, next) in lives)
        {
            var life = folder.Live(Slices, (_, slice) => slice >= stop, checkpointEvery: 51);
            Assert.Equal((expected, 2L * stop), (life.BarsAtStart, life.Report.Bars));
            expected = next;
        }
    }

    private static ControlAnswer AnswerTo(Task<ControlAnswer> asked)
    {
        Assert.True(asked.IsCompletedSuccessfully, $"The request is {asked.Status}; expected an answer by now.");
        return asked.GetAwaiter().GetResult();
    }
}
