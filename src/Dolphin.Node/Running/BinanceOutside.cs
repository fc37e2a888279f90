using System.Collections.Immutable;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Venue;
using Dolphin.Data.Simulation;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Domain.Reporting;
using Dolphin.Venues.Binance.Live;
using Dolphin.Venues.Paper;
using Serilog;

namespace Dolphin.Node.Running;

/// <summary>A paper venue in the node's own process on the live market of Binance. The venue has a journal of its own; the market has none.</summary>
internal sealed class BinanceOutside : IOutside
{
    // The connections are there within seconds; a node that comes up without them waits for bars, which is no harm.
    private static readonly TimeSpan UpPatience = TimeSpan.FromSeconds(30), LookEvery = TimeSpan.FromMilliseconds(200);

    private readonly StateFolder _folder;
    private readonly ILogger _log;
    private readonly MarketFeed _feed;
    private readonly ImmutableDictionary<Symbol, Instrument> _instruments; // That the node began with.
    private readonly IActorRef _venue, _world;
    private readonly RunBoard _board;

    /// <param name="seed">Of the waits between attempts to connect.</param>
    /// <param name="clock">The actors': what the feed stamps they compare with their own time.</param>
    public BinanceOutside(
        ActorSystem system, OutsidePlan.Binance plan, ImmutableArray<Instrument> instruments, StateFolder folder, ulong seed, TimeProvider clock, RunBoard board, ILogger log)
    {
        (_folder, _board, _log, _instruments) = (folder, board, log, instruments.ToImmutableDictionary(i => i.Symbol));
        var exchange = new PaperExchange(plan.Venue, instruments, []);
        var venue = _venue = system.ActorOf(Props.Create(() => new PaperVenueActor(exchange, "venue", false)), "venue");
        _feed = new MarketFeed(
            plan.Feed, plan.Listed, [.. instruments.Select(i => i.Symbol).Order()], new PublicRest(plan.Feed, plan.Budget, clock), seed, clock,
            said => log.Warning("{Said:l}", said), said =>
            {
                log.Warning("{Said:l}", said);
                board.Tell(new NotableEvent(system.Scheduler.Now, NotableKind.Warning, "market", said));
            });
        ILiveMarket market = new Market(_feed, board, plan.Bar, plan.LastPrices);
        _world = system.ActorOf(Props.Create(() => new LiveWorldActor(market, venue, board)), "world");
        Door = new OpenDoor(new PaperVenue(_venue));
        _ = _feed.Completion.ContinueWith(ended => log.Error(ended.Exception, "The market feed has ended by itself: there are no more bars"), TaskContinuationOptions.OnlyOnFaulted);
    }

    public IVenueDoor Door { get; }
    public ImmutableArray<IActorRef> Actors => [_venue, _world];
    public ImmutableArray<string> PersistenceIds => ["paper-venue"];

    public ChangedRules? RulesOf(Symbol symbol)
    {
        if (_feed.Changed.GetValueOrDefault(symbol) is not { } change)
            return _feed.FarFromMark.GetValueOrDefault(symbol) is { } what ? ChangedRules.AbsurdBook(symbol, what) : _feed.HasBook(symbol) ? null : ChangedRules.NoBook(symbol);
        if (!change.IsTrading) return ChangedRules.NotTrading(symbol, change.What);
        var began = _instruments[symbol];
        var now = change.Now!;
        var instrument = began with
        {
            TickSize = now.TickSize, LotSize = now.LotSize, MinQuantity = now.MinQuantity, MinNotional = now.MinNotional, PercentPrice = now.PercentPrice ?? began.PercentPrice,
        };
        var rules = new ChangedRules(symbol, change.What, instrument, now.MaxQuantity);
        return change.CloseFrom is { } from && now.Delivery is { } delivery ? rules.EndingAt(delivery, from) : rules;
    }

    public async Task OpenAsync(TimeSpan patience, CancellationToken cancellation)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (_feed.Health is var health && health.LinesUp < health.Lines && TimeProvider.System.GetElapsedTime(began) < UpPatience) await Task.Delay(LookEvery, cancellation);
        _log.Information("Live market of Binance USD-M futures: {Symbols} symbols, {Up} of {Lines} connections, the venue's clock {Offset:0} ms from ours",
            _feed.Health.Symbols, _feed.Health.LinesUp, _feed.Health.Lines, _feed.Clock.Offset.TotalMilliseconds);
    }

    public void Connect(IActorRef execution, IActorRef feed)
    {
        _venue.Tell(new PaperVenueProtocol.TellAgain(StoredFacts.NewestIncome(_folder)), ActorRefs.NoSender);
        _venue.Tell(new PaperVenueProtocol.Connect(execution), ActorRefs.NoSender);
        _world.Tell(new WorldProtocol.Connect(feed), ActorRefs.NoSender);
    }

    public async Task RestAsync(TimeSpan patience)
    {
        await _world.Ask<WorldProtocol.Resting>(new WorldProtocol.Rest(), patience);
        var counts = _feed.Counts;
        _board.Feed = _feed.Picture();
        _log.Information("Of {Messages} messages of the market {Dropped} were dropped{Why:l}; {Gaps} gaps in books, {Lost} connections lost",
            counts[FeedCount.Messages], counts.Dropped, counts.Dropped > 0 ? $" ({counts.DroppedByWhy})" : "", counts[FeedCount.BookGaps], counts[FeedCount.ConnectionsLost]);
    }

    public ValueTask DisposeAsync() => _feed.DisposeAsync();

    /// <summary>The feed as the actors ask it.</summary>
    private sealed class Market(MarketFeed feed, RunBoard board, TimeSpan bar, ImmutableDictionary<Symbol, Price> lastPrices) : ILiveMarket
    {
        public TimeSpan Interval => bar;

        public ImmutableSortedDictionary<Symbol, Price?> Settled => feed.Settled.IsEmpty || feed.Settled.Values.All(mark => mark is not null)
            ? feed.Settled
            : feed.Settled.ToImmutableSortedDictionary(s => s.Key, s => s.Value ?? (lastPrices.TryGetValue(s.Key, out var last) ? last : null));

        public MarketStep Close(long openMs)
        {
            var (bars, funding) = (new List<SymbolBar>(), new List<FundingRate>());
            feed.CloseBars(openMs, bars, funding);
            return new MarketStep(new MarketSlice(openMs, bar, bars.ToArray()), [.. funding]);
        }

        public ImmutableArray<FundingRate> Forecasts(DateTimeOffset at) => feed.Forecasts(at);

        public ImmutableArray<BookSummary> Look()
        {
            var books = new BookSummary[feed.Symbols.Length];
            feed.Summarize(books);
            board.Feed = feed.Picture();
            return [.. books];
        }
    }
}
