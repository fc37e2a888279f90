using System.Collections.Immutable;
using Dolphin.Domain.Market;
using Dolphin.Venues.Binance.Live;

namespace Dolphin.Venues.Binance.Tests.Live;

public sealed class BudgetTests
{
    private static readonly long Second = TimeSpan.FromSeconds(1).Ticks;

    [Fact(DisplayName = "A minute's weight can be had at once, then as evenly as it fills")]
    public void Weight_fills()
    {
        var budget = new WeightBudget(1_200);
        for (var i = 0; i < 120; i++) Assert.Equal(TimeSpan.Zero, budget.Take(10, now: 0));

        var wait = budget.Take(10, now: 0);
        Assert.InRange(wait.TotalSeconds, 0.5, 0.51); // Twenty weight a second.
        Assert.NotEqual(TimeSpan.Zero, budget.Take(10, Second / 4));
        Assert.Equal(TimeSpan.Zero, budget.Take(10, wait.Ticks));
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
