using System.Collections.Immutable;
using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Sizing;

public sealed class AdaptiveLeverageStories
{
    private static readonly LeveragePolicy Policy = PolicyOf(new LeverageSettings());
    private static readonly LeverageFactor[] Factors = Enum.GetValues<LeverageFactor>();

    private static LeveragePolicy PolicyOf(LeverageSettings settings)
    {
        var errors = new List<string>();
        var policy = LeveragePolicy.Create(settings, "dolphin.sizing.leverage", errors);
        Assert.Empty(errors);
        return policy!;
    }

    [Fact(DisplayName = "Nothing measured is 42.5 times, with every factor missing, neutral and said so")]
    public void Nothing()
    {
        var leverage = AdaptiveLeverage.Of(Policy);
        Assert.Equal(42.5m, leverage.Leverage);
        Assert.All(leverage.Contributions, c => Assert.Equal((null, 1.0, 0.0), (c.Value, c.Multiplier, c.Share)));
        Assert.Equal(7, leverage.ToText().Split("missing: neutral").Length - 1);
    }

    [Fact(DisplayName = "The neutral inputs measured are the same as none")]
    public void Neutral() => Assert.Equal(42.5m, AdaptiveLeverage.Of(
        Policy, new(LeverageFactor.Funding, 0), new(LeverageFactor.Confidence, 0.5), new(LeverageFactor.Volatility, 0.01), new(LeverageFactor.Pnl, 0),
        new(LeverageFactor.Symbol, 1), new(LeverageFactor.Margin, 0), new(LeverageFactor.Divergence, 0)).Leverage);

    [Fact(DisplayName = "An example by hand: 57.5 x 0.5 x 0.875 x 0.5 x 0.65 x 0.75 x 0.75 is 4.6 and becomes 5")]
    public void ByHand()
    {
        LeverageInput[] inputs =
        [
            new(LeverageFactor.Confidence, 0.7), new(LeverageFactor.Volatility, 0.02), new(LeverageFactor.Pnl, -0.025), new(LeverageFactor.Symbol, 2),
            new(LeverageFactor.Margin, 0.425), new(LeverageFactor.Divergence, 0.015), new(LeverageFactor.Funding, 0.0005),
        ];
        var leverage = AdaptiveLeverage.Of(Policy, inputs);
        Assert.Equal(57.5 * 0.5 * 0.875 * 0.5 * 0.65 * 0.75 * 0.75, leverage.Unbounded, 1e-9);
        Assert.Equal(5m, leverage.Leverage);
        Assert.Equal(1, leverage.Contributions.Sum(c => c.Share), 1e-12);
        Assert.StartsWith("adaptive leverage 5.00x, brought into 5 to 80 from 4.60x = 42.5\n  x 1.353  confidence  0.7, ", leverage.ToText());
        Assert.Equal(9.19m, AdaptiveLeverage.Of(Policy, [.. inputs.Where(i => i.Factor != LeverageFactor.Symbol)]).Leverage); // 9.199 rounds down.
    }

    [Fact(DisplayName = "Each factor is monotone in its direction, and stays in its range")]
    public void Monotone()
    {
        var rising = ImmutableHashSet.Create(LeverageFactor.Confidence, LeverageFactor.Pnl);
        Prop.ForAll(Inputs.ToArbitrary(), Gen.Elements(Factors).ToArbitrary(), Gen.Two(Numbers).ToArbitrary(), (inputs, factor, two) =>
        {
            var others = inputs.Where(i => i.Factor != factor).ToArray();
            var (low, high) = two.Item1 < two.Item2 ? (two.Item1, two.Item2) : (two.Item2, two.Item1);
            var (at, beyond) = (AdaptiveLeverage.Of(Policy, [.. others, new(factor, low)]), AdaptiveLeverage.Of(Policy, [.. others, new(factor, high)]));
            var (least, most) = LeveragePolicy.Range(factor);
            return (rising.Contains(factor) ? at.Unbounded <= beyond.Unbounded && at.Leverage <= beyond.Leverage : at.Unbounded >= beyond.Unbounded && at.Leverage >= beyond.Leverage)
                && at.Contributions[(int)factor].Multiplier >= least - 1e-12 && at.Contributions[(int)factor].Multiplier <= most + 1e-12;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));
    }

    [Fact(DisplayName = "Every factor matters: between its neutral input and a bad one the leverage falls")]
    public void EachMatters()
    {
        foreach (var (factor, bad) in new[]
                 {
                     (LeverageFactor.Confidence, 0.4), (LeverageFactor.Volatility, 0.012), (LeverageFactor.Pnl, -0.01), (LeverageFactor.Symbol, 1.1),
                     (LeverageFactor.Margin, 0.1), (LeverageFactor.Divergence, 0.005), (LeverageFactor.Funding, 0.0001),
                 })
        {
            Assert.True(AdaptiveLeverage.Of(Policy, new LeverageInput(factor, bad)).Leverage < 42.5m, factor.ToString());
        }
    }

    [Fact(DisplayName = "It is always from 5 to 80, and both are reached; what is not finite is missing")]
    public void Bounded()
    {
        var (least, most) = (80m, 5m);
        Prop.ForAll(Inputs.ToArbitrary(), inputs =>
        {
            var leverage = AdaptiveLeverage.Of(Policy, inputs);
            (least, most) = (Math.Min(least, leverage.Leverage), Math.Max(most, leverage.Leverage));
            return leverage.Leverage is >= 5m and <= 80m && (double)leverage.Leverage <= Math.Max(5, leverage.Unbounded)
                && inputs.All(i => double.IsFinite(i.Value) || leverage.Contributions[(int)i.Factor] is { Value: null, Multiplier: 1 });
        }).Check(Draws.Same(1_000));
        Assert.Equal((5m, 80m), (least, most));
    }

    [Fact(DisplayName = "Whoever has fallen silent allows no more than with anything it may have said, and the explanation names it")]
    public void Silent()
    {
        Prop.ForAll((from factor in Gen.Elements(Factors) from said in Numbers from others in Inputs select (factor, said, others.Where(i => i.Factor != factor).ToArray())).ToArbitrary(), c =>
        {
            var (factor, said, others) = c;
            var silent = AdaptiveLeverage.Of(Policy, [.. others, new(factor, double.NaN, IsSilent: true)]);
            return silent.Unbounded <= AdaptiveLeverage.Of(Policy, [.. others, new(factor, said, IsSilent: true)]).Unbounded && silent.Contributions[(int)factor].Value is null;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));
        Assert.Contains("x 0.500  divergence  silent: at its worst until it is heard", AdaptiveLeverage.Of(Policy, new LeverageInput(LeverageFactor.Divergence, double.NaN, IsSilent: true)).ToText(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Rounded down is never above what it was, at any of a hundred thousand confidences")]
    public void RoundedDown()
    {
        for (var i = 0; i <= 100_000; i++)
        {
            var leverage = AdaptiveLeverage.Of(Policy, new LeverageInput(LeverageFactor.Confidence, i / 100_000.0));
            Assert.True((double)leverage.Leverage <= Math.Max(5, leverage.Unbounded) && leverage.Unbounded - (double)leverage.Leverage < 0.0100001, $"{leverage.Leverage} of {leverage.Unbounded:R}");
        }
    }

    [Fact(DisplayName = "The order of the inputs is irrelevant, to the last bit; a factor named twice is refused")]
    public void Order()
    {
        Prop.ForAll(Inputs.ToArbitrary(), inputs =>
        {
            var (forth, back) = (AdaptiveLeverage.Of(Policy, inputs), AdaptiveLeverage.Of(Policy, [.. inputs.Reverse()]));
            return forth.Unbounded.Equals(back.Unbounded) && forth.Leverage == back.Leverage && forth.Contributions.SequenceEqual(back.Contributions);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
        Assert.Throws<ArgumentException>(() => AdaptiveLeverage.Of(Policy, new(LeverageFactor.Pnl, 0), new(LeverageFactor.Pnl, 0)));
    }

    [Fact(DisplayName = "The sizer takes the smallest: in APEX the posture's cap of 6, below it the adaptive one")]
    public void Caps()
    {
        var apex = new RiskView(1.0, Posture.Apex, 6m, InvariantFailed: false, 1, 1);
        Bet Size(AdaptiveLeverage leverage) => BetSizer.Size(new BetRequest(new Money(1_000m), 0.1m, leverage.Leverage, EnvelopeCap: null, [], Money.Zero), apex);
        Assert.Equal((6m, BetBound.Posture), (Size(AdaptiveLeverage.Of(Policy)).Leverage, Size(AdaptiveLeverage.Of(Policy)).Bound));
        var low = AdaptiveLeverage.Of(Policy, new(LeverageFactor.Confidence, 0.01), new(LeverageFactor.Volatility, 0.011));
        Assert.Equal((5.22m, BetBound.Configured), (Size(low).Leverage, Size(low).Bound));
    }

    [Fact(DisplayName = "Every mistake in the settings is reported at once")]
    public void Mistakes()
    {
        var errors = new List<string>();
        Assert.Null(LeveragePolicy.Create(new LeverageSettings { VolatilityReference = 0, PnlScale = double.NaN, MarginFull = 2, DivergenceFull = -1, FundingFull = 1 }, "l", errors));
        Assert.Equal(["l.divergence-full", "l.funding-full", "l.margin-full", "l.pnl-scale", "l.volatility-reference"], errors.Select(e => e.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    private static Gen<double> Numbers => Gen.OneOf(
        Gen.Choose(-2_000, 2_000).Select(i => i / 1_000.0), Gen.Choose(-100, 100).Select(i => i / 10_000.0), Gen.Elements(0, 1e-300, -1e300, 1e300, double.Epsilon));

    private static Gen<LeverageInput[]> Inputs =>
        from values in Gen.OneOf(
            Numbers, Gen.Elements(double.NaN, double.PositiveInfinity, double.NegativeInfinity)).ArrayOf(Factors.Length)
        from named in Gen.Choose(0, 127)
        select Factors.Where(f => (named & (1 << (int)f)) != 0).Select(f => new LeverageInput(f, values[(int)f])).ToArray();
}
