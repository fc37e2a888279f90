using System.Collections.Immutable;

namespace Dolphin.Domain.Scan;

/// <summary>The 400-asset eigen-scan: what a universe's correlations over several windows say, scan by scan.</summary>
/// <remarks>
/// Each interval closes are offered (<see cref="Offer"/>) and the interval ended (<see cref="Scan"/>): sums, leading pairs, velocities, plunges. The spectra, which cost
/// more, are asked for (<see cref="Spectra"/>). The same closes in the same order give the same bits, on any machine, with one exception: a leading pair is followed from
/// the last scan's, so a scan that began later has other last digits (below <see cref="LeadingPair.Tolerance"/>). Nothing is allocated by a scan. Not for two threads at once.
/// </remarks>
public sealed class EigenScan
{
    private readonly CloseBoard _board;
    private readonly ReturnHistory _history;
    private readonly ScanWindow[] _windows;
    private readonly int[] _returns;
    private readonly TickKind[] _kinds;
    private readonly long[] _lastUnknown, _fresh, _leaving;
    private readonly bool[] _watched;
    private int _audited;
    private Plunge _plunge;

    /// <param name="assets">Places for assets, 2 to 4096. Who has which is the caller's.</param>
    public EigenScan(ScanPolicy policy, int assets)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (assets is < 2 or > MostAssets) throw new ArgumentOutOfRangeException(nameof(assets), assets, $"Expected 2 to {MostAssets} assets.");
        (Policy, Assets) = (policy, assets);
        _board = new CloseBoard(policy, assets);
        _history = new ReturnHistory(assets, policy.Longest);
        _windows = [.. policy.Windows.Select(w => new ScanWindow(policy, w, assets))];
        (_returns, _kinds, _lastUnknown) = (new int[assets], new TickKind[assets], new long[assets]);
        (_fresh, _leaving) = (new long[Lanes.Padded(assets)], new long[Lanes.Padded(assets)]);
        Array.Fill(_lastUnknown, -1);
        _watched = new bool[assets];
        Array.Fill(_watched, true);
        Watched = assets;
    }

    /// <summary>Goes on, bit by bit, where <paramref name="memory"/> was captured.</summary>
    /// <returns>Null where the memory is of another number of assets or of other windows: there is nothing to go on from.</returns>
    public static EigenScan? From(ScanPolicy policy, int assets, ScanMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        var scan = new EigenScan(policy, assets);
        if (memory.Board.Length != assets || !memory.Windows.Select(w => w.Length).SequenceEqual(policy.Windows)) return null;
        scan.Restore(memory);
        return scan;
    }

    public const int MostAssets = 4096;

    public ScanPolicy Policy { get; }
    public int Assets { get; }

    /// <summary>Scans so far.</summary>
    public long Count => _history.Count;

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
    public (long Rows, long Largest) Drift { get; private set; }

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
        if (_watched[asset] == watched) return;
        _watched[asset] = watched;
        Watched += watched ? 1 : -1;
        if (!watched) return;
        foreach (var window in _windows) window.Audit(asset, _history);
        // In rows that were followed its column went on; in those of others that come back it is made afresh with them.
    }

    public bool IsWatched(int asset) => _watched[asset];

    /// <summary>Ends an interval that was too long to be one: the closes are what the next returns begin at, and nobody has a return of it.</summary>
    /// <remarks>A step over an hour among steps of five seconds would be all that a window sees, as long as it is in there.</remarks>
    public void Skip(long atMs) => _board.Skip(atMs);

    /// <summary>All that a scan goes on from.</summary>
    public ScanMemory Capture() => new(
        _history.Count, _board.LastScanMs, _board.Capture(), _board.Closes, _board.Ticks, [.. _lastUnknown], [.. _watched], _history.CaptureReturns(), _history.CaptureCarried(),
        [.. _windows.Select(w => w.Capture())], _plunge, _audited, Drift.Rows, Drift.Largest);

    private void Restore(ScanMemory memory)
    {
        _board.Restore(memory);
        _history.Restore(memory.Count, memory.Returns, memory.Carried);
        memory.LastUnknown.CopyTo(_lastUnknown);
        memory.Watched.CopyTo(_watched);
        Watched = memory.Watched.Count(w => w);
        for (var i = 0; i < _windows.Length; i++) _windows[i].Restore(memory.Windows[i], _history, _watched);
        (_plunge, _audited, Drift) = (memory.Plunge, memory.Audited, (memory.DriftRows, memory.DriftLargest));
    }

    /// <summary>Ends an interval.</summary>
    /// <returns>A plunge that began or ended with it, or null.</returns>
    public PlungeEvent? Scan(long atMs)
    {
        _board.Scan(atMs, _returns, _kinds);
        for (var i = 0; i < Assets; i++)
        {
            if (_kinds[i] == TickKind.Unknown) _lastUnknown[i] = _history.Count;
            _fresh[i] = _returns[i];
        }
        foreach (var window in _windows) window.Take(_history, _returns, _fresh, _leaving, _watched);
        _history.Add(_returns, _kinds);
        foreach (var window in _windows) window.Follow(_history, _lastUnknown, _watched);
        Audit();
        (_plunge, var happened) = _plunge.After(Policy, VelDiv, atMs);
        return happened;
    }

    /// <summary>All eigenvalues of every window that is ready, and what follows from them.</summary>
    /// <param name="vectors">Their vectors too.</param>
    public void Spectra(bool vectors)
    {
        foreach (var window in _windows) window.Spectrum(_history, vectors);
    }

    /// <summary>Sums never drift; that they did not is looked up for one asset of one window a scan, and put right where they did.</summary>
    private void Audit()
    {
        var (window, asset) = Math.DivRem(_audited, Assets);
        var off = _watched[asset] ? _windows[window].Audit(asset, _history) : 0;
        if (off != 0) Drift = (Drift.Rows + 1, Math.Max(Drift.Largest, off));
        _audited = (_audited + 1) % (Assets * _windows.Length);
    }
}
