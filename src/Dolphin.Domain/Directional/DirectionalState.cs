using Dolphin.Domain.Exits;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Directional;

/// <summary>
/// Idle: never started, or its legs were given up. Active: takes signals. Pause: takes none, guards what it holds. Exit: closes what it holds. Terminated: over
/// until somebody starts the next incarnation.
/// </summary>
public enum DirectionalMode { Idle, Active, Pause, Exit, Terminated }

/// <summary>Where the one position is on its way.</summary>
public enum DirectionalStage { Flat, Opening, Holding, Closing }

/// <summary>What a decision was for.</summary>
public enum DirectionalDecision { Opening, Closing, Reduction, Stray }

/// <summary>Why a position is closed. The first four are those of its plan.</summary>
public enum CloseCause
{
    None,
    StopLoss,
    TrailingStop,
    TakeProfit,
    Horizon,
    /// <summary>Somebody asked for an exit.</summary>
    Manual,
    /// <summary>The posture fell to <c>close-in</c>.</summary>
    Posture,
    /// <summary>A signal of the other side is believed more.</summary>
    Reversal,
}

/// <summary>What a position is opened on.</summary>
/// <param name="Confidence">0 to 1; of the signal.</param>
/// <param name="SizeMultiplier">0.5 to 1.5; of the learner.</param>
/// <param name="Leverage">Times; as the caller gave it. Margin is notional over this.</param>
/// <param name="Volatility">Of log price per root hour.</param>
/// <param name="Price">Quote per base; what it was decided at.</param>
public sealed record PositionTerms(
    string SignalId, double Confidence, decimal SizeMultiplier, decimal Leverage, double Volatility, Posture Posture, Price Price);

/// <summary>Money made by closing, and paid for trading. Funding is in the books.</summary>
/// <param name="Realised">Quote, before fees.</param>
/// <param name="Costs">Quote, above zero is paid: fees.</param>
public readonly record struct DirectionalResult(Money Realised, Money Costs)
{
    public Money Net => Realised - Costs;
    internal DirectionalResult Plus(Money realised, Money costs) => new(Realised + realised, Costs + costs);
}

/// <summary>A reduction that waits for a look at the market.</summary>
/// <param name="Target">Base; what is to be left. Of several that wait, the smallest.</param>
public sealed record ReductionWish(string Id, Quantity Target);

/// <summary>
/// Everything a directional strategy remembers, and nothing it could not recover from its events. Legs move by fills, never by hope.
/// </summary>
/// <param name="Incarnation">0 before the first start.</param>
/// <param name="Sequence">The number of the last decision that has targets; 0 before the first.</param>
/// <param name="Side">The side of the position that is opened, held or closed; null while there is none.</param>
/// <param name="Terms">What the position was opened on, or null: none, or it was taken over.</param>
/// <param name="Plan">When the position is closed; null until it stands.</param>
/// <param name="Closing">Why the position is being closed; None while it is not.</param>
/// <param name="OpenedAt">When the position was decided on or taken over.</param>
/// <param name="Waiting">The signal that the next look acts on, or null.</param>
/// <param name="NewestSignalAt">Time of the newest signal that was taken; older ones are refused.</param>
/// <param name="SignalIds">Those that were taken.</param>
/// <param name="Reduction">What somebody outside wants, or null.</param>
/// <param name="ReductionIds">Those that were taken, over all positions.</param>
/// <param name="Positions">Opened or taken over so far, over all incarnations.</param>
/// <param name="Position">Result of the position.</param>
/// <param name="Result">Result of the incarnation.</param>
/// <param name="DecidedAt">Time of the last look at the market that decided something.</param>
/// <param name="LastEventAt">Time of the last event.</param>
/// <param name="ReleaseWantedBy">Who wants the legs as soon as the decision under way has settled, or null.</param>
public sealed record DirectionalState(
    DirectionalMode Mode, int Incarnation, long Sequence, StrategyLeg Long, StrategyLeg Short, PendingDecision<DirectionalDecision>? Pending,
    PositionSide? Side, PositionTerms? Terms, ExitPlan? Plan, CloseCause Closing, DateTimeOffset? OpenedAt,
    DirectionalSignal? Waiting, DateTimeOffset? NewestSignalAt, RecentIds SignalIds, ReductionWish? Reduction, RecentIds ReductionIds,
    int Positions, DirectionalResult Position, DirectionalResult Result, DateTimeOffset? DecidedAt, DateTimeOffset? LastEventAt, string? ReleaseWantedBy)
{
    public static DirectionalState Initial { get; } = new(
        DirectionalMode.Idle, Incarnation: 0, Sequence: 0, default, default, Pending: null, Side: null, Terms: null, Plan: null, CloseCause.None, OpenedAt: null,
        Waiting: null, NewestSignalAt: null, RecentIds.None, Reduction: null, RecentIds.None, Positions: 0, default, default, DecidedAt: null, LastEventAt: null,
        ReleaseWantedBy: null);

    public StrategyLeg this[PositionSide leg] => leg == PositionSide.Long ? Long : Short;
    public Legs Legs => new(Long.Quantity, Short.Quantity);
    /// <summary>The part of the state that every strategy of two legs has.</summary>
    public LegLedger<DirectionalDecision> Ledger => new(Sequence, Long, Short, Pending);
    internal DirectionalState With(in LegLedger<DirectionalDecision> ledger) =>
        this with { Sequence = ledger.Sequence, Long = ledger.Long, Short = ledger.Short, Pending = ledger.Pending };

    /// <summary>Somebody started it, and it has not ended.</summary>
    public bool IsLive => Mode is DirectionalMode.Active or DirectionalMode.Pause or DirectionalMode.Exit;

    public DirectionalStage Stage =>
        Side is null ? DirectionalStage.Flat
        : Pending is { Kind: DirectionalDecision.Opening } ? DirectionalStage.Opening
        : Closing != CloseCause.None ? DirectionalStage.Closing
        : DirectionalStage.Holding;

    /// <summary>Quote; what closing everything at <paramref name="mark"/> would realise, before fees.</summary>
    public Money UnrealisedAt(Price mark) => Long.Position.ProfitAt(PositionSide.Long, mark) + Short.Position.ProfitAt(PositionSide.Short, mark);
}
