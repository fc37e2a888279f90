using System.Collections.Immutable;

namespace Dolphin.Domain.Scan;

/// <summary>Rows of pairs that one shard keeps: places [First, End), First a multiple of <see cref="BlockRows"/>.</summary>
public readonly record struct RowRange(int First, int End)
{
    /// <summary>Rows whose sums are rounded together, so that the whole is the same bits however blocks are shared out. The smallest shard.</summary>
    public const int BlockRows = StandardReturns.PartAssets;

    public int Count => End - First;

    public int Blocks => (Count + BlockRows - 1) / BlockRows;

    /// <summary>The k-th block; the last one of a universe may be shorter.</summary>
    public RowRange Block(int k) => new(First + k * BlockRows, Math.Min(End, First + (k + 1) * BlockRows));

    /// <summary>Shares a universe out. A row has as many pairs as it has places before it, so ends are where the triangle's area is cut evenly, to the next block.</summary>
    /// <param name="shards">1 or more, at most one for each whole block.</param>
    public static ImmutableArray<RowRange> Split(int assets, int shards)
    {
        var blocks = new RowRange(0, assets).Blocks;
        ArgumentOutOfRangeException.ThrowIfLessThan(shards, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shards, Math.Max(1, assets / BlockRows));
        var ranges = ImmutableArray.CreateBuilder<RowRange>(shards);
        for (int k = 1, from = 0; k <= shards; k++)
        {
            var to = Math.Clamp((int)Math.Round(blocks * Math.Sqrt((double)k / shards)), from + 1, blocks - (shards - k));
            ranges.Add(new RowRange(from * BlockRows, Math.Min(assets, to * BlockRows)));
            from = to;
        }
        return ranges.DrainToImmutable();
    }
}
