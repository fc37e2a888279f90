using System.Globalization;
using System.Text;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Exits;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Reporting;

/// <summary>What one directional strategy holds, when that will be closed, and how the positions before it ended.</summary>
/// <param name="Side">Of the position; null while there is none.</param>
/// <param name="Entry">Quote per base; its average. Null while nothing is filled.</param>
/// <param name="Plan">Null until the position stands.</param>
/// <param name="SignalId">What it was opened on; null if it was taken over.</param>
/// <param name="Confidence">0 to 1; of that signal.</param>
/// <param name="Waiting">The signal that the next bar acts on, or null.</param>
/// <param name="Positions">Opened or taken over so far.</param>
/// <param name="Ended">How those that are over ended.</param>
/// <param name="Refused">The code of what the newest signal was refused for when it was to open; empty if it opened, or there was none.</param>
/// <param name="Result">Of all positions since the strategy was last started.</param>
public sealed record DirectionalFace(
    Symbol Symbol, DirectionalMode Mode, DirectionalStage Stage, PositionSide? Side, Quantity Quantity, Price? Entry, ExitPlan? Plan, string? SignalId, double? Confidence,
    DateTimeOffset? OpenedAt, string? Waiting, int Positions, DirectionalTally Ended, string Refused, DirectionalResult Result)
{
    public static DirectionalFace Of(Symbol symbol, DirectionalState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var leg = state.Side is { } side ? state[side] : default;
        return new DirectionalFace(
            symbol, state.Mode, state.Stage, state.Side, leg.Quantity, leg.Quantity.Base > 0m ? leg.Position.AveragePrice : null, state.Plan, state.Terms?.SignalId,
            state.Terms?.Confidence, state.OpenedAt, state.Waiting?.Id, state.Positions, state.Ended, state.RefusedCode ?? "", state.Result);
    }

    /// <summary>One line for a person.</summary>
    public string ToLine()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Symbol}: {(Mode == DirectionalMode.Active ? "" : $"{Mode.ToString().ToLowerInvariant()}, ")}");
        if (Side is { } side)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Stage.ToString().ToLowerInvariant()} {side.ToString().ToLowerInvariant()} {Quantity.Base:0.########}");
            if (Entry is { } entry) text.Append(CultureInfo.InvariantCulture, $" from {Shown(entry)}");
            if (Plan is { } plan)
            {
                text.Append(CultureInfo.InvariantCulture,
                    $", stop {Shown(plan.Stop)}{(plan.Trailing ? " (trailing)" : $", trails from {Shown(plan.ArmsAt)}")}, target {Shown(plan.TakeProfit)}, until {(plan.OpenedAt + plan.Hold).UtcDateTime:yyyy-MM-dd HH:mm}");
            }
            text.Append(CultureInfo.InvariantCulture, $", {(SignalId is { } id ? $"on {id} at {Confidence:0.##}" : "taken over")}");
        }
        else
        {
            text.Append("flat");
        }
        if (Waiting is { } waiting) text.Append(CultureInfo.InvariantCulture, $"; {waiting} waits for the next bar");
        text.Append(CultureInfo.InvariantCulture, $"; {Positions} opened");
        if (Ended.Total > 0) text.Append(CultureInfo.InvariantCulture, $", {Ended.Total} over: {Ended.ToText()}");
        if (Refused.Length > 0) text.Append(CultureInfo.InvariantCulture, $"; newest signal refused: {Refused}");
        return text.ToString();
    }

    // Levels are on no tick grid: seven digits are finer than any tick that matters.
    private static string Shown(Price price) => ((double)price.QuotePerBase).ToString("G7", CultureInfo.InvariantCulture);
}
