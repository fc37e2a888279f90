using System.Collections.Immutable;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;
using Dolphin.Actors.Venue;
using Dolphin.Data.Simulation;
using Dolphin.Domain.Market;
using static Dolphin.Actors.Market.WorldProtocol;

namespace Dolphin.Actors.Market;

/// <summary>
/// Plays a real market to the paper venue and to those who trade, one bar late: the venue has to know a bar before it forms, so what the market did in one bar of the
/// clock's grid is what happens at the venue in the next one. Nobody who trades knows more of it than the venue has shown.
/// </summary>
/// <remarks>
/// It keeps nothing: what the market did while no process ran is not known to anybody here, and neither is a symbol's bar that trades may be missing of; both are
/// gaps for those who trade, and nothing fills in them. If the process was suspended, or the machine slept, the bars between are one gap.
/// </remarks>
public sealed class LiveWorldActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ForecastEvery = TimeSpan.FromMinutes(1);

    private readonly ILiveMarket _market;
    private readonly IActorRef _venue;
    private readonly RunBoard _board;
    private MarketSlice? _forming; // At the venue: of the bar before, on the market.
    private IActorRef _feed = ActorRefs.Nobody;
    private ImmutableArray<Symbol> _settled = []; // As the venue was told.
    private long _opensMs = long.MinValue; // When the newest bar at the venue opened, there or not.

    public ITimerScheduler Timers { get; set; } = null!;

    public LiveWorldActor(ILiveMarket market, IActorRef venue, RunBoard board)
    {
        (_market, _venue, _board) = (market, venue, board);
        Receive<Connect>(connect => _feed = connect.Feed);
        Receive<Tick>(_ => OnTick());
        Receive<LookNow>(_ => OnLook());
        Receive<LookAhead>(_ =>
        {
            var rates = _market.Forecasts(Now);
            if (!rates.IsEmpty && !_feed.IsNobody()) _feed.Tell(new MarketProtocol.FundingTold(rates, IsForecast: true));
        });
        Receive<Rest>(_ =>
        {
            Timers.CancelAll();
            Sender.Tell(new Resting());
        });
        Receive<DurableProtocol.TakeSnapshot>(_ => { }); // There is nothing to store.
        Receive<DurableProtocol.GetStored>(_ => { });
    }

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(LookNow.Key, LookNow.Now, LookEvery);
        Timers.StartPeriodicTimer(LookAhead.Key, LookAhead.Now, LookEvery, ForecastEvery);
        Await();
    }

    private DateTimeOffset Now => Context.System.Scheduler.Now;

    private void OnLook()
    {
        if (_feed.IsNobody()) return; // The venue's client has to hear first what an earlier life left on its way.
        var settled = _market.Settled;
        // Once in each life, and not with each look: the venue keeps what it did, and does nothing twice.
        foreach (var (symbol, mark) in settled)
            if (!_settled.Contains(symbol)) _venue.Tell(new PaperVenueProtocol.Settle(symbol, mark));
        _settled = [.. settled.Keys];
        _feed.Tell(new MarketProtocol.BooksSeen(_market.Look()) { Gone = _settled });
    }

    private void OnTick()
    {
        var grid = (long)_market.Interval.TotalMilliseconds;
        var opensMs = Now.ToUnixTimeMilliseconds() / grid * grid;
        if (opensMs >= _opensMs + grid) Turn(opensMs, isNext: opensMs == _opensMs + grid);
        Await();
    }

    private void Turn(long opensMs, bool isNext)
    {
        if (_forming is { } formed && !_feed.IsNobody()) _feed.Tell(new MarketProtocol.SliceClosed(formed));
        (_forming, _opensMs) = (null, opensMs);
        var step = _market.Close(opensMs);
        if (!isNext) step = step with { Slice = new MarketSlice(opensMs, _market.Interval, ReadOnlyMemory<SymbolBar>.Empty) }; // It is longer than a bar, or the first one.
        var due = Due(step.Funding, opensMs);
        if (!due.IsEmpty)
        {
            _venue.Tell(new PaperVenueProtocol.FundingAnnounced(due));
            if (!_feed.IsNobody()) _feed.Tell(new MarketProtocol.FundingTold(due));
        }

        if (step.Slice.Bars.IsEmpty) return;
        _forming = step.Slice;
        _board.Bars += step.Slice.Bars.Length;
        _venue.Tell(new MarketProtocol.SliceOpened(step.Slice));
    }

    // One bar late like everything else; a rate that was learnt of late falls due as soon as it can.
    private ImmutableArray<FundingRate> Due(ImmutableArray<FundingRate> funding, long opensMs)
    {
        if (funding.IsEmpty) return [];
        var opens = DateTimeOffset.FromUnixTimeMilliseconds(opensMs);
        var (earliest, latest) = (opens.AddMilliseconds(1), opens + _market.Interval);
        var newest = new Dictionary<Symbol, DateTimeOffset>(); // Looked up only.
        return [.. funding.OrderBy(rate => rate.At).Select(rate => rate with { At = newest[rate.Symbol] = At(rate) }).OrderBy(rate => rate.At).ThenBy(rate => rate.Symbol)];

        // Of several that a symbol has missed each is paid, one after the other.
        DateTimeOffset At(FundingRate rate)
        {
            var due = rate.At + _market.Interval;
            due = due < earliest ? earliest : due > latest ? latest : due;
            return newest.TryGetValue(rate.Symbol, out var before) && due <= before ? before.AddMilliseconds(1) : due;
        }
    }

    // At most one bar ahead: who was suspended looks again when he goes on.
    private void Await() => Timers.StartSingleTimer(Tick.Key, Tick.Now, Grid.Until(Now, _market.Interval));

    private sealed record Tick
    {
        public const string Key = "tick";
        public static readonly Tick Now = new();
    }

    private sealed record LookNow
    {
        public const string Key = "look";
        public static readonly LookNow Now = new();
    }

    private sealed record LookAhead
    {
        public const string Key = "look-ahead";
        public static readonly LookAhead Now = new();
    }
}
