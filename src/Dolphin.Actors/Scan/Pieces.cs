namespace Dolphin.Actors.Scan;

/// <summary>A run of bytes of known length that comes in pieces, one after the other.</summary>
internal sealed class Pieces(int length)
{
    private readonly byte[] _whole = new byte[length];

    /// <summary>The piece that is missing.</summary>
    public int Next { get; private set; }

    public bool IsWhole => Next * ScanShardProtocol.MostPieceBytes >= _whole.Length;

    public byte[] Whole => IsWhole ? _whole : throw new InvalidOperationException($"Expected all pieces of {_whole.Length} bytes; piece {Next} is missing.");

    /// <returns>False for a piece that is not the next one, or not as long as it has to be: it was dropped.</returns>
    public bool TryTake(int piece, byte[] bytes)
    {
        if (piece != Next || IsWhole || bytes.Length != LengthOf(piece, _whole.Length)) return false;
        bytes.CopyTo(_whole, piece * ScanShardProtocol.MostPieceBytes);
        Next++;
        return true;
    }

    /// <returns>Null where there is no such piece.</returns>
    public static byte[]? Cut(byte[] whole, int piece) => piece >= 0 && (long)piece * ScanShardProtocol.MostPieceBytes < whole.Length
        ? whole.AsSpan(piece * ScanShardProtocol.MostPieceBytes, LengthOf(piece, whole.Length)).ToArray()
        : null;

    private static int LengthOf(int piece, int length) => Math.Min(ScanShardProtocol.MostPieceBytes, length - piece * ScanShardProtocol.MostPieceBytes);
}
