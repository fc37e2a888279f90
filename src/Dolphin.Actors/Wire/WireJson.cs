using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Dolphin.Actors.Books;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Divergence;
using Dolphin.Actors.External;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Funding;
using Dolphin.Actors.Hermes;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;
using Dolphin.Actors.Scan;
using Dolphin.Actors.Sensors;
using Dolphin.Actors.Sizing;
using Dolphin.Actors.Strategies;
using Dolphin.Actors.Survival;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Survival;
using Dolphin.Venues;

namespace Dolphin.Actors.Wire;

/// <summary>How messages between nodes are written: the JSON of the journal, without reflection and without CLR names.</summary>
public static class WireJson
{
    private static readonly WireJsonContext Context = new(StoredJson.NewOptions());

    /// <exception cref="NotSupportedException">The type has no place in <see cref="WireTypes.Table"/>.</exception>
    public static byte[] Write(object message)
    {
        if (message is DurableProtocol.StoredState stored) message = StoredForm.Of(stored);
        return JsonSerializer.SerializeToUtf8Bytes(message, Info(message.GetType()));
    }

    /// <exception cref="JsonException">The bytes are not what the type needs.</exception>
    public static object Read(ReadOnlySpan<byte> json, Type type)
    {
        var isStored = type == typeof(DurableProtocol.StoredState);
        var value = JsonSerializer.Deserialize(json, Info(isStored ? typeof(StoredForm) : type)) ?? throw new JsonException($"Expected a {type.Name}; got null.");
        return isStored ? ((StoredForm)value).ToState() : value;
    }

    private static JsonTypeInfo Info(Type type) =>
        Context.GetTypeInfo(type) ?? throw new NotSupportedException($"{type} does not cross between nodes; give it a name in WireTypes and a line in WireJson.");
}

/// <summary>A state beside the name it has in the journal.</summary>
internal sealed record StoredForm(string PersistenceId, long SequenceNumber, string Name, JsonElement State)
{
    public static StoredForm Of(DurableProtocol.StoredState stored)
    {
        using var document = JsonDocument.Parse(StoredJson.Write(stored.State));
        return new StoredForm(stored.PersistenceId, stored.SequenceNumber, StoredTypes.NameOf[stored.State.GetType()], document.RootElement.Clone());
    }

    public DurableProtocol.StoredState ToState() =>
        new(PersistenceId, SequenceNumber, StoredJson.Read(JsonSerializer.SerializeToUtf8Bytes(State, WireElementContext.Default.JsonElement), StoredTypes.TypeOf(Name)));
}

[JsonSerializable(typeof(JsonElement))]
internal sealed partial class WireElementContext : JsonSerializerContext;

[JsonSerializable(typeof(StoredForm))]
[JsonSerializable(typeof(ExecutionProtocol.Begin))]
[JsonSerializable(typeof(ExecutionProtocol.Execute))]
[JsonSerializable(typeof(ExecutionProtocol.Withdraw))]
[JsonSerializable(typeof(ExecutionProtocol.OrderFilled))]
[JsonSerializable(typeof(ExecutionProtocol.ExternalFill))]
[JsonSerializable(typeof(ExecutionProtocol.FillTaken))]
[JsonSerializable(typeof(ExecutionProtocol.LegDone))]
[JsonSerializable(typeof(ExecutionProtocol.LegStored))]
[JsonSerializable(typeof(ExecutionProtocol.FillStored))]
[JsonSerializable(typeof(ExecutionProtocol.ShowAccount))]
[JsonSerializable(typeof(Slippage), TypeInfoPropertyName = "ExecutionSlippage")]
[JsonSerializable(typeof(ExecutionProtocol.FeesCharged), TypeInfoPropertyName = "WireFeesCharged")]
[JsonSerializable(typeof(BookProtocol.BookFill))]
[JsonSerializable(typeof(BookProtocol.BookFunding))]
[JsonSerializable(typeof(BookProtocol.FundingStored))]
[JsonSerializable(typeof(BookProtocol.GetBook))]
[JsonSerializable(typeof(BookProtocol.Booked))]
[JsonSerializable(typeof(BookProtocol.Grounded))]
[JsonSerializable(typeof(NodeProtocol.ServiceEnded))]
[JsonSerializable(typeof(NodeProtocol.ServiceBegun))]
[JsonSerializable(typeof(NodeProtocol.SignsOfLife))]
[JsonSerializable(typeof(StrategyProtocol.Exit))]
[JsonSerializable(typeof(StrategyProtocol.Resume))]
[JsonSerializable(typeof(StrategyProtocol.Done))]
[JsonSerializable(typeof(StrategyProtocol.Refused), TypeInfoPropertyName = "StrategyRefused")]
[JsonSerializable(typeof(StrategyProtocol.Signal))]
[JsonSerializable(typeof(StrategyProtocol.Trim))]
[JsonSerializable(typeof(StrategyProtocol.TrimTaken))]
[JsonSerializable(typeof(StrategyProtocol.TrimDeclined))]
[JsonSerializable(typeof(StrategyProtocol.Grow))]
[JsonSerializable(typeof(StrategyProtocol.GrowTaken))]
[JsonSerializable(typeof(StrategyProtocol.GrowDeclined))]
[JsonSerializable(typeof(StrategyProtocol.WishOver))]
[JsonSerializable(typeof(StrategyProtocol.GetHolders))]
[JsonSerializable(typeof(StrategyProtocol.HeldBy))]
[JsonSerializable(typeof(HermesProtocol.Assignment))]
[JsonSerializable(typeof(HermesProtocol.Holding))]
[JsonSerializable(typeof(HermesProtocol.Override))]
[JsonSerializable(typeof(HermesProtocol.Lift))]
[JsonSerializable(typeof(HermesProtocol.Done), TypeInfoPropertyName = "HermesDone")]
[JsonSerializable(typeof(HermesProtocol.Refused), TypeInfoPropertyName = "HermesRefused")]
[JsonSerializable(typeof(FundingProtocol.Known), TypeInfoPropertyName = "FundingKnown")]
[JsonSerializable(typeof(DivergenceProtocol.Compared))]
[JsonSerializable(typeof(ScanProtocol.Scanned))]
[JsonSerializable(typeof(ScanShardProtocol.Resume), TypeInfoPropertyName = "ScanShardResume")]
[JsonSerializable(typeof(ScanShardProtocol.Take), TypeInfoPropertyName = "ScanShardTake")]
[JsonSerializable(typeof(ScanShardProtocol.Taken), TypeInfoPropertyName = "ScanShardTaken")]
[JsonSerializable(typeof(ScanShardProtocol.GetHistory))]
[JsonSerializable(typeof(ScanShardProtocol.HistoryPiece))]
[JsonSerializable(typeof(ScanShardProtocol.GetPart))]
[JsonSerializable(typeof(ScanShardProtocol.PartPiece))]
[JsonSerializable(typeof(ExternalFactors.Observed))]
[JsonSerializable(typeof(ExternalFactors.Levelled))]
[JsonSerializable(typeof(ExternalFactors.GetKnown))]
[JsonSerializable(typeof(ExternalFactors.Known))]
[JsonSerializable(typeof(AlphaSnapshot))]
[JsonSerializable(typeof(AlphaForm))]
[JsonSerializable(typeof(SizingProtocol.Enveloped))]
[JsonSerializable(typeof(SizeInput.Open), TypeInfoPropertyName = "SizeInputOpen")]
[JsonSerializable(typeof(SizeInput.Close), TypeInfoPropertyName = "SizeInputClose")]
[JsonSerializable(typeof(SizeInput.Withdraw), TypeInfoPropertyName = "SizeInputWithdraw")]
[JsonSerializable(typeof(SizingProtocol.Taken), TypeInfoPropertyName = "SizingTaken")]
[JsonSerializable(typeof(SizingProtocol.Learned), TypeInfoPropertyName = "SizingLearned")]
[JsonSerializable(typeof(SizingProtocol.Measured), TypeInfoPropertyName = "SizingMeasured")]
[JsonSerializable(typeof(RiskSnapshot))]
[JsonSerializable(typeof(LayerReport))]
[JsonSerializable(typeof(SurvivalProtocol.AcknowledgeDrawdown))]
[JsonSerializable(typeof(SurvivalProtocol.Acknowledged), TypeInfoPropertyName = "SurvivalAcknowledged")]
[JsonSerializable(typeof(SurvivalProtocol.Refused), TypeInfoPropertyName = "SurvivalRefused")]
[JsonSerializable(typeof(LedgerProtocol.Acknowledge))]
[JsonSerializable(typeof(LedgerProtocol.Acknowledged), TypeInfoPropertyName = "LedgerAcknowledged")]
[JsonSerializable(typeof(LedgerProtocol.Refused), TypeInfoPropertyName = "LedgerRefused")]
[JsonSerializable(typeof(VenueEvent.Account), TypeInfoPropertyName = "VenueAccount")]
[JsonSerializable(typeof(VenueEvent.Liquidated), TypeInfoPropertyName = "VenueLiquidated")]
[JsonSerializable(typeof(OperatorProtocol.Asked))]
[JsonSerializable(typeof(DurableProtocol.TakeSnapshot))]
[JsonSerializable(typeof(DurableProtocol.GetStored))]
[JsonSerializable(typeof(NodeHealth))]
internal sealed partial class WireJsonContext : JsonSerializerContext;
