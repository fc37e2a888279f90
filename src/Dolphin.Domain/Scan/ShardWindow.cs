using System.Buffers.Binary;

namespace Dolphin.Domain.Scan;

/// <summary>One window of a <see cref="ScanShard"/>: who takes part in it, and the shard's rows of its sums.</summary>
internal sealed class ShardWindow
{
    private StandardReturns? _standard; // With the first spectrum: whoever wants none pays for none.
    private double[]? _matrix;

    public ShardWindow(ScanPolicy policy, int window, int assets, RowRange rows)
    {
        (Length, Assets, Rows) = (window, assets, rows);
        Sums = new WindowSums(policy, window, assets);
        Cross = new CrossSums(window, rows.First, rows.End);
    }

    /// <summary>Returns.</summary>
    public int Length { get; }

    public int Assets { get; }
    public RowRange Rows { get; }
    public WindowSums Sums { get; }
    public CrossSums Cross { get; }
    public StandardReturns Standard => _standard ??= new StandardReturns(Length, Assets);

    /// <summary>Whether the matrix of scans is the smaller one.</summary>
    public bool IsDual => Length < Sums.MemberCount;

    /// <summary>How many numbers <see cref="Part"/> has of some rows.</summary>
    public int PartLength(RowRange rows)
    {
        var length = 0;
        if (IsDual)
        {
            for (var t = 0; t < Length; t++) length += Lanes.Padded(t + 1);
            return length;
        }
        var (from, to) = Sums.MembersIn(rows);
        for (var a = from; a < to; a++) length += a;
        return length;
    }

    /// <summary>What the shard's rows are to the matrix: eight bytes each, the lowest first.</summary>
    /// <remarks>Of scans: the shard's summand, row by row to the end of the block of eight on the diagonal. Of assets: each member's correlations with all members before it.</remarks>
    public byte[] Part(ReturnHistory history)
    {
        var bytes = new byte[PartLength(Rows) * sizeof(double)];
        var to = bytes.AsSpan();
        if (IsDual)
        {
            var stride = SymmetricEigen.StrideOf(Length);
            _matrix ??= new double[Lanes.Padded(Length) * stride];
            Array.Clear(_matrix);
            Standard.Fill(history, Sums, Rows.First, Rows.End);
            Standard.AddPart(Sums, Rows.First, Rows.End, _matrix);
            for (var t = 0; t < Length; t++) to = Put(_matrix.AsSpan(t * stride, Lanes.Padded(t + 1)), to);
            return bytes;
        }
        var row = new double[Sums.MemberCount];
        var (first, end) = Sums.MembersIn(Rows);
        for (var a = first; a < end; a++)
        {
            Cross.CopyCorrelations(Sums, a, row);
            to = Put(row.AsSpan(0, a), to);
        }
        return bytes;
    }

    private static Span<byte> Put(ReadOnlySpan<double> numbers, Span<byte> to)
    {
        foreach (var number in numbers)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(to, number);
            to = to[sizeof(double)..];
        }
        return to;
    }
}
