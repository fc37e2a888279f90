using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Books;

/// <summary>
/// A chain of SHA-256 over fills, cut to 64 bits: two books that agree on it have applied the same fills in the same order.
/// It guards against mistakes, not against forgers.
/// </summary>
public static class FillChecksum
{
    /// <param name="previous">The checksum before this fill; zero before the first.</param>
    /// <remarks>Covers symbol, leg, side, trade id, price, quantity and fee: what two parties can both know. Trailing zeros do not count.</remarks>
    public static ulong Next(ulong previous, Fill fill)
    {
        Span<byte> bytes = stackalloc byte[8 + 8 + 2 + 3 * 16 + 256];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, previous);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], fill.TradeId);
        bytes[16] = (byte)fill.Leg;
        bytes[17] = (byte)fill.Side;
        Write(bytes[18..], fill.Price.QuotePerBase);
        Write(bytes[34..], fill.Quantity.Base);
        Write(bytes[50..], fill.Fee.Quote);
        var name = fill.Symbol.Name ?? "";
        var length = Encoding.UTF8.GetByteCount(name) <= 256 ? Encoding.UTF8.GetBytes(name, bytes[66..]) : SHA256.HashData(Encoding.UTF8.GetBytes(name), bytes[66..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..(66 + length)], hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    private static void Write(Span<byte> target, decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(Exact.Canonical(value), parts);
        for (var i = 0; i < 4; i++) BinaryPrimitives.WriteInt32LittleEndian(target[(4 * i)..], parts[i]);
    }
}
