using System.Collections.Immutable;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Venue;
using Dolphin.Data.Simulation;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;

namespace Dolphin.Node.Tests.Live;

/// <summary>A real market on the wall clock, in virtual time: what it does in one bar happens at the paper venue in the next.</summary>
public sealed class LiveWorldStories : IDisposable
{
    private static readonly Symbol Btc = new("BTCUSDT");
    private static readonly TimeSpan Bar = TimeSpan.FromSeconds(1);
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 12, 0, 0, 400, TimeSpan.Zero), Grid = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeMarket _market = new();
    private readonly List<object> _venue = [], _feed = [];
    private readonly ActorSystem _system = ActorSystem.Create("life", EngineSettings.VirtualTime with { VirtualStart = Start });
    private readonly RunBoard _board = new([]);
    private readonly IActorRef _world;

    public LiveWorldStories()
    {
        ILiveMarket market = _market;
        var (board, told, fed) = (_board, _venue, _feed);
        var venue = _system.ActorOf(Props.Create(() => new Scribe(told)), "venue");
        var feed = _system.ActorOf(Props.Create(() => new Scribe(fed)), "feed");
        _world = _system.ActorOf(Props.Create(() => new LiveWorldActor(market, venue, board)), "world");
        _world.Tell(new WorldProtocol.Connect(feed), ActorRefs.NoSender);
    }

    public void Dispose() => _system.Dispose();

    [Fact(DisplayName = "A bar of the market opens at the venue when it is over, and those who trade hear of it when the venue has shown all of it")]
    public void One_bar_late()
    {
        RunTo(3.9);

        // What was under way at the start lacks its beginning; the first whole one is the second.
        Assert.Equal([2, 3], Opened.Select(Second));
        Assert.Equal([2], Closed.Select(Second));
        Assert.Equal([Grid.AddSeconds(1), Grid.AddSeconds(2), Grid.AddSeconds(3)], _market.ClosedAt);
        Assert.All(Opened, s => Assert.Equal(s.OpenTimeMs, s.Bars.Span[0].Bar.OpenTimeMs));
        Assert.Equal(2, _board.Bars);
    }

    [Fact(DisplayName = "A bar that the market does not have is a gap: nothing opens, nothing closes, and nobody is told of an old price")]
    public void Gaps()
    {
        RunTo(3.9);
        _market.IsThere = false;
        RunTo(5.9);
        Assert.Equal([2, 3], Opened.Select(Second));
        Assert.Equal([2, 3], Closed.Select(Second));

        _market.IsThere = true;
        RunTo(7.9);
        Assert.Equal([2, 3, 6, 7], Opened.Select(Second));
        Assert.Equal([2, 3, 6], Closed.Select(Second));
    }

    [Fact(DisplayName = "Of several settlements that a symbol has missed each falls due, one after the other")]
    public void Missed_funding()
    {
        _market.Due = [.. Enumerable.Range(1, 3).Select(hours => new FundingRate(Btc, Grid.AddHours(-hours), hours)), new FundingRate(new("ETHUSDT"), Grid.AddDays(-1), 0.5m)];
        RunTo(2.5);
        var rates = Assert.Single(_venue.OfType<PaperVenueProtocol.FundingAnnounced>()).Rates;
        Assert.Equal([("BTCUSDT", 3m), ("ETHUSDT", 0.5m), ("BTCUSDT", 2m), ("BTCUSDT", 1m)], rates.Select(r => (r.Symbol.Name, Rate: r.Rate)));
        Assert.Equal([0, 0, 1, 2], rates.Select(r => (int)(r.At - rates[0].At).TotalMilliseconds));
    }

    [Fact(DisplayName = "Funding falls due one bar late too, is told before its bar, and never before the bar that it is told with")]
    public void Funding()
    {
        _market.Due = [new FundingRate(Btc, Grid.AddSeconds(1.7), 0.0001m), new FundingRate(new("ETHUSDT"), Grid.AddDays(-1), 0.0002m)];
        RunTo(2.5);

        var announced = Assert.Single(_venue.OfType<PaperVenueProtocol.FundingAnnounced>());
        Assert.Equal([Grid.AddSeconds(2).AddMilliseconds(1), Grid.AddSeconds(2.7)], announced.Rates.Select(r => r.At));
        Assert.True(_venue.IndexOf(announced) < _venue.FindIndex(m => m is MarketProtocol.SliceOpened));
        Assert.Equal(announced.Rates, Assert.Single(_feed.OfType<MarketProtocol.FundingTold>(), t => !t.IsForecast).Rates);
    }

    [Fact(DisplayName = "Once a minute the feed is told the rates of the settlements to come, and nothing where there is none")]
    public void Forecasts()
    {
        RunTo(30);
        Assert.Empty(_feed.OfType<MarketProtocol.FundingTold>());
        _market.Ahead = 0.0003m;
        RunTo(125);
        var told = _feed.OfType<MarketProtocol.FundingTold>().ToList();
        Assert.Equal([(Grid.AddMilliseconds(61_400), 0.0003m), (Grid.AddMilliseconds(121_400), 0.0003m)], told.SelectMany(t => t.Rates).Select(r => (r.At, r.Rate)));
        Assert.All(told, t => Assert.True(t.IsForecast));
    }

    [Fact(DisplayName = "Once a second the feed is told what every book is")]
    public void Books()
    {
        RunTo(3.9);
        Assert.Equal(3, _feed.OfType<MarketProtocol.BooksSeen>().Count());
        Assert.Equal(Btc, _feed.OfType<MarketProtocol.BooksSeen>().First().Books[0].Symbol);
    }

    [Fact(DisplayName = "That a symbol has come to its end the venue is told once, with its mark, and again when it trades and ends again; those who look at books are told that there is none")]
    public void Settled()
    {
        RunTo(2.5);
        _market.Settled = _market.Settled.Add(Btc, Price.Of(99m));
        RunTo(6.5);
        Assert.Equal(new PaperVenueProtocol.Settle(Btc, Price.Of(99m)), Assert.Single(_venue.OfType<PaperVenueProtocol.Settle>()));
        Assert.Equal([Btc], _feed.OfType<MarketProtocol.BooksSeen>().Last().Gone.AsEnumerable());

        _market.Settled = _market.Settled.Clear();
        RunTo(8.5);
        Assert.Empty(_feed.OfType<MarketProtocol.BooksSeen>().Last().Gone);
        _market.Settled = _market.Settled.Add(Btc, null);
        RunTo(10.5);
        Assert.Equal(new PaperVenueProtocol.Settle(Btc, null), _venue.OfType<PaperVenueProtocol.Settle>().Last());
        Assert.Equal(2, _venue.OfType<PaperVenueProtocol.Settle>().Count());
    }

    [Fact(DisplayName = "When it rests nothing moves any more")]
    public void Rests()
    {
        RunTo(3.9);
        _world.Tell(new WorldProtocol.Rest(), ActorRefs.NoSender);
        var (told, fed) = (_venue.Count, _feed.Count);
        RunTo(10);
        Assert.Equal((told, fed), (_venue.Count, _feed.Count));
    }

    [Theory(DisplayName = "When the wall clock is set the bars go on: none is waited for, none is passed over")]
    [InlineData(120)]
    [InlineData(-120)]
    public async Task Set_clock(int seconds)
    {
        var machine = new HeldClock(Start);
        using var system = ActorSystem.Create("set", EngineSettings.RealTime with { Clock = machine });
        ILiveMarket market = new FakeMarket();
        var (told, fed, board) = (new List<object>(), new List<object>(), new RunBoard([]));
        var venue = system.ActorOf(Props.Create(() => new Scribe(told)));
        var feed = system.ActorOf(Props.Create(() => new Scribe(fed)));
        var world = system.ActorOf(Props.Create(() => new LiveWorldActor(market, venue, board)));
        world.Tell(new WorldProtocol.Connect(feed), ActorRefs.NoSender);
        await SettleAsync();
        for (var i = 1; i <= 8; i++)
        {
            if (i == 4) machine.SetWall(TimeSpan.FromSeconds(seconds));
            machine.Pass(Bar);
            await SettleAsync();
        }

        Assert.Equal([2, 3, 4, 5, 6, 7, 8], told.OfType<MarketProtocol.SliceOpened>().Select(o => Second(o.Slice)));
        Assert.Equal([2, 3, 4, 5, 6, 7], fed.OfType<MarketProtocol.SliceClosed>().Select(c => Second(c.Slice)));

        async Task SettleAsync()
        {
            foreach (var actor in (IActorRef[])[world, venue, feed]) await actor.Ask<ActorIdentity>(new Identify(1), Timeout.InfiniteTimeSpan);
        }
    }

    private IEnumerable<MarketSlice> Opened => _venue.OfType<MarketProtocol.SliceOpened>().Select(o => o.Slice);
    private IEnumerable<MarketSlice> Closed => _feed.OfType<MarketProtocol.SliceClosed>().Select(c => c.Slice);
    private static int Second(MarketSlice slice) => (int)(slice.OpensAt - Grid).TotalSeconds;
    private void RunTo(double seconds) => _system.VirtualTime().RunUntil(Grid.AddSeconds(seconds));

    private sealed class Scribe : ReceiveActor
    {
        public Scribe(List<object> heard) => ReceiveAny(heard.Add);
    }

    private sealed class FakeMarket : ILiveMarket
    {
        public bool IsThere { get; set; } = true;
        public ImmutableArray<FundingRate> Due { get; set; } = [];
        public decimal? Ahead { get; set; }
        public List<DateTimeOffset> ClosedAt { get; } = [];
        public TimeSpan Interval => Bar;
        public ImmutableSortedDictionary<Symbol, Price?> Settled { get; set; } = ImmutableSortedDictionary<Symbol, Price?>.Empty;

        public MarketStep Close(long openMs)
        {
            ClosedAt.Add(DateTimeOffset.FromUnixTimeMilliseconds(openMs));
            var due = ClosedAt.Count == 2 ? Due : [];
            var bar = new Bar(openMs, Price.Of(100m), Price.Of(101m), Price.Of(99m), Price.Of(100m), new Quantity(5m));
            return new MarketStep(new MarketSlice(openMs, Bar, IsThere ? new[] { new SymbolBar(Btc, bar) } : []), due);
        }

        public ImmutableArray<FundingRate> Forecasts(DateTimeOffset at) => Ahead is { } rate ? [new FundingRate(Btc, at, rate)] : [];

        public ImmutableArray<BookSummary> Look() => [new BookSummary(Btc, Start, true, null, null, 0d, 0d, null, 0, 0, 0d, 0d)];
    }
}
