using System.Collections.Immutable;
using Dolphin.Domain.Market;

namespace Dolphin.Data.Recording;

/// <summary>Which part of a recording to load. Rows outside it are checked all the same.</summary>
/// <param name="From">First bar open to load, inclusive; null for the recording's first.</param>
/// <param name="To">Bar opens from here on are left out; null for the recording's last.</param>
/// <param name="Symbols">The symbols to load; null for all. One that the recording lacks is an error.</param>
/// <param name="RefuseOtherSymbols">True: a symbol that is not in <paramref name="Symbols"/> is an error where it first stands. False: it is left out.</param>
/// <param name="Limits">What a recording may cost at most; null for <see cref="ReadLimits.Default"/>.</param>
public sealed record ReadOptions(
    DateTimeOffset? From = null, DateTimeOffset? To = null, IReadOnlyCollection<Symbol>? Symbols = null,
    bool RefuseOtherSymbols = false, ReadLimits? Limits = null)
{
    public static ReadOptions All { get; } = new();
}

/// <summary>Bounds on what a file may make the reader do. A file that passes one is refused, whatever else is in it.</summary>
/// <param name="MaxBytesPerFile">Bytes of text, after decompression.</param>
/// <param name="MaxRatio">Bytes of text per compressed byte. Applies from 1 MiB of text on; recorded bars compress 4 to 10 times.</param>
/// <param name="MaxRows">Rows of all files together.</param>
/// <param name="MaxPrice">Quote per base, inclusive.</param>
/// <param name="MaxVolume">Base per bar, inclusive.</param>
/// <param name="MaxJump">A bar's prices may be at most this many times the symbol's previous close, and at least one such part of it.</param>
public sealed record ReadLimits(
    long MaxBytesPerFile, int MaxRatio, long MaxRows, decimal MaxPrice, decimal MaxVolume, decimal MaxJump)
{
    public static ReadLimits Default { get; } = new(
        MaxBytesPerFile: 2L << 30, MaxRatio: 100, MaxRows: 20_000_000, MaxPrice: 1e9m, MaxVolume: 1e15m, MaxJump: 100m);
}
