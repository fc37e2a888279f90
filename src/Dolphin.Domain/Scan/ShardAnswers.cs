using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Dolphin.Domain.Scan;

/// <summary>What shards elsewhere have said of one scan. Whatever is missing, the head of the scan does itself: to the same bits, only later.</summary>
/// <param name="shards">Whose rows are whose.</param>
public sealed class ShardAnswers(ImmutableArray<RowRange> shards, int windows)
{
    private readonly byte[]?[] _squares = new byte[]?[shards.Length];
    private readonly byte[]?[] _parts = new byte[]?[shards.Length * windows];

    /// <param name="squares">As <see cref="ScanShard.Squares"/> has them.</param>
    /// <returns>False where they are not so many: they are not taken.</returns>
    public bool TakeSquares(int shard, byte[] squares)
    {
        ArgumentNullException.ThrowIfNull(squares);
        if (squares.Length != windows * shards[shard].Blocks * sizeof(double)) return false;
        _squares[shard] = squares;
        return true;
    }

    /// <param name="part">As <see cref="ScanShard.Part"/> has it, whole.</param>
    public void TakePart(int shard, int window, byte[] part) => _parts[shard * windows + window] = part;

    /// <summary>Of a shard's k-th block; null where the shard has not answered.</summary>
    internal double? SquaresOf(int shard, int window, int k) =>
        _squares[shard] is { } squares ? BinaryPrimitives.ReadDoubleLittleEndian(squares.AsSpan((window * shards[shard].Blocks + k) * sizeof(double))) : null;

    /// <summary>Null where it is not there, or not as long as it has to be.</summary>
    internal byte[]? PartOf(int shard, int window, int length) => _parts[shard * windows + window] is { } part && part.Length == length * sizeof(double) ? part : null;
}
