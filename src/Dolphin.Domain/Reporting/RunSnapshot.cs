using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;

namespace Dolphin.Domain.Reporting;

/// <summary>One look at a run, complete by itself: what a screen draws, <c>/status</c> answers and <c>dolphin status</c> prints.</summary>
/// <param name="Market">sim, replay, remote or binance.</param>
/// <param name="StartedAt">Wall clock, when the process took the run up. Null where none runs.</param>
/// <param name="At">Market time: the newest bar everything below has seen; of a run that no process plays, the newest time it stored. Null before the first.</param>
/// <param name="Risk">The survival controller's newest word, taken apart. Null before the first.</param>
/// <param name="Postures">Changes so far, oldest first; may be cut at the front.</param>
/// <param name="Invariants">Empty where nobody knows: what a live run counted ended with its process.</param>
/// <param name="Cluster">Null where one process is all there is.</param>
/// <param name="Divergence">Null where no venues are compared, or where no process runs.</param>
/// <param name="Sizing">Null where plan and R_total size alone; of a run that no process plays without what was learned.</param>
/// <param name="Hermes">One for each asset that Hermes decides on and this process, or the folder, knows of. Null where it decides on none.</param>
/// <param name="Directional">One for each asset that is traded on signals and this process, or the folder, knows of. Null where there is none.</param>
/// <param name="Scan">Null where the universe is not scanned, and before the first scan.</param>
/// <param name="Esof">What the sky says and what listening to it does; null where EsoF is off, or its sensor is on another node.</param>
/// <param name="Factors">How fresh external factors are; null where nobody asks for them, or on another node.</param>
/// <param name="Alpha">Null where nobody ranks, before the first snapshot, and where no process runs.</param>
/// <param name="Forewarner">Which model serves and what it says; null where nobody forewarns, or on another node.</param>
/// <param name="Clock">Null where the wall clock was not set and the machine did not sleep since the process began.</param>
/// <param name="Feed">How the live market comes in; null where the market is not one, and where no process runs.</param>
/// <param name="Quorum">Who is silent and what became of the quorum; null where the controller acts on another node.</param>
/// <param name="Notable">The last events worth a person's eye, newest last; at most a screenful.</param>
/// <param name="ExposureBalancer">Null where there is none, or where it acts on another node.</param>
/// <param name="Compression">One for each asset that hedge compression has held. Null where there is none.</param>
/// <param name="Protectors">One for each asset that the exposure protector has held. Null where there is none.</param>
/// <param name="BalancerStreams">The exposure balancer's commands and alerts; null with it.</param>
public sealed record RunSnapshot(
    string Edition, string Market, long Seed, RunPhase Phase, DateTimeOffset? StartedAt, DateTimeOffset? At, RunProgress Progress,
    ImmutableArray<AssetRow> Assets, Explanation? Risk, MoneyPicture Money, RunCounts Counts, ImmutableArray<PostureChange> Postures,
    ImmutableArray<InvariantCount> Invariants, ImmutableArray<HaltedEntity> Halted, ImmutableArray<NotableEvent> Notable,
    ClusterPicture? Cluster = null, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BalancerStatistics? ExposureBalancer = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DivergencePicture? Divergence = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SizingPicture? Sizing = null, ImmutableArray<HermesExplanation>? Hermes = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImmutableArray<DirectionalFace>? Directional = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ScanPicture? Scan = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EsotericPicture? Esof = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] FactorsPicture? Factors = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AlphaPicture? Alpha = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ForewarnerPicture? Forewarner = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImmutableArray<CompressionFace>? Compression = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImmutableArray<ProtectorFace>? Protectors = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BalancerStreams? BalancerStreams = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ClockPicture? Clock = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] FeedPicture? Feed = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] QuorumWatchState? Quorum = null)
{
    /// <summary>No invariant has been violated and no invariant layer of the survival controller is at zero.</summary>
    public bool InvariantsHold =>
        Invariants.All(i => i.Violated == 0) && (Risk is null || Risk.Layers.All(l => l.Category != LayerCategory.Invariant || l.Damped > 0));
}

/// <summary>Where a run is between its first and last breath. <c>Stopped</c> is what a state folder without a process shows.</summary>
public enum RunPhase { Starting, Recovering, Running, Stopping, Finished, Stopped }

/// <param name="BarsDone">Of a run that no process plays: at its last checkpoint (replay) or snapshot of the market (live), which may lie
/// behind what the journal knows; null if it made none.</param>
/// <param name="BarsTotal">Null for a market without an end.</param>
/// <param name="BarsPerSecond">Over the last seconds of wall time. Null, like the next, where no process runs.</param>
/// <param name="WallSeconds">Since this process took the run up.</param>
public sealed record RunProgress(long? BarsDone, long? BarsTotal, double? BarsPerSecond, double? WallSeconds);

/// <param name="Mode">Active, Pause, Exit, Terminated, Opening, Halted ...: the strategy's own word.</param>
/// <param name="Note">Why this row needs attention, or empty.</param>
public sealed record AssetRow(
    Symbol Symbol, Price? LastPrice, string Strategy, string Mode, long Cycle, Legs Legs, Quantity Net,
    Money RealisedPnl, Money UnrealisedPnl, Money Fees, Money Funding, string Note);

/// <param name="MaxDrawdown">Fraction of the best equity, 0 to 1.</param>
public sealed record MoneyPicture(
    Money Equity, Money RealisedPnl, Money UnrealisedPnl, Money Fees, Money Funding, double Drawdown, double MaxDrawdown);

/// <param name="Fills">Of all books, whoever ordered them.</param>
/// <param name="EventsPersisted">Of all journals.</param>
/// <param name="FillsNotOurs">Of the fills those that no order of ours brought: a person's beside us, what the account held before us, the venue's own.</param>
public sealed record RunCounts(long Orders, long Fills, long OpenOrders, long Rejected, long EventsPersisted, long FillsNotOurs = 0);

public enum NotableKind { Info, Warning, Fault }

public sealed record NotableEvent(DateTimeOffset At, NotableKind Kind, string Source, string Text)
{
    public static NotableEvent Of(PostureChange change) => new(change.At, NotableKind.Info, "posture",
        string.Create(CultureInfo.InvariantCulture, $"{change.From} -> {change.To} at R_total {change.RTotal:0.000} ({change.Reason})"));
}
