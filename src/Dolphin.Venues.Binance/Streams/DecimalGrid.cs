using System.Runtime.CompilerServices;

namespace Dolphin.Venues.Binance.Streams;

/// <summary>The numbers a price or a quantity can be: whole multiples of <c>Step / 10^Decimals</c>, counted exactly (design decision 16).</summary>
/// <param name="Decimals">0 to <see cref="MostDecimals"/>.</param>
/// <param name="Step">In units of the last decimal, from 1: a tick of 0.25 is 25 with two decimals.</param>
public readonly record struct DecimalGrid(int Decimals, long Step = 1)
{
    public const int MostDecimals = 12;

    /// <summary>Units of 1e-8: what prices are counted in that keep no grid (mark, index, averages) and rates.</summary>
    public static DecimalGrid Satoshi { get; } = new(8);

    // Below this times ten plus nine fits 64 bits.
    private const long Most = long.MaxValue / 10 - 1;

    private static readonly long[] Powers = // Not a span over constants: code that is not optimized yet allocates to make one.
        [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000, 100_000_000_000, 1_000_000_000_000];

    /// <summary>The grid of a step as the venue writes it: <c>0.10</c>, <c>0.00001000</c>, <c>5</c>.</summary>
    public static DecimalGrid? Of(decimal step)
    {
        if (step <= 0m) return null;
        for (var decimals = 0; decimals <= MostDecimals; decimals++)
        {
            var units = step * Powers[decimals];
            if (units == decimal.Truncate(units)) return units <= Most ? new(decimals, (long)units) : null;
        }
        return null;
    }

    public decimal ToDecimal(long steps) => (decimal)steps * Step / Powers[Decimals];

    /// <summary>Reads <c>digits[.digits]</c> up to the first byte that is neither, and says how many steps that is.</summary>
    /// <param name="at">Where the number starts; moved to the byte after it.</param>
    /// <param name="steps">Zero or more.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public MessageFault Read(ReadOnlySpan<byte> text, ref int at, out long steps)
    {
        long units = 0;
        var i = at;
        var start = i;
        uint digit;
        while ((uint)i < (uint)text.Length && (digit = (uint)(text[i] - '0')) <= 9)
        {
            if (units > Most) return TooLarge(out steps);
            units = units * 10 + digit;
            i++;
        }
        if (i == start) return NotPlain(out steps);
        var missing = Decimals;
        if ((uint)i < (uint)text.Length && text[i] == '.')
        {
            start = ++i;
            for (; (uint)i < (uint)text.Length && (digit = (uint)(text[i] - '0')) <= 9; i++)
            {
                if (missing == 0)
                {
                    if (digit != 0) return OffGrid(out steps);
                    continue;
                }
                if (units > Most) return TooLarge(out steps);
                units = units * 10 + digit;
                missing--;
            }
            if (i == start) return NotPlain(out steps);
        }
        at = i;
        if (missing > 0)
        {
            var power = Powers[missing];
            if (units > long.MaxValue / power) return TooLarge(out steps);
            units *= power;
        }
        if (Step == 1)
        {
            steps = units;
            return MessageFault.None;
        }
        (steps, var rest) = Math.DivRem(units, Step);
        return rest == 0 ? MessageFault.None : MessageFault.NumberOffGrid;
    }

    /// <summary>Reads a field that is nothing but a number between quotes.</summary>
    internal MessageFault ReadWhole(ReadOnlySpan<byte> text, JsonToken field, out long steps)
    {
        steps = 0;
        if (field.Kind != JsonKind.Text) return field.Kind == JsonKind.None ? MessageFault.FieldMissing : MessageFault.FieldWrong;
        var at = 0;
        var number = field.In(text);
        var fault = Read(number, ref at, out steps);
        return fault != MessageFault.None || at == number.Length ? fault : MessageFault.NumberNotPlain;
    }

    private static MessageFault TooLarge(out long steps)
    {
        steps = 0;
        return MessageFault.NumberTooLarge;
    }

    private static MessageFault NotPlain(out long steps)
    {
        steps = 0;
        return MessageFault.NumberNotPlain;
    }

    private static MessageFault OffGrid(out long steps)
    {
        steps = 0;
        return MessageFault.NumberOffGrid;
    }
}

/// <summary>The grids of one symbol.</summary>
/// <param name="Price">Ticks.</param>
/// <param name="Quantity">Lots.</param>
public readonly record struct SymbolGrid(DecimalGrid Price, DecimalGrid Quantity);
