using Dolphin.Domain.Exits;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;

namespace Dolphin.Domain.Tests.Exits;

/// <summary>Plans and looks in few words. One unit is 2 % of log price: 1 % per root hour over four hours.</summary>
internal static class ExitStage
{
    public const double OnePercent = 0.01;
    public static readonly DateTimeOffset Opened = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    public static readonly ExitPolicy Defaults = PolicyOf(new ExitSettings());

    public static ExitPolicy PolicyOf(ExitSettings settings)
    {
        var errors = new List<string>();
        return ExitPolicy.Create(settings, "dolphin.exit-brain", errors) ?? throw new Xunit.Sdk.XunitException(string.Join('\n', errors));
    }

    public static ExitPlan Plan(
        PositionSide leg = PositionSide.Long, decimal entry = 100m, double volatility = OnePercent, double confidence = 0.5, Posture posture = Posture.Apex,
        ExitPolicy? policy = null)
    {
        var answer = ExitBrain.Plan(policy ?? Defaults, new ExitRequest(StrategyKind.Directional, leg, Price.Of(entry), volatility, confidence, posture, Opened));
        Assert.Null(answer.Refusal);
        return answer.Plan!;
    }

    public static ExitVerdict Look(
        ExitPlan plan, decimal low, decimal high, decimal close, double minutes = 60, double volatility = OnePercent, Posture posture = Posture.Apex,
        ExitPolicy? policy = null, double sinceMinutes = 0) =>
        ExitBrain.Look(policy ?? Defaults, plan, new ExitLook(
            new PriceSpan(Opened.AddMinutes(sinceMinutes), Price.Of(high), Price.Of(low), Price.Of(close)), Opened.AddMinutes(minutes), volatility, posture));

    public static ExitVerdict At(ExitPlan plan, decimal price, double volatility = OnePercent, Posture posture = Posture.Apex) =>
        Look(plan, price, price, price, volatility: volatility, posture: posture);

    /// <summary>The plan after a verdict that closes nothing.</summary>
    public static ExitPlan After(this ExitPlan plan, ExitVerdict verdict)
    {
        Assert.Equal(ExitCause.None, verdict.Cause);
        return Next(plan, verdict);
    }

    public static ExitPlan Next(ExitPlan plan, in ExitVerdict verdict) =>
        verdict.Raised is { } move ? (verdict.Revised ?? plan).With(move) : verdict.Revised ?? plan;

    /// <summary>Signed: how much better than <paramref name="from"/> a price is for a leg, in log price.</summary>
    public static double Ahead(PositionSide leg, Price from, Price price) => leg.Sign() * Math.Log((double)price.QuotePerBase / (double)from.QuotePerBase);
}
