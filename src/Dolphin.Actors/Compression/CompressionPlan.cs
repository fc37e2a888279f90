using System.Text.Json.Serialization;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Actors.Compression;

/// <summary>One hedge compression of a plan.</summary>
/// <param name="Regime">By what it reads its market's regime itself; null where somebody tells it.</param>
public sealed record CompressionPlan(string StrategyId, Symbol Symbol, CompressionPolicy Policy, Instrument Instrument, RegimePolicy? Regime = null)
    : StrategyPlan(StrategyId, Symbol, Instrument)
{
    public override LegHolder Holder => LegHolder.HedgeCompression;

    public override Refusal? Objection(HandOver legs) =>
        legs.Check("compression", Instrument) ?? CompressionDecider.Objection(Policy, Instrument, legs.Long, legs.Short);

    public override Props ToProps(StrategyContext context, StrategyProtocol.Stance stance) => Props.Create(() => new CompressionActor(this, context, stance));
}

/// <summary>What is stored of a compression: what it decided, and what it has measured of its market.</summary>
/// <param name="Episodes">Null where nobody learns sizes.</param>
/// <param name="Regime">Null where it does not read the regime itself.</param>
public sealed record CompressionSnapshot(
    CompressionState State, CompressionMonitor Monitor, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EpisodeDesk? Episodes = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RegimeMemory? Regime = null);
