using System.Text.Json;
using System.Text.Json.Serialization;
using Dolphin.Domain;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;

namespace Dolphin.Web;

/// <summary>The one way a run is written as JSON: amounts are exact numbers, symbols are text, times are UTC, words are in camel case.</summary>
public static class RunJson
{
    public static readonly JsonSerializerOptions Compact = Create(indented: false);
    public static readonly JsonSerializerOptions Indented = Create(indented: true);

    private static JsonSerializerOptions Create(bool indented)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            WriteIndented = indented,
            NumberHandling = JsonNumberHandling.Strict,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            // Symbols are not always ASCII; the output is JSON in a file or an application/json body, never inside HTML.
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Converters =
            {
                new Amount<Money>(m => m.Quote, q => new Money(q)),
                new Amount<Quantity>(q => q.Base, b => new Quantity(b)),
                new Amount<Price>(p => p.QuotePerBase, Price.Of),
                new SymbolName(),
                new UtcTime(),
                new Holder(),
                new Measures(),
                new JsonStringEnumConverter(JsonNamingPolicy.CamelCase),
            },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private sealed class Amount<T>(Func<T, decimal> of, Func<decimal, T> to) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => to(reader.GetDecimal());

        // The division drops trailing zeros, so that equal amounts are equal text however they were computed.
        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(of(value) / 1.0000000000000000000000000000m);
    }

    private sealed class SymbolName : JsonConverter<Symbol>
    {
        public override Symbol Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.GetString() ?? throw new JsonException("A symbol is a text, found null."));
        public override void Write(Utf8JsonWriter writer, Symbol value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name);
    }

    /// <summary>Strategies by the names that plans have for them; short ones are understood.</summary>
    private sealed class Holder : JsonConverter<LegHolder>
    {
        public override LegHolder Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && LegHolders.ParseSpoken(reader.GetString()!) is { } holder
                ? holder
                : throw new JsonException($"expected one of {LegHolders.Spoken}");
        public override void Write(Utf8JsonWriter writer, LegHolder value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name());
    }

    /// <summary>What is missing is null: JSON has no other word for it.</summary>
    private sealed class Measures : JsonConverter<RegimeFeatures>
    {
        public override RegimeFeatures Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            double Number(RegimeFeature feature) => root.TryGetProperty(Name(feature), out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN;
            return new RegimeFeatures(
                Number(RegimeFeature.Volatility), Number(RegimeFeature.VolatilityOfVolatility), Number(RegimeFeature.Spread), Number(RegimeFeature.Depth),
                Number(RegimeFeature.IdleShare), Number(RegimeFeature.EfficiencyRatio), Number(RegimeFeature.VarianceRatio),
                root.TryGetProperty("direction", out var direction) ? direction.GetInt32() : 0);
        }

        public override void Write(Utf8JsonWriter writer, RegimeFeatures value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            foreach (var feature in RegimeFeatureSets.All)
            {
                if (double.IsFinite(value[feature])) writer.WriteNumber(Name(feature), value[feature]);
                else writer.WriteNull(Name(feature));
            }

            writer.WriteNumber("direction", value.Direction);
            writer.WriteEndObject();
        }

        private static string Name(RegimeFeature feature) => JsonNamingPolicy.CamelCase.ConvertName(feature.ToString());
    }

    private sealed class UtcTime : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();
        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime);
    }
}
