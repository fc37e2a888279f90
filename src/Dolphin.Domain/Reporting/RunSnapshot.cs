using System.Collections.Immutable;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;

namespace Dolphin.Domain.Reporting;

/// <summary>One look at a run, complete by itself: what a screen draws, <c>/status</c> answers and <c>dolphin status</c> prints.</summary>
/// <param name="Market">sim or replay.</param>
/// <param name="StartedAt">Wall clock, when this process took the run up.</param>
/// <param name="At">Market time: the newest bar everything below has seen. Null before the first.</param>
/// <param name="Risk">The survival controller's newest word, taken apart. Null before the first.</param>
/// <param name="Postures">Changes so far, oldest first; may be cut at the front.</param>
/// <param name="Notable">The last events worth a person's eye, newest last; at most a screenful.</param>
public sealed record RunSnapshot(
    string Edition, string Market, long Seed, RunPhase Phase, DateTimeOffset StartedAt, DateTimeOffset? At, RunProgress Progress,
    ImmutableArray<AssetRow> Assets, Explanation? Risk, MoneyPicture Money, RunCounts Counts, ImmutableArray<PostureChange> Postures,
    ImmutableArray<InvariantCount> Invariants, ImmutableArray<HaltedEntity> Halted, ImmutableArray<NotableEvent> Notable)
{
    /// <summary>No invariant has been violated and no invariant layer of the survival controller is at zero.</summary>
    public bool InvariantsHold =>
        Invariants.All(i => i.Violated == 0) && (Risk is null || Risk.Layers.All(l => l.Category != LayerCategory.Invariant || l.Damped > 0));
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

/// <param name="MaxDrawdown">Fraction of the best equity, 0 to 1.</param>
public sealed record MoneyPicture(
    Money Equity, Money RealisedPnl, Money UnrealisedPnl, Money Fees, Money Funding, double Drawdown, double MaxDrawdown);

public sealed record RunCounts(long Orders, long Fills, long OpenOrders, long Rejected, long EventsPersisted, long Restarts);

public enum NotableKind { Info, Warning, Fault }

public sealed record NotableEvent(DateTimeOffset At, NotableKind Kind, string Source, string Text);
