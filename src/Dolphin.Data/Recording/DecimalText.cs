using System.Runtime.CompilerServices;

namespace Dolphin.Data.Recording;

/// <summary>Why a text is not a number this reader takes.</summary>
internal enum NumberFault { None, Empty, NotANumber, NotFinite, TooManyDigits }

/// <summary>Zero or more, at most 18 digits, no trailing zeros after the point: <c>Mantissa / 10^Scale</c>.</summary>
internal readonly record struct PlainNumber(ulong Mantissa, int Scale)
{
    public const int MostDigits = 18;

    public decimal ToDecimal() => new((int)(uint)Mantissa, (int)(uint)(Mantissa >> 32), 0, false, (byte)Scale);
}

/// <summary>Reads decimal numbers out of UTF-8 text exactly, without strings.</summary>
internal static class DecimalText
{
    private const int MostDigits = 28; // What every decimal can hold.
    private const int MostExponent = 99; // Three digits of exponent are a typing error, not a market.

    /// <summary>Reads <c>digits[.digits]</c> up to a comma or the end: what nearly all numbers of nearly all recordings look like.</summary>
    /// <param name="at">Where the number starts; on success just past the comma, or one past the end.</param>
    /// <returns>False on everything else, also on numbers of more than 18 digits: <see cref="TryParse"/> must look.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryReadPlain(ReadOnlySpan<byte> line, ref int at, out PlainNumber value)
    {
        ulong mantissa = 0;
        var (start, point, i) = (at, -1, at);
        for (; i < line.Length; i++)
        {
            var digit = (uint)(line[i] - '0');
            if (digit <= 9)
                mantissa = mantissa * 10 + digit;
            else if (line[i] == '.' && point < 0 && i > start)
                point = i;
            else
                break;
        }
        var ended = i == line.Length || line[i] == ',';
        var digits = i - start - (point < 0 ? 0 : 1);
        if (!ended || digits is <= 0 or > PlainNumber.MostDigits || point == i - 1)
        {
            value = default;
            return false;
        }
        at = i + 1;
        var scale = point < 0 ? 0 : i - point - 1;
        if (scale > 0 && line[i - 1] == '0')
            (mantissa, scale) = Trimmed(mantissa, scale);
        value = new(mantissa, scale);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (ulong Mantissa, int Scale) Trimmed(ulong mantissa, int scale)
    {
        while (scale > 0 && mantissa % 10 == 0)
            (mantissa, scale) = (mantissa / 10, scale - 1);
        return (mantissa, scale);
    }

    /// <summary>Reads <c>[+-]digits[.digits][e[+-]digits]</c>, at least one digit before the exponent.</summary>
    /// <remarks>Digits beyond what a decimal holds are refused, never rounded.</remarks>
    public static NumberFault TryParse(ReadOnlySpan<byte> text, out decimal value)
    {
        value = default;
        if (text.IsEmpty)
            return NumberFault.Empty;
        var i = 0;
        var negative = text[0] == '-';
        if (text[0] is (byte)'-' or (byte)'+')
            i++;
        if (IsWord(text[i..], "nan"u8) || IsWord(text[i..], "inf"u8) || IsWord(text[i..], "infinity"u8))
            return NumberFault.NotFinite;

        UInt128 mantissa = 0;
        int digits = 0, significant = 0, zeros = 0, scale = 0;
        var point = false;
        for (; i < text.Length; i++)
        {
            if (text[i] == '.' && !point)
            {
                point = true;
                continue;
            }
            var digit = (uint)(text[i] - '0');
            if (digit > 9)
                break;
            digits++;
            if (point)
                scale++;
            if (digit == 0)
            {
                // Zeros count once a digit follows them: "1.000000000000000000000000000000" is one.
                zeros++;
                continue;
            }
            significant += significant == 0 ? 1 : zeros + 1;
            if (significant > MostDigits)
                return Rest(text, i) ? NumberFault.TooManyDigits : NumberFault.NotANumber;
            for (; zeros > 0; zeros--)
                mantissa *= 10;
            mantissa = mantissa * 10 + digit;
        }
        if (digits == 0)
            return NumberFault.NotANumber;
        var exponent = 0;
        if (i < text.Length && !TryReadExponent(text[i..], out exponent))
            return NumberFault.NotANumber;
        if (mantissa == 0)
            return NumberFault.None;

        // Value is mantissa * 10^(zeros - scale + exponent), and the mantissa does not end in zero.
        var power = zeros - scale + exponent;
        if (power > 0 && significant + power > MostDigits || power < -MostDigits)
            return NumberFault.TooManyDigits;
        for (; power > 0; power--)
            mantissa *= 10;
        value = new decimal((int)(uint)mantissa, (int)(uint)(mantissa >> 32), (int)(uint)(mantissa >> 64), negative, (byte)-power);
        return NumberFault.None;
    }


    private static bool TryReadExponent(ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        if (text[0] is not ((byte)'e' or (byte)'E'))
            return false;
        var i = 1;
        var negative = i < text.Length && text[i] == '-';
        if (i < text.Length && text[i] is (byte)'-' or (byte)'+')
            i++;
        if (i == text.Length)
            return false;
        for (; i < text.Length; i++)
        {
            var digit = (uint)(text[i] - '0');
            if (digit > 9)
                return false;
            exponent = Math.Min(exponent * 10 + (int)digit, MostExponent + 1);
        }
        if (negative)
            exponent = -exponent;
        return true;
    }

    /// <summary>Whether what follows still looks like the rest of a number, so that the fault is its length and not its letters.</summary>
    private static bool Rest(ReadOnlySpan<byte> text, int from)
    {
        foreach (var c in text[from..])
        {
            if (c is not (>= (byte)'0' and <= (byte)'9' or (byte)'.' or (byte)'e' or (byte)'E' or (byte)'-' or (byte)'+'))
                return false;
        }
        return true;
    }

    private static bool IsWord(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lowerCase)
    {
        if (text.Length != lowerCase.Length)
            return false;
        for (var i = 0; i < text.Length; i++)
        {
            if ((text[i] | 0x20) != lowerCase[i])
                return false;
        }
        return true;
    }
}
