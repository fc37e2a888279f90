using Dolphin.Domain.Survival;
using static Dolphin.Domain.Tests.Survival.SurvivalRig;

namespace Dolphin.Domain.Tests.Survival;

/// <summary>Capital's permanent damping: latched at 10 %, released by a new high, by a day at or under 5 %, or by an operator.</summary>
public sealed class LatchStories
{
    private static readonly SurvivalPolicy Minutes = PolicyOf(SurvivalSettings.Reference
        .Set("pulse", TimeSpan.FromMinutes(1)).Set("heartbeat-limit", TimeSpan.FromMinutes(5)).Set("climb-dwell", TimeSpan.FromMinutes(1)));

    private static SurvivalRig At12Percent() => new SurvivalRig(Minutes, LayerId.Quorum, LayerId.PortfolioDrawdown)
        .RunTo(600).Drawdown(0.12).Run(60);

    private static double F(double drawdown) => (1 + Math.Exp(-2.25)) / (1 + Math.Exp(15 * (drawdown - 0.15)));

    [Fact(DisplayName = "Above the latch a drawdown that is made good comes back by the slope, nobody asked")]
    public void Shallow()
    {
        var rig = new SurvivalRig(Minutes, LayerId.Quorum, LayerId.PortfolioDrawdown).RunTo(600).Drawdown(0.09).Run(60);
        Assert.Equal(F(0.09), rig.RTotal, 9);
        rig.Drawdown(0).Run(60);
        Assert.Equal(F(0.09), rig.RTotal, 9);
        rig.Run(60);
        Assert.Equal(F(0.09) + 0.06, rig.RTotal, 9);
    }

    [Fact(DisplayName = "From 10 % on it only falls: a bounce to 6 % for a week changes nothing")]
    public void Latched()
    {
        var rig = At12Percent();
        Assert.Equal(F(0.12), rig.RTotal, 9);
        Assert.True(rig.Layer(LayerId.PortfolioDrawdown).Latched);
        rig.Drawdown(0.06).Run(7 * 86_400);
        Assert.Equal(F(0.12), rig.RTotal, 9);
        rig.Drawdown(0.14).Run(60);
        Assert.Equal(F(0.14), rig.RTotal, 9);
    }

    [Fact(DisplayName = "A new equity high releases it at once, and the slope does the rest")]
    public void New_high()
    {
        var rig = At12Percent().Drawdown(0).Run(60);
        Assert.False(rig.Layer(LayerId.PortfolioDrawdown).Latched);
        rig.Run(1200);
        Assert.Equal(1.0, rig.RTotal);
    }

    [Fact(DisplayName = "A whole day at 5 % or less releases it; a day with one minute above starts again")]
    public void Calm_day()
    {
        var rig = At12Percent().Drawdown(0.04).Run(86_340);
        Assert.True(rig.Layer(LayerId.PortfolioDrawdown).Latched);
        rig.Drawdown(0.051).Run(60).Drawdown(0.04).Run(86_400);
        Assert.True(rig.Layer(LayerId.PortfolioDrawdown).Latched);
        rig.Run(120);
        Assert.False(rig.Layer(LayerId.PortfolioDrawdown).Latched);
        rig.Run(3600);
        Assert.Equal(F(0.04), rig.RTotal, 9);
    }

    [Fact(DisplayName = "Silence is no evidence of calm: a gap in the reports starts the day again")]
    public void Gap()
    {
        var rig = At12Percent().Drawdown(0.04).Run(80_000).Kill(LayerId.PortfolioDrawdown).Run(3600).Drawdown(0.04).Run(20_000);
        Assert.True(rig.Layer(LayerId.PortfolioDrawdown).Latched);
    }

    [Fact(DisplayName = "An operator's acknowledgement releases it to what the drawdown is worth; two more points of loss latch again")]
    public void Acknowledged()
    {
        var rig = At12Percent().Drawdown(0.11).Run(60);
        Assert.Equal(F(0.12), rig.RTotal, 9);
        var decision = rig.Controller.DecideAcknowledge(LayerId.PortfolioDrawdown, "ada", At(rig.Now));
        var acknowledged = Assert.IsType<SurvivalEvent.DrawdownAcknowledged>(Assert.Single(decision.Events));
        Assert.Equal(("ada", 0.11), (acknowledged.Operator, acknowledged.Loss));
        rig.Controller.Apply(acknowledged);
        rig.Run(600);
        Assert.Equal(F(0.11), rig.RTotal, 9);
        Assert.True(rig.Layer(LayerId.PortfolioDrawdown).Acknowledged);

        rig.Drawdown(0.129).Run(60);
        Assert.False(rig.Layer(LayerId.PortfolioDrawdown).Latched);
        rig.Drawdown(0.131).Run(60).Drawdown(0.11).Run(6000);
        Assert.True(rig.Layer(LayerId.PortfolioDrawdown).Latched);
        Assert.Equal(F(0.131), rig.RTotal, 9);
    }

    [Fact(DisplayName = "Acknowledging what is not latched, not installed, or without a name is refused with the reason, and twice is harmless")]
    public void Refused()
    {
        var rig = At12Percent();
        Assert.Equal("survival.no-operator", rig.Controller.DecideAcknowledge(LayerId.PortfolioDrawdown, " ", At(700)).Refusal?.Code);
        Assert.Equal("survival.not-latched", rig.Controller.DecideAcknowledge(LayerId.Quorum, "ada", At(700)).Refusal?.Code);
        Assert.Equal("survival.not-installed", rig.Controller.DecideAcknowledge(LayerId.EsofService, "ada", At(700)).Refusal?.Code);
        var acknowledged = rig.Controller.DecideAcknowledge(LayerId.PortfolioDrawdown, "ada", At(700)).Events[0];
        rig.Controller.Apply(acknowledged);
        var once = Json(rig.Controller.Capture());
        rig.Controller.Apply(acknowledged);
        Assert.Equal(once, Json(rig.Controller.Capture()));
    }

    [Fact(DisplayName = "A restart keeps the latch, and the acknowledgement")]
    public void Survives_restart()
    {
        var rig = At12Percent();
        var reborn = Reborn(rig.Controller, Minutes, [LayerId.Quorum, LayerId.PortfolioDrawdown]);
        Assert.Equal(LayerId.PortfolioDrawdown, reborn.Assess(At(rig.Now)).Layers.Single(l => l.Latched).Layer);
        reborn.Apply(reborn.DecideAcknowledge(LayerId.PortfolioDrawdown, "ada", At(rig.Now)).Events[0]);
        reborn = Reborn(reborn, Minutes, [LayerId.Quorum, LayerId.PortfolioDrawdown]);
        var drawdown = reborn.Assess(At(rig.Now)).Layers.Single(l => l.Layer == LayerId.PortfolioDrawdown);
        Assert.Equal((false, true), (drawdown.Latched, drawdown.Acknowledged));
    }
}

internal static class DrawdownSensor
{
    public static SurvivalRig Drawdown(this SurvivalRig rig, double fraction) =>
        rig.Sensor(LayerId.PortfolioDrawdown, new LayerReading.Drawdown(fraction));
}
