using System.Text.Json;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;
using Dolphin.Node.Report;
using Dolphin.Node.Screen;
using Dolphin.Web;

namespace Dolphin.Node.Tests.Report;

/// <summary>How people and programs are told what sized an opening, and how the size learner stands.</summary>
public sealed class SizingTextStories
{
    private static readonly LeveragePolicy Leverage = LeveragePolicy.Create(new LeverageSettings(), "test", [])!;
    private static readonly SizeLearningPolicy Learning = SizeLearningPolicy.Create(new SizeLearningSettings(), "test", [])!;
    private static readonly SizingPicture Picture = new(
        [
            new SizedOpening(new Symbol("BTCUSDT"), new OpeningSizing(
                AdaptiveLeverage.Of(Leverage, new(LeverageFactor.Volatility, 0.02), new(LeverageFactor.Margin, 0.85), new(LeverageFactor.Symbol, 1)),
                SizeChoice.Constant with { Offered = 0.8m }, Wished: 6.37m, Leverage: 6m, BetBound.Posture, RTotal: 0.9, new Money(1_080m))),
        ],
        SizeReport.Of(Learning, SizeLearnerState.Initial));

    [Fact(DisplayName = "Explain ends with every factor of the newest openings: what was measured, what it did, what was missing, and what capped it")]
    public void Explained()
    {
        var text = (Pictures.Replay().Risk! with { Sizing = Picture }).ToText();
        foreach (var part in (string[])["BTCUSDT one leg 1080.00: leverage 6x of 6.37x wished, set by the posture, R_total 0.9000", "0.80 is offered and not trusted", "x 0.500  volatility", "x 0.300  margin", "divergence  missing: neutral", "learned size: Not trusted"])
            Assert.Contains(part, text, StringComparison.Ordinal);
        Assert.DoesNotContain("learned size", Pictures.Replay().Risk!.ToText(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Status and report have a row for each opening and one with the multiplier of each of its seven factors, the screen a line; status has the learner's regret")]
    public void Shown()
    {
        using StringWriter status = new(), report = new(), without = new();
        StatusText.Write(status, Pictures.Replay() with { Sizing = Picture }, "state", isRunning: true);
        ReportText.Write(report, Pictures.Report() with { Sizing = Picture.Openings });
        ReportText.Write(without, Pictures.Report());
        foreach (var text in (string[])[status.ToString(), report.ToString()])
        {
            Assert.Matches(@"newest opening +one leg +leverage +wished +allowed +set by +multiplier +in effect +breaker\r?\nBTCUSDT +1,080\.00 +6\.00x +6\.37x +6\.00x +the posture +1\.00x +1\.00x +-\r?\n", text);
            Assert.Matches(@"factors of leverage +confidence +volatility +pnl +symbol +margin +divergence +funding\r?\nBTCUSDT +\? +x0\.50 +\? +x1\.00 +x0\.30 +\? +\?\r?\n", text);
        }
        Assert.DoesNotContain("newest opening", without.ToString(), StringComparison.Ordinal);
        Assert.Contains("regret", status.ToString(), StringComparison.Ordinal);
        var screen = RunScreen.Render(Pictures.Replay() with { Sizing = Picture }, 120, 40, colours: false);
        Assert.Contains("leverage 6.00x of 6.37x wished, set by the posture 1  margin x0.30 volatility x0.50 symbol x1.00", screen, StringComparison.Ordinal);
        Assert.Contains("learned size not trusted  x 1.00  regret", screen, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Of several openings the screen has the range of leverages, and what each factor did on average")]
    public void Several()
    {
        var one = Picture.Openings[0];
        var other = one with
        {
            Symbol = new Symbol("ETHUSDT"),
            Sizing = one.Sizing with { Leverage = 5m, Wished = 5m, Bound = BetBound.Configured, Adaptive = AdaptiveLeverage.Of(Leverage, new LeverageInput(LeverageFactor.Margin, 0)) },
        };
        var margin = (0.3 + other.Sizing.Adaptive.Contributions.Single(c => c.Factor == LeverageFactor.Margin).Multiplier) / 2;
        var line = LeverageText.Line([one, other]);
        Assert.StartsWith("leverage 5.00x to 6.00x of 5.00x to 6.37x wished, set by the wish 1, the posture 1  ", line, StringComparison.Ordinal);
        Assert.Contains(System.FormattableString.Invariant($"margin x{margin:0.00}"), line, StringComparison.Ordinal);
        Assert.Equal("leverage 6.00x of 6.37x wished, set by the posture 1", LeverageText.Line([one with { Sizing = one.Sizing with { Adaptive = null } }]));
    }

    [Fact(DisplayName = "Where multiplier and breaker cut, or a cap took of a multiplier, the table, the screen and the explanation say so")]
    public void Cut()
    {
        var one = Picture.Openings[0];
        var cut = one with { Sizing = one.Sizing with { Uncut = 6m, Leverage = 1.53m, Breaker = 0.51, Choice = SizeChoice.Constant with { Offered = 0.5m, Used = 0.5m } } };
        var lifted = one with { Symbol = new Symbol("ETHUSDT"), Sizing = one.Sizing with { Choice = (SizeChoice.Constant with { Used = 1.5m }).Bounded(1m, 1.2m) } };
        using var report = new StringWriter();
        LeverageText.Write(report, [cut, lifted]);
        Assert.Matches(@"BTCUSDT +1,080\.00 +1\.53x +6\.37x +6\.00x +the posture +0\.50x +0\.50x +0\.51x\r?\nETHUSDT +1,080\.00 +6\.00x +6\.37x +6\.00x +the posture +1\.50x +1\.20x +-\r?\n", report.ToString());
        Assert.StartsWith("leverage 1.53x to 6.00x of 6.37x wished, set by the posture 2, 1 cut x0.26  ", LeverageText.Line([cut, lifted]), StringComparison.Ordinal);
        Assert.Contains("set by the posture at 6x and then cut", cut.Sizing.ToText(), StringComparison.Ordinal);
        Assert.Contains("learned multiplier 1.50, of which a cap left 1.20", lifted.Sizing.ToText(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Snapshot, explanation and report cross as JSON and come back as they were")]
    public void Round_trips()
    {
        Same(Pictures.Replay() with { Sizing = Picture });
        Same(Pictures.Replay().Risk! with { Sizing = Picture });
        Same(Pictures.Report() with { SizeLearning = Picture.Learning, Sizing = Picture.Openings });
        Assert.Contains("\"regretOffered\": 0", ReportFile.ToJson(Pictures.Report() with { SizeLearning = Picture.Learning }), StringComparison.Ordinal);

        static void Same<T>(T value)
        {
            var json = JsonSerializer.Serialize(value, RunJson.Compact);
            Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<T>(json, RunJson.Compact), RunJson.Compact));
        }
    }
}
