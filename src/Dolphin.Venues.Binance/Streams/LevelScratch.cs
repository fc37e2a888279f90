using Dolphin.Domain.OrderBooks;

namespace Dolphin.Venues.Binance.Streams;

/// <summary>Where the levels of one message are put until the next one: a message is used as a whole or not at all.</summary>
public sealed class LevelScratch
{
    /// <summary>Of both sides together. A snapshot has at most 5,000 a side, a diff as many as changed within its interval.</summary>
    public const int MostLevels = 100_000;

    private Level[] _levels = new Level[2_048];
    private int _bids, _asks;

    public ReadOnlySpan<Level> Bids => _levels.AsSpan(0, _bids);
    public ReadOnlySpan<Level> Asks => _levels.AsSpan(_bids, _asks);

    /// <summary>Reads the levels of a <see cref="MessageKind.DepthDiff"/>.</summary>
    public MessageFault ReadDiff(in StreamMessage message, SymbolGrid grid) => Read(message, message.LowerB, message.LowerA, grid);

    /// <summary>Reads the levels of a <see cref="MessageKind.DepthSnapshot"/>.</summary>
    public MessageFault ReadSnapshot(in StreamMessage message, SymbolGrid grid) => Read(message, message.Bids, message.Asks, grid);

    private MessageFault Read(in StreamMessage message, JsonToken bids, JsonToken asks, SymbolGrid grid)
    {
        (_bids, _asks) = (0, 0);
        var count = 0;
        var fault = ReadSide(message, bids, grid, ref count);
        if (fault != MessageFault.None) return fault;
        var first = count;
        fault = ReadSide(message, asks, grid, ref count);
        if (fault == MessageFault.None) (_bids, _asks) = (first, count - first);
        return fault;
    }

    private MessageFault ReadSide(in StreamMessage message, JsonToken levels, SymbolGrid grid, ref int count)
    {
        if (levels.Kind != JsonKind.Array) return levels.Kind == JsonKind.None ? MessageFault.FieldMissing : MessageFault.FieldWrong;
        var text = levels.In(message.Text);
        var cursor = new JsonCursor(text);
        if (!cursor.TrySkip((byte)'[')) return MessageFault.FieldWrong;
        if (cursor.TrySkip((byte)']')) return MessageFault.None;
        var at = cursor.At;
        while (true)
        {
            var fault = ReadLevel(text, ref at, grid, out var ticks, out var lots);
            if (fault != MessageFault.None) return fault;
            if (ticks is <= 0 or > Level.MostTicks) return ticks == 0 ? MessageFault.PriceNotPositive : MessageFault.NumberTooLarge;
            if (count == _levels.Length && !TryGrow()) return MessageFault.TooManyLevels;
            _levels[count++] = new(ticks, lots);
            if ((uint)at < (uint)text.Length && text[at] == ',')
            {
                at++;
                continue;
            }
            cursor = new JsonCursor(text, at);
            if (cursor.TrySkip((byte)','))
            {
                at = cursor.At;
                continue;
            }
            return cursor.TrySkip((byte)']') && cursor.IsAtEnd ? MessageFault.None : MessageFault.NotJson;
        }
    }

    /// <summary>Reads <c>["price","quantity"]</c> as the venue writes it; what is written in any other way is left to <see cref="ReadCarefully"/>.</summary>
    private static MessageFault ReadLevel(ReadOnlySpan<byte> text, ref int at, SymbolGrid grid, out long ticks, out long lots)
    {
        if (!text[at..].StartsWith("[\""u8)) return ReadCarefully(text, ref at, grid, out ticks, out lots);
        var i = at + 2;
        lots = 0;
        var fault = grid.Price.Read(text, ref i, out ticks);
        if (fault != MessageFault.None) return fault;
        if (!text[i..].StartsWith("\",\""u8)) return ReadCarefully(text, ref at, grid, out ticks, out lots);
        i += 3;
        fault = grid.Quantity.Read(text, ref i, out lots);
        if (fault != MessageFault.None) return fault;
        if (!text[i..].StartsWith("\"]"u8)) return ReadCarefully(text, ref at, grid, out ticks, out lots);
        at = i + 2;
        return MessageFault.None;
    }

    private static MessageFault ReadCarefully(ReadOnlySpan<byte> text, ref int at, SymbolGrid grid, out long ticks, out long lots)
    {
        (ticks, lots) = (0, 0);
        var cursor = new JsonCursor(text, at);
        if (!cursor.TrySkip((byte)'[')) return MessageFault.FieldWrong;
        if (!cursor.TryReadValue(out var price) || !cursor.TrySkip((byte)',')) return MessageFault.FieldWrong;
        if (!cursor.TryReadValue(out var quantity) || !cursor.TrySkip((byte)']')) return MessageFault.FieldWrong;
        var fault = grid.Price.ReadWhole(text, price, out ticks);
        if (fault == MessageFault.None) fault = grid.Quantity.ReadWhole(text, quantity, out lots);
        at = cursor.At;
        return fault;
    }

    private bool TryGrow()
    {
        if (_levels.Length >= MostLevels) return false;
        Array.Resize(ref _levels, Math.Min(_levels.Length * 2, MostLevels));
        return true;
    }
}
