using Dolphin.Actors.Hermes;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Actors.Tests.Hermes;

public sealed class RememberedObjectionsStories
{
    private static readonly Instrument Coin = HandOverStories.Plan.Instrument;

    private static ChoosyPlan Small(LegHolder kind) => new(Coin, kind, legs => legs.Long.Base <= 1m);

    private static LegPosition Leg(decimal quantity) => new(new Quantity(quantity), new Money(100m * quantity));

    private static HermesBook Book(decimal @long, decimal price) => new(Leg(@long), Leg(1m), Price.Of(price), new Money(1000m), new Money(600m));

    [Fact(DisplayName = "A strategy is asked once about legs that stay as they are, whatever the price does, and again about others")]
    public void Asked_again_about_others()
    {
        var (protector, compression) = (Small(LegHolder.ExposureProtector), Small(LegHolder.HedgeCompression));
        var objections = new RememberedObjections(new AssetPlan(Coin.Symbol, Coin, [protector, compression], new Money(1000m)));

        Assert.Null(objections.Of(LegHolder.ExposureProtector, Book(1m, 100m)));
        Assert.Null(objections.Of(LegHolder.ExposureProtector, Book(1m, 120m)));
        Assert.Single(protector.Asked);

        Assert.Equal("choosy.large", objections.Of(LegHolder.ExposureProtector, Book(2m, 120m))?.Code);
        Assert.Equal("choosy.large", objections.Of(LegHolder.ExposureProtector, Book(2m, 90m))?.Code);
        Assert.Equal("choosy.large", objections.Of(LegHolder.HedgeCompression, Book(2m, 90m))?.Code);
        Assert.Equal(2, protector.Asked.Count);
        Assert.Single(compression.Asked);

        Assert.Null(objections.Of(LegHolder.ExposureProtector, Book(1m, 90m)));
        Assert.Null(objections.Of(LegHolder.BandLimitedHedging, Book(9m, 90m))); // Not in the plan: objects to nothing.
    }
}
