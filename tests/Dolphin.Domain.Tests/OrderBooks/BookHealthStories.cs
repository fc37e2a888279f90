using System.Collections.Immutable;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Domain.Survival;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.OrderBooks;

/// <summary>Twenty books that move every 100 ms, looked at once a second.</summary>
public sealed class BookHealthStories
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);
    private static readonly ImmutableArray<Symbol> Wanted = [.. Enumerable.Range(10, 20).Select(i => new Symbol($"A{i}USDT"))];

    private BookHealth _health = BookHealth.Unseen;
    private DateTimeOffset _now = Noon;

    private BookSummary Book(Symbol symbol, double depth = 1_000_000, bool isValid = true, double silent = 0, double interval = 0.1, double deviation = 0.1) => new(
        symbol, _now, isValid, new BestQuote(Price.Of(100m), new Quantity(1m)), new BestQuote(Price.Of(101m), new Quantity(1m)), depth, depth, _now.AddSeconds(-silent), 10, 10, interval, deviation * deviation);

    private LayerReading.Book Look(Func<int, BookSummary?> book)
    {
        _now = _now.AddSeconds(1);
        (_health, var reading) = _health.After(Wanted, [.. Wanted.Select((_, i) => book(i)).Where(b => b is not null).Select(b => b!.Value)], _now);
        return reading!;
    }

    private LayerReading.Book Well(int seconds = 1)
    {
        LayerReading.Book reading = null!;
        for (var i = 0; i < seconds; i++) reading = Look(n => Book(Wanted[n]));
        return reading;
    }

    [Fact(DisplayName = "Books that move as usual are nominal, from the first look on, however slow they usually are")]
    public void Nominal()
    {
        Assert.Equal(new LayerReading.Book(TimeSpan.Zero, TimeSpan.Zero, 0), Well());
        Assert.Equal(new LayerReading.Book(TimeSpan.Zero, TimeSpan.Zero, 0), Well(60));
        var slow = new BookHealthStories();
        Assert.Equal(TimeSpan.Zero, slow.Look(n => slow.Book(Wanted[n], interval: 4, deviation: 4, silent: 15)).Age);
    }

    [Fact(DisplayName = "Silence beyond its own patience is age; one symbol of twenty is not the market, a tenth of them and more is")]
    public void Age()
    {
        Well(60);
        Assert.Equal(TimeSpan.Zero, Look(n => Book(Wanted[n], silent: n < 2 ? 8 : 0)).Age);
        Assert.Equal(7.5, Look(n => Book(Wanted[n], silent: n < 3 ? 8 : 0)).Age.TotalSeconds, 3);
    }

    [Fact(DisplayName = "A book that is not whole, or of which nothing is heard, is as late as it has not been whole")]
    public void Invalid()
    {
        Well(60);
        for (var i = 1; i <= 5; i++)
        {
            var reading = Look(n => n < 5 ? Book(Wanted[n], isValid: false) : n < 10 ? null : Book(Wanted[n]));
            Assert.Equal(i - 0.5, reading.Age.TotalSeconds, 3);
            Assert.Equal(1, reading.DepthDecay);
        }

        Assert.Equal(TimeSpan.Zero, Well().Age);
    }

    [Fact(DisplayName = "Irregular is what is more irregular than chance: a deviation above the usual interval")]
    public void Jitter()
    {
        Well(60);
        Assert.Equal(TimeSpan.Zero, Look(n => Book(Wanted[n], deviation: 0.1)).Jitter);
        Assert.Equal(1.9, Look(n => Book(Wanted[n], deviation: 2)).Jitter.TotalSeconds, 2);
    }

    [Fact(DisplayName = "Depth that is gone is gone on either side, and what stays gone for hours has become usual")]
    public void Depth()
    {
        Well(60);
        Assert.Equal(0.6, Look(n => Book(Wanted[n], depth: 400_000)).DepthDecay, 2);
        Assert.Equal(0.6, Look(n => Book(Wanted[n]) with { AskNotional = 400_000 }).DepthDecay, 2);
        for (var i = 0; i < 4 * 3600; i++) Look(n => Book(Wanted[n], depth: 400_000));
        Assert.InRange(Look(n => Book(Wanted[n], depth: 400_000)).DepthDecay, 0, 0.15);
    }

    [Fact(DisplayName = "After an outage of any length a book is as it was: silence is noticed as soon as before, nothing jitters, and the first look does not make the usual depth")]
    public void Outage() => Prop.ForAll(
        (from seconds in Gen.Choose(1, 40_000)
         from isLooked in Gen.Elements(true, false)
         from every in Gen.Choose(1, 20)
         select (seconds, isLooked, every)).ToArbitrary(), outage =>
        {
            var (now, symbol, book, health) = (Noon, Wanted[0], new OrderBook(), BookHealth.Unseen);
            var watch = new BookWatch(symbol, 0.1m, 0.001m);
            LayerReading.Book? reading = null;
            book.Apply([new(9_999, 5_000)], [new(10_001, 5_000)]);
            void Look(bool isValid) => (health, reading) = health.After([symbol], [watch.Look(book, isValid, now, 25)], now);
            void Second(bool moves, bool begins = false)
            {
                for (var i = 0; i < 20; i++)
                {
                    now = now.AddMilliseconds(50);
                    if (begins && i == 0) watch.Began(now);
                    else if (moves && i % outage.every == 0) watch.Moved(now);
                }
                Look(isValid: true);
            }

            for (var s = 0; s < 60; s++) Second(moves: true);
            var before = health.Usual[symbol];
            for (var s = 0; s < outage.seconds; s += 60)
            {
                now = now.AddSeconds(60);
                if (outage.isLooked) Look(isValid: false);
            }
            book.Apply([new(9_999, 50)], []); // It comes back thin.
            Second(moves: true, begins: true);
            Assert.True(reading!.Jitter < TimeSpan.FromSeconds(0.5), $"{reading}");
            Assert.Equal(0.99, reading.DepthDecay, 2);
            Assert.InRange(health.Usual[symbol].Interval, before.Interval * 0.98, before.Interval * 1.02);
            Assert.InRange(health.Usual[symbol].Depth, before.Depth * 0.98, before.Depth);
            for (var s = 0; s < 25; s++) Second(moves: false);
            Assert.InRange(reading.Age.TotalSeconds, 25 - 5.2 * before.Interval - 0.001, 26);
        }).QuickCheckThrowOnFailure();

    [Theory(DisplayName = "A usual interval that no valid book has, stored by an older version, is forgotten at the first look")]
    [InlineData(31)]
    [InlineData(2_556)]
    public void Absurd_interval(double stored)
    {
        Well(60);
        _health = new BookHealth(_health.Usual.ToImmutableSortedDictionary(u => u.Key, u => u.Value with { Interval = stored }));
        Well();
        Assert.All(_health.Usual.Values, u => Assert.Equal(0.1, u.Interval, 12));
        Assert.Equal(24.5, Look(n => Book(Wanted[n], silent: 25)).Age.TotalSeconds, 3);
    }

    [Fact(DisplayName = "One look after a pause that nobody noticed does not hide silence")]
    public void Pause()
    {
        Well(3_600);
        _now = _now.AddHours(8);
        Look(n => Book(Wanted[n], interval: 2_880, deviation: 9_107));
        Well(60);
        Assert.InRange(Look(n => Book(Wanted[n], silent: 25)).Age.TotalSeconds, 22, 25);
    }

    [Fact(DisplayName = "How far books lean is a number of its own, to whichever side: two leaning books of twenty are not the market, three are")]
    public void Imbalance()
    {
        Well(60);
        Assert.Equal(0, Look(n => Book(Wanted[n], depth: 400_000)).Imbalance);
        Assert.Equal(0.6, Look(n => Book(Wanted[n]) with { AskNotional = 250_000 }).Imbalance, 12);
        Assert.Equal(0.6, Look(n => Book(Wanted[n]) with { BidNotional = 250_000 }).Imbalance, 12);
        Assert.Equal(1, Look(n => Book(Wanted[n]) with { AskNotional = 0 }).Imbalance);
        Assert.Equal(0, Look(n => n < 2 ? Book(Wanted[n]) with { AskNotional = 1 } : Book(Wanted[n])).Imbalance);
        Assert.Equal(0.5, Look(n => n < 3 ? Book(Wanted[n]) with { BidNotional = 3_000_000 } : Book(Wanted[n])).Imbalance, 12);
    }

    [Fact(DisplayName = "A side that is eight times what it was makes no book thin, and lets it lean")]
    public void Leaning_is_not_thin()
    {
        Well(60);
        var one = Look(n => Book(Wanted[n]) with { BidNotional = 8_000_000 });
        Assert.Equal(0, one.DepthDecay);
        Assert.Equal(7.0 / 9, one.Imbalance, 12);
    }

    [Fact(DisplayName = "Numbers that no book has change nothing but its depth")]
    public void Absurd()
    {
        Well(60);
        var reading = Look(n => Book(Wanted[n]) with { BidNotional = double.NaN, MeanInterval = double.NaN, IntervalVariance = 0 });
        Assert.Equal(1, reading.DepthDecay);
        Assert.Equal(TimeSpan.Zero, Well().Age);
    }

    [Fact(DisplayName = "Less is heard, and nothing looks better for it: neither age nor jitter nor depth nor how far books lean")]
    public void Less_is_never_better() => Prop.ForAll(
        (from lost in Gen.Choose(0, 20).ListOf(10)
         from silent in Gen.Choose(0, 30).ListOf(20)
         from depth in Gen.Choose(1, 100).ListOf(20)
         from jitter in Gen.Choose(0, 20).ListOf(20)
         from leaning in Gen.Choose(0, 100).ListOf(20)
         select (lost, silent, depth, jitter, leaning)).ToArbitrary(), story =>
        {
            var health = new BookHealthStories();
            health.Well(30);
            health.Look(n => health.Book(Wanted[n], deviation: story.jitter[n]));
            var before = health._health;
            LayerReading.Book With(Func<int, bool> isHeard)
            {
                (health._health, health._now) = (before, Noon.AddSeconds(60));
                return health.Look(n => isHeard(n) ? health.Book(Wanted[n], depth: 10_000 * story.depth[n], silent: story.silent[n], deviation: story.jitter[n]) with { BidNotional = 10_000 * story.leaning[n] } : null);
            }

            var (whole, less) = (With(_ => true), With(n => !story.lost.Contains(n)));
            Assert.True(less.Age >= whole.Age && less.Jitter >= whole.Jitter && less.DepthDecay >= whole.DepthDecay && less.Imbalance >= whole.Imbalance);
        }).QuickCheckThrowOnFailure();
}
