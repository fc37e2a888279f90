using System.Text.Json.Serialization;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Compression;

/// <summary>Idle: never started, or its legs were given up. Terminated: resolved or closed.</summary>
public enum CompressionMode { Idle, Active, Terminated }

/// <summary>What a decision was for.</summary>
public enum CompressionDecision { TopUp, Reduction, Closing, Unwinding, AskedTrim }

/// <summary>Why a structure is closed before it has resolved itself.</summary>
[Flags]
public enum CompressionExits
{
    None = 0,
    /// <summary>Somebody asked for it.</summary>
    Manual = 1,
    /// <summary>The venue, or somebody else, changed a leg.</summary>
    External = 2,
    /// <summary>It has all but resolved itself: the orders that were to close what was left were not filled, or not all.</summary>
    Rest = 4,
}

/// <summary>
/// Where the money came from, from the entries of the legs that were taken over to what has been closed. The sum is what was realised, exactly;
/// what is still held has its profit beside it.
/// </summary>
/// <param name="LockedLossReleased">Quote, usually below zero: half of the gap for each unit closed. It was lost before the strategy began.</param>
/// <param name="SwingGains">Quote: what each unit closed brought against the middle of the gap. This is what the engine earns.</param>
/// <param name="Costs">Quote, above zero is paid: fees.</param>
public readonly record struct CompressionResult(Money LockedLossReleased, Money SwingGains, Money Costs)
{
    public Money Sum => LockedLossReleased + SwingGains - Costs;
}

/// <summary>
/// Everything a compression remembers, and nothing it could not recover from its events. Legs move by fills, never by hope.
/// </summary>
/// <param name="Incarnation">0 before the first take-over.</param>
/// <param name="Sequence">The number of the last decision that has targets; 0 before the first.</param>
/// <param name="Gap">Between the averages when both legs stood, after the take-over and the top-up; reductions leave averages as they are.
/// Null while there is nothing to compress.</param>
/// <param name="Residual">Base; r.</param>
/// <param name="Locked">The first move has been made, or a trim was filled: no leg grows any more.</param>
/// <param name="Swings">Swings that a reduction followed, of this structure.</param>
/// <param name="ClosingGotNothing">The newest orders that were to close what was left got no fill at all. Nobody else wanted them.</param>
/// <param name="RefusedCode">The code of the last refused top-up; cleared by one that was taken.</param>
/// <param name="PassedCode">The code that the last swing was passed for; cleared by a swing that was followed.</param>
/// <param name="DecidedAt">Time of the last look at the market that decided something.</param>
/// <param name="LastEventAt">Time of the last event.</param>
/// <param name="ReleaseWantedBy">Who wants the legs as soon as the decision under way has settled, or null.</param>
/// <param name="Trims">What was asked of the legs by whoever watches the portfolio; null before the first time.</param>
/// <param name="GivenUp">The locked legs that were given up last, until legs are taken over again; null if there are none.</param>
public sealed record CompressionState(
    CompressionMode Mode, int Incarnation, long Sequence, StrategyLeg Long, StrategyLeg Short, PendingDecision<CompressionDecision>? Pending,
    PriceGap? Gap, Quantity Residual, bool Locked, int Swings, bool ClosingGotNothing, CompressionResult Result, CompressionExits ExitWanted,
    string? RefusedCode, string? PassedCode, DateTimeOffset? DecidedAt, DateTimeOffset? LastEventAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ReleaseWantedBy = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TrimProgress? Trims = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] HandOver? GivenUp = null)
{
    public static CompressionState Initial { get; } = new(
        CompressionMode.Idle, Incarnation: 0, Sequence: 0, default, default, Pending: null, Gap: null, default, Locked: false, Swings: 0,
        ClosingGotNothing: false, default, CompressionExits.None, RefusedCode: null, PassedCode: null, DecidedAt: null, LastEventAt: null);

    /// <summary>It has legs to decide on: they were opened or taken over, and neither given up nor closed for good.</summary>
    public bool IsLive => Mode == CompressionMode.Active;

    public StrategyLeg this[PositionSide leg] => leg == PositionSide.Long ? Long : Short;
    public Legs Legs => new(Long.Quantity, Short.Quantity);
    /// <summary>These are the locked legs that it gave up last, untouched since: it goes on with them where it stopped.</summary>
    public bool GoesOnWith(HandOver legs) => GivenUp is { } ours && ours.Long == legs.Long && ours.Short == legs.Short;
    /// <summary>The part of the state that every strategy of two legs has.</summary>
    public LegLedger<CompressionDecision> Ledger => new(Sequence, Long, Short, Pending);
    internal CompressionState With(in LegLedger<CompressionDecision> ledger) =>
        this with { Sequence = ledger.Sequence, Long = ledger.Long, Short = ledger.Short, Pending = ledger.Pending };

    /// <summary>Quote; the locked loss that what is still held carries. Below zero while there is one.</summary>
    public Money LockedLossLeft => Gap is { } gap ? -gap.LockedIn(Legs.Gross) : Money.Zero;

    /// <summary>Quote; what closing everything at <paramref name="mark"/> would realise, before fees.</summary>
    public Money UnrealisedAt(Price mark) => Long.Position.ProfitAt(PositionSide.Long, mark) + Short.Position.ProfitAt(PositionSide.Short, mark);

    /// <summary>Quote; all that the structure has brought since its legs were opened.</summary>
    public Money ProfitAt(Price mark) => Result.Sum + UnrealisedAt(mark);
}
