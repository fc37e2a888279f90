using System.Buffers.Binary;

namespace Dolphin.Domain.Scan;

/// <summary>A shard of the eigen-scan: the returns of the whole universe, and the sums of products of some rows of it, over every window.</summary>
/// <remarks>
/// Sums cost the square of the universe and grow with it; returns, and each asset's own sums, only its size. So every shard has all of the second and its rows of the first, and
/// whatever it says of them is the same bits as if one did it all. An <see cref="EigenScan"/> has one too: with all rows, or with none where they are kept elsewhere. Not for two threads at once.
/// </remarks>
public sealed class ScanShard
{
    private readonly ScanPolicy _policy;
    private readonly ShardWindow[] _windows;
    private readonly int[] _returns;
    private readonly TickKind[] _kinds;
    private readonly long[] _lastUnknown, _fresh, _leaving;
    private readonly bool[] _watched, _watches;

    /// <param name="assets">Places of the whole universe, 2 to <see cref="EigenScan.MostAssets"/>.</param>
    /// <param name="rows">Those kept here.</param>
    public ScanShard(ScanPolicy policy, int assets, RowRange rows)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (assets is < 2 or > EigenScan.MostAssets) throw new ArgumentOutOfRangeException(nameof(assets), assets, $"Expected 2 to {EigenScan.MostAssets} assets.");
        if (rows.First < 0 || rows.First % RowRange.BlockRows != 0 || rows.End < rows.First || rows.End > assets)
            throw new ArgumentOutOfRangeException(nameof(rows), rows, $"Expected rows of {assets}, the first a multiple of {RowRange.BlockRows}.");
        (_policy, Assets, Rows) = (policy, assets, rows);
        History = new ReturnHistory(assets, policy.Longest);
        _windows = [.. policy.Windows.Select(w => new ShardWindow(policy, w, assets, rows))];
        (_returns, _kinds, _lastUnknown) = (new int[assets], new TickKind[assets], new long[assets]);
        (_fresh, _leaving) = (new long[Lanes.Padded(assets)], new long[Lanes.Padded(assets)]);
        Array.Fill(_lastUnknown, -1);
        (_watched, _watches) = (new bool[assets], new bool[assets]);
        Array.Fill(_watched, true);
    }

    public int Assets { get; }
    public RowRange Rows { get; }

    /// <summary>Scans so far.</summary>
    public long Count => History.Count;

    /// <summary>What its history is known by: two shards with the same one have heard the same. Follows <see cref="TryTake"/> and <see cref="TryRestore"/> only.</summary>
    public long Mark { get; private set; }

    /// <summary>Rows of sums of products that were not what the returns say, ever, and the largest difference. Both are 0, or the machine is at fault.</summary>
    public (long Rows, long Largest) Drift { get; private set; }

    /// <summary>How long a <see cref="ScanHistory"/> has to be that it goes on from.</summary>
    public int HistoryBytes => ScanHistory.SizeOf(Assets, _policy.Longest);

    internal ReturnHistory History { get; }
    internal ReadOnlySpan<ShardWindow> Windows => _windows;
    internal ReadOnlySpan<long> LastUnknown => _lastUnknown;
    internal ReadOnlySpan<bool> Watched => _watched;

    /// <summary>Takes a scan's step, if it is the one that follows what it has.</summary>
    /// <returns>False where it is not, or is of another universe: nothing has changed, and a <see cref="ScanHistory"/> is needed.</returns>
    public bool TryTake(ScanStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (step.Count != Count + 1 || step.Before != Mark || !step.IsOf(Assets)) return false;
        step.CopyTo(_returns, _kinds, _watches);
        for (var i = 0; i < Assets; i++) Watch(i, _watches[i]);
        Take(_returns, _kinds);
        var (window, asset) = Math.DivRem((int)(Count % (Assets * _windows.Length)), Assets);
        Audit(window, asset);
        Mark = step.After;
        return true;
    }

    /// <summary>Begins where another has come to.</summary>
    /// <returns>False where that is of another universe or other windows: nothing has changed.</returns>
    public bool TryRestore(ScanHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        if (history.Bytes.Length != HistoryBytes) return false;
        var returns = Assets * _policy.Longest * sizeof(int);
        var rest = history.Bytes.AsSpan(^(Assets * (sizeof(long) + 1))..);
        for (var i = 0; i < Assets; i++) (_lastUnknown[i], _watches[i]) = (BinaryPrimitives.ReadInt64LittleEndian(rest[(i * sizeof(long))..]), rest[Assets * sizeof(long) + i] != 0);
        Restore(history.Count, history.Bytes[..returns], history.Bytes[returns..^rest.Length], _lastUnknown, _watches, [.. _windows.Select(_ => new byte[Assets])]);
        Mark = history.Mark;
        return true;
    }

    /// <summary>Sums of squared correlations: window by window, of each the shard's blocks; eight bytes each, the lowest first.</summary>
    public byte[] Squares()
    {
        var bytes = new byte[_windows.Length * Rows.Blocks * sizeof(double)];
        for (var w = 0; w < _windows.Length; w++)
            for (var k = 0; k < Rows.Blocks; k++)
                BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan((w * Rows.Blocks + k) * sizeof(double)), _windows[w].Cross.SquaredCorrelations(_windows[w].Sums, Rows.Block(k)));
        return bytes;
    }

    /// <summary>What its rows are to a window's matrix: a megabyte, or several.</summary>
    /// <param name="window">0 to the number of windows - 1, shortest first.</param>
    public byte[] Part(int window) => _windows[window].Part(History);

    internal void Take(ReadOnlySpan<int> returns, ReadOnlySpan<TickKind> kinds)
    {
        for (var i = 0; i < Assets; i++)
        {
            if (kinds[i] == TickKind.Unknown) _lastUnknown[i] = Count;
            _fresh[i] = returns[i];
        }
        foreach (var window in _windows)
        {
            for (var i = 0; i < Assets; i++) _leaving[i] = History.Oldest(i, window.Length);
            window.Cross.Update(_fresh, _leaving, _watched);
            window.Sums.Take(returns, History);
        }
        History.Add(returns, kinds);
        foreach (var window in _windows) window.Sums.Judge(History, _lastUnknown, _watched);
    }

    /// <returns>Whether that is news.</returns>
    internal bool Watch(int asset, bool watched)
    {
        if (_watched[asset] == watched) return false;
        _watched[asset] = watched;
        // In rows that were followed its column went on; in those of others that come back it is made afresh with them.
        if (watched && Rows.First <= asset && asset < Rows.End)
            foreach (var window in _windows) window.Cross.Audit(asset, History);
        return true;
    }

    /// <summary>Sums never drift; that they did not is looked up for one asset of one window a scan, and put right where they did.</summary>
    internal void Audit(int window, int asset)
    {
        if (asset < Rows.First || asset >= Rows.End || !_watched[asset]) return;
        var off = _windows[window].Cross.Audit(asset, History);
        if (off != 0) Drift = (Drift.Rows + 1, Math.Max(Drift.Largest, off));
    }

    internal void Restore(long count, byte[] returns, byte[] carried, ReadOnlySpan<long> lastUnknown, ReadOnlySpan<bool> watched, ReadOnlySpan<byte[]> standings)
    {
        History.Restore(count, returns, carried);
        lastUnknown.CopyTo(_lastUnknown);
        watched.CopyTo(_watched);
        for (var w = 0; w < _windows.Length; w++)
        {
            _windows[w].Sums.Restore(History, standings[w]);
            for (var i = Rows.First; i < Rows.End; i++)
                if (_watched[i]) _windows[w].Cross.Audit(i, History);
        }
    }

    internal void RestoreDrift(long rows, long largest) => Drift = (rows, largest);

    /// <summary>All that another shard goes on from.</summary>
    internal ScanHistory Capture(long mark)
    {
        var known = new byte[Assets * (sizeof(long) + 1)];
        for (var i = 0; i < Assets; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(known.AsSpan(i * sizeof(long)), _lastUnknown[i]);
            known[Assets * sizeof(long) + i] = _watched[i] ? (byte)1 : (byte)0;
        }
        return new ScanHistory(Count, mark, [.. History.CaptureReturns(), .. History.CaptureCarried(), .. known]);
    }
}
