using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Sizing;

public sealed class FundingQuoteStories
{
    private static readonly Symbol Coin = new("AAAUSDT");
    private static readonly DateTimeOffset Eight = new(2025, 5, 9, 8, 0, 0, TimeSpan.Zero);

    private static Legs Of(decimal @long, decimal @short) => new(new Quantity(@long), new Quantity(@short));
    private static SymbolFunding Told(params (double Hour, decimal Rate)[] rates) =>
        rates.Aggregate((SymbolFunding?)null, (known, r) => SymbolFunding.After(known, new FundingRate(Coin, Eight.AddHours(r.Hour), r.Rate), isForecast: false))!;

    [Theory(DisplayName = "Longs pay a positive rate and shorts receive it; of two legs the larger pays on what it has more")]
    [InlineData(1, 0, 0.0001)]
    [InlineData(0, 1, -0.0001)]
    [InlineData(5, 5, 0)]
    [InlineData(3, 1, 0.00005)]
    [InlineData(0, 0, double.NaN)]
    public void Cost(int @long, int @short, double cost) => Assert.Equal(cost, new FundingQuote(Eight, 0.0001m).CostOf(Of(@long, @short)), 12);

    [Fact(DisplayName = "The mirror image pays what the other receives, and never more than the rate")]
    public void Mirror() => Prop.ForAll(
        (from l in Gen.Choose(0, 1_000) from s in Gen.Choose(0, 1_000) from rate in Gen.Choose(-3_000, 3_000) select (l, s, Rate: rate / 1_000_000m)).ToArbitrary(), c =>
    {
        var quote = new FundingQuote(Eight, c.Rate);
        var (cost, mirrored) = (quote.CostOf(Of(c.l, c.s)), quote.CostOf(Of(c.s, c.l)));
        return c.l + c.s == 0 ? double.IsNaN(cost) : cost == -mirrored && Math.Abs(cost) <= (double)Math.Abs(c.Rate);
    }).QuickCheckThrowOnFailure();

    [Fact(DisplayName = "A rate counts from when it falls due, whenever it was told, for nine hours; before and after nothing is known")]
    public void Fresh()
    {
        var known = Told((0, 0.0001m), (8, 0.0003m));
        Assert.Null(known.At(Eight.AddSeconds(-1)));
        Assert.Equal(0.0001m, known.At(Eight)?.PerEightHours);
        Assert.Equal(0.0001m, known.At(Eight.AddHours(7.99))?.PerEightHours);
        Assert.Equal(0.0003m, known.At(Eight.AddHours(8))?.PerEightHours);
        Assert.Equal(0.0003m, known.At(Eight.AddHours(17))?.PerEightHours);
        Assert.Null(known.At(Eight.AddHours(17.01)));
    }

    [Fact(DisplayName = "Where a symbol settles every four hours it pays twice in eight; a gap in what was heard is no interval")]
    public void Intervals()
    {
        Assert.Equal(0.0006m, Told((0, 0.0001m), (4, 0.0003m)).Newest.PerEightHours);
        Assert.Equal(0.0006m, Told((0, 0.0001m), (4, 0.0002m), (24, 0.0003m)).Newest.PerEightHours);
        const double millisecond = 1 / 3_600_000.0;
        Assert.Equal(0.0003m, Told((0, 0.0001m), (4, 0.0002m), (12 + (5 * millisecond), 0.0003m)).Newest.PerEightHours);
        Assert.Equal(0.0024m, Told((0, 0.0001m), (1 - (3 * millisecond), 0.0003m)).Newest.PerEightHours);
        Assert.Equal(0.0003m, Told((0, 0.0001m), (0.1, 0.0003m)).Newest.PerEightHours); // A recording that is played fast.
    }

    [Fact(DisplayName = "What the venue says of the interval counts from the first rate on, forecast or settled, also across a gap in what was heard; it is remembered where it is not said again")]
    public void Said_interval()
    {
        var four = TimeSpan.FromHours(4);
        var ahead = SymbolFunding.After(null, new FundingRate(Coin, Eight, 0.0003m, four), isForecast: true);
        Assert.Equal((0.0006m, four), (ahead.Newest.PerEightHours, ahead.Interval));
        var settled = SymbolFunding.After(ahead, new FundingRate(Coin, Eight.AddHours(4), 0.0002m, four), isForecast: false);
        Assert.Equal(0.0004m, settled.Newest.PerEightHours);
        var late = SymbolFunding.After(settled, new FundingRate(Coin, Eight.AddHours(12), 0.0002m, four), isForecast: false); // One between was not heard.
        Assert.Equal(0.0004m, late.Newest.PerEightHours);
        Assert.Equal(0.0002m, SymbolFunding.After(late, new FundingRate(Coin, Eight.AddHours(13), 0.0001m), isForecast: true).Newest.PerEightHours);
    }

    [Fact(DisplayName = "What is told again, or late, changes nothing; a forecast is newer than a settlement, and the next settlement is newer than the forecast")]
    public void Order()
    {
        var known = Told((0, 0.0001m), (8, 0.0003m));
        Assert.Same(known, SymbolFunding.After(known, new FundingRate(Coin, Eight.AddHours(8), 0.9m), isForecast: false));
        Assert.Same(known, SymbolFunding.After(known, new FundingRate(Coin, Eight, 0.9m), isForecast: false));
        var ahead = SymbolFunding.After(known, new FundingRate(Coin, Eight.AddHours(9), -0.0002m), isForecast: true);
        Assert.Equal(new FundingQuote(Eight.AddHours(9), -0.0002m, IsForecast: true), ahead.At(Eight.AddHours(10)));
        Assert.Same(ahead, SymbolFunding.After(ahead, new FundingRate(Coin, Eight.AddHours(9), 0.9m), isForecast: true));
        var settled = SymbolFunding.After(ahead, new FundingRate(Coin, Eight.AddHours(16), -0.0001m), isForecast: false);
        Assert.Equal(new FundingQuote(Eight.AddHours(16), -0.0001m), settled.At(Eight.AddHours(16)));
        Assert.Equal("-0.01% in eight hours, settled at 2025-05-10 00:00Z", settled.Newest.ToText());
        Assert.Equal("-0.02% in eight hours, forecast at 2025-05-09 17:00Z", ahead.Newest.ToText());
    }
}
