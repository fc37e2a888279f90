using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Remote;
using Dolphin.Venues.Tests.Contract;

namespace Dolphin.Venues.Tests.Remote;

/// <summary>What a slow reader of the market is told in the end.</summary>
public sealed class MarketOutboxStories
{
    private readonly MarketOutbox _outbox = new();

    [Fact(DisplayName = "A reader that keeps up is told everything, in order")]
    public async Task Keeps_up()
    {
        for (var minute = 0; minute < 100; minute++)
        {
            _outbox.Offer(Closed(minute, 10m));
            Assert.Equal((minute * 60_000L, 0), await TakeClosed());
        }
    }

    [Fact(DisplayName = "One that does not read gets the newest slices as they were, and all before them merged into one, counted; nothing grows")]
    public async Task Merges()
    {
        const int minutes = 10_000;
        for (var minute = 0; minute < minutes; minute++) _outbox.Offer(Closed(minute, 10m + minute));
        var first = Assert.IsType<MarketMessage.Closed>(await Take());
        Assert.Equal(minutes - MarketOutbox.SlicesKept, first.Merged);
        Assert.Equal((minutes - MarketOutbox.SlicesKept) * 60_000L, first.OpenTimeMs);
        var bar = first.Bars[0].Bar;
        Assert.Equal((10m, 10m, 10m + minutes - MarketOutbox.SlicesKept, first.Merged + 1m), (bar.Open.QuotePerBase, bar.Low.QuotePerBase, bar.Close.QuotePerBase, bar.Volume.Base));
        for (var minute = minutes - MarketOutbox.SlicesKept + 1; minute < minutes; minute++) Assert.Equal((minute * 60_000L, 0), await TakeClosed());
        Assert.False(_outbox.TakeAsync(default).IsCompleted);
    }

    [Fact(DisplayName = "Symbols that trade in only one of two merged slices keep their bars, in ordinal order")]
    public async Task Merges_symbols()
    {
        _outbox.Offer(Closed(0, 10m, "A", "C"));
        _outbox.Offer(Closed(1, 20m, "B", "C"));
        for (var minute = 2; minute < MarketOutbox.SlicesKept + 1; minute++) _outbox.Offer(Closed(minute, 30m, "A"));
        var merged = Assert.IsType<MarketMessage.Closed>(await Take());
        Assert.Equal(["A 10 10", "B 20 20", "C 10 20"], merged.Bars.Select(b => $"{b.Symbol} {b.Bar.Open} {b.Bar.Close}"));
        Assert.All(merged.Bars, b => Assert.Equal(60_000L, b.Bar.OpenTimeMs));
    }

    [Fact(DisplayName = "Of openings and marks only the newest is kept; funding is dropped from its beginning, and counted")]
    public async Task Newest()
    {
        var at = Terms.Start;
        for (var i = 0; i < 5; i++)
        {
            _outbox.Offer(new MarketMessage.Opened(i, Terms.Minute, []));
            _outbox.Offer(new MarketMessage.Marked(at.AddSeconds(i), []));
        }

        for (var i = 0; i < MarketOutbox.RatesKept + 3; i++) _outbox.Offer(new MarketMessage.Funding([new(Terms.Btc, at.AddHours(i), 0m)], 0));
        _outbox.Offer(Closed(0, 1m));
        _outbox.Offer(new MarketMessage.Ended(at));

        var funding = Assert.IsType<MarketMessage.Funding>(await Take());
        Assert.Equal((MarketOutbox.RatesKept, 3, at.AddHours(3)), (funding.Rates.Length, funding.Dropped, funding.Rates[0].At));
        Assert.Equal((0L, 0), await TakeClosed());
        Assert.Equal(4, Assert.IsType<MarketMessage.Opened>(await Take()).OpenTimeMs);
        Assert.Equal(at.AddSeconds(4), Assert.IsType<MarketMessage.Marked>(await Take()).At);
        Assert.IsType<MarketMessage.Ended>(await Take());
    }

    private Task<MarketMessage> Take() => _outbox.TakeAsync(default).WaitAsync(TimeSpan.FromMinutes(1));

    private async Task<(long, int)> TakeClosed()
    {
        var closed = Assert.IsType<MarketMessage.Closed>(await Take());
        return (closed.OpenTimeMs, closed.Merged);
    }

    private static MarketMessage.Closed Closed(int minute, decimal price, params string[] symbols) => new(
        minute * 60_000L, Terms.Minute,
        [.. symbols.DefaultIfEmpty("A").Select(s => new SymbolBar(new(s), new Bar(minute * 60_000L, Price.Of(price), Price.Of(price), Price.Of(price), Price.Of(price), new(1m))))], 0);
}
