using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dolphin.Domain.Survival;

/// <summary>The name of one survival layer, such as <c>L3_MC_FOREWARNER</c>. <c>default</c> names nothing.</summary>
[JsonConverter(typeof(LayerIdJson))]
public readonly record struct LayerId(string Name) : IComparable<LayerId>
{
    public static readonly LayerId Quorum = new("L1_QUORUM");
    public static readonly LayerId LedgerIntegrity = new("L2_LEDGER_INTEGRITY");
    public static readonly LayerId McForewarner = new("L3_MC_FOREWARNER");
    public static readonly LayerId AlgoHeartbeat = new("L4_ALGO_HEARTBEAT");
    public static readonly LayerId ObStreamer = new("L5_OB_STREAMER");
    public static readonly LayerId SlippageDrift = new("L6_SLIPPAGE_DRIFT");
    public static readonly LayerId ExfService = new("L7_EXF_SERVICE");
    public static readonly LayerId EsofService = new("L8_ESOF_SERVICE");
    public static readonly LayerId PortfolioDrawdown = new("L9_PORTFOLIO_DD");

    public int CompareTo(LayerId other) => string.CompareOrdinal(Name, other.Name);
    public override string ToString() => Name ?? "";
}

/// <summary>Stores a layer's name as a plain JSON string.</summary>
public sealed class LayerIdJson : JsonConverter<LayerId>
{
    public override LayerId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.GetString() ?? throw new JsonException("A survival layer has no name; expected a string such as L1_QUORUM."));

    public override void Write(Utf8JsonWriter writer, LayerId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name);
}
