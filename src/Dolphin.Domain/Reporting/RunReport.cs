using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Dolphin.Domain.AutoExecution;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.External;
using Dolphin.Domain.Market;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Survival;

namespace Dolphin.Domain.Reporting;

/// <summary>What a finished (or gracefully stopped) run was. Field names and order are those of the JSON report: add, never rename.</summary>
/// <param name="Edition">Embedded or Cluster.</param>
/// <param name="Seed">The seed of the simulated market and of every chance in the run.</param>
/// <param name="Bars">Bars of one symbol each, in this run and those it resumed.</param>
/// <param name="RealisedPnl">Before fees and funding, which are apart.</param>
/// <param name="Fees">Above zero was paid.</param>
/// <param name="Funding">Above zero was received.</param>
/// <param name="Equity">The venue's newest word at the last close. Deposit + realised + unrealised - fees + funding, unless a fill or a
/// payment was on its way to the books or an entity is halted.</param>
/// <param name="MaxDrawdown">Fraction of the best equity, 0 to 1.</param>
/// <param name="BarsPerSecond">Bars over wall seconds, of this process alone.</param>
/// <param name="FillsNotOurs">Of the fills those that no order of ours brought: a person's beside us, what the account held before us, the venue's own.</param>
/// <param name="Economics">Null for a run in real time.</param>
/// <param name="ExposureBalancer">Null where the plan has none.</param>
/// <param name="Divergence">Null where no venues were compared.</param>
/// <param name="SizeLearning">With the regret against the constant 1; null where nobody learned.</param>
/// <param name="Directional">Of each asset that was traded on signals; null where none was.</param>
/// <param name="Scan">What the last scan saw and what was decided about scans; null where nothing was scanned.</param>
/// <param name="Esof">What EsoF did or would have done; null where it is off.</param>
/// <param name="Factors">What came of external factors, of those that came; null where nobody asked for them.</param>
/// <param name="Alpha">What alpha said last; null where nobody ranks.</param>
/// <param name="Forewarner">Which model serves at the end and how the fits ended; null where nobody forewarns.</param>
/// <param name="Compression">Of each asset that hedge compression has held; null where there is none.</param>
/// <param name="Protectors">Of each asset that the exposure protector has held; null where there is none.</param>
/// <param name="Hermes">Of each asset that Hermes decides on; null where it decides on none.</param>
/// <param name="Sizing">Of each symbol that was opened by a size of its own: what its newest opening was sized by, with every factor of its leverage. Null where there is none.</param>
/// <param name="Executor">What the executor made of the balancer's commands; null where there is no balancer.</param>
/// <param name="Feed">How the live market came in, in this process; null where the market was not one.</param>
/// <param name="Quorum">Who was silent at the end and what became of the quorum; null where nobody ever was.</param>
/// <param name="Sky">What EsoF saw when it looked last, with what it did or would have done; null where it is off.</param>
/// <param name="StateHash">Lower-case hex. Same plan, data and seed: same hash, whatever the speed and however often it was resumed.</param>
public sealed record RunReport(
    string Edition, long Seed, ImmutableArray<Symbol> Symbols, long Bars, long Orders, long Fills,
    Money RealisedPnl, Money UnrealisedPnl, Money Fees, Money Funding, Money Equity, double MaxDrawdown,
    ImmutableArray<StrategyReport> Strategies, ImmutableArray<PostureChange> Postures, double MinimumRTotal,
    long EventsPersisted, ImmutableArray<InvariantCount> Invariants, ImmutableArray<HaltedEntity> Halted,
    double WallSeconds, double BarsPerSecond, string StateHash, long FillsNotOurs = 0, Economics? Economics = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BalancerStatistics? ExposureBalancer = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DivergenceReport? Divergence = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SizeReport? SizeLearning = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImmutableArray<DirectionalFace>? Directional = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ScanPicture? Scan = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EsotericReport? Esof = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImmutableArray<FactorCount>? Factors = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AlphaPicture? Alpha = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ForewarnerPicture? Forewarner = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImmutableArray<CompressionFace>? Compression = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImmutableArray<ProtectorFace>? Protectors = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImmutableArray<HermesReport>? Hermes = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImmutableArray<SizedOpening>? Sizing = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ExecutorCounts? Executor = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] FeedPicture? Feed = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] QuorumWatchState? Quorum = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EsotericPicture? Sky = null)
{
    /// <summary>Whether every invariant that was checked held and every entity still runs and answers.</summary>
    public bool IsSound => Invariants.All(i => i.Violated == 0) && Halted.IsEmpty && Quorum?.Hanging is null;
}

/// <param name="Exits">How often the strategy has left its position for a reason of its own, C1, C2 or by hand.</param>
/// <param name="NetPositionPnl">What the net position alone earned along the path, before fees and funding.</param>
/// <param name="Economics">Null for a run in real time.</param>
/// <param name="TwoLegCost">What holding two legs cost: it is never hidden in the legs' realised profits.</param>
public sealed record StrategyReport(
    string Strategy, Symbol Symbol, string Mode, Legs Legs, long Cycles, long Exits,
    Money RealisedPnl, Money UnrealisedPnl, Money Fees, Money Funding, Money NetPositionPnl, TwoLegCost TwoLegCost,
    Economics? Economics = null);

/// <param name="Price">Average entry; null while the leg is flat.</param>
public sealed record Leg(Quantity Quantity, Price? Price);

public sealed record Legs(Leg Long, Leg Short)
{
    public static readonly Legs Flat = new(new Leg(Quantity.Zero, null), new Leg(Quantity.Zero, null));
}

/// <param name="Fees">Paid on both legs.</param>
/// <param name="FundingLong">Received on the LONG leg; below zero was paid.</param>
/// <param name="Total">Fees minus funding of both legs: above zero is a cost.</param>
public sealed record TwoLegCost(Money Fees, Money FundingLong, Money FundingShort, Money Total)
{
    public static TwoLegCost Of(Money fees, Money fundingLong, Money fundingShort) =>
        new(fees, fundingLong, fundingShort, fees - fundingLong - fundingShort);
}

/// <param name="Reason">What bound R_total at that moment, or the invariant that failed.</param>
public sealed record PostureChange(DateTimeOffset At, string From, string To, double RTotal, string Reason);

/// <param name="Checked">How often it was looked at. Zero means nobody looked, which is not the same as fine.</param>
public sealed record InvariantCount(string Name, long Checked, long Violated);

/// <summary>Something that stopped for good and what it needs; the rest of the run goes on.</summary>
public sealed record HaltedEntity(string Entity, string Reason, DateTimeOffset Since);
