using Dolphin.Domain.Market;

namespace Dolphin.Domain.Tests.Market;

public sealed class InstrumentsStories
{
    [Fact(DisplayName = "An instrument without exchange information has the finest steps seen in its recording")]
    public void Infers()
    {
        var instrument = Instruments.Infer(new Symbol("BTCUSDT"), priceDecimals: 1, volumeDecimals: 3);
        Assert.Equal((0.1m, 0.001m, 0.001m, 5m, 0.05m),
            (instrument.TickSize, instrument.LotSize, instrument.MinQuantity.Base, instrument.MinNotional.Quote, instrument.PercentPrice));
        Assert.Equal(1m, Instruments.Infer(new Symbol("X"), 0, 0).LotSize);
        Assert.Throws<ArgumentOutOfRangeException>(() => Instruments.Infer(new Symbol("X"), 19, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Instruments.Infer(new Symbol("X"), 2, -1));
    }

    [Theory(DisplayName = "Trailing zeros are not decimals")]
    [InlineData("1.500", 1)]
    [InlineData("100", 0)]
    [InlineData("0.0000", 0)]
    [InlineData("0.00012345", 8)]
    public void Decimals(string value, int expected) =>
        Assert.Equal(expected, Instruments.DecimalsOf(decimal.Parse(value, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact(DisplayName = "Maintenance margin is continuous where two brackets meet")]
    public void Continuous()
    {
        var brackets = Instruments.UsualBrackets;
        Assert.Equal(0m, brackets[0].MaintenanceAmount.Quote);
        for (var i = 1; i < brackets.Length; i++)
        {
            var edge = brackets[i - 1].NotionalCap.Quote;
            Assert.Equal(
                edge * brackets[i - 1].MaintenanceMarginRate - brackets[i - 1].MaintenanceAmount.Quote,
                edge * brackets[i].MaintenanceMarginRate - brackets[i].MaintenanceAmount.Quote);
        }
        // The published BTCUSDT table, from which the shape is taken, has these amounts at 250 k, 1 M and 10 M.
        var published = Instruments.Brackets(
            [(50_000m, 125m, 0.004m), (250_000m, 100m, 0.005m), (1_000_000m, 50m, 0.01m), (10_000_000m, 20m, 0.025m), (20_000_000m, 10m, 0.05m)]);
        Assert.Equal([0m, 50m, 1_300m, 16_300m, 266_300m], published.Select(b => b.MaintenanceAmount.Quote));
    }

    [Fact(DisplayName = "Every mistake in an instrument is reported at once, with its symbol")]
    public void AllMistakes()
    {
        var errors = new List<string>();
        Assert.Null(Instruments.Create(
            new Symbol("BADUSDT"), tickSize: 0m, lotSize: 0.1m, new Quantity(0.25m), new Money(-1m), percentPrice: 2m,
            [new LeverageBracket(new Money(100m), 0m, 0m, new Money(-1m)), new LeverageBracket(new Money(100m), 1m, 0.1m, default)], errors));
        Assert.Equal(8, errors.Count);
        Assert.All(errors, e => Assert.StartsWith("BADUSDT: ", e, StringComparison.Ordinal));
        errors.Clear();
        Assert.Null(Instruments.Create(new Symbol(" "), 0.1m, 0.1m, new Quantity(0.1m), default, 0.05m, [], errors));
        Assert.Equal(2, errors.Count);
    }

    [Fact(DisplayName = "A good instrument passes")]
    public void Good()
    {
        var errors = new List<string>();
        Assert.NotNull(Instruments.Create(new Symbol("OKUSDT"), 0.1m, 0.1m, new Quantity(0.2m), new Money(5m), 0.05m, Instruments.UsualBrackets, errors));
        Assert.Empty(errors);
    }
}
