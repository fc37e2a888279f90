using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Scan;
using ScanPlunge = Dolphin.Domain.Scan.PlungeEvent;

namespace Dolphin.Actors.Scan;

/// <summary>What is stored of the scan besides its events.</summary>
/// <param name="Universe">Whose places the memory's are, in ordinal order.</param>
/// <param name="Slot">The newest whole number of periods since 1970 that has been scanned, or waited for.</param>
/// <param name="ClockAt">The scheduler's clock at the last scan.</param>
/// <param name="Picture">Of the last scan; null before it.</param>
/// <param name="Ranked">By alpha, best first, as last heard; null where nobody ranks.</param>
public sealed record ScanSnapshot(
    ImmutableArray<Symbol> Universe, ScanMemory Memory, ScanWatchState Watch, ScanPunctuality Punctuality, long? Slot, DateTimeOffset? ClockAt, ScanPicture? Picture,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImmutableArray<Symbol>? Ranked = null);

/// <summary>The eigen-scan of the universe: one for all nodes, at every interval, with the watchdog that says when it was late.</summary>
/// <remarks>
/// It scans when the first slice of an interval has closed, and not by a timer: at a timer's instant the closes of that instant are still on their way. What does not come makes
/// no scan; L4 lives on the age of the last one. Where rows are spread over shards this is their head: a scan stays open until they have answered, or its patience is over; what they did not
/// answer it does itself. One scan is open at a time, and the next interval ends it; closes that come meanwhile count in the next one.
/// </remarks>
public sealed class ScanActor : DurableActor<ScanSnapshot>, IWithTimers
{
    public const string Id = "scan";
    private readonly ScanPlan _plan;
    private readonly ImmutableArray<Symbol> _universe;
    private readonly IClusterPort _cluster;
    private readonly RunBoard _board;
    private readonly ScanShards? _shards; // Null: all rows are here.
    private readonly Dictionary<Symbol, int> _places = []; // Looked up; never walked.
    private EigenScan _scan;
    private ScanWatchState _watch = ScanWatchState.Initial;
    private ScanPunctuality _punctuality;
    private ScanPicture? _picture;
    private DateTimeOffset? _clockAt;
    private long? _slot;
    private string? _coldBecause;
    private ImmutableArray<Symbol>? _ranked;
    private OpenScan? _open;
    private long _rowsAfresh;

    public ITimerScheduler Timers { get; set; } = null!;

    public override string PersistenceId => Id;

    /// <param name="universe">In ordinal order.</param>
    /// <param name="shards">As many as the plan shares rows out to, in their order; empty where it does not.</param>
    public ScanActor(ScanPlan plan, ImmutableArray<Symbol> universe, IReadOnlyList<IActorRef> shards, IClusterPort cluster, RunBoard board)
    {
        (_plan, _universe, _cluster, _board) = (plan, universe, cluster, board);
        _scan = NewScan();
        if (plan.Sharing is not null) _shards = new ScanShards(shards, _scan.Shards, plan.Policy.Windows.Length);
        for (var place = 0; place < universe.Length; place++) _places.Add(universe[place], place);
        Recover<ScanEvent>(@event => _watch = ScanWatch.Evolve(_watch, @event));
        Recover<RecoveryCompleted>(_ => OnRecovered());
        Command<MarketProtocol.SliceClosed>(closed => OnSlice(closed.Slice));
        Command<AlphaSnapshot>(alpha => _ranked = [.. alpha.Ranked.Select(a => a.Symbol)]);
        if (_shards is not { } all) return;
        Command<ScanShardProtocol.Taken>(taken => OnAnswer(all.OnTaken(taken, _scan, Self)));
        Command<ScanShardProtocol.PartPiece>(piece => OnAnswer(all.OnPart(piece, _scan, Self)));
        Command<ScanShardProtocol.GetHistory>(asked => all.OnGetHistory(asked, _scan, Self));
        Command<PatienceOver>(_ => OnPatienceOver(all));
    }

    private int Shards => _plan.Sharing?.Shards ?? 1;

    private EigenScan NewScan() => new(_plan.Policy, _universe.Length, Shards);

    protected override bool IsWhole => _open is null;

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Topics.Slices, Self);
        _cluster.Subscribe(Topics.Alpha, Self);
    }

    protected override ScanSnapshot Capture() => new(_universe, _scan.Capture(), _watch, _punctuality, _slot, _clockAt, _picture, _ranked);

    // A megabyte of returns is more than a message between nodes may be: whoever asks hears what they are known by.
    protected override ScanSnapshot Told() => Capture() is var all
        ? all with { Memory = all.Memory with { Returns = SHA256.HashData(all.Memory.Returns), Carried = SHA256.HashData(all.Memory.Carried) } } : all;

    protected override void Restore(ScanSnapshot snapshot)
    {
        (_watch, _punctuality, _slot, _clockAt, _picture, _ranked) = (snapshot.Watch, snapshot.Punctuality, snapshot.Slot, snapshot.ClockAt, snapshot.Picture, snapshot.Ranked);
        if (MemoryOf(snapshot) is { } memory && EigenScan.From(_plan.Policy, _universe.Length, memory, Shards) is { } scan) _scan = scan;
        else _coldBecause = "what is stored is of another universe or of other windows";
    }

    // One listing more is no reason to forget the others.
    private ScanMemory? MemoryOf(ScanSnapshot snapshot)
    {
        if (snapshot.Universe.SequenceEqual(_universe)) return snapshot.Memory;
        var places = snapshot.Universe.Select((symbol, place) => (symbol, place)).ToDictionary(p => p.symbol, p => p.place);
        ImmutableArray<int> before = [.. _universe.Select(symbol => places.GetValueOrDefault(symbol, -1))];
        return before.All(was => was < 0) ? null : snapshot.Memory.Placed(before);
    }

    private void OnRecovered()
    {
        if (_scan.Count == 0) _coldBecause ??= _watch.WarmUps == 0 ? "there was no scan before" : "the returns of an earlier life were not stored";
        if (_watch.Watched is { } watched && watched.Except(_universe).Any()) _watch = _watch with { Watched = null }; // Of another universe.
        Confine();
        _shards?.Resume(_scan, Self);
        if (_picture is not null) Publish(_picture); // As old as it is: whoever listens finds what would be there without the restart.
    }

    private void OnSlice(MarketSlice slice)
    {
        var period = slice.Interval > _plan.Interval ? slice.Interval : _plan.Interval;
        var atMs = slice.ClosesAt.ToUnixTimeMilliseconds();
        foreach (ref readonly var bar in slice.Bars.Span)
            if (_places.TryGetValue(bar.Symbol, out var place)) _scan.Offer(place, (double)bar.Bar.Close.QuotePerBase, atMs);

        var (slot, past) = Math.DivRem(atMs, (long)period.TotalMilliseconds);
        if (_slot is null && past != 0) _slot = slot; // The first interval has begun without us.
        if (slot <= _slot) return;
        var steps = slot - (_slot ?? slot);
        _slot = slot;
        OnInterval(slice.ClosesAt, period, steps);
    }

    private void OnInterval(DateTimeOffset at, TimeSpan period, long steps)
    {
        if (_open is not null)
        {
            End(() => OnInterval(at, period, steps));
            return;
        }

        var now = Now;
        var drift = _clockAt is { } before ? (now - before - period).Duration() : TimeSpan.Zero;
        (_clockAt, _punctuality) = (now, _punctuality.After(_plan.Watch, drift));
        if (steps > _plan.Policy.Longest && _scan.Count > 0)
        {
            (_scan, _rowsAfresh) = (NewScan(), 0);
            Confine();
            _coldBecause = string.Create(CultureInfo.InvariantCulture, $"nothing came for {steps} intervals, more than the longest window has");
        }

        if (steps <= _plan.LongestStep || _scan.Count == 0)
        {
            Begin(at, period, drift);
            return;
        }
        _scan.Skip(at.ToUnixTimeMilliseconds());
        Conclude(new OpenScan(at, period, drift, TimeSpan.Zero, _scan.Closes, WantsSpectra: false), null, isReturn: false, TimeSpan.Zero, null);
    }

    private void Begin(DateTimeOffset at, TimeSpan period, TimeSpan drift)
    {
        var began = Context.System.Scheduler.MonotonicClock;
        _scan.Begin(at.ToUnixTimeMilliseconds());
        _open = new OpenScan(at, period, drift, began, _scan.Closes, _scan.Count % _plan.EntropyEvery == 0);
        if (_shards is { } shards)
        {
            shards.Begin(_scan, _open.WantsSpectra, Self);
            Timers.StartSingleTimer(PatienceOver.Key, PatienceOver.Now, _plan.Sharing!.Patience);
        }
        _scan.Follow(); // While they are at work.
        if (_shards?.IsComplete != false) End();
    }

    private void OnAnswer(RowRange? back)
    {
        if (back is { } rows)
            _board.Tell(new NotableEvent(Now, NotableKind.Info, Id, string.Create(CultureInfo.InvariantCulture, $"the shard of rows {rows.First} to {rows.End} is back")));
        if (_shards!.AreAllHere) Timers.Cancel(PatienceOver.Key);
        if (_open is not null && _shards.IsComplete) End();
    }

    private void OnPatienceOver(ScanShards shards)
    {
        foreach (var rows in shards.OnPatienceOver())
        {
            _board.Tell(new NotableEvent(Now, NotableKind.Warning, Id, string.Create(
                CultureInfo.InvariantCulture,
                $"the shard of rows {rows.First} to {rows.End} did not answer within {_plan.Sharing!.Patience.TotalMilliseconds:0} ms: it is not waited for until it answers in time again, and its rows are done here when they are needed")));
        }
        if (_open is not null) End();
    }

    /// <param name="then">When all of it is stored and told.</param>
    private void End(Action? then = null)
    {
        var open = _open!;
        _open = null;
        var happened = _scan.End(_shards?.End());
        if (open.WantsSpectra) _scan.Spectra(vectors: false);
        Conclude(open, happened, isReturn: true, Context.System.Scheduler.MonotonicClock - open.Began, then);
    }

    private void Conclude(OpenScan scan, ScanPlunge? happened, bool isReturn, TimeSpan took, Action? then)
    {
        var events = ScanWatch.Decide(_plan.Watch, _watch, _punctuality, scan.Drift, scan.Period, Ranking(), scan.At);
        if (_coldBecause is { } because) events = events.Insert(0, new ScanEvent.WarmUpBegan(because, scan.At));
        _coldBecause = null;
        Store(events, Apply, () =>
        {
            if (!events.IsEmpty) Confine();
            _picture = Picture(scan, happened, isReturn);
            Publish(_picture with { Took = took });
            Tell(happened, scan.At);
            if (_shards is not null) Stash.UnstashAll(); // Who asked for the state in the middle of it.
            then?.Invoke();
        });
    }

    private void Apply(ScanEvent stored)
    {
        _watch = ScanWatch.Evolve(_watch, stored);
        var kind = stored is ScanEvent.DriftAlarmed or ScanEvent.UniverseShrunk ? NotableKind.Warning : NotableKind.Info;
        _board.Tell(new NotableEvent(stored.At, kind, Id, stored.ToText()));
    }

    private void Tell(ScanPlunge? happened, DateTimeOffset at)
    {
        if (happened is ScanPlunge.Began began)
            _board.Tell(new NotableEvent(at, NotableKind.Info, Id, string.Create(CultureInfo.InvariantCulture, $"a plunge begins: vel_div {began.VelDiv:0.000000}")));
        if (happened is ScanPlunge.Ended ended)
            _board.Tell(new NotableEvent(at, NotableKind.Info, Id, string.Create(CultureInfo.InvariantCulture, $"the plunge is over after {ended.Scans} scans, deepest {ended.Depth:0.000000}")));
    }

    private void Confine()
    {
        for (var place = 0; place < _universe.Length; place++) _scan.Watch(place, _watch.Watched is not { } watched || watched.BinarySearch(_universe[place]) >= 0);
    }

    // Where nobody ranks, who carries the most of what all have in common stays the longest.
    private ImmutableArray<Symbol> Ranking()
    {
        if (_ranked is { } ranked) return [.. ranked.Where(_places.ContainsKey), .. _universe.Except(ranked)];
        if (Filled() is not { } window) return _universe;
        var loadings = window.Loadings.ToArray();
        return [.. Enumerable.Range(0, _universe.Length).OrderByDescending(place => Math.Abs(loadings[place])).ThenBy(place => place).Select(place => _universe[place])];
    }

    private ScanWindow? Filled()
    {
        for (var i = _scan.Windows.Length - 1; i >= 0; i--)
            if (_scan.Windows[i].IsReady) return _scan.Windows[i];
        return null;
    }

    private ScanPicture Picture(OpenScan scan, ScanPlunge? happened, bool isReturn)
    {
        var (at, drift) = (scan.At, scan.Drift);
        var windows = ImmutableArray.CreateBuilder<ScanWindowPicture>(_scan.Windows.Length);
        for (var i = 0; i < _scan.Windows.Length; i++)
        {
            var (window, last) = (_scan.Windows[i], _picture?.Windows is { } seen && i < seen.Length ? seen[i] : null);
            windows.Add(new ScanWindowPicture(
                window.Length, window.Members, window.Share, window.Velocity, window.IsReady ? window.Edge : null, window.Entropy ?? last?.Entropy, window.AboveEdge ?? last?.AboveEdge, window.Reformed));
        }
        var plunge = happened switch
        {
            ScanPlunge.Began e => new PlungePicture(at, e.VelDiv, e.VelDiv, 1, IsOn: true),
            ScanPlunge.Ended e => _picture?.Plunge is { } last ? last with { Depth = e.Depth, Scans = e.Scans, IsOn = false } : null,
            _ => _picture?.Plunge is { IsOn: true } on ? on with { Depth = _scan.Plunge.Depth, Scans = _scan.Plunge.Scans } : _picture?.Plunge,
        };
        var worst = _picture is { } before && before.WorstDrift > drift ? before.WorstDrift : drift;
        return new ScanPicture(
            _scan.Count, at, scan.Period, drift, worst, TimeSpan.Zero, _scan.Watched, _universe.Length, windows.DrainToImmutable(), _scan.VelDiv, scan.Closes, _scan.Ticks,
            (_picture?.Skipped ?? 0) + (isReturn ? 0 : 1), (_picture?.Plunges ?? 0) + (happened is ScanPlunge.Began ? 1 : 0), plunge, _watch, Shared());
    }

    private ScanShardsPicture? Shared()
    {
        if (_shards is null) return null;
        var more = _scan.RowsAfresh - _rowsAfresh;
        _rowsAfresh = _scan.RowsAfresh;
        return _shards.ToPicture((_picture?.Shards?.HeadRows ?? 0) + more);
    }

    private void Publish(ScanPicture picture)
    {
        var window = Filled();
        _cluster.Publish(Topics.Scan, new ScanProtocol.Scanned(picture, window?.Length, window is null ? [] : Loadings(window)));
    }

    private ImmutableArray<ScanProtocol.AssetLoading> Loadings(ScanWindow window)
    {
        var all = ImmutableArray.CreateBuilder<ScanProtocol.AssetLoading>(window.Members);
        foreach (var place in window.MemberPlaces) all.Add(new ScanProtocol.AssetLoading(_universe[place], window.Loadings[place]));
        return all.DrainToImmutable();
    }

    /// <summary>A scan that has begun.</summary>
    /// <param name="Drift">How far the interval was off.</param>
    /// <param name="Closes">Up to its beginning: what came later belongs to the next one.</param>
    private sealed record OpenScan(DateTimeOffset At, TimeSpan Period, TimeSpan Drift, TimeSpan Began, CloseCounts Closes, bool WantsSpectra);

    private sealed record PatienceOver
    {
        public const string Key = "patience";
        public static readonly PatienceOver Now = new();
    }
}
