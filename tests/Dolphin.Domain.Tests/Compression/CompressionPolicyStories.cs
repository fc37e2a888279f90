using Dolphin.Domain.Compression;

namespace Dolphin.Domain.Tests.Compression;

public sealed class CompressionPolicyStories
{
    [Fact(DisplayName = "The defaults are good, and give no warning")]
    public void Defaults()
    {
        var errors = new List<string>();
        var policy = CompressionPolicy.Create(new CompressionSettings(), "dolphin.compression", errors);
        Assert.Empty(errors);
        Assert.Empty(policy!.Warnings("dolphin.compression"));
        Assert.Equal((0.0009d, 3_000m), (policy.MaxVariance, policy.MostGross.Quote));
    }

    [Fact(DisplayName = "All mistakes are told at once, each with its path, what came and what was expected")]
    public void Mistakes()
    {
        var errors = new List<string>();
        Assert.Null(CompressionPolicy.Create(new CompressionSettings
        {
            Fee = -1m, Residual = 0.6m, Bounce = 0m, Offset = 0.06m, SigmaHorizon = TimeSpan.Zero, WarmUpBars = 1, MinVolatility = -1m, MaxVolatility = 0m,
            PositionCap = 0m, Capital = 0m, Leverage = 0.5m, Epsilon = 0m,
        }, "dolphin.compression", errors));
        Assert.Equal(
            ["fee", "residual", "bounce", "offset", "sigma-horizon", "warm-up-bars", "min-volatility", "max-volatility", "position-cap", "capital", "leverage", "epsilon"],
            errors.Select(e => e.Split(' ')[0]["dolphin.compression.".Length..]));
        Assert.Equal("dolphin.compression.residual is 0.6; expected 0.005 to 0.5 (share of the larger leg at the take-over).", errors[1]);
    }

    [Fact(DisplayName = "A volatility window without a width is a mistake")]
    public void Window()
    {
        var errors = new List<string>();
        CompressionPolicy.Create(new CompressionSettings { MinVolatility = 0.05m, MaxVolatility = 0.05m }, "p", errors);
        Assert.Contains("p.max-volatility is 0.05; expected more than min-volatility, which is 0.05", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "What is allowed but does not pay is warned of")]
    public void Warned()
    {
        var policy = CompressionRun.PolicyOf(new CompressionSettings { Bounce = 0.0015m, Offset = 0.002m, Epsilon = 5_000m });
        Assert.Equal(["p.bounce", "p.offset", "p.epsilon"], policy.Warnings("p").Select(w => w.Split(' ')[0]));
    }
}
