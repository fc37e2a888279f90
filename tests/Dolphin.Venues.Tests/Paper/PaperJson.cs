using System.Text.Json;
using System.Text.Json.Serialization;
using Dolphin.Domain;
using Dolphin.Venues.Paper;

namespace Dolphin.Venues.Tests.Paper;

/// <summary>States and facts as text: to compare them whole, and to prove that they survive being stored.</summary>
internal static class PaperJson
{
    private static readonly JsonSerializerOptions Options = new() { Converters = { new PriceConverter() } };

    public static string Text(PaperState state) => JsonSerializer.Serialize(state, Options);
    public static string Text(PaperBooks books) => JsonSerializer.Serialize(books, Options);
    public static string Text(VenueEvent @event) => JsonSerializer.Serialize(@event, Options);
    public static string Text(PaperFact fact) => fact.GetType().Name + JsonSerializer.Serialize(fact, fact.GetType(), Options);

    /// <summary>Writes and reads again, as a journal and a snapshot store would.</summary>
    public static T Stored<T>(T value) where T : class =>
        (T)JsonSerializer.Deserialize(JsonSerializer.Serialize(value, value.GetType(), Options), value.GetType(), Options)!;

    private sealed class PriceConverter : JsonConverter<Price>
    {
        public override Price Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => Price.Of(reader.GetDecimal());
        public override void Write(Utf8JsonWriter writer, Price value, JsonSerializerOptions options) => writer.WriteNumberValue(value.QuotePerBase);
    }
}
