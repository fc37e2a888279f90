using System.Text.Json;
using System.Text.Json.Serialization;
using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Venues;

/// <summary>Units are stored, and sent, as the bare number or name they wrap; their type is known from the field.</summary>
public static class UnitConverters
{
    public static readonly JsonConverter[] All =
    [
        new Decimals<Price>(Price.Of, p => p.QuotePerBase),
        new Decimals<Quantity>(v => new Quantity(v), q => q.Base),
        new Decimals<Money>(v => new Money(v), m => m.Quote),
        new Decimals<Bps>(v => new Bps(v), b => b.Value),
        new Names<Symbol>(v => new Symbol(v), s => s.Name),
        new Names<ClientOrderId>(v => new ClientOrderId(v), i => i.Value),
    ];

    /// <summary>Keeps the scale: 1.10 comes back as 1.10, so that equal states have equal bytes.</summary>
    private sealed class Decimals<T>(Func<decimal, T> wrap, Func<T, decimal> unwrap) : JsonConverter<T> where T : struct
    {
        public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => wrap(reader.GetDecimal());
        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteNumberValue(unwrap(value));
    }

    private sealed class Names<T>(Func<string, T> wrap, Func<T, string> unwrap) : JsonConverter<T> where T : struct
    {
        public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            wrap(reader.GetString() ?? throw new JsonException($"Expected the text of a {typeof(T).Name}; got null."));
        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(unwrap(value));
    }
}
