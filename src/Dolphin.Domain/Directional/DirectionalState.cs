using System.Globalization;
using System.Text.Json.Serialization;
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
public enum DirectionalDecision { Opening, Closing, AskedTrim, Stray }

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
    /// <summary>It was held for as long as the book lets it (<see cref="Alpha.TradeHold"/>).</summary>
    Hold,
}

/// <summary>What a position is opened on.</summary>
/// <param name="Confidence">0 to 1; of the signal.</param>
/// <param name="Leverage">Times; as the caller gave it. Margin is notional over this.</param>
/// <param name="Volatility">Of log price per root hour.</param>
/// <param name="Price">Quote per base; what it was decided at.</param>
public sealed record PositionTerms(
    string SignalId, double Confidence, decimal Leverage, double Volatility, Posture Posture, Price Price);

/// <summary>A position was closed while a signal of the other side waited to take its place.</summary>
/// <param name="OrderedAt">Of the first order to close it since the signal was taken: until then the signal grows old.</param>
/// <param name="OverAt">When the newest of these orders was over; null before the first was.</param>
public sealed record DirectionalTurn(string SignalId, DateTimeOffset OrderedAt, DateTimeOffset? OverAt);

/// <summary>Money made by closing, and paid for trading. Funding is in the books.</summary>
/// <param name="Realised">Quote, before fees.</param>
/// <param name="Costs">Quote, above zero is paid: fees.</param>
public readonly record struct DirectionalResult(Money Realised, Money Costs)
{
    public Money Net => Realised - Costs;
    internal DirectionalResult Plus(Money realised, Money costs) => new(Realised + realised, Costs + costs);
}

/// <summary>How the positions of a strategy ended, by cause.</summary>
/// <param name="Nobody">Nobody decided it: never filled, trimmed to nothing, or closed by somebody else.</param>
public readonly record struct DirectionalTally(
    int Nobody, int StopLoss, int TrailingStop, int TakeProfit, int Horizon, int Manual, int Posture, int Reversal,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Hold = 0)
{
    [JsonIgnore]
    public int Total => Nobody + StopLoss + TrailingStop + TakeProfit + Horizon + Manual + Posture + Reversal + Hold;

    internal DirectionalTally With(CloseCause cause) => cause switch
    {
        CloseCause.StopLoss => this with { StopLoss = StopLoss + 1 },
        CloseCause.TrailingStop => this with { TrailingStop = TrailingStop + 1 },
        CloseCause.TakeProfit => this with { TakeProfit = TakeProfit + 1 },
        CloseCause.Horizon => this with { Horizon = Horizon + 1 },
        CloseCause.Manual => this with { Manual = Manual + 1 },
        CloseCause.Posture => this with { Posture = Posture + 1 },
        CloseCause.Reversal => this with { Reversal = Reversal + 1 },
        CloseCause.Hold => this with { Hold = Hold + 1 },
        _ => this with { Nobody = Nobody + 1 },
    };

    /// <summary>Those that there are, such as <c>3 by stop-loss, 1 by trailing-stop</c>.</summary>
    public string ToText()
    {
        var words = new List<string>();
        foreach (var (count, by) in ((int, string)[])[
            (StopLoss, "stop-loss"), (TrailingStop, "trailing-stop"), (TakeProfit, "take-profit"), (Horizon, "longest-hold"), (Manual, "an exit asked for"),
            (Posture, "posture"), (Reversal, "reversal"), (Hold, "its hold"), (Nobody, "no decision")])
        {
            if (count > 0) words.Add(string.Create(CultureInfo.InvariantCulture, $"{count} by {by}"));
        }
        return string.Join(", ", words);
    }
}

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
/// <param name="Positions">Opened or taken over so far, over all incarnations.</param>
/// <param name="Ended">How those that are over ended; over all incarnations.</param>
/// <param name="Position">Result of the position.</param>
/// <param name="Result">Result of the incarnation.</param>
/// <param name="DecidedAt">Time of the last look at the market that decided something.</param>
/// <param name="LastEventAt">Time of the last event.</param>
/// <param name="ReleaseWantedBy">Who wants the legs as soon as the decision under way has settled, or null.</param>
/// <param name="RefusedCode">Why the newest signal opened nothing; null if it opened a position, or there was none.</param>
/// <param name="Trims">What was asked of the legs by whoever watches the portfolio; null before the first time.</param>
/// <param name="PassedUntil">Signals of the plan of this time and before have been shown; null before one was refused. Others may have been shown since.</param>
/// <param name="PlungesPassedUntil">The same of plunges.</param>
/// <param name="Turn">The closing that the signal which waits has waited for; null without one.</param>
public sealed record DirectionalState(
    DirectionalMode Mode, int Incarnation, long Sequence, StrategyLeg Long, StrategyLeg Short, PendingDecision<DirectionalDecision>? Pending,
    PositionSide? Side, PositionTerms? Terms, ExitPlan? Plan, CloseCause Closing, DateTimeOffset? OpenedAt,
    DirectionalSignal? Waiting, DateTimeOffset? NewestSignalAt, RecentIds SignalIds,
    int Positions, DirectionalTally Ended, DirectionalResult Position, DirectionalResult Result, DateTimeOffset? DecidedAt, DateTimeOffset? LastEventAt, string? ReleaseWantedBy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RefusedCode = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TrimProgress? Trims = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DirectionalTurn? Turn = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? PassedUntil = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? PlungesPassedUntil = null)
{
    public static DirectionalState Initial { get; } = new(
        DirectionalMode.Idle, Incarnation: 0, Sequence: 0, default, default, Pending: null, Side: null, Terms: null, Plan: null, CloseCause.None, OpenedAt: null,
        Waiting: null, NewestSignalAt: null, RecentIds.None, Positions: 0, default, default, default, DecidedAt: null, LastEventAt: null,
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
