using System.Collections.Immutable;

namespace Dolphin.Domain.Scan;

/// <summary>What became of closes, each counted once.</summary>
/// <param name="Taken">A new close within the scan it belongs to.</param>
/// <param name="Late">It came after the scan it belongs to; as the newest that is known it counts in the next one.</param>
/// <param name="Stale">Older than one that was there: dropped.</param>
/// <param name="Refused">No number, zero or less, or a jump beyond <see cref="ScanSettings.MaxJump"/>: dropped.</param>
public readonly record struct CloseCounts(long Taken, long Late, long Stale, long Refused);

/// <summary>What assets were at the scans, each asset counted once a scan.</summary>
/// <param name="Known">It had a new close.</param>
/// <param name="Carried">None came; the last one stood in for it, and the return is zero.</param>
/// <param name="Listed">Its first close ever, or after it was gone: there is no return yet.</param>
/// <param name="BegunAnew">Closes that were not believed agreed with each other: its history begins again.</param>
/// <param name="Gone">Nothing came for as long as the longest window: it is taken for delisted.</param>
public readonly record struct TickCounts(long Known, long Carried, long Listed, long BegunAnew, long Gone);

/// <summary>What one asset did from one scan to the next.</summary>
internal enum TickKind : byte
{
    Known,
    Carried,
    /// <summary>There is no return: not listed, not listed before, or begun anew.</summary>
    Unknown,
}

/// <summary>The newest close of each asset, and what it is worth at a scan.</summary>
/// <remarks>
/// An asset that says nothing keeps its last price: previous-tick sampling (M. M. Dacorogna et al., An Introduction to High-Frequency Finance, 2001, 3.2.1). It draws
/// correlations to zero where it is used much, so that <see cref="WindowSums"/> bounds its part of each window.
/// </remarks>
internal sealed class CloseBoard(ScanPolicy policy, int assets)
{
    private readonly Row[] _rows = new Row[assets];
    private long _lastScanMs = long.MinValue;

    public long LastScanMs => _lastScanMs;

    public CloseCounts Closes { get; private set; }
    public TickCounts Ticks { get; private set; }

    /// <param name="atMs">When it was the price, Unix milliseconds.</param>
    public void Offer(int asset, double close, long atMs)
    {
        ref var row = ref _rows[asset];
        if (row.HasClose && atMs <= row.AtMs)
        {
            Closes = Closes with { Stale = Closes.Stale + 1 };
            return;
        }
        if (!(close > 0) || !double.IsFinite(close))
        {
            Closes = Closes with { Refused = Closes.Refused + 1 };
            return;
        }

        var log = NanoLog(close);
        // Against what came last, not what was scanned last: then a second wrong close is refused too.
        if (row.HasClose && Math.Abs(log - row.NewestLog) > policy.MaxJumpNano && !IsBelieved(ref row, log))
        {
            Closes = Closes with { Refused = Closes.Refused + 1 };
            return;
        }

        Closes = atMs <= _lastScanMs ? Closes with { Late = Closes.Late + 1 } : Closes with { Taken = Closes.Taken + 1 };
        (row.NewestLog, row.AtMs, row.IsNew, row.HasClose, row.Doubted) = (log, atMs, true, true, 0);
    }

    /// <summary>Ends an interval.</summary>
    /// <param name="returns">Billionths of log price; 0 where none is known.</param>
    public void Scan(long atMs, Span<int> returns, Span<TickKind> kinds)
    {
        _lastScanMs = atMs;
        var (known, carried, listed, anew, gone) = (0, 0, 0, 0, 0);
        for (var i = 0; i < _rows.Length; i++)
        {
            ref var row = ref _rows[i];
            (returns[i], kinds[i]) = (0, TickKind.Unknown);
            if (row.IsNew)
            {
                // Two believable steps within one interval may be one that is not.
                if (row.IsScanned && (row.BeginsAnew || Math.Abs(row.NewestLog - row.Log) > policy.MaxJumpNano)) anew++;
                else if (!row.IsScanned) listed++;
                else
                {
                    (returns[i], kinds[i]) = ((int)(row.NewestLog - row.Log), TickKind.Known);
                    known++;
                }
                (row.Log, row.IsScanned, row.IsNew, row.BeginsAnew, row.Silent) = (row.NewestLog, true, false, false, 0);
            }
            else if (row.IsScanned)
            {
                if (++row.Silent < policy.Longest)
                {
                    kinds[i] = TickKind.Carried;
                    carried++;
                }
                else
                {
                    row = default;
                    gone++;
                }
            }
        }
        Ticks = new TickCounts(Ticks.Known + known, Ticks.Carried + carried, Ticks.Listed + listed, Ticks.BegunAnew + anew, Ticks.Gone + gone);
    }

    /// <summary>What came counts as scanned, and nobody has a return of it.</summary>
    public void Skip(long atMs)
    {
        _lastScanMs = atMs;
        foreach (ref var row in _rows.AsSpan())
        {
            if (!row.IsNew || !row.IsScanned) continue; // Who was never scanned is listed at the next scan.
            (row.Log, row.IsNew) = (row.NewestLog, false);
        }
    }

    /// <summary>The asset leaves at once; its place may be another's from now on.</summary>
    public void Remove(int asset) => _rows[asset] = default;

    public ImmutableArray<CloseMemory> Capture() =>
        [.. _rows.Select(r => new CloseMemory(r.NewestLog, r.Log, r.DoubtedLog, r.AtMs, r.Silent, r.Doubted, r.HasClose, r.IsNew, r.IsScanned, r.BeginsAnew))];

    public void Restore(ScanMemory memory)
    {
        (_lastScanMs, Closes, Ticks) = (memory.LastScanMs, memory.Closes, memory.Ticks);
        for (var i = 0; i < _rows.Length; i++)
        {
            var c = memory.Board[i];
            _rows[i] = new Row
            {
                NewestLog = c.NewestLog, Log = c.Log, DoubtedLog = c.DoubtedLog, AtMs = c.AtMs, Silent = c.Silent, Doubted = c.Doubted,
                HasClose = c.HasClose, IsNew = c.IsNew, IsScanned = c.IsScanned, BeginsAnew = c.BeginsAnew,
            };
        }
    }

    private bool IsBelieved(ref Row row, long log)
    {
        row.Doubted = row.Doubted > 0 && Math.Abs(log - row.DoubtedLog) <= policy.MaxJumpNano ? row.Doubted + 1 : 1;
        row.DoubtedLog = log;
        row.BeginsAnew |= row.Doubted >= ScanPolicy.ClosesToBelieve;
        return row.Doubted >= ScanPolicy.ClosesToBelieve;
    }

    private static long NanoLog(double close) => (long)Math.Round(PortableMath.Log(close) * ScanPolicy.Nano, MidpointRounding.ToEven);

    private struct Row
    {
        public long NewestLog, Log, DoubtedLog, AtMs;
        public int Silent, Doubted;
        public bool HasClose, IsNew, IsScanned, BeginsAnew;
    }
}
