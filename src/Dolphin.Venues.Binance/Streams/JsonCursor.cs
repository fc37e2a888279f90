using System.Runtime.CompilerServices;

namespace Dolphin.Venues.Binance.Streams;

/// <summary>What kind of value begins here.</summary>
internal enum JsonKind : byte { None, Text, Number, Array, Object, True, False, Null }

/// <summary>Where a value stands in the text: of a text what is between its quotes, of everything else all of it.</summary>
internal readonly record struct JsonToken(JsonKind Kind, int Start, int Length)
{
    public ReadOnlySpan<byte> In(ReadOnlySpan<byte> text) => text.Slice(Start, Length);
}

/// <summary>Walks over JSON text, value by value, and takes nothing that is not JSON (RFC 8259). Never throws, never allocates.</summary>
/// <remarks>
/// Faster on the venue's messages than the runtime's reader (docs/benchmarks.md), because it need not remember how to go on with the next
/// part of a text: a message is always whole. Escapes are checked and left as they are; the venue uses none in what is read here.
/// </remarks>
internal ref struct JsonCursor(ReadOnlySpan<byte> text, int at = 0)
{
    private const int DeepestNesting = 32; // The venue nests four deep; a bomb of brackets goes no further.

    public readonly ReadOnlySpan<byte> Text = text;

    public int At { get; private set; } = at;

    /// <summary>There was white space between values. The venue sends none, and what is laid out so is read more carefully.</summary>
    public bool IsSpaced { get; private set; }

    /// <summary>Moves past white space and then past <paramref name="expected"/>.</summary>
    /// <returns>False, and nothing but white space is passed, if something else is there.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TrySkip(byte expected)
    {
        var next = Peek();
        if (next != expected) return false;
        At++;
        return true;
    }

    /// <summary>The next byte that is not white space; -1 at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Peek()
    {
        if ((uint)At >= (uint)Text.Length) return -1;
        var next = Text[At];
        return next > ' ' ? next : PeekSpaced();
    }

    /// <summary>Only white space is left.</summary>
    public bool IsAtEnd => Peek() < 0;

    /// <summary>Reads a name and the colon after it.</summary>
    public bool TryReadName(out ReadOnlySpan<byte> name)
    {
        if (Peek() == '"' && TryReadText(out var token) && TrySkip((byte)':'))
        {
            name = token.In(Text);
            return true;
        }
        name = default;
        return false;
    }

    /// <summary>Reads any value, with everything that is in it.</summary>
    public bool TryReadValue(out JsonToken token) => TryReadValue(DeepestNesting, out token);

    /// <summary>The array of levels that begins here, by its end only: whoever reads the levels sees whether it is one.</summary>
    public bool TryReadLevels(out JsonToken token)
    {
        if (IsSpaced || Peek() != '[' || !Text[At..].StartsWith("[[\""u8)) return TryReadValue(out token);
        var length = Text[At..].IndexOf("\"]]"u8);
        token = new(JsonKind.Array, At, length + 3);
        if (length < 0) return false;
        At += token.Length;
        return true;
    }

    private int PeekSpaced()
    {
        for (; (uint)At < (uint)Text.Length; At++)
        {
            if (Text[At] is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')) return Text[At];
            IsSpaced = true;
        }
        return -1;
    }

    private bool TryReadValue(int depth, out JsonToken token)
    {
        var next = Peek();
        switch (next)
        {
            case '"': return TryReadText(out token);
            case '{': return TryReadObject(depth, out token);
            case '[': return TryReadArray(depth, out token);
            case 't': return TryReadWord("true"u8, JsonKind.True, out token);
            case 'f': return TryReadWord("false"u8, JsonKind.False, out token);
            case 'n': return TryReadWord("null"u8, JsonKind.Null, out token);
            default: return TryReadNumber(out token);
        }
    }

    private bool TryReadText(out JsonToken token)
    {
        var start = At + 1;
        for (var i = start; i < Text.Length; i++)
        {
            var c = Text[i];
            if (c == '"')
            {
                token = new(JsonKind.Text, start, i - start);
                At = i + 1;
                return true;
            }
            if (c < ' ' || c == '\\' && !TrySkipEscape(ref i)) break;
        }
        token = default;
        return false;
    }

    private readonly bool TrySkipEscape(ref int i)
    {
        if (++i >= Text.Length) return false;
        if (Text[i] != 'u') return Text[i] is (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t';
        for (var digits = 0; digits < 4; digits++)
            if (++i >= Text.Length || !char.IsAsciiHexDigit((char)Text[i])) return false;
        return true;
    }

    private bool TryReadObject(int depth, out JsonToken token)
    {
        var start = At++;
        token = default;
        if (depth == 0) return false;
        if (!TrySkip((byte)'}'))
        {
            do
            {
                if (!TryReadName(out _) || !TryReadValue(depth - 1, out _)) return false;
            }
            while (TrySkip((byte)','));
            if (!TrySkip((byte)'}')) return false;
        }
        token = new(JsonKind.Object, start, At - start);
        return true;
    }

    private bool TryReadArray(int depth, out JsonToken token)
    {
        var start = At++;
        token = default;
        if (depth == 0) return false;
        if (!TrySkip((byte)']'))
        {
            do
            {
                if (!TryReadValue(depth - 1, out _)) return false;
            }
            while (TrySkip((byte)','));
            if (!TrySkip((byte)']')) return false;
        }
        token = new(JsonKind.Array, start, At - start);
        return true;
    }

    private bool TryReadWord(ReadOnlySpan<byte> word, JsonKind kind, out JsonToken token)
    {
        token = new(kind, At, word.Length);
        if (!Text[At..].StartsWith(word)) return false;
        At += word.Length;
        return true;
    }

    private bool TryReadNumber(out JsonToken token)
    {
        var start = At;
        token = default;
        var i = At < Text.Length && Text[At] == '-' ? At + 1 : At;
        var whole = Digits(ref i);
        if (whole == 0 || whole > 1 && Text[i - whole] == '0') return false;
        if (i < Text.Length && Text[i] == '.')
        {
            i++;
            if (Digits(ref i) == 0) return false;
        }
        if (i < Text.Length && (Text[i] | 0x20) == 'e')
        {
            i++;
            if (i < Text.Length && Text[i] is (byte)'+' or (byte)'-') i++;
            if (Digits(ref i) == 0) return false;
        }
        token = new(JsonKind.Number, start, i - start);
        At = i;
        return true;
    }

    private readonly int Digits(ref int i)
    {
        var start = i;
        while (i < Text.Length && (uint)(Text[i] - '0') <= 9) i++;
        return i - start;
    }
}
