using Dolphin.Domain.Exits;
using Dolphin.Domain.Survival;

namespace Dolphin.Domain.Tests.Exits;

public sealed class ExitPolicyStories
{
    [Fact(DisplayName = "The defaults are good, and give no warning")]
    public void Defaults()
    {
        Assert.Empty(ExitStage.Defaults.Warnings("dolphin.exit-brain"));
        Assert.Equal(2.0, ExitStage.Defaults.RootHorizon);
    }

    [Fact(DisplayName = "All mistakes are told at once, each with its path, what came and what was expected")]
    public void Mistakes()
    {
        var errors = new List<string>();
        Assert.Null(ExitPolicy.Create(new ExitSettings
        {
            Horizon = TimeSpan.FromMinutes(1), StopLoss = 0, TakeProfit = double.NaN, TrailArms = 21, TrailDistance = -1, TrailStep = 0.6, ConfidenceWidth = 1,
            StalkerFactor = 0, TurtleFactor = 2, LeastStop = 0m, MostStop = 0.6m, LeastTarget = 0.0000000001m, MostTarget = 0m, ReplanStep = 0,
            LongestHold = TimeSpan.Zero, SigmaHorizon = TimeSpan.Zero, WarmUpBars = 1,
        }, "dolphin.exit-brain", errors));
        Assert.Equal(
            ["horizon", "stop-loss", "take-profit", "trail-arms", "trail-distance", "trail-step", "confidence-width", "stalker-factor", "turtle-factor", "turtle-factor",
                "least-stop", "most-stop", "least-target", "most-target", "replan-step", "longest-hold", "longest-hold", "sigma-horizon", "warm-up-bars"],
            errors.Select(e => e.Split(' ')[0]["dolphin.exit-brain.".Length..]));
        Assert.Equal("dolphin.exit-brain.stop-loss is 0; expected 0.1 to 20 (1 = one standard deviation of log price over the horizon).", errors[1]);
    }

    [Theory(DisplayName = "Settings that contradict each other are mistakes: a looser turtle, bounds that cross, a hold shorter than the horizon")]
    [InlineData("turtle-factor")]
    [InlineData("most-stop")]
    [InlineData("most-target")]
    [InlineData("longest-hold")]
    public void Contradictions(string key)
    {
        var settings = key switch
        {
            "turtle-factor" => new ExitSettings { StalkerFactor = 0.5, TurtleFactor = 0.6 },
            "most-stop" => new ExitSettings { LeastStop = 0.02m, MostStop = 0.01m },
            "most-target" => new ExitSettings { LeastTarget = 0.2m, MostTarget = 0.1m },
            _ => new ExitSettings { Horizon = TimeSpan.FromHours(5), LongestHold = TimeSpan.FromHours(4) },
        };
        var errors = new List<string>();
        Assert.Null(ExitPolicy.Create(settings, "p", errors));
        Assert.StartsWith($"p.{key} is ", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "What defeats its own purpose is warned of")]
    public void Warned() => Assert.Equal(["p.trail-arms", "p.trail-distance", "p.take-profit"],
        ExitStage.PolicyOf(new ExitSettings { TakeProfit = 1, TrailArms = 1.2, TrailDistance = 2 }).Warnings("p").Select(w => w.Split(' ')[0]));

    [Fact(DisplayName = "A posture's factor: APEX leaves, STALKER tightens, TURTLE and HIBERNATE tighten most")]
    public void Factors() => Assert.Equal([0.5, 0.5, 0.75, 1.0],
        new[] { Posture.Hibernate, Posture.Turtle, Posture.Stalker, Posture.Apex }.Select(ExitStage.Defaults.FactorOf));
}
