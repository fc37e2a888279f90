using System.Collections.Immutable;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;
using Dolphin.Actors.Venue;
using Dolphin.Data.Simulation;
using Dolphin.Domain.Market;
using static Dolphin.Actors.Market.WorldProtocol;

namespace Dolphin.Actors.Market;

/// <summary>
/// A market in real time, simulated or recorded. Its bars lie on the wall clock's grid, and it goes on while nobody watches: what was missed is shown
/// to the venue, where orders rest and funding falls due, but not to those who trade; they see a gap.
/// </summary>
/// <remarks>
/// Bounds: of a long absence the venue is shown the newest <see cref="Shown"/> bar by bar, and before that one bar for each funding; after
/// <see cref="Longest"/> the market counts as having been closed for the rest. Those who trade are told at most <see cref="Hiccup"/> late
/// bars, then only the newest. When a recording is over there are no more bars; the venue keeps its books open. If the wall clock is set back the market waits for it: market time never runs backwards.
/// </remarks>
public sealed class WorldActor : DurableActor<WorldMemory>, IWithTimers
{
    private static readonly TimeSpan Shown = TimeSpan.FromDays(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);
    private static readonly TimeSpan FundingGrid = TimeSpan.FromHours(8); // What is cut out of a long absence keeps funding times in place.
    private const int Hiccup = 10; // Bars.
    private const int StepsAtOnce = 4_096; // Some milliseconds of walking between two looks into the mailbox.

    private readonly IWorldMarket _market;
    private readonly IActorRef _venue;
    private readonly RunBoard _board;
    private DateTimeOffset? _began;
    private WorldMemory? _place;
    private IWorldWalk _walk = null!; // Until Begin.
    private MarketSlice? _forming, _newest;
    private IActorRef _feed = ActorRefs.Nobody, _watcher = ActorRefs.Nobody, _asker = ActorRefs.Nobody;
    private TimeSpan _missed, _closed;
    private DateTimeOffset? _ended;
    private long _bars;
    private bool _catchingUp;

    public ITimerScheduler Timers { get; set; } = null!;
    public override string PersistenceId => "world";

    /// <param name="journal">The plugin id of the journal that the venue has too: both are the world outside.</param>
    public WorldActor(IWorldMarket market, IActorRef venue, RunBoard board, string journal)
    {
        (_market, _venue, _board) = (market, venue, board);
        (JournalPluginId, SnapshotPluginId) = (journal, journal);

        Recover<WorldEvent.Began>(e => _began = e.At);

        Command<Begin>(OnBegin);
        Command<Connect>(OnConnect);
        Command<PaperVenueProtocol.MissedSeen>(_ => { if (_catchingUp) CatchUp(); });
        Command<Tick>(_ => OnTick());
        Command<Rest>(_ =>
        {
            Timers.CancelAll();
            _catchingUp = false;
            Sender.Tell(new Resting());
        });
    }

    protected override WorldMemory Capture() => _place is { } place ? place with { Began = _began } : new WorldMemory(_began, null, 0);
    protected override void Restore(WorldMemory snapshot) =>
        (_began, _place, _bars) = (snapshot.Began, snapshot.Place is null && snapshot.Recorded is null ? null : snapshot, snapshot.Bars);

    private void OnConnect(Connect connect)
    {
        (_feed, _watcher) = (connect.Feed, connect.Watcher ?? ActorRefs.Nobody);
        if (_ended is { } at && !_watcher.IsNobody()) _watcher.Tell(new End(at));
    }

    private void OnBegin(Begin begin)
    {
        _asker = Sender;
        if (_began is { } began)
        {
            Start(began);
            return;
        }

        var now = Now;
        Persist(new WorldEvent.Began(now + Grid.Until(now, _market.Interval) - _market.Interval), stored =>
        {
            _began = stored.At;
            Start(stored.At);
        });
    }

    private void Start(DateTimeOffset began)
    {
        _walk = _place is { } place ? _market.Resume(place with { Began = began }) : _market.Begin(began);
        // Cut out in whole steps, so that funding times stay in place.
        _closed = FundingGrid * (Later(Now - Longest - Instant(_walk.OpenTimeMs)).Ticks / FundingGrid.Ticks);
        if (_closed > TimeSpan.Zero) _walk.CloseFor(_closed);
        _missed = Later(Now - Instant(_walk.OpenTimeMs));
        CatchUp();
    }

    // One portion on its way to the venue at a time: the next one follows when it has been seen.
    private void CatchUp()
    {
        var (now, shown) = (Now, ImmutableArray.CreateBuilder<MarketStep>());
        if (!_walk.IsOver) _place = _walk.Capture(_began, _bars);
        for (var steps = 0; steps < StepsAtOnce && IsLate(now); steps++)
        {
            var step = Next()!;
            // The last bar of all is what things cost from then on.
            if (step.Slice.ClosesAt > now - Shown || !step.Funding.IsEmpty || _walk.IsOver) shown.Add(step);
            _newest = step.Slice;
            TellFunding(step);
        }

        _catchingUp = shown.Count > 0 || IsLate(now);
        if (_catchingUp)
        {
            _venue.Tell(new PaperVenueProtocol.Missed(shown.ToImmutable()));
            return;
        }

        if (_newest is { } newest) Close(newest);
        OpenNext();
        if (_asker.IsNobody()) return;
        _asker.Tell(new Open(_began!.Value, _missed, _closed));
        _asker = ActorRefs.Nobody;
    }

    private bool IsLate(DateTimeOffset now) => !_walk.IsOver && Instant(_walk.OpenTimeMs) + _market.Interval <= now;

    private void OnTick()
    {
        if (_catchingUp || _forming is null) return;
        var late = (Now - _forming.ClosesAt).Ticks / _market.Interval.Ticks;
        if (late > Hiccup)
        {
            // The process was suspended: no backlog for those who trade.
            (_newest, _forming) = (_forming, null);
            CatchUp();
            return;
        }

        while (_forming is { } forming && forming.ClosesAt <= Now)
        {
            Close(forming);
            OpenNext();
        }

        Await();
    }

    private void Close(MarketSlice slice)
    {
        _newest = null;
        _board.Bars = _bars;
        if (!_feed.IsNobody()) _feed.Tell(new MarketProtocol.SliceClosed(slice));
    }

    private void OpenNext()
    {
        if (_walk.IsOver)
        {
            Over(); // Its place stays before the last bar: a venue that comes back is shown that one, and knows what things cost.
            return;
        }

        _place = _walk.Capture(_began, _bars);
        var step = Next()!;
        _forming = step.Slice;
        if (step.Slice.ClosesAt <= Now) _venue.Tell(new PaperVenueProtocol.Missed([step]));
        else
        {
            if (!step.Funding.IsEmpty) Show(new PaperVenueProtocol.FundingAnnounced(step.Funding));
            TellFunding(step);
            Show(new MarketProtocol.SliceOpened(step.Slice));
        }

        Await();
    }

    private void Show(object happening)
    {
        _venue.Tell(happening);
        if (!_watcher.IsNobody()) _watcher.Tell(happening);
    }

    private void TellFunding(MarketStep step)
    {
        if (!step.Funding.IsEmpty && !_feed.IsNobody()) _feed.Tell(new MarketProtocol.FundingTold(step.Funding));
    }

    private void Over()
    {
        _forming = null;
        _ended = Instant(_walk.OpenTimeMs);
        Context.GetLogger().Warning("The recording is over: there are no more bars. Orders are still taken and books kept.");
        if (!_watcher.IsNobody()) _watcher.Tell(new End(_ended.Value));
    }

    private MarketStep? Next()
    {
        var step = _walk.Next();
        _bars += step?.Slice.Bars.Length ?? 0;
        return step;
    }

    // At most one bar ahead: if the wall clock was set back and forth meanwhile, somebody has to look again.
    private void Await()
    {
        if (_forming is null) return; // The market is over.
        var wait = _forming.ClosesAt - Now;
        Timers.StartSingleTimer(Tick.Key, Tick.Now, wait < _market.Interval ? Later(wait) : _market.Interval);
    }

    private static DateTimeOffset Instant(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(unixMs);
    private static TimeSpan Later(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.Zero;

    private sealed record Tick
    {
        public const string Key = "tick";
        public static readonly Tick Now = new();
    }
}
