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
    public static ReplayCursor Of(ReadOnlySpan<byte> bytes) => JsonSerializer.Deserialize(bytes, CursorJson.Default.ReplayCursor)
        ?? throw new InvalidDataException("The checkpoint's cursor is null; expected where the replay stood.");
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(ReplayCursor))]
internal sealed partial class CursorJson : JsonSerializerContext;
