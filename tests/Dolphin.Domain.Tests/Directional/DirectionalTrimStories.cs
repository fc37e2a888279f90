using Dolphin.Domain.Directional;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Domain.Tests.Hedging;
using Dolphin.Domain.Tests.TwoLegs;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Tests.Directional;

public sealed class DirectionalTrimStories
{
    [Fact(DisplayName = "Asked for less it goes there at once, as near as the venue takes lots; the plan stays, and the same id again does nothing")]
    public void AtOnce()
    {
        var run = DirectionalRun.Holding();
        var plan = run.State.Plan;
        var asked = Assert.IsType<DirectionalEvent.TrimAsked>(Assert.Single(run.Trim(4.0004m, id: 1).Events));
        Assert.Equal((4.001m, 0.0006m, false), (asked.Targets.To.Long.Base, asked.TooSmall.Long.Base, asked.Waited));
        Assert.Equal((4.001m, plan, false), (run.Legs.Long, run.State.Plan, run.State.Trims!.HasWork));
        var again = run.Trim(1m, id: 1);
        Assert.Equal((0, null), (again.Events.Length, again.Refusal));
        Assert.Empty(run.At(100m));
        Assert.Equal(CloseCause.StopLoss, run.At(97m).OfType<DirectionalEvent.CloseOrdered>().Single().Cause);
    }

    [Fact(DisplayName = "A wish that is met already asks for no order, but its id is remembered: a late copy does not touch the next position")]
    public void Met()
    {
        var run = DirectionalRun.Holding();
        Assert.Null(Assert.IsType<DirectionalEvent.TrimAsked>(Assert.Single(run.Trim(10m, id: 1).Events)).Orders);
        run.Trim(0m, id: 2);
        Assert.Equal((CloseCause.None, 1, 0m), (run.All<DirectionalEvent.PositionEnded>().Single().Cause, run.State.Ended.Nobody, run.Legs.Long));
        run.Signal(PositionSide.Long);
        run.At(100m);
        run.Trim(0m, id: 2);
        Assert.Equal(10m, run.Legs.Long);
    }

    [Fact(DisplayName = "While an order is open the newest wish waits, is begun at the look after it, and lapses in time")]
    public void Waits()
    {
        var run = DirectionalRun.Started();
        run.HoldOrders = true;
        run.Signal(PositionSide.Long);
        var opened = run.At(100m).OfType<DirectionalEvent.Opened>().Single();
        Assert.Equal("directional.decision-under-way", run.Trim(3m, id: 1).Refusal?.Code);
        run.Trim(6m, id: 2);
        run.HoldOrders = false;
        run.Execute(opened.Targets);
        Assert.True(Assert.IsType<DirectionalEvent.TrimAsked>(Assert.Single(run.At(100m))).Waited);
        Assert.Equal(6m, run.Legs.Long);

        run.HoldOrders = true;
        run.Trim(5m, id: 3);
        run.Trim(4m, id: 4, seconds: 30);
        run.HoldOrders = false;
        run.Execute(run.State.Pending!.Targets);
        Assert.Equal("directional.trim-lapsed", Assert.IsType<DirectionalEvent.TrimEnded>(Assert.Single(run.At(100m))).Code);
    }

    [Fact(DisplayName = "What the venue did not fill is asked for again at the next look, with the goal of the first time")]
    public void Again()
    {
        var run = DirectionalRun.Holding();
        run.Venue.Answers = _ => new Answer(0.5m, 1);
        run.Trim(4m, id: 1);
        Assert.Equal(7m, run.Legs.Long);
        run.Venue.Answers = _ => Answer.Full;
        run.At(100m);
        Assert.Equal((4m, false), (run.Legs.Long, run.State.Trims!.HasWork));
    }

    [Fact(DisplayName = "A stop goes before a wish that waits, and the wish ends with the position")]
    public void StopFirst()
    {
        var run = DirectionalRun.Holding();
        run.Venue.Answers = _ => Answer.Refusal;
        run.Trim(5m, id: 1);
        run.Venue.Answers = _ => Answer.Full;
        Assert.IsType<DirectionalEvent.CloseOrdered>(Assert.Single(run.At(97m)));
        Assert.Equal((DirectionalStage.Flat, false), (run.State.Stage, run.State.Trims!.HasWork));
        run.Signal(PositionSide.Long);
        run.At(100m, 100m);
        Assert.Equal(10m, run.Legs.Long);
    }

    [Fact(DisplayName = "Nothing to trim, a wish that is none, and a posture that allows no exit are refused")]
    public void Refused()
    {
        Assert.Equal("directional.nothing-to-trim", DirectionalRun.Started().Trim(1m).Refusal?.Code);
        var run = DirectionalRun.Holding();
        Assert.Equal("directional.bad-trim", run.Trim(-1m).Refusal?.Code);
        Assert.Equal("directional.exits-not-allowed", run.Trim(1m, exitsAllowed: false).Refusal?.Code);
        Assert.Equal((10m, Posture.Apex), (run.Legs.Long, run.Posture));
    }
}
