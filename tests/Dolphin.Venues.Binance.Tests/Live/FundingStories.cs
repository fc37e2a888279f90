using System.Collections.Immutable;
using System.Globalization;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Binance.Live;
using Dolphin.Venues.Paper;

namespace Dolphin.Venues.Binance.Tests.Live;

/// <summary>What a paper account that is long one BTCUSDT at 1,000 pays for what the venue's mark prices say of funding, over sockets.</summary>
public sealed class FundingStories
{
    private const string Rate = "0.00010000", Wrong = "0.03000000";
    private static readonly Symbol Btc = new("BTCUSDT");

    private static long NowMs => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    [Theory(DisplayName = "One mark with another funding time and another rate, wherever the other time lies, settles nothing: only the true one is paid, at its own rate")]
    [InlineData(-1)]
    [InlineData(-86_000)]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(600)]
    [InlineData(28_800)]
    [InlineData(null)]
    public async Task One_wrong_mark(int? seconds)
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        var market = venue.Markets[0];
        var due = market.FundingAtMs = NowMs + 50_000;
        market.FundingRate = Rate;
        await SaidAsync(open, venue, 2);

        (market.FundingAtMs, market.FundingRate) = (seconds is { } s ? NowMs + s * 1_000L : 0, Wrong);
        await SaidAsync(open, venue, 1);
        (market.FundingAtMs, market.FundingRate) = (due, Rate);
        await SaidAsync(open, venue, 3);
        Assert.Empty(Due(open));
        Assert.Equal(0.0001m, Assert.Single(open.Feed.Forecasts(default)).Rate);

        market.FundingAtMs = due + 28_800_000;
        await SaidAsync(open, venue, 1, due);
        var settled = Due(open);
        Assert.Equal([(DateTimeOffset.FromUnixTimeMilliseconds(due), 0.0001m)], settled.Select(f => (f.At, f.Rate)));
        Assert.Equal(-0.1m, Paid(settled));
        await SaidAsync(open, venue, 3);
        Assert.Empty(Due(open));
    }

    [Fact(DisplayName = "The first mark of all may be the wrong one")]
    public async Task First_mark()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        var market = venue.Markets[0];
        var due = market.FundingAtMs;
        await open.Until("the venue's time is known", () => open.Feed.Clock.RoundTrip is not null && venue.Sockets.Any(s => s.Wants("btcusdt@markPrice@1s")));

        (market.FundingAtMs, market.FundingRate) = (NowMs + 1, Wrong);
        await SaidAsync(open, venue, 1);
        (market.FundingAtMs, market.FundingRate) = (due, Rate);
        await SaidAsync(open, venue, 3);

        Assert.Equal(0m, Paid(Due(open)));
        Assert.Equal(0.0001m, Assert.Single(open.Feed.Forecasts(default)).Rate);
    }

    [Fact(DisplayName = "When the venue settles more often from now on, two marks are enough to know it")]
    public async Task More_often()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        var market = venue.Markets[0];
        await SaidAsync(open, venue, 2);

        var due = market.FundingAtMs = NowMs + 50_000;
        market.FundingRate = "-0.00200000";
        await SaidAsync(open, venue, 2);
        market.FundingAtMs = due + 3_600_000;
        await SaidAsync(open, venue, 1, due + 1);

        Assert.Equal(2m, Paid(Due(open)));
    }

    [Fact(DisplayName = "Of what interval a rate is the venue has said before the first settlement; of a number that is no interval it has said nothing")]
    public async Task Interval()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT", "ETHUSDT");
        (venue["BTCUSDT"].IntervalHours, venue["ETHUSDT"].IntervalHours) = (4, 72);
        await using var open = await OpenFeed.OnAsync(venue);
        ImmutableArray<FundingRate> ahead = [];
        await open.TurnUntil("both have a rate, and one an interval", () => (ahead = open.Feed.Forecasts(default)).Length == 2 && ahead.Any(f => f.Interval is not null));
        Assert.Equal([TimeSpan.FromHours(4), null], ahead.Select(f => f.Interval));
        Assert.Single(venue.Asked, a => a.Path == "/fapi/v1/fundingInfo");

        var due = venue["BTCUSDT"].FundingAtMs = NowMs + 50_000;
        await SaidAsync(open, venue, 2);
        venue["BTCUSDT"].FundingAtMs = due + 4 * 3_600_000;
        await SaidAsync(open, venue, 1, due);
        Assert.Equal(TimeSpan.FromHours(4), Assert.Single(Due(open)).Interval);
    }

    [Fact(DisplayName = "A mark that names the settlement that is over once more settles nothing twice")]
    public async Task Not_twice()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        var market = venue.Markets[0];
        var due = market.FundingAtMs = NowMs + 50_000;
        await SaidAsync(open, venue, 2);
        market.FundingAtMs = due + 28_800_000;
        await SaidAsync(open, venue, 1, due);
        Assert.Equal(-0.1m, Paid(Due(open)));

        foreach (var named in (long[])[due, due, due + 28_800_000, due, due + 28_800_000])
        {
            market.FundingAtMs = named;
            await SaidAsync(open, venue, 1);
        }
        Assert.Empty(Due(open));
    }

    [Theory(DisplayName = "A rate beyond any cap of the venue, or a funding time that is past or a day away, makes a mark that is dropped and counted")]
    [InlineData(3_600, "0.04000001")]
    [InlineData(3_600, "-0.09000000")]
    [InlineData(-70, Rate)]
    [InlineData(90_000, Rate)]
    public async Task Absurd(int seconds, string rate)
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        var market = venue.Markets[0];
        await SaidAsync(open, venue, 2);
        var taken = open[FeedCount.MarkPrices];

        (market.FundingAtMs, market.FundingRate) = (NowMs + seconds * 1_000L, rate);
        venue.SendMark(market);
        venue.SendMark(market);
        await open.Until("both are dropped", () => open[FeedCount.DroppedAbsurd] == 2);
        Assert.Equal(taken, open[FeedCount.MarkPrices]);
    }

    [Fact(DisplayName = "Several settlements within one bar are all paid, each at its own rate, in order of time; a bar has 24 at most, and what is beyond is counted")]
    public async Task Several_in_one_bar()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        var market = venue.Markets[0];
        var first = NowMs + 40_000; // No mark may be a minute ahead.
        await NameAsync(0, null);
        Assert.Empty(Due(open));

        for (var i = 1; i <= 26; i++) await NameAsync(i, TimeOf(i - 1));
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (TimeOf(i), RateOf(i))), Due(open).Select(f => (f.At.ToUnixTimeMilliseconds(), f.Rate)));
        Assert.Equal((2, 0), (open[FeedCount.SettlementsBeyondBound], open[FeedCount.DroppedAbsurd]));

        await NameAsync(27, TimeOf(26));
        Assert.Equal([(TimeOf(26), RateOf(26))], Due(open).Select(f => (f.At.ToUnixTimeMilliseconds(), f.Rate))); // Of the next bar.

        long TimeOf(int settlement) => first + settlement * 10;

        static decimal RateOf(int settlement) => 0.0001m + settlement * 0.00001m;

        // Of two marks the first says that the one before is over; both together, that this one is to come.
        Task NameAsync(int settlement, long? eventMs)
        {
            (market.FundingAtMs, market.FundingRate) = (TimeOf(settlement), RateOf(settlement).ToString("0.00000000", CultureInfo.InvariantCulture));
            return SaidAsync(open, venue, 2, eventMs);
        }
    }

    private static List<FundingRate> Due(OpenFeed open)
    {
        var funding = new List<FundingRate>();
        open.Feed.CloseBars(0, [], funding);
        return funding;
    }

    // So many marks, each taken or dropped before the next; the first of all may have to be said again until it is heard.
    private static async Task SaidAsync(OpenFeed open, StandInVenue venue, int marks, long? eventMs = null)
    {
        for (var i = 0; i < marks; i++)
        {
            var before = Heard();
            if (before == 0) await open.Until("marks are heard", () => Heard() > 0, () => venue.SendMark(venue.Markets[0]));
            else
            {
                venue.SendMark(venue.Markets[0], eventMs: eventMs + i);
                await open.Until("it came", () => Heard() > before);
            }
        }

        long Heard() => open[FeedCount.MarkPrices] + open[FeedCount.DroppedAbsurd] + open[FeedCount.DroppedDuplicates] + open[FeedCount.DroppedTimes];
    }

    /// <summary>Quote that the account got for it.</summary>
    private static decimal Paid(IReadOnlyCollection<FundingRate> funding)
    {
        var policy = new PaperPolicy(
            Seed: 7, InitialWallet: new(10_000m), MakerFee: 0m, TakerFee: 0m, LiquidationFee: 0.01m, Leverage: 10m, Participation: 0.1m, HalfSpread: new(0m), FullImpact: new(0m),
            Outbound: new(TimeSpan.FromMilliseconds(1), TimeSpan.Zero), Inbound: default, MaxOrderQuantity: new(1_000m), MaxOpenOrdersPerSymbol: 50, ClosedOrdersKept: 100, KnownIdsKept: 100, Faults: [])
        {
            Positions = [new PaperPosition(Btc, PositionSide.Long, new(1m), Price.Of(1_000m))],
        };
        var exchange = new PaperExchange(policy, [new Instrument(Btc, 0.1m, 0.001m, new(0.001m), new(5m), 0.05m, [new(new(1_000_000m), 20m, 0.01m, default)])], []);
        var (opens, price) = (TimeProvider.System.GetUtcNow().AddMinutes(-5).ToUnixTimeMilliseconds(), Price.Of(1_000m));
        exchange.Open(new MarketSlice(opens, TimeSpan.FromDays(1), new[] { new SymbolBar(Btc, new Bar(opens, price, price, price, price, new(1_000m))) }));
        exchange.Announce(funding);
        var outputs = new List<PaperOutput>();
        while (exchange.NextDue is { } due) exchange.Advance(due, outputs);
        return exchange.ViewAccount(null).Positions[0].Funding.Quote;
    }
}
