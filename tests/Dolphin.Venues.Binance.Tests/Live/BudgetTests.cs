using System.Collections.Immutable;
using Dolphin.Data.Public;
using Dolphin.Domain.External;
using Dolphin.Domain.Market;
using Dolphin.Domain.Tests;
using Dolphin.Venues.Binance.Live;
using Dolphin.Venues.Binance.Rest;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Venues.Binance.Tests.Live;

public sealed class BudgetTests
{
    private static readonly long Second = TimeSpan.FromSeconds(1).Ticks;

    [Fact(DisplayName = "A minute's weight can be had at once, and each part of it again a minute after it was taken")]
    public void Weight_of_a_minute()
    {
        var budget = new WeightBudget(1_200);
        for (var i = 0; i < 120; i++) Assert.Equal(TimeSpan.Zero, budget.Take(10, i * Second / 10));

        Assert.Equal(TimeSpan.FromSeconds(48), budget.Take(10, 12 * Second));
        Assert.Equal(TimeSpan.FromSeconds(48.1), budget.Take(20, 12 * Second));
        Assert.NotEqual(TimeSpan.Zero, budget.Take(1, 60 * Second - 1));
        Assert.Equal(TimeSpan.Zero, budget.Take(10, 60 * Second));
        Assert.NotEqual(TimeSpan.Zero, budget.Take(1, 60 * Second));
    }

    private static readonly Gen<(int Weight, int Ms, int Kind)[]> Arrivals =
        (from weight in Gen.Choose(1, 40) from ms in Gen.Frequency((6, Gen.Choose(0, 60)), (1, Gen.Choose(0, 30_000))) from kind in Gen.Choose(0, 9) select (weight, ms, kind)).ArrayOf(400);

    [Fact(DisplayName = "However requests come and whatever the venue counts: no sixty seconds see more than a minute may have, who waits as long as he was told gets it, and others' weight is not used")]
    public void No_minute_sees_more()
    {
        const int perMinute = 300;
        var (given, waited) = (0, 0);
        Prop.ForAll(Arrivals.ToArbitrary(), arrivals =>
        {
            var budget = new WeightBudget(perMinute);
            var taken = new List<(long At, int Weight)>();
            var now = 0L;
            foreach (var (weight, ms, kind) in arrivals)
            {
                now += TimeSpan.FromMilliseconds(ms).Ticks;
                if (kind == 0)
                {
                    var used = Within(taken, now) + weight; // Somebody else's.
                    budget.Counted(used, now);
                    if (used < perMinute) Assert.NotEqual(TimeSpan.Zero, budget.Take(perMinute - used + 1, now));
                    continue;
                }
                var wait = budget.Take(weight, now);
                if (wait > TimeSpan.Zero && kind < 8)
                {
                    Assert.NotEqual(TimeSpan.Zero, budget.Take(weight, now + wait.Ticks - 1));
                    now += wait.Ticks;
                    wait = budget.Take(weight, now);
                    Assert.Equal(TimeSpan.Zero, wait);
                    waited++;
                }
                if (wait > TimeSpan.Zero) continue;
                taken.Add((now, weight));
                given++;
                Assert.InRange(Within(taken, now), 0, perMinute);
            }
        }).Check(Draws.Same(100));
        Assert.True(given > 5_000 && waited > 500, $"given {given}, waited {waited}");

        static int Within(List<(long At, int Weight)> taken, long now) => taken.Where(t => now - t.At < 60 * Second).Sum(t => t.Weight);
    }

    [Fact(DisplayName = "If the venue has counted more than we did, it is right")]
    public void Venue_counts()
    {
        var budget = new WeightBudget(1_200);
        budget.Counted(1_195, now: 0);
        Assert.Equal(TimeSpan.Zero, budget.Take(5, now: 0));
        Assert.NotEqual(TimeSpan.Zero, budget.Take(5, now: 0));
        budget.Counted(10, now: 0); // And if it has counted less, we do not take it back.
        Assert.NotEqual(TimeSpan.Zero, budget.Take(5, now: 0));
    }

    [Theory(DisplayName = "A start with five hundred symbols, books and live factors at once, is never refused: no minute of the venue has more than the share")]
    [InlineData(0.5, 0, 5.1)]
    [InlineData(0.5, 41.7, 5.1)]
    [InlineData(0.8, 12.3, 3.1)]
    public async Task A_start(double share, double second, double minutes)
    {
        var time = new JumpingTime(new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.Zero).AddSeconds(second));
        ImmutableArray<StandInMarket> markets = [.. Enumerable.Range(0, 500).Select(i => new StandInMarket($"S{i}USDT"))];
        await using var venue = await StandInVenue.StartAsync(markets, time);
        venue.OnAsked = () => time.Advance(TimeSpan.FromMilliseconds(15)); // An answer takes so long.
        var budget = new HostBudget(share, time);
        ImmutableArray<Symbol> symbols = [.. markets.Select(m => new Symbol(m.Symbol))];
        using var rest = new PublicRest(OpenFeed.SettingsOf(venue), budget, time);
        using var http = PublicJson.NewClient(TimeSpan.FromMinutes(3));
        var factors = new FactorClient(http, venue.Rest, symbols, budget, time);

        await rest.ListAsync(default);
        await rest.SetClockAsync(default);
        time.AtWork(3); // And this one, which is the first of the four.
        await Task.WhenAll(BooksAsync(), FactorsAsync(c => factors.SettledAsync(time.GetUtcNow(), c), factors.PremiumsAsync), FactorsAsync(factors.OpenInterestAsync),
            FactorsAsync(c => factors.TakerRatiosAsync(TimeSpan.FromDays(2), c), factors.TakerRatiosAsync));

        Assert.Equal((0, 0), (venue.OverLimit, budget.Refusals));
        Assert.All(venue.Weights, w => Assert.InRange(w, 1, (int)(StandInVenue.WeightLimit * share)));
        Assert.InRange(time.Passed.TotalMinutes, minutes - 1, minutes + 0.5);

        async Task BooksAsync()
        {
            foreach (var symbol in symbols) Assert.True(await rest.DepthAsync(symbol, body => body.Length > 0, default));
            time.AtWork(-1);
        }

        async Task FactorsAsync(params Func<CancellationToken, Task<FactorAnswer>>[] rounds)
        {
            foreach (var round in rounds) Assert.NotEmpty(Assert.IsType<FactorAnswer.Values>(await round(default)).All);
            time.AtWork(-1);
        }
    }

    [Theory(DisplayName = "A refusal closes the budget for as long as the venue says, or as long as is usual")]
    [InlineData(false, 7, 7)]
    [InlineData(false, null, 60)]
    [InlineData(true, 900, 900)]
    [InlineData(true, null, 120)]
    [InlineData(true, 99_999_999, 259_200)]
    [InlineData(true, 0, 120)] // "Ask again at once" is no word of a venue that bans.
    [InlineData(false, 0, 60)]
    [InlineData(true, -5, 120)]
    public void Closes(bool isBan, int? said, int seconds)
    {
        var budget = new WeightBudget(1_200);
        budget.Refused(isBan, said is { } s ? TimeSpan.FromSeconds(s) : null, now: 0);

        Assert.Equal(TimeSpan.FromSeconds(seconds), budget.Take(1, now: 0));
        budget.Refused(isBan: false, TimeSpan.FromTicks(1), Second); // A later, milder word does not open it earlier.
        Assert.NotEqual(TimeSpan.Zero, budget.Take(1, (seconds * Second) - 1));
        Assert.Equal(TimeSpan.Zero, budget.Take(1, (seconds + 1) * Second));
    }

    [Fact(DisplayName = "Of connections a hundred and fifty are opened in five minutes, and no more")]
    public void Connections()
    {
        var budget = new ConnectionBudget();
        for (var i = 0; i < ConnectionBudget.Most; i++) Assert.Equal(TimeSpan.Zero, budget.Take(i * Second));

        Assert.Equal(TimeSpan.FromSeconds(150), budget.Take(150 * Second)); // The first one is five minutes ago then.
        Assert.Equal(TimeSpan.Zero, budget.Take(300 * Second));
        Assert.Equal(TimeSpan.FromSeconds(1), budget.Take(300 * Second));
    }

    [Fact(DisplayName = "The plan keeps a symbol's streams of one entrance together, and no connection above its bound")]
    public void Plan()
    {
        ImmutableArray<Symbol> symbols = [.. Enumerable.Range(0, 10).Select(i => new Symbol($"S{i}USDT"))];

        var plan = StreamPlan.Of(symbols, streamsPerConnection: 8);

        Assert.Equal([4, 4, 2, 2, 2, 2, 2, 2], plan.Select(c => c.Symbols.Length));
        Assert.All(plan, c => Assert.True(c.Streams.Length <= 8));
        Assert.Equal(50, plan.SelectMany(c => c.Streams).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(["s4usdt@depth@100ms", "s4usdt@bookTicker"], plan[1].Streams.Take(2));
        Assert.Equal(["s2usdt@aggTrade", "s2usdt@markPrice@1s", "s2usdt@forceOrder"], plan[4].Streams.Take(3));
        Assert.Equal(plan.Select(c => c.Streams), StreamPlan.Of(symbols, 8).Select(c => c.Streams));
    }

    [Fact(DisplayName = "Every setting out of range is said, with key, value and what was expected")]
    public void Settings()
    {
        var errors = new List<string>();
        var wrong = new FeedSettings
        {
            Streams = new Uri("http://x"), Rest = new Uri("ftp://x"), StreamsPerConnection = 2, RotateAfter = TimeSpan.FromHours(24), SilentAfter = TimeSpan.Zero,
            StaleAfter = TimeSpan.Zero, SnapshotLevels = 7, WeightShare = 0.9, LargestFrame = 1, RelistEvery = TimeSpan.Zero, CloseBeforeDelivery = TimeSpan.Zero, NearBps = 0, AbsurdMove = double.NaN, AbsurdBook = 0,
        };

        Assert.False(wrong.Check("a.b", errors));
        Assert.Equal(14, errors.Count);
        Assert.Contains("a.b.rotate-after is 1.00:00:00; expected 1s to 23.5h: the venue cuts at 24 h.", errors);
    }
}
