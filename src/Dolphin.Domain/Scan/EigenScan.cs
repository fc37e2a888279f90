using System.Collections.Immutable;

namespace Dolphin.Domain.Scan;

/// <summary>The 400-asset eigen-scan: what a universe's correlations over several windows say, scan by scan.</summary>
/// <remarks>
/// Each interval closes are offered (<see cref="Offer"/>) and the interval ended (<see cref="Scan"/>): sums, leading pairs, velocities, plunges. The spectra, which cost
/// more, are asked for (<see cref="Spectra"/>). The same closes in the same order give the same bits, on any machine, with one exception: a leading pair is followed from
/// the last scan's, so a scan that began later has other last digits (below <see cref="LeadingPair.Tolerance"/>). Nothing is allocated by a scan. Not for two threads at once.
/// <para>
/// Where rows of sums are kept elsewhere, by a <see cref="ScanShard"/> each, an interval is ended in three steps: <see cref="Begin"/>, after which <see cref="Step"/> can be told to them;
/// <see cref="Follow"/>, while they are at work; <see cref="End"/>, with what they answered. What is missing is done here. The bits are the same.
/// </para>
/// </remarks>
public sealed class EigenScan
{
    private readonly CloseBoard _board;
    private readonly ScanShard _own;
    private readonly ScanWindow[] _windows;
    private readonly int[] _returns;
    private readonly TickKind[] _kinds;
    private ShardAnswers? _answers;
    private long _atMs, _mark;
    private int _audited;
    private Plunge _plunge;

    /// <param name="assets">Places for assets, 2 to 4096. Who has which is the caller's.</param>
    /// <param name="shards">More than one: rows are kept elsewhere, as <see cref="Shards"/> says.</param>
    public EigenScan(ScanPolicy policy, int assets, int shards = 1)
    {
        _own = new ScanShard(policy, assets, shards == 1 ? new RowRange(0, assets) : default);
        (Policy, Assets, Shards) = (policy, assets, RowRange.Split(assets, shards));
        _board = new CloseBoard(policy, assets);
        _windows = [.. Enumerable.Range(0, policy.Windows.Length).Select(number => new ScanWindow(policy, number, _own, Shards))];
        (_returns, _kinds) = (new int[assets], new TickKind[assets]);
        Watched = assets;
    }

    /// <summary>Goes on, bit by bit, where <paramref name="memory"/> was captured, however rows were and are shared out.</summary>
    /// <returns>Null where the memory is of another number of assets or of other windows: there is nothing to go on from.</returns>
    public static EigenScan? From(ScanPolicy policy, int assets, ScanMemory memory, int shards = 1)
    {
        ArgumentNullException.ThrowIfNull(memory);
        var scan = new EigenScan(policy, assets, shards);
        if (memory.Board.Length != assets || !memory.Windows.Select(w => w.Length).SequenceEqual(policy.Windows)) return null;
        scan.Restore(memory);
        return scan;
    }

    public const int MostAssets = 4096;

    public ScanPolicy Policy { get; }
    public int Assets { get; }

    /// <summary>Whose rows are whose: all of them in one range, or those of the shards elsewhere.</summary>
    public ImmutableArray<RowRange> Shards { get; }

    /// <summary>Scans so far.</summary>
    public long Count => _own.Count;

    /// <summary>By window, shortest first.</summary>
    public ReadOnlySpan<ScanWindow> Windows => _windows;

    public CloseCounts Closes => _board.Closes;
    public TickCounts Ticks => _board.Ticks;

    /// <summary>v of the shortest window minus v of the longest, per scan; null until both are known.</summary>
    public double? VelDiv => _windows.Length > 1 ? _windows[0].Velocity - _windows[^1].Velocity : null;

    public Plunge Plunge => _plunge;

    /// <summary>How many assets are watched: all of them, unless somebody said otherwise by <see cref="Watch"/>.</summary>
    public int Watched { get; private set; }

    /// <summary>Rows of sums of products that were not what the returns say, ever, and the largest difference. Both are 0, or the machine is at fault.</summary>
    public (long Rows, long Largest) Drift => _own.Drift;

    /// <summary>The last scan's, for shards elsewhere; null where there are none, and before the first.</summary>
    public ScanStep? Step { get; private set; }

    /// <summary>What the history up to the newest scan is known by, for shards elsewhere.</summary>
    public long Mark => _mark;

    /// <summary>Rows of a window that no answer was there for when they were needed, so that they were added up here, since this object was made; 0 without shards elsewhere.</summary>
    public long RowsAfresh
    {
        get
        {
            var rows = 0L;
            foreach (var window in _windows) rows += window.RowsAfresh;
            return rows;
        }
    }

    /// <param name="asset">0 to <see cref="Assets"/> - 1.</param>
    /// <param name="close">Anything; what is no price is counted and dropped.</param>
    /// <param name="atMs">When it was the price, Unix milliseconds.</param>
    public void Offer(int asset, double close, long atMs)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)asset, (uint)Assets, nameof(asset));
        _board.Offer(asset, close, atMs);
    }

    /// <summary>The asset leaves at once; its place may be another's from the next scan on.</summary>
    public void Remove(int asset) => _board.Remove(asset);

    /// <summary>From the next scan on an asset takes part in no window (<see cref="Standing.Outside"/>), or may again.</summary>
    /// <remarks>Its returns are kept meanwhile, which costs next to nothing beside the sums of its products: it comes back with all of them, and not young.</remarks>
    public void Watch(int asset, bool watched)
    {
        if (_own.Watch(asset, watched)) Watched += watched ? 1 : -1;
    }

    public bool IsWatched(int asset) => _own.Watched[asset];

    /// <summary>Ends an interval that was too long to be one: the closes are what the next returns begin at, and nobody has a return of it.</summary>
    /// <remarks>A step over an hour among steps of five seconds would be all that a window sees, as long as it is in there.</remarks>
    public void Skip(long atMs) => _board.Skip(atMs);

    /// <summary>All that a scan goes on from. Between two scans: not after a <see cref="Begin"/> that waits for its <see cref="End"/>.</summary>
    public ScanMemory Capture() => new(
        Count, _board.LastScanMs, _board.Capture(), _board.Closes, _board.Ticks, [.. _own.LastUnknown], [.. _own.Watched], _own.History.CaptureReturns(), _own.History.CaptureCarried(),
        [.. _windows.Select(w => w.Capture())], _plunge, _audited, Drift.Rows, Drift.Largest);

    private void Restore(ScanMemory memory)
    {
        _board.Restore(memory);
        _own.Restore(memory.Count, memory.Returns, memory.Carried, memory.LastUnknown.AsSpan(), memory.Watched.AsSpan(), [.. memory.Windows.Select(w => w.Standings)]);
        _own.RestoreDrift(memory.DriftRows, memory.DriftLargest);
        Watched = memory.Watched.Count(w => w);
        for (var i = 0; i < _windows.Length; i++) _windows[i].Restore(memory.Windows[i]);
        (_plunge, _audited) = (memory.Plunge, memory.Audited);
        // A mark of this life's own: what a shard heard of the last one after this memory was captured is not what it will hear now.
        if (Shards.Length > 1 && Count > 0) _mark = HistoryMark.Of(0, Count, CaptureHistory().Bytes, []);
    }

    /// <summary>What a shard elsewhere needs that has missed steps.</summary>
    public ScanHistory CaptureHistory() => _own.Capture(_mark);

    /// <summary>Ends an interval.</summary>
    /// <returns>A plunge that began or ended with it, or null.</returns>
    public PlungeEvent? Scan(long atMs)
    {
        Begin(atMs);
        Follow();
        return End();
    }

    /// <summary>Ends an interval: what is offered from now on counts in the next one.</summary>
    public void Begin(long atMs)
    {
        (_atMs, _answers) = (atMs, null);
        _board.Scan(atMs, _returns, _kinds);
        if (Shards.Length > 1)
        {
            Step = ScanStep.Of(Count + 1, _mark, _returns, _kinds, _own.Watched);
            _mark = Step.After;
        }
        _own.Take(_returns, _kinds);
    }

    /// <summary>What needs no shard.</summary>
    public void Follow()
    {
        foreach (var window in _windows) window.Follow();
    }

    /// <summary>How many bytes a shard's part of a window's matrix has; 0 where the window has no matrix.</summary>
    public int PartBytes(int shard, int window) => _windows[window].IsReady ? _own.Windows[window].PartLength(Shards[shard]) * sizeof(double) : 0;

    /// <param name="answers">Of this scan, as far as they are there. Spectra are made of them too.</param>
    /// <returns>A plunge that began or ended with it, or null.</returns>
    public PlungeEvent? End(ShardAnswers? answers = null)
    {
        _answers = answers;
        foreach (var window in _windows) window.End(answers);
        var (audited, asset) = Math.DivRem(_audited, Assets);
        _own.Audit(audited, asset);
        _audited = (_audited + 1) % (Assets * _windows.Length);
        (_plunge, var happened) = _plunge.After(Policy, VelDiv, _atMs);
        return happened;
    }

    /// <summary>All eigenvalues of every window that is ready, and what follows from them.</summary>
    /// <param name="vectors">Their vectors too.</param>
    public void Spectra(bool vectors)
    {
        foreach (var window in _windows) window.Spectrum(_answers, vectors);
    }
}
