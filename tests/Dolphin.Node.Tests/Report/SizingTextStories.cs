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

    [Fact(DisplayName = "Status has a line for each opening with the multiplier of each factor, and the learner's regret")]
    public void Status()
    {
        using var text = new StringWriter();
        StatusText.Write(text, Pictures.Replay() with { Sizing = Picture }, "state", isRunning: true);
        Assert.Matches(@"BTCUSDT +1,080\.00 +6\.00x +6\.37x +the posture +1\.00x +confidence \? volatility 0\.50x pnl \? symbol 1\.00x margin 0\.30x divergence \? funding \?", text.ToString());
        Assert.Contains("regret", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("learned size not trusted  x 1.00  regret", RunScreen.Render(Pictures.Replay() with { Sizing = Picture }, 120, 40, colours: false), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Snapshot, explanation and report cross as JSON and come back as they were")]
    public void Round_trips()
    {
        Same(Pictures.Replay() with { Sizing = Picture });
        Same(Pictures.Replay().Risk! with { Sizing = Picture });
        Same(Pictures.Report() with { SizeLearning = Picture.Learning });
        Assert.Contains("\"regretOffered\": 0", ReportFile.ToJson(Pictures.Report() with { SizeLearning = Picture.Learning }), StringComparison.Ordinal);

        static void Same<T>(T value)
        {
            var json = JsonSerializer.Serialize(value, RunJson.Compact);
            Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<T>(json, RunJson.Compact), RunJson.Compact));
        }
    }
}
