using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Dolphin.Venues.Remote;

/// <summary>The message is not one: malformed, incomplete, of an unknown name, or with a number no market has.</summary>
public sealed class WireFormatException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>How messages are written and read: JSON, without reflection.</summary>
public static class WireJson
{
    private static readonly WireJsonContext Context = new(Options());

    public static byte[] Write(OrderRequest message) => JsonSerializer.SerializeToUtf8Bytes(message, Of<OrderRequest>());
    public static byte[] Write(OrderAnswer message) => JsonSerializer.SerializeToUtf8Bytes(message, Of<OrderAnswer>());
    public static byte[] Write(MarketMessage message) => JsonSerializer.SerializeToUtf8Bytes(message, Of<MarketMessage>());
    public static byte[] Write(VenueHello hello) => JsonSerializer.SerializeToUtf8Bytes(hello, Of<VenueHello>());

    /// <typeparam name="T">One of the four that can be written.</typeparam>
    /// <exception cref="WireFormatException">The bytes are not such a message.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, Of<T>()) ?? throw new WireFormatException($"Expected a {typeof(T).Name}; came null.");
        }
        // Of units and of numbers out of range; what is not JSON, or lacks a field, or has an unknown name, is the first.
        catch (Exception e) when (e is JsonException or ArgumentException or FormatException or InvalidOperationException or NotSupportedException or OverflowException)
        {
            throw new WireFormatException($"Expected a {typeof(T).Name}; this is none: {e.Message}", e);
        }
    }

    private static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)Context.GetTypeInfo(typeof(T))!;

    private static JsonSerializerOptions Options()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            IgnoreReadOnlyProperties = true,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            AllowOutOfOrderMetadataProperties = true, // Another implementation may not write the name first.
            MaxDepth = 16,
        };
        foreach (var converter in UnitConverters.All) options.Converters.Add(converter);
        options.Converters.Add(new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false));
        return options;
    }
}

[JsonSerializable(typeof(OrderRequest))]
[JsonSerializable(typeof(OrderRequest.Hello), TypeInfoPropertyName = "RequestHello")]
[JsonSerializable(typeof(OrderAnswer))]
[JsonSerializable(typeof(OrderAnswer.Hello), TypeInfoPropertyName = "AnswerHello")]
[JsonSerializable(typeof(MarketMessage))]
[JsonSerializable(typeof(MarketMessage.Hello), TypeInfoPropertyName = "MarketHello")]
[JsonSerializable(typeof(MarketMessage.Closed), TypeInfoPropertyName = "MarketClosed")]
[JsonSerializable(typeof(VenueHello))]
internal sealed partial class WireJsonContext : JsonSerializerContext;
