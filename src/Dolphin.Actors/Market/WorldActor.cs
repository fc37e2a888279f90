using System.Collections.Immutable;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;
using Dolphin.Actors.Venue;
using Dolphin.Data.Simulation;
using Dolphin.Domain.Market;
using static Dolphin.Actors.Market.WorldProtocol;

namespace Dolphin.Actors.Market;

/// <summary>
/// A simulated market in real time. Its bars lie on the wall clock's grid, and it goes on while nobody watches: what was missed is shown
/// to the venue, where orders rest and funding falls due, but not to those who trade; they see a gap.
/// </summary>
/// <remarks>
/// Bounds: of a long absence the venue is shown the newest <see cref="Shown"/> bar by bar, and before that one bar for each funding; after
/// <see cref="Longest"/> the market counts as having been closed for the rest. Those who trade are told at most <see cref="Hiccup"/> late
/// bars, then only the newest. If the wall clock is set back the market waits for it: market time never runs backwards.
/// </remarks>
public sealed class SimulatedWorldActor : DurableActor<WorldMemory>, IWithTimers
{
    private static readonly TimeSpan Shown = TimeSpan.FromDays(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);
    private static readonly TimeSpan FundingGrid = TimeSpan.FromHours(8); // What is cut out of a long absence keeps funding times in place.
    private const int Hiccup = 10; // Bars.
    private const int StepsAtOnce = 4_096; // Some milliseconds of walking between two looks into the mailbox.

    private readonly WorldPlan _plan;
    private readonly IActorRef _venue;
    private readonly RunBoard _board;
    private DateTimeOffset? _began;
    private MarketWalkState? _place;
    private MarketWalk _walk = null!; // Until Begin.
    private MarketSlice? _forming, _newest;
    private IActorRef _feed = ActorRefs.Nobody, _asker = ActorRefs.Nobody;
    private TimeSpan _missed, _closed;
    private long _bars, _barsAtPlace;
    private bool _catchingUp;

    public ITimerScheduler Timers { get; set; } = null!;
    public override string PersistenceId => "world";

    /// <param name="journal">The plugin id of the journal that the venue has too: both are the world outside.</param>
    public SimulatedWorldActor(WorldPlan plan, IActorRef venue, RunBoard board, string journal)
    {
        (_plan, _venue, _board) = (plan, venue, board);
        (JournalPluginId, SnapshotPluginId) = (journal, journal);

        Recover<WorldEvent.Began>(e => _began = e.At);

        Command<Begin>(OnBegin);
        Command<Connect>(connect => _feed = connect.Feed);
        Command<PaperVenueProtocol.MissedSeen>(_ => { if (_catchingUp) CatchUp(); });
        Command<Tick>(_ => OnTick());
        Command<Rest>(_ =>
        {
            Timers.CancelAll();
            _catchingUp = false;
            Sender.Tell(new Resting());
        });
    }

    protected override WorldMemory Capture() => new(_began, _place, _barsAtPlace);
    protected override void Restore(WorldMemory snapshot) =>
        (_began, _place, _bars, _barsAtPlace) = (snapshot.Began, snapshot.Place, snapshot.Bars, snapshot.Bars);

    private void OnBegin(Begin begin)
    {
        _asker = Sender;
        if (_began is { } began)
        {
            Start(began);
            return;
        }

        var now = Now;
        Persist(new WorldEvent.Began(now + Grid.Until(now, _plan.Interval) - _plan.Interval), stored =>
        {
            _began = stored.At;
            Start(stored.At);
        });
    }

    private void Start(DateTimeOffset began)
    {
        var market = _plan.MarketFrom(began);
        var place = _place ?? market.WalkFrom(began.ToUnixTimeMilliseconds()).Capture();
        var later = CloseFor(place, Now - Longest);
        _closed = TimeSpan.FromMilliseconds(later.OpenTimeMs - place.OpenTimeMs);
        _walk = market.Restore(later);
        _missed = Later(Now - Instant(_walk.OpenTimeMs));
        CatchUp();
    }

    // While a market is closed nothing moves: the same place, later.
    private static MarketWalkState CloseFor(MarketWalkState place, DateTimeOffset oldest)
    {
        var shift = Later(oldest - Instant(place.OpenTimeMs));
        var ms = shift.Ticks / FundingGrid.Ticks * (long)FundingGrid.TotalMilliseconds;
        return place with { OpenTimeMs = place.OpenTimeMs + ms, MinuteMs = place.MinuteMs + ms, PremiumSinceMs = place.PremiumSinceMs + ms };
    }

    // One portion on its way to the venue at a time: the next one follows when it has been seen.
    private void CatchUp()
    {
        var (now, shown) = (Now, ImmutableArray.CreateBuilder<MarketStep>());
        (_place, _barsAtPlace) = (_walk.Capture(), _bars);
        for (var steps = 0; steps < StepsAtOnce && Instant(_walk.OpenTimeMs) + _plan.Interval <= now; steps++)
        {
            var step = Next();
            if (step.Slice.ClosesAt > now - Shown || !step.Funding.IsEmpty) shown.Add(step);
            _newest = step.Slice;
        }

        _catchingUp = shown.Count > 0 || Instant(_walk.OpenTimeMs) + _plan.Interval <= now;
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

    private void OnTick()
    {
        if (_catchingUp) return;
        var late = (Now - _forming!.ClosesAt).Ticks / _plan.Interval.Ticks;
        if (late > Hiccup)
        {
            // The process was suspended: no backlog for those who trade.
            (_newest, _forming) = (_forming, null);
            CatchUp();
            return;
        }

        while (_forming!.ClosesAt <= Now)
        {
            Close(_forming);
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
        (_place, _barsAtPlace) = (_walk.Capture(), _bars);
        var step = Next();
        _forming = step.Slice;
        if (step.Slice.ClosesAt <= Now) _venue.Tell(new PaperVenueProtocol.Missed([step]));
        else
        {
            if (!step.Funding.IsEmpty) _venue.Tell(new PaperVenueProtocol.FundingAnnounced(step.Funding));
            _venue.Tell(new MarketProtocol.SliceOpened(step.Slice));
        }

        Await();
    }

    private MarketStep Next()
    {
        var step = _walk.Next();
        _bars += step.Slice.Bars.Length;
        return step;
    }

    // At most one bar ahead: if the wall clock was set back and forth meanwhile, somebody has to look again.
    private void Await()
    {
        var wait = _forming!.ClosesAt - Now;
        Timers.StartSingleTimer(Tick.Key, Tick.Now, wait < _plan.Interval ? Later(wait) : _plan.Interval);
    }

    private static DateTimeOffset Instant(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(unixMs);
    private static TimeSpan Later(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.Zero;

    private sealed record Tick
    {
        public const string Key = "tick";
        public static readonly Tick Now = new();
    }
}
