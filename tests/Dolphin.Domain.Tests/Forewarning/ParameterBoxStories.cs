using Dolphin.Domain.Compression;
using Dolphin.Domain.Forewarning;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Protection;

namespace Dolphin.Domain.Tests.Forewarning;

public sealed class ParameterBoxStories
{
    [Fact(DisplayName = "Every corner and every place of the box is a good policy of every strategy")]
    public void Good()
    {
        var box = ParameterBox.Of(TradedStrategies.All);
        var chance = new Chance(1);
        for (var i = 0; i < 500; i++)
        {
            var vector = Enumerable.Range(0, box.Dimensions).Select(_ => i % 2 == 0 ? chance.NextInt(2) : chance.NextUnit()).ToArray();
            var settings = box.At(ForewarnerStage.Plan(), vector);
            var errors = new List<string>();
            Assert.NotNull(HedgePolicy.Create(settings.Hedging, "hedging", errors));
            Assert.NotNull(CompressionPolicy.Create(settings.Compression, "compression", errors));
            Assert.NotNull(ProtectorPolicy.Create(settings.Protection, "protection", errors));
            foreach (var (there, back) in vector.Zip(box.VectorOf(settings))) Assert.Equal(there, back, 0.01); // Six decimals, and whole seconds of ten.
        }
    }

    [Fact(DisplayName = "The box of a plan has the axes of the strategies that trade, and sizes always")]
    public void Axes()
    {
        Assert.Equal(["sizing.fraction", "sizing.leverage"], ParameterBox.Of(TradedStrategies.Compression).Axes.Take(2).Select(a => a.Key));
        Assert.DoesNotContain(ParameterBox.Of(TradedStrategies.Hedging).Axes, a => a.Key.StartsWith("protection.", StringComparison.Ordinal));
        Assert.Equal(ParameterBox.Of(TradedStrategies.All).Axes.Select(a => a.Key).Distinct().Count(), ParameterBox.Of(TradedStrategies.All).Dimensions);
    }

    [Fact(DisplayName = "The plan's own values are where they are: outside of the box too, and untouched where nothing moves")]
    public void Live()
    {
        var box = ParameterBox.Of(TradedStrategies.Hedging);
        var plan = ForewarnerStage.Plan(leverage: 40m);
        var vector = box.VectorOf(plan);
        Assert.True(vector[1] > 1);
        Assert.Equal(plan, box.At(plan, vector, same: vector));
    }
}
