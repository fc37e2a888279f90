using System.Collections.Immutable;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Reporting;

/// <summary>One look at a run, complete by itself: what a screen draws, <c>/status</c> answers and <c>dolphin status</c> prints.</summary>
/// <param name="Market">sim or replay.</param>
/// <param name="StartedAt">Wall clock, when this process took the run up.</param>
/// <param name="At">Market time: the newest bar everything below has seen. Null before the first.</param>
/// <param name="Postures">Changes so far, oldest first; may be cut at the front.</param>
/// <param name="Notable">The last events worth a person's eye, newest last; at most a screenful.</param>
public sealed record RunSnapshot(
    string Edition, string Market, long Seed, RunPhase Phase, DateTimeOffset StartedAt, DateTimeOffset? At, RunProgress Progress,
    ImmutableArray<AssetRow> Assets, RiskPicture Risk, MoneyPicture Money, RunCounts Counts, ImmutableArray<PostureChange> Postures,
    ImmutableArray<InvariantCount> Invariants, ImmutableArray<HaltedEntity> Halted, ImmutableArray<NotableEvent> Notable)
{
    /// <summary>No invariant has been violated and no invariant layer of the survival controller is at zero.</summary>
    public bool InvariantsHold =>
        Invariants.All(i => i.Violated == 0)
        && Risk.Layers.All(l => !l.Installed || l.Damped > 0 || !string.Equals(l.Category, "invariant", StringComparison.OrdinalIgnoreCase));
}

/// <summary>Where a run is between its first and last breath. <c>Stopped</c> is what a state folder without a process shows.</summary>
public enum RunPhase { Starting, Recovering, Running, Stopping, Finished, Stopped }

/// <param name="BarsTotal">Null for a market without an end.</param>
/// <param name="BarsPerSecond">Over the last seconds of wall time.</param>
/// <param name="WallSeconds">Since this process took the run up.</param>
public sealed record RunProgress(long BarsDone, long? BarsTotal, double BarsPerSecond, double WallSeconds);

/// <param name="Mode">Active, Pause, Exit, Terminated, Opening, Halted ...: the strategy's own word.</param>
/// <param name="Note">Why this row needs attention, or empty.</param>
public sealed record AssetRow(
    Symbol Symbol, Price? LastPrice, string Strategy, string Mode, long Cycle, Legs Legs, Quantity Net,
    Money RealisedPnl, Money UnrealisedPnl, Money Fees, Money Funding, string Note);

/// <param name="Posture">APEX, STALKER, TURTLE or HIBERNATE.</param>
/// <param name="Binding">The id of the layer that holds R_total down most, or null at exactly 1.</param>
public sealed record RiskPicture(double RTotal, string Posture, string? Binding, long Epoch, long Sequence, ImmutableArray<LayerRow> Layers);

/// <param name="Id">Such as L1_QUORUM.</param>
/// <param name="Category">invariant, structural, microstructure, environmental or capital.</param>
/// <param name="Installed">False: no sensor; the layer counts 1.</param>
/// <param name="Raw">The sensor's input in the layer's own unit; null if it never spoke.</param>
/// <param name="F">The undamped response, 0 to 1.</param>
/// <param name="Damped">What enters the product, 0 to 1.</param>
/// <param name="Since">When <paramref name="Damped"/> last left or reached 1.</param>
public sealed record LayerRow(
    string Id, string Category, bool Installed, double? Raw, double? Filtered, double F, double Damped,
    DateTimeOffset? Since, bool Binding);

/// <param name="MaxDrawdown">Fraction of the best equity, 0 to 1.</param>
public sealed record MoneyPicture(
    Money Equity, Money RealisedPnl, Money UnrealisedPnl, Money Fees, Money Funding, double Drawdown, double MaxDrawdown);

public sealed record RunCounts(long Orders, long Fills, long OpenOrders, long Rejected, long EventsPersisted, long Restarts);

public enum NotableKind { Info, Warning, Fault }

public sealed record NotableEvent(DateTimeOffset At, NotableKind Kind, string Source, string Text);
