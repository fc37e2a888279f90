using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Dolphin.Domain.Market;

/// <summary>What a client order id of ours says about its order.</summary>
/// <param name="Tag">Names the strategy: <see cref="ClientOrderIds.TagOf"/>.</param>
/// <param name="Part">1, 2, 3, ... of an order that is one of several for its leg; 0 of one that is alone.</param>
public readonly record struct ClientOrderName(string Tag, long Sequence, PositionSide Leg, long Epoch, int Part = 0);

/// <summary>
/// Client order ids that follow from what they name: the same decision has the same id after a crash, so that the venue can be asked
/// about it. Written <c>tag.sequenceLeg.epoch</c> with numbers in base 36, such as <c>hedge-BTCUSDT.1zL.3</c>; the second of several orders for a leg is
/// <c>hedge-BTCUSDT.1zL2.3</c>.
/// </summary>
/// <remarks>A strategy's sequence never restarts, so its incarnation need not be part of the id.</remarks>
public static class ClientOrderIds
{
    /// <summary>The venue's limit on the whole id.</summary>
    public const int MaxLength = 36;
    public const long MaxSequence = 3_656_158_440_062_975; // 36^10 - 1: ten digits.
    public const long MaxEpoch = 2_176_782_335; // 36^6 - 1: six digits.
    public const int MaxPart = 1_295; // 36^2 - 1: two digits.
    public const long MaxSequenceOfParts = 2_821_109_907_455; // 36^8 - 1: the two digits of a part are its.
    /// <summary>What 36 characters leave beside two dots, the leg and the longest numbers.</summary>
    public const int MaxTagLength = 17;
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";

    /// <param name="strategyId">Any name, ASCII or not; never empty.</param>
    /// <param name="sequence">The decision's number, 0 to <see cref="MaxSequence"/>.</param>
    /// <param name="epoch">The gateway's fencing epoch, 0 to <see cref="MaxEpoch"/>; 0 where there is no cluster.</param>
    public static ClientOrderId For(string strategyId, long sequence, PositionSide leg, long epoch = 0) =>
        ForTag(TagOf(strategyId), sequence, leg, epoch);

    /// <summary>One of several orders for a leg of a decision.</summary>
    /// <param name="sequence">0 to <see cref="MaxSequenceOfParts"/>.</param>
    /// <param name="part">1 to <see cref="MaxPart"/>.</param>
    public static ClientOrderId ForPart(string strategyId, long sequence, PositionSide leg, int part, long epoch = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequence, MaxSequenceOfParts);
        ArgumentOutOfRangeException.ThrowIfLessThan(part, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(part, MaxPart);
        return Written(TagOf(strategyId), sequence, leg, Base36(part), epoch);
    }

    /// <summary>As <see cref="For"/>, for a caller that keeps its tag.</summary>
    public static ClientOrderId ForTag(string tag, long sequence, PositionSide leg, long epoch = 0) => Written(tag, sequence, leg, "", epoch);

    private static ClientOrderId Written(string tag, long sequence, PositionSide leg, string part, long epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequence, MaxSequence);
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(epoch, MaxEpoch);
        return new ClientOrderId($"{tag}.{Base36(sequence)}{(leg == PositionSide.Long ? 'L' : 'S')}{part}.{Base36(epoch)}");
    }

    /// <summary>
    /// A strategy id in the venue's characters: itself if it is short and plain, else its plain beginning and 40 bits of its SHA-256,
    /// so that two symbols whose names are not ASCII, or begin alike, stay apart.
    /// </summary>
    public static string TagOf(string strategyId)
    {
        ArgumentException.ThrowIfNullOrEmpty(strategyId);
        if (strategyId.Length <= MaxTagLength && strategyId.All(IsPlain)) return strategyId;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(strategyId), hash);
        var tag = new StringBuilder(MaxTagLength);
        foreach (var c in strategyId)
            if (tag.Length < 8 && IsPlain(c)) tag.Append(c);
        tag.Append('_');
        var bits = BinaryPrimitives.ReadUInt64BigEndian(hash) >> 24; // 40 bits are eight digits of five bits each.
        for (var shift = 35; shift >= 0; shift -= 5) tag.Append(Digits[(int)(bits >> shift) & 31]);
        return tag.ToString();
    }

    /// <returns>False for an id that is not ours, such as the venue's <c>autoclose-</c>.</returns>
    public static bool TryParse(ClientOrderId id, [NotNullWhen(true)] out ClientOrderName? name)
    {
        name = TryRead(id.Value, out var tag, out var sequence, out var leg, out var part, out var epoch)
            ? new ClientOrderName(tag.ToString(), sequence, leg, epoch, (int)part)
            : null;
        return name is not null;
    }

    /// <summary>Whether <see cref="TryParse"/> would say what it names. Allocates nothing.</summary>
    public static bool IsOurs(ClientOrderId id) => TryRead(id.Value, out _, out _, out _, out _, out _);

    private static bool TryRead(ReadOnlySpan<char> id, out ReadOnlySpan<char> tag, out long sequence, out PositionSide leg, out long part, out long epoch)
    {
        tag = default;
        (sequence, leg, part, epoch) = (0, default, 0, 0);
        Span<Range> parts = stackalloc Range[4]; // One more than there may be: a third dot is seen.
        if (id.Split(parts, '.') != 3 || id[parts[0]].Length is 0 or > MaxTagLength || id[parts[1]].Length < 2) return false;
        tag = id[parts[0]];
        var what = id[parts[1]];
        var side = what.IndexOfAny('L', 'S'); // Digits are small letters.
        if (side < 1) return false;
        leg = what[side] == 'L' ? PositionSide.Long : PositionSide.Short;
        var isPart = side < what.Length - 1;
        return TryBase36(what[..side], MaxSequence, out sequence) && (!isPart || (TryBase36(what[(side + 1)..], MaxPart, out part) && part > 0))
            && TryBase36(id[parts[2]], MaxEpoch, out epoch);
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';

    private static string Base36(long value)
    {
        Span<char> text = stackalloc char[13];
        var at = text.Length;
        do
        {
            text[--at] = Digits[(int)(value % 36)];
            value /= 36;
        }
        while (value > 0);
        return new string(text[at..]);
    }

    private static bool TryBase36(ReadOnlySpan<char> text, long limit, out long value)
    {
        value = 0;
        if (text.Length is 0 or > 10) return false;
        foreach (var c in text)
        {
            var digit = c switch { >= '0' and <= '9' => c - '0', >= 'a' and <= 'z' => c - 'a' + 10, _ => -1 };
            if (digit < 0) return false;
            value = value * 36 + digit;
        }
        return value <= limit;
    }
}
