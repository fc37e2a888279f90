using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dolphin.Actors.Invariants;
using Dolphin.Domain.Reporting;

namespace Dolphin.Backtest.Replay;

/// <summary>Where a replay stands between two slices: what the driver itself has to know to go on.</summary>
/// <param name="OpenTimeMs">The slice that the venue has already been shown and that closes next; null once all have closed.</param>
/// <param name="Bars">Bars of slices that have closed.</param>
public sealed record ReplayCursor(
    long? OpenTimeMs, long Bars, ImmutableArray<InvariantTally> Invariants, ImmutableArray<PostureChange> Postures)
{
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, CursorJson.Default.ReplayCursor);

    /// <exception cref="InvalidDataException">Not a cursor.</exception>
    public static ReplayCursor Of(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var cursor = JsonSerializer.Deserialize(bytes, CursorJson.Default.ReplayCursor) ?? throw Bad("it is null");
            if (cursor.Bars < 0) throw Bad($"{cursor.Bars} bars are done");
            if (cursor.Invariants.Contains(null!) || cursor.Postures.Contains(null!)) throw Bad("one of its lists has a null");
            return cursor;
        }
        catch (JsonException e)
        {
            throw Bad(e.Message, e);
        }
    }

    private static InvalidDataException Bad(string what, Exception? cause = null) =>
        new($"The checkpoint's cursor cannot be read: {what}; expected where the replay stood. The run does not start; choose another folder with --state.", cause);
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ReplayCursor))]
internal sealed partial class CursorJson : JsonSerializerContext;
