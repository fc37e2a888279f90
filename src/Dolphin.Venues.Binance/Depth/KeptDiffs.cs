using Dolphin.Domain.OrderBooks;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Depth;

/// <summary>Diffs that wait for a snapshot, oldest first.</summary>
/// <remarks>
/// Bounded by diffs and by levels. What does not fit empties it: diffs with a hole in front are of no use, and whoever asks for a snapshot long
/// enough after them gets one that does not need them.
/// </remarks>
internal sealed class KeptDiffs
{
    /// <summary>Twenty seconds of the fastest futures stream, two minutes of others; a snapshot takes one or two.</summary>
    public const int MostDiffs = 1_024;

    /// <summary>A megabyte for one book, when all else fails.</summary>
    public const int MostLevels = 65_536;

    private (DiffIds Ids, int Bids, int Asks)[] _diffs = [];
    private Level[] _levels = [];
    private int _diffCount, _levelCount;

    public int Count => _diffCount;

    /// <summary>How often it was emptied because it was full.</summary>
    public long Overflows { get; private set; }

    public void Add(DiffIds ids, ReadOnlySpan<Level> bids, ReadOnlySpan<Level> asks)
    {
        var levels = bids.Length + asks.Length;
        if (_diffCount == MostDiffs || _levelCount + levels > MostLevels)
        {
            Clear();
            Overflows++;
            if (levels > MostLevels) return;
        }
        if (_diffCount == _diffs.Length) Array.Resize(ref _diffs, Math.Clamp(_diffs.Length * 2, 16, MostDiffs));
        if (_levelCount + levels > _levels.Length) Array.Resize(ref _levels, Math.Clamp(Math.Max(_levels.Length * 2, _levelCount + levels), 256, MostLevels));
        bids.CopyTo(_levels.AsSpan(_levelCount));
        asks.CopyTo(_levels.AsSpan(_levelCount + bids.Length));
        _diffs[_diffCount++] = (ids, bids.Length, asks.Length);
        _levelCount += levels;
    }

    public void Clear() => (_diffCount, _levelCount) = (0, 0);

    public DiffIds this[int index] => _diffs[index].Ids;

    /// <summary>How many levels a diff has.</summary>
    public int LevelsOf(int index) => _diffs[index].Bids + _diffs[index].Asks;

    /// <summary>The levels of a diff, given where they begin; moved to where those of the next one do.</summary>
    public void Levels(int index, ref int at, out ReadOnlySpan<Level> bids, out ReadOnlySpan<Level> asks)
    {
        var (_, bidCount, askCount) = _diffs[index];
        bids = _levels.AsSpan(at, bidCount);
        asks = _levels.AsSpan(at + bidCount, askCount);
        at += bidCount + askCount;
    }

    /// <summary>Forgets the diffs before <paramref name="index"/>.</summary>
    /// <param name="at">Where the levels of the first one that stays begin.</param>
    public void KeepFrom(int index, int at)
    {
        _diffs.AsSpan(index, _diffCount - index).CopyTo(_diffs);
        _levels.AsSpan(at, _levelCount - at).CopyTo(_levels);
        (_diffCount, _levelCount) = (_diffCount - index, _levelCount - at);
    }
}
