using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Exits;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Actors.Directional;

/// <summary>One directional strategy of a plan.</summary>
/// <param name="Sizing">Capital, fraction and leverage of an opening, as the plan has them.</param>
/// <param name="Signals">In order of time; each is shown to the strategy with the first bar that closes at its time or later.</param>
public sealed record DirectionalPlan(
    string StrategyId, Symbol Symbol, DirectionalPolicy Policy, Instrument Instrument, BetRequest Sizing, ImmutableArray<DirectionalSignal> Signals)
    : StrategyPlan(StrategyId, Symbol, Instrument)
{
    public override LegHolder Holder => LegHolder.Directional;

    public override Refusal? Objection(HandOver legs) => legs.Check("directional", Instrument);

    public override Props ToProps(StrategyContext context, StrategyProtocol.Stance stance) => Props.Create(() => new DirectionalActor(this, context, stance));
}

/// <summary>What is stored of a directional strategy: what it decided, what it has measured of its market, and which signals of its plan it has been shown.</summary>
/// <param name="ShownUntil">Signals of this time and before have been shown; <c>default</c>: none.</param>
/// <param name="Episodes">Null where nobody learns sizes.</param>
/// <param name="Sizing">Of the newest opening; null where plan and R_total size alone.</param>
/// <param name="Hold">What the book said while the position was held; null without one, and where nobody asks.</param>
/// <param name="PlungesUntil">Plunges of this time and before have been shown; null before the first.</param>
public sealed record DirectionalSnapshot(
    DirectionalState State, VolatilityMonitor Monitor, DateTimeOffset ShownUntil,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EpisodeDesk? Episodes = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] OpeningSizing? Sizing = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TradeHoldState? Hold = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? PlungesUntil = null);
