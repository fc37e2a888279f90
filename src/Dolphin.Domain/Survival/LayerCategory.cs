using System.Text.Json.Serialization;

namespace Dolphin.Domain.Survival;

/// <summary>What kind of trouble a layer watches; sets how it recovers and how its silence counts.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LayerCategory>))]
public enum LayerCategory
{
    /// <summary>Holds or does not: 0 or 1, no filter, no damping; silence past the heartbeat limit is a failure.</summary>
    Invariant,

    /// <summary>The world model and the loop that keeps it: ages slowly, recovers slowly.</summary>
    Structural,

    /// <summary>How well the book and the fills are seen: reacts fast, recovers fast.</summary>
    Microstructure,

    /// <summary>What happens outside: contracts on a shock, glides back.</summary>
    Environmental,

    /// <summary>Capital lost: below a latch it recovers only by acknowledgement or a stated criterion.</summary>
    Capital,
}
