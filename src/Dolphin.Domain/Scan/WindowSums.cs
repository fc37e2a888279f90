namespace Dolphin.Domain.Scan;

/// <summary>Whether an asset is part of a window's matrix, or why not.</summary>
public enum Standing : byte
{
    Member,
    /// <summary>Listed, or begun anew, within the window: it has not that many returns.</summary>
    Young,
    /// <summary>Its last close had to stand in for more of the window than allowed.</summary>
    Gaps,
    /// <summary>It did not move, or by the same step each time: it has no correlation with anything.</summary>
    Still,
    /// <summary>It moved so much that products of its returns might not fit 64 bits: a root of summed squares of 3 and more, twenty-fold.</summary>
    Wild,
    /// <summary>The universe is smaller than it was, and without it: <see cref="EigenScan.Watch"/>.</summary>
    Outside,
}

/// <summary>Sums of each asset's returns over one window, and what follows from them: mean, deviation, who takes part.</summary>
/// <remarks>Whole numbers: what enters and leaves cancels exactly, so sums never drift, and no order of adding is better than another.</remarks>
internal sealed class WindowSums
{
    /// <summary>A variance of less than this part of the mean square is called none: its correlations would be rounding of prices.</summary>
    private const double StillPart = 1e-8;

    private readonly long[] _sums;
    private readonly UInt128[] _squares;
    private readonly int[] _carried;
    private readonly int _mostCarried;

    public WindowSums(ScanPolicy policy, int window, int assets)
    {
        (Window, _mostCarried) = (window, policy.MostCarried(window));
        (_sums, _squares, _carried) = (new long[assets], new UInt128[assets], new int[assets]);
        (Standings, Members, Joined) = (new Standing[assets], new int[assets], new int[assets]);
        (Means, Inverses) = (Lanes.Room(Lanes.Padded(assets)), Lanes.Room(Lanes.Padded(assets)));
        Array.Fill(Standings, Standing.Young);
    }

    public int Window { get; }

    /// <summary>Places of assets that take part, ascending; the first <see cref="MemberCount"/>.</summary>
    public int[] Members { get; }

    public int MemberCount { get; private set; }

    public Standing[] Standings { get; }

    /// <summary>How many take part that did not at the scan before: the first of <see cref="Joined"/>.</summary>
    public int JoinedCount { get; private set; }

    /// <summary>Places of those, ascending.</summary>
    public int[] Joined { get; }

    /// <summary>How many took part at the scan before, and do not any more.</summary>
    public int LeftCount { get; private set; }

    /// <summary>Billionths of log price; padded with zeros.</summary>
    public Memory<double> Means { get; }

    /// <summary>1 over the deviation (of the window, not of what it was drawn from), per billionth of log price; 0 for who takes no part.</summary>
    public Memory<double> Inverses { get; }

    public long Sum(int asset) => _sums[asset];

    /// <summary>Which of <see cref="Members"/> have places among some rows: [From, To).</summary>
    public (int From, int To) MembersIn(RowRange rows)
    {
        var from = 0;
        while (from < MemberCount && Members[from] < rows.First) from++;
        var to = from;
        while (to < MemberCount && Members[to] < rows.End) to++;
        return (from, to);
    }

    /// <summary>Before the history takes the new returns.</summary>
    public void Take(ReadOnlySpan<int> fresh, ReturnHistory history)
    {
        for (var i = 0; i < fresh.Length; i++)
        {
            long came = fresh[i], left = history.Oldest(i, Window);
            _sums[i] += came - left;
            _squares[i] += (ulong)(came * came);
            _squares[i] -= (ulong)(left * left);
        }
    }

    /// <summary>After the history took them.</summary>
    /// <param name="lastUnknown">The scan at which an asset last had no return, by the history's count; -1: never.</param>
    /// <param name="watched">Who is scanned.</param>
    public void Judge(ReturnHistory history, ReadOnlySpan<long> lastUnknown, ReadOnlySpan<bool> watched)
    {
        ReturnHistory.AddTo(history.CarriedAgo(0), _carried, 1);
        ReturnHistory.AddTo(history.CarriedAgo(Window), _carried, -1);
        Span<double> means = Means.Span, inverses = Inverses.Span;
        MemberCount = 0;
        (JoinedCount, LeftCount) = (0, 0);
        for (var i = 0; i < _sums.Length; i++)
        {
            var before = Standings[i];
            var spread = _squares[i] > long.MaxValue ? 0 : (double)((Int128)_squares[i] * Window - (Int128)_sums[i] * _sums[i]); // Exact but for its last rounding.
            var standing = !watched[i] ? Standing.Outside
                : history.Count - 1 - lastUnknown[i] < Window ? Standing.Young
                : _carried[i] > _mostCarried ? Standing.Gaps
                : _squares[i] > long.MaxValue ? Standing.Wild
                : spread <= StillPart * Window * (double)_squares[i] ? Standing.Still
                : Standing.Member;
            Standings[i] = standing;
            if (standing == Standing.Member && before != Standing.Member) Joined[JoinedCount++] = i;
            if (standing != Standing.Member && before == Standing.Member) LeftCount++;
            means[i] = _sums[i] / (double)Window;
            inverses[i] = standing == Standing.Member ? Window / Math.Sqrt(spread) : 0;
            if (standing == Standing.Member) Members[MemberCount++] = i;
        }
    }

    /// <summary>Adds up afresh what the history holds; who stands how is what it was.</summary>
    public void Restore(ReturnHistory history, ReadOnlySpan<byte> standings)
    {
        for (var i = 0; i < _sums.Length; i++)
        {
            (_sums[i], _squares[i]) = (0, 0);
            foreach (var one in history.Of(i, Window))
            {
                _sums[i] += one;
                _squares[i] += (ulong)((long)one * one);
            }
            Standings[i] = (Standing)standings[i];
        }
        Array.Clear(_carried);
        for (var ago = 0; ago < Window; ago++) ReturnHistory.AddTo(history.CarriedAgo(ago), _carried, 1);
        MemberCount = 0;
        for (var i = 0; i < _sums.Length; i++)
            if (Standings[i] == Standing.Member) Members[MemberCount++] = i;
    }
}
