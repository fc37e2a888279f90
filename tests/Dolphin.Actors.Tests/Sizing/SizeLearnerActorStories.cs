using Dolphin.Actors.Cluster;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Sizing;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.SizeLearning;
using static Dolphin.Actors.Tests.Sizing.Learners;

namespace Dolphin.Actors.Tests.Sizing;

/// <summary>The size learner of a node: what it stores, what it says, and what it still knows after a crash.</summary>
public sealed class SizeLearnerActorStories : ActorStage
{
    private readonly TestProbe _strategy, _listener;
    private IActorRef _learner = ActorRefs.Nobody;
    private int _lives;

    public SizeLearnerActorStories()
    {
        (_strategy, _listener) = (CreateTestProbe("strategy"), CreateTestProbe("listener"));
        Cluster.Subscribe(Topics.Sizing, _listener.Ref);
        Live();
    }

    private void Live()
    {
        Sys.Stop(_learner);
        Settle();
        var (cluster, run) = (Cluster, Board);
        _learner = Sys.ActorOf(Props.Create(() => new SizeLearnerActor(Learning, cluster, run)), $"size-learner-{++_lives}");
        Settle();
    }

    private List<SizeEvent> Stored => [.. Journal.EventsOf(SizeLearnerActor.Id).OfType<SizeEvent>()];
    private SizeLearnerState Said => Heard<SizingProtocol.Learned>(_listener)[^1].State;

    private List<SizingProtocol.Taken> Tell(params IEnumerable<SizeInput> inputs)
    {
        foreach (var input in inputs) _strategy.Send(_learner, input);
        return Heard<SizingProtocol.Taken>(_strategy);
    }

    [Fact(DisplayName = "What it is told is stored before it says that it has it, and published after every change")]
    public void Learns()
    {
        Assert.Equal(SizeLearnerState.Initial, Said);
        Assert.Equal([new SizingProtocol.Taken(Episode(1), End: false)], Tell(new SizeInput.Open(Episode(1), SizeChoice.Constant, Clock)));
        Assert.Single(Said.Episodes.Open);
        Assert.Equal([new SizingProtocol.Taken(Episode(1), End: true)], Tell(new SizeInput.Close(Episode(1), new Money(-3m), new Money(1_000m), Clock)));
        Assert.Equal((1, 0), ((int)Said.Counts.Closed, Stored.Count(e => e is SizeEvent.TrustEarned)));
        Assert.Equal([typeof(SizeEvent.EpisodeOpened), typeof(SizeEvent.EpisodeClosed)], Stored.Select(e => e.GetType()));
    }

    [Theory(DisplayName = "After a crash its numbers are back to the bit, from its events alone and from a snapshot, and it says them at once")]
    [InlineData(false)]
    [InlineData(true)]
    public void Crash(bool withSnapshot)
    {
        Tell(Successes(35, Clock));
        if (withSnapshot)
        {
            _learner.Tell(DurableProtocol.TakeSnapshot.Now, ActorRefs.NoSender);
            Settle();
        }

        Tell(new SizeInput.Open(Episode(1), SizeChoice.Constant, Clock.AddHours(2)));
        var before = Said;
        Assert.True(before.Trusted && before.RegretOffered < Money.Zero);
        Live();
        Assert.Equal(before, Said);
        Assert.Equal(1.5m, SizeLearner.Choose(Learning, before, Episode(2), SizeContext.Unknown, 7).Used);
    }

    [Fact(DisplayName = "A whole history that is told again after a crash, however long, is counted once; everything is answered, so nobody tells it a third time")]
    public void Told_again()
    {
        List<SizeInput> history = [.. Successes(EpisodeBook.Remembered + 20, Clock)];
        Assert.Equal(history.Count, Tell(history).Count);
        var (events, state) = (Stored.Count, Said);
        Live();
        Heard<SizingProtocol.Learned>(_listener);
        Assert.Equal(history.Count, Tell(history).Count);
        Assert.Equal(events, Stored.Count);
        Live();
        Assert.Equal(state, Said);
    }

    [Fact(DisplayName = "What cannot be learned from is refused, answered and forgotten: an end of what was never opened, an absurd outcome, one position too many")]
    public void Refused()
    {
        Assert.Single(Tell(new SizeInput.Close(Episode(9), new Money(1m), new Money(10m), Clock)));
        Assert.Single(Tell(new SizeInput.Withdraw(Episode(9), Clock)));
        Assert.Equal(3, Tell(Enumerable.Range(1, 3).Select(i => new SizeInput.Open(Episode(i), SizeChoice.Constant, Clock))).Count);
        Assert.Single(Tell(new SizeInput.Close(Episode(1), new Money(1e20m), new Money(1m), Clock)));
        Assert.Equal(2, Stored.Count); // MaxOpen.
        Assert.Empty(Board.Halted);
    }

    [Fact(DisplayName = "A position that nobody closes is given up when its time is over, as bars go by")]
    public void Expires()
    {
        Tell(new SizeInput.Open(Episode(1), SizeChoice.Constant, Clock));
        Wait(TimeSpan.FromDays(30));
        Cluster.Publish(Topics.Slices, new MarketProtocol.SliceClosed(new MarketSlice((Clock - Minute).ToUnixTimeMilliseconds(), Minute, ReadOnlyMemory<SymbolBar>.Empty)));
        Settle();
        Assert.IsType<SizeEvent.EpisodeExpired>(Stored[^1]);
        Assert.Contains(Board.News, n => n.Source == SizeLearnerActor.Id);
    }
}
