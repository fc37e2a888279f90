using Dolphin.Actors.Cluster;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;
using Dolphin.Actors.Sensors;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Esoteric;
using Dolphin.Domain.Survival;
using Dolphin.Venues;

namespace Dolphin.Actors.Tests.Sensors;

/// <summary>What L8's sensor says of the sky, and what it adds up.</summary>
public sealed class EsofSensorStories : ActorStage
{
    private readonly TestProbe _controller;

    public EsofSensorStories() => _controller = CreateTestProbe("controller");

    private IActorRef Start(bool acts, string name = "esof")
    {
        var (context, cluster, board) = (new SensorContext(_controller.Ref, Minute), Cluster, Board);
        var plan = new EsofPlan(acts, new ConfidenceResponse(0.9, 0.1, 11_182, EsotericReading.MostShaved), Minute + TimeSpan.FromSeconds(10));
        var sensor = Sys.ActorOf(Props.Create(() => new EsofSensor(context, plan, cluster, board)), name);
        Settle();
        return sensor;
    }

    private void Account(decimal equity)
    {
        Cluster.Publish(Topics.Account, new VenueEvent.Account(new AccountView(null, new Money(equity), Money.Zero, Money.Zero, Money.Zero, []), Clock));
        Settle();
    }

    [Fact(DisplayName = "L8: on every pulse the sky's confidence is told, which costs two percent at most")]
    public void Acts()
    {
        Start(acts: true);
        Wait(Minute * 3);
        var reports = Heard<LayerReport>(_controller);
        Assert.Equal(3, reports.Count);
        Assert.All(reports, r => Assert.Equal(
            (LayerId.EsofService, EsotericReading.Of(r.At).Confidence), (r.Layer, ((LayerReading.Confidence)r.Reading).Value)));
        Assert.All(reports, r => Assert.InRange(((LayerReading.Confidence)r.Reading).Value, 0.8, 1));
        Assert.True(Board.Esof!.Did!.Acts);
    }

    [Fact(DisplayName = "Who only watches tells the controller nothing, and adds up what sizes would have been")]
    public void Watches()
    {
        var sensor = Start(acts: false);
        for (var i = 0; i < 60; i++)
        {
            Assess(Posture.Apex, rTotal: 0.5);
            Wait(Minute);
        }

        Assert.Empty(Heard<LayerReport>(_controller));
        var (did, factor) = (Board.Esof!.Did!, EsotericReading.Of(Clock).Factor());
        Assert.InRange(factor, 0.98, 0.9999);
        Assert.Equal((factor, 0.5, 0.5 * factor), (did.MeanFactor!.Value, did.MeanWithout!.Value, did.MeanWith!.Value), Near);
        Assert.Contains("would have made sizes", Board.Esof.ToText(), StringComparison.Ordinal);

        sensor.Tell(DurableProtocol.TakeSnapshot.Now);
        Settle();
        Sys.Stop(sensor);
        Settle();
        Board.Esof = null;
        Start(acts: false, "again");
        Wait(Minute);
        Assert.Equal(did.MeanFactor!.Value, Board.Esof!.Did!.MeanFactor!.Value, 3);
        Assert.Equal(did.Since, Board.Esof.Did!.Since);
    }

    [Fact(DisplayName = "Where it acts, the product of the other layers is what sizes would have been without it")]
    public void With_and_without()
    {
        Start(acts: true);
        var factor = 0.985;
        for (var i = 0; i <= 10; i++)
        {
            var layer = new LayerEntry(LayerId.EsofService, LayerCategory.Environmental, LayerStatus.Reporting, null, Clock, ["confidence"], default, default, 0, factor, factor, Clock, false, false);
            Cluster.Publish(Topics.Risk, new RiskSnapshot(3, i + 1, Clock, 0.8 * factor, Posture.Stalker, Clock, 2m, false, null, null, [layer]));
            Wait(Minute);
        }

        var did = Board.Esof!.Did!;
        Assert.Equal((0.985, 0.8, 0.788), (did.MeanFactor!.Value, did.MeanWithout!.Value, did.MeanWith!.Value), Near);
    }

    [Fact(DisplayName = "In money: a day's loss would have been smaller by what the f took, and a day's profit too")]
    public void Money_by_day()
    {
        Start(acts: false);
        Account(10_000m);
        var factor = EsotericReading.Of(Clock).Factor();
        Wait(TimeSpan.FromHours(20));
        Account(9_000m);
        Wait(TimeSpan.FromHours(5));
        Account(9_000m);
        Wait(Minute);
        var did = Board.Esof!.Did!;
        Assert.Equal(1_000 * (1 - factor), (double)did.LossSpared.Quote, 2);
        Assert.Equal((1, 0m), (did.Days, did.ProfitGivenUp.Quote)); // Of the second nothing has come yet.
    }

    private static EqualityComparer<(double, double, double)> Near { get; } = EqualityComparer<(double, double, double)>.Create(
        (a, b) => Math.Abs(a.Item1 - b.Item1) < 1e-3 && Math.Abs(a.Item2 - b.Item2) < 1e-9 && Math.Abs(a.Item3 - b.Item3) < 1e-3);
}
