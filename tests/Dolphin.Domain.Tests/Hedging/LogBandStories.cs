using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Hedging;

public sealed class LogBandStories
{
    [Fact(DisplayName = "The edges are exp(width) and exp(-width), rounded outwards")]
    public void Edges()
    {
        var band = LogBand.Of(0.004m);
        // exp(0.004) = 1.0040080106773419..., exp(-0.004) = 0.9960079893439915...
        Assert.Equal((1.004008010678m, 0.996007989343m), (band.Up, band.Down));
    }

    [Fact(DisplayName = "The band is relative: it is as wide at 0.00001 as at 100000")]
    public void Relative()
    {
        var band = LogBand.Of(0.004m);
        foreach (var reference in new[] { 0.00001m, 1m, 100_000m })
        {
            Assert.Equal(BandSide.Inside, band.SideOf(Price.Of(reference * 1.00400m), Price.Of(reference)));
            Assert.Equal(BandSide.Above, band.SideOf(Price.Of(reference * 1.00401m), Price.Of(reference)));
            Assert.Equal(BandSide.Inside, band.SideOf(Price.Of(reference * 0.99601m), Price.Of(reference)));
            Assert.Equal(BandSide.Below, band.SideOf(Price.Of(reference * 0.99600m), Price.Of(reference)));
        }
    }

    [Fact(DisplayName = "It agrees with the logarithm everywhere but within a billionth of an edge")]
    public void AgreesWithLogarithm() => Prop.ForAll(
        (from width in Gen.Choose(5, 1000)
         from reference in Gen.Choose(1, int.MaxValue)
         from move in Gen.Choose(-3_000_000, 3_000_000)
         select (Width: width / 10_000m, Reference: reference / 1000m, Move: move / 1_000_000m / 10m)).ToArbitrary(),
        x =>
        {
            var price = x.Reference * (1m + x.Move);
            var log = Math.Log((double)(price / x.Reference));
            var side = LogBand.Of(x.Width).SideOf(Price.Of(price), Price.Of(x.Reference));
            return Math.Abs(Math.Abs(log) - (double)x.Width) < 1e-9
                || side == (log >= (double)x.Width ? BandSide.Above : log <= -(double)x.Width ? BandSide.Below : BandSide.Inside);
        }).QuickCheckThrowOnFailure();

    [Fact(DisplayName = "A width of zero, or above 1, is refused")]
    public void Widths()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => LogBand.Of(0m));
        Assert.Throws<ArgumentOutOfRangeException>(() => LogBand.Of(1.0001m));
        Assert.Equal(2.718281828460m, LogBand.Of(1m).Up); // e = 2.718281828459045...
    }
}
