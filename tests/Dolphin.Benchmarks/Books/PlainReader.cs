using System.Text.Json;
using Dolphin.Domain.OrderBooks;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Benchmarks.Books;

/// <summary>Reads the levels of a depth diff with the runtime's own reader, as plainly as it goes without allocating.</summary>
internal sealed class PlainReader(SymbolGrid grid)
{
    private readonly Level[] _bids = new Level[4_096], _asks = new Level[4_096];
    private int _bidCount, _askCount;

    public ReadOnlySpan<Level> Bids => _bids.AsSpan(0, _bidCount);
    public ReadOnlySpan<Level> Asks => _asks.AsSpan(0, _askCount);

    public void Read(ReadOnlySpan<byte> text)
    {
        (_bidCount, _askCount) = (0, 0);
        var reader = new Utf8JsonReader(text);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName) continue;
            if (reader.ValueTextEquals("b"u8)) _bidCount = ReadLevels(ref reader, _bids);
            else if (reader.ValueTextEquals("a"u8)) _askCount = ReadLevels(ref reader, _asks);
        }
    }

    private int ReadLevels(ref Utf8JsonReader reader, Level[] levels)
    {
        var count = 0;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
        {
            levels[count++] = new(Number(ref reader, grid.Price), Number(ref reader, grid.Quantity));
            reader.Read();
        }
        return count;
    }

    private static long Number(ref Utf8JsonReader reader, DecimalGrid grid)
    {
        reader.Read();
        var at = 0;
        if (grid.Read(reader.ValueSpan, ref at, out var steps) != MessageFault.None) throw new InvalidDataException("Expected a number.");
        return steps;
    }
}
