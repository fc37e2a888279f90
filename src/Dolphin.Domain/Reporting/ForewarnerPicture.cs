using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Dolphin.Domain.Forewarning;

namespace Dolphin.Domain.Reporting;

/// <summary>Which model serves, what it says of the live parameters, and the way back to safety.</summary>
/// <param name="Standings">Empty while no model serves.</param>
/// <param name="MarketDistance">Kolmogorov-Smirnov distance of the market from the model's; null where it is not known.</param>
/// <param name="Age">What L3 is told of the model's age; null where no process runs.</param>
public sealed record ForewarnerPicture(
    DateTimeOffset At, ForewarnerState State, ImmutableArray<KeptStanding> Standings, double? MarketDistance, ForewarnerTally Tally, TimeSpan? Age)
{
    private const int MovesShown = 4;

    public static ForewarnerPicture Of(DateTimeOffset at, ForewarnerState state, KeptModel? model, FitnessReading? fitness, ForewarnerTally tally, TimeSpan? age) => new(
        at, state, model?.Standings ?? [], fitness is { } f && double.IsFinite(f.Distance) ? f.Distance : null, tally, age);

    /// <summary>A model serves, and it calls the parameters of every symbol GREEN.</summary>
    public bool IsSafe => !Standings.IsEmpty && Standings.All(s => s.Band == EnvelopeBand.Green);

    /// <summary>One line for a screen.</summary>
    public string ToLine()
    {
        if (State.Champion is not { } card || Worst is not { } worst) return $"forewarner: no model serves{(State.Fitting is null ? "" : ", a fit is under way")}";
        return string.Create(CultureInfo.InvariantCulture, $"forewarner {Band(worst)}  {worst.Symbol} {Where(worst)}, model {card.Number}{(State.MovedAt is null ? "" : ", the market has MOVED")}")
            + (worst.LeverageCap is { } cap ? string.Create(CultureInfo.InvariantCulture, $"  leverage at most {cap:0.##}x") : "");
    }

    /// <summary>As lines of text: the model, the worst symbol with its way back, and how many are where.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        if (State.Champion is not { } card || Worst is not { } worst)
        {
            text.Append(CultureInfo.InvariantCulture, $"forewarner: no model serves{(State.Fitting is null ? "" : ", a fit is under way")}; L3 counts the parameters as neither safe nor outside\n");
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"forewarner: model {card.Number} serves since {State.ServesSince:yyyy-MM-dd HH:mm}, {card.Trials} trials, {card.Catastrophes} catastrophes, recall {card.Proof.Recall:0 %}, false alarms {card.Proof.FalseAlarm:0 %}");
            if (MarketDistance is { } moved) text.Append(CultureInfo.InvariantCulture, $"; market {moved:0.000} from its");
            if (State.MovedAt is { } at) text.Append(CultureInfo.InvariantCulture, $", MOVED at {at:yyyy-MM-dd HH:mm}");
            if (Age is { } age && age > TimeSpan.Zero) text.Append(CultureInfo.InvariantCulture, $"; {age.TotalMinutes:0} minutes older than it should be");
            text.Append(State.Fitting is null ? "\n" : "; a fit is under way\n");
            text.Append(CultureInfo.InvariantCulture, $"  {Band(worst)}: {worst.Symbol} is {Where(worst)} (score {worst.DecisionValue:0.000})");
            if (worst.Beyond is { } beyond) text.Append(CultureInfo.InvariantCulture, $", {beyond} beyond what was tried");
            if (worst.LeverageCap is { } cap) text.Append(CultureInfo.InvariantCulture, $"; leverage at most {cap:0.##}x of {worst.Leverage:0.##}x");
            var counts = Standings.GroupBy(s => s.Band).OrderBy(g => g.Key).Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Count()} {g.Key.ToString().ToUpperInvariant()}"));
            text.Append(CultureInfo.InvariantCulture, $"; of {Standings.Length} symbols {string.Join(", ", counts)}\n");
            if (!worst.WayBack.IsEmpty)
            {
                var moves = worst.WayBack.Take(MovesShown).Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Key} {m.From:0.####} -> {m.To:0.####}"));
                text.Append(CultureInfo.InvariantCulture, $"  back to safety: {string.Join(", ", moves)}{(worst.WayBack.Length > MovesShown ? $" and {worst.WayBack.Length - MovesShown} smaller moves" : "")}, arriving at {worst.Arrival:0.000}\n");
            }
        }

        text.Append(CultureInfo.InvariantCulture, $"  fits {Tally.Wanted}: {Tally.Served} served, {Tally.Rejected} rejected, {Tally.Failed} failed; the market moved {Tally.Moved} times; leverage halved {Tally.Halved} times\n");
        foreach (var action in State.Actions) text.Append(CultureInfo.InvariantCulture, $"  {action.At:yyyy-MM-dd HH:mm:ss} {action.Text}\n");
        return text.ToString();
    }

    private KeptStanding? Worst => Standings.MinBy(s => s.Distance);

    private static string Band(KeptStanding standing) => standing.Band.ToString().ToUpperInvariant();

    private static string Where(KeptStanding standing) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(standing.Distance):0.000} {(standing.Distance > 0 ? "inside" : "outside")} the boundary");
}
