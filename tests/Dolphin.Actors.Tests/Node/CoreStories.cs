using Dolphin.Actors.Node;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;
using Dolphin.Venues;

namespace Dolphin.Actors.Tests.Node;

/// <summary>What a node shows when one of the actors that it is made of stays down.</summary>
public sealed class CoreStories : NodeStage
{
    /// <summary>One failure more than the parent takes in a minute.</summary>
    private void Fell(string path, int failures)
    {
        var actor = Child(path);
        for (var i = 0; i < failures; i++)
        {
            actor.Tell(Kill.Instance, ActorRefs.NoSender);
            Settle();
        }
    }

    [Theory(DisplayName = "Whatever of the core stays down is on the board with the failure's message, as news, and in the log")]
    [InlineData("risk-listener", "risk-listener", "failed invariant")]
    [InlineData("survival", "survival", "failed invariant")]
    [InlineData("sensors", "sensors", "Every layer is silent")]
    [InlineData("execution", "execution", "No order leaves")]
    [InlineData("feed", "feed", "sees another bar")]
    [InlineData("asset-0000", "asset-BTCUSDT", "down with it")]
    public void Is_seen(string path, string entity, string consequence)
    {
        Fly();
        EventFilter.Error(contains: $"{entity} stays down").ExpectOne(() => Fell(path, 4));
        var halted = Assert.Single(Board.Halted);
        Assert.Equal((entity, Clock), (halted.Entity, halted.Since));
        Assert.Contains("Kill", halted.Reason, StringComparison.Ordinal);
        Assert.Contains(consequence, halted.Reason, StringComparison.Ordinal);
        Assert.Contains(Board.News, n => n.Source == entity);
    }

    [Fact(DisplayName = "Three failures are restarts, and nobody is alarmed")]
    public void Restarts_are_not_news()
    {
        Fly();
        Fell("execution", 3);
        Assert.Empty(Board.Halted);
    }

    [Fact(DisplayName = "Of a node that leaves nothing has failed: what stops is neither on the board nor news")]
    public void Leaving()
    {
        Fly();
        Node.Tell(NodeProtocol.Leaving.Now, ActorRefs.NoSender);
        foreach (var path in (string[])["survival", "execution", "sensors", "feed", "asset-0000"]) Child(path).Tell(PoisonPill.Instance, ActorRefs.NoSender);
        Settle();
        Assert.Empty(Board.Halted);
        Assert.DoesNotContain(Board.News, n => n.Kind == NotableKind.Fault);
    }

    [Fact(DisplayName = "A sensor that stays down is on the board under its layer's name; one more failure than ten in a minute keeps it down")]
    public void Sensor_is_seen()
    {
        Fly();
        Fell("sensors/heartbeat", 10);
        Assert.Empty(Board.Halted);
        Fell("sensors/heartbeat", 1);
        var halted = Assert.Single(Board.Halted);
        Assert.Equal("sensor-L4_ALGO_HEARTBEAT", halted.Entity);
        Assert.Contains("Kill", halted.Reason, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "An actor whose journal fails stops itself without a failure to its parent, and is seen all the same")]
    public void Journal_failure_is_seen()
    {
        Fly();
        Journal.Faults = operation => operation is JournalOperation.Write { PersistenceId: "survival" } ? new JournalFault.Fail("disk full") : null;
        Wait(Minute * 3); // No bar: R_total falls, which has to be recorded.
        var halted = Assert.Single(Board.Halted);
        Assert.Equal("survival", halted.Entity);
        Assert.Contains("stopped itself", halted.Reason, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Without its controller a node counts L1 as 0 one heartbeat limit after the pulse that did not come")]
    public void Controller_is_missed()
    {
        Fly();
        Fell("survival", 4);
        Wait(Minute);
        Assert.False(Risk.Read(Clock).InvariantFailed);
        Wait(TimeSpan.FromSeconds(10.001));
        var view = Risk.Read(Clock);
        Assert.Equal((0.0, Posture.Hibernate, true), (view.RTotal, view.Posture, view.InvariantFailed));
    }

    [Fact(DisplayName = "Without its controller a node has every open order cancelled at the venue when the heartbeat limit is over, once")]
    public void Controller_is_missed_by_execution()
    {
        Fly();
        var before = Venue.Of<VenueCommand.CancelAll>().Count();
        Fell("survival", 4);
        Wait(Minute + TimeSpan.FromSeconds(10));
        Assert.Equal(before, Venue.Of<VenueCommand.CancelAll>().Count());
        Wait(TimeSpan.FromSeconds(1));
        Assert.Equal(before + 1, Venue.Of<VenueCommand.CancelAll>().Count());
        Wait(TimeSpan.FromHours(1));
        Assert.Equal(before + 1, Venue.Of<VenueCommand.CancelAll>().Count());
    }
}
