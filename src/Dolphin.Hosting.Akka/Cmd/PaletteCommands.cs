using System.Globalization;
using System.Text;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;

namespace Dolphin.Hosting.Akka.Cmd;

/// <summary>Answers the commands of the palette from the node's own view and control, the ones its HTTP endpoint has too.</summary>
public sealed class PaletteCommands(IRunView view, IRunControl control)
{
    private const int ChangesShown = 5;

    public async Task<PaletteAnswer> AnswerAsync(PaletteCommand command, CancellationToken cancellation) => command switch
    {
        PaletteCommand.Status => Said(Status(view.Snapshot())),
        PaletteCommand.Posture => Said(Posture(view.Snapshot())),
        PaletteCommand.Explain => await view.ExplainAsync(null, cancellation) is { } explanation
            ? Said(explanation.ToText())
            : new PaletteAnswer(IsError: true, "The survival controller has not spoken to this node yet; nothing is traded until it does. Ask again in a few seconds."),
        PaletteCommand.Exit { Strategy.Length: 0 } => new PaletteAnswer(IsError: true, "expected a strategy, as in: dolphin exit -s hedge-BTCUSDT. Nothing was done."),
        PaletteCommand.Exit exit => Said(await control.ExitAsync(exit.Strategy, exit.By, cancellation), exit.Strategy),
        PaletteCommand.Resume { Strategy.Length: 0 } => new PaletteAnswer(IsError: true, "expected a strategy, as in: dolphin resume -s protector-BTCUSDT. Nothing was done."),
        PaletteCommand.Resume resume => Said(await control.ResumeAsync(resume.Strategy, resume.By, cancellation), resume.Strategy),
        PaletteCommand.AcknowledgeDrawdown ack => Said(await control.AcknowledgeDrawdownAsync(ack.By, cancellation), ""),
        PaletteCommand.Hermes hermes => Hermes(view.Snapshot(), hermes.Symbol),
        PaletteCommand.HermesOverride { Symbol.Length: 0 } => new PaletteAnswer(IsError: true, "expected a symbol, as in: dolphin hermes-override -s BTCUSDT -w compression. Nothing was done."),
        PaletteCommand.HermesOverride asked => WordOf(asked, out var wrong) is { } word
            ? Said(await control.TellHermesAsync(word, asked.By, cancellation), asked.Symbol)
            : new PaletteAnswer(IsError: true, $"{wrong} Nothing was done."),
        PaletteCommand.HermesLift { Symbol.Length: 0 } => new PaletteAnswer(IsError: true, "expected a symbol, as in: dolphin hermes-lift -s BTCUSDT. Nothing was done."),
        PaletteCommand.HermesLift lift => Said(
            await control.TellHermesAsync(new OperatorWord(new Symbol(lift.Symbol), ReasonOf(lift.Reason), Holder: null), lift.By, cancellation), lift.Symbol),
        PaletteCommand.Signal signal => SignalOf(signal, out var slip) is { } opinion
            ? Said(await control.SignalAsync(opinion, signal.By, cancellation), signal.Symbol)
            : new PaletteAnswer(IsError: true, $"{slip} Nothing was done."),
        _ => throw new System.Diagnostics.UnreachableException($"No answer for {command}."),
    };

    private static PaletteAnswer Hermes(RunSnapshot run, string symbol)
    {
        if (run.Hermes is not { } all) return new PaletteAnswer(IsError: true, "Hermes decides on no asset of this run; dolphin.hermes.enabled = true in the plan switches it on.");
        if (all.IsEmpty) return new PaletteAnswer(IsError: true, "Hermes works on another node of this cluster; ask the one that has the singleton hermes.");
        if (symbol.Length == 0) return Said(string.Join('\n', all.Select(a => a.ToLine())));
        return all.FirstOrDefault(a => string.Equals(a.Symbol.Name, symbol, StringComparison.Ordinal)) is { } one
            ? Said(one.ToText())
            : new PaletteAnswer(IsError: true, $"Hermes decides on no asset '{symbol}'; expected one of {string.Join(", ", all.Select(a => a.Symbol))}.");
    }

    private static OperatorWord? WordOf(PaletteCommand.HermesOverride asked, out string wrong)
    {
        wrong = LegHolders.ParseSpoken(asked.Strategy) is null ? $"expected a strategy, one of {LegHolders.Spoken}; found '{asked.Strategy}'."
            : asked.RiskPosture.Length > 0 && Word<RiskPosture>(asked.RiskPosture) is null ? $"expected a posture, bold, balanced, cautious or defensive; found '{asked.RiskPosture}'."
            : asked.Priority.Length > 0 && Word<HolderPriority>(asked.Priority) is null ? $"expected a priority, low, normal, high or urgent; found '{asked.Priority}'."
            : asked.Hours.Length > 0 && Hours(asked.Hours) is null ? $"expected a number of hours, above 0, at most {HermesDecider.LongestOverride.TotalHours:0}; found '{asked.Hours}'."
            : "";
        return wrong.Length > 0 ? null : new OperatorWord(
            new Symbol(asked.Symbol), ReasonOf(asked.Reason), LegHolders.ParseSpoken(asked.Strategy), Word<RiskPosture>(asked.RiskPosture), Word<HolderPriority>(asked.Priority), Hours(asked.Hours));
    }

    private static SignalWord? SignalOf(PaletteCommand.Signal asked, out string wrong)
    {
        PositionSide? side = asked.Side switch { "long" => PositionSide.Long, "short" => PositionSide.Short, _ => null };
        var confidence = double.TryParse(asked.Confidence, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var c) && c is >= 0d and <= 1d ? c : (double?)null;
        wrong = asked.Symbol.Length == 0 ? "expected a symbol, as in: dolphin signal -s BTCUSDT -d long -c 0.8."
            : side is null ? $"expected a side, long or short; found '{asked.Side}'."
            : confidence is null ? $"expected a confidence, 0 to 1; found '{asked.Confidence}'."
            : "";
        return wrong.Length > 0 ? null : new SignalWord(new Symbol(asked.Symbol), side!.Value, confidence!.Value, asked.Id.Length > 0 ? asked.Id : null);
    }

    private static string ReasonOf(string text) => string.IsNullOrWhiteSpace(text) ? OperatorWord.NoReason : text.Trim();

    private static T? Word<T>(string text) where T : struct, Enum =>
        text.Length > 0 && text.All(char.IsAsciiLetter) && Enum.TryParse<T>(text, ignoreCase: true, out var value) ? value : null;

    private static TimeSpan? Hours(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var hours) && hours > 0 && hours <= HermesDecider.LongestOverride.TotalHours
            ? TimeSpan.FromHours(hours)
            : null;

    private static PaletteAnswer Said(string text) => new(IsError: false, text.TrimEnd('\n'));

    private static PaletteAnswer Said(ControlAnswer answer, string name) => answer switch
    {
        ControlAnswer.Done done => Said(done.What),
        ControlAnswer.Refused refused => new PaletteAnswer(IsError: true, $"{refused.Refusal.Code}: {refused.Refusal.Reason}"),
        ControlAnswer.NoSuchStrategy none => new PaletteAnswer(IsError: true, $"There is no strategy '{name}'; expected one of {string.Join(", ", none.Known)}. Nothing was done."),
        ControlAnswer.NoSuchSymbol none => new PaletteAnswer(IsError: true, $"The plan has no symbol '{name}'; expected one of {string.Join(", ", none.Known)}. Nothing was done."),
        _ => throw new System.Diagnostics.UnreachableException($"No text for {answer}."),
    };

    private static string Status(RunSnapshot run)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{run.Market}, {run.Edition} edition, {run.Phase.ToString().ToLowerInvariant()}{(run.At is { } at ? $", market time {Time(at)}" : "")}\n");
        text.Append(Risk(run)).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"equity {run.Money.Equity.Quote:0.00}, realised {run.Money.RealisedPnl.Quote:0.00}, unrealised {run.Money.UnrealisedPnl.Quote:0.00}, fees {run.Money.Fees.Quote:0.00}, funding {run.Money.Funding.Quote:0.00}, drawdown {run.Money.Drawdown:0.00 %} (max {run.Money.MaxDrawdown:0.00 %})\n");
        text.Append(CultureInfo.InvariantCulture, $"orders {run.Counts.Orders}, fills {run.Counts.Fills}, open {run.Counts.OpenOrders}, rejected {run.Counts.Rejected}\n");
        foreach (var a in run.Assets)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"{a.Strategy}: {a.Mode}, cycle {a.Cycle}, long {a.Legs.Long.Quantity.Base}, short {a.Legs.Short.Quantity.Base}, realised {a.RealisedPnl.Quote:0.00}{(a.Note.Length > 0 ? $" ({a.Note})" : "")}\n");
        }
        foreach (var d in run.Directional ?? []) text.Append(CultureInfo.InvariantCulture, $"on signals {d.ToLine()}\n");
        foreach (var i in run.Invariants.Where(i => i.Violated > 0)) text.Append(CultureInfo.InvariantCulture, $"INVARIANT VIOLATED {i.Violated} times: {i.Name}\n");
        foreach (var h in run.Halted) text.Append(CultureInfo.InvariantCulture, $"HALTED since {Time(h.Since)}: {h.Entity}: {h.Reason}\n");
        return text.ToString();
    }

    private static string Posture(RunSnapshot run)
    {
        var text = new StringBuilder(Risk(run)).Append('\n');
        foreach (var change in run.Postures.TakeLast(ChangesShown).Reverse())
            text.Append(CultureInfo.InvariantCulture, $"{Time(change.At)} {change.From} -> {change.To} at R_total {change.RTotal:0.000} ({change.Reason})\n");
        return text.ToString();
    }

    private static string Risk(RunSnapshot run) => run.Risk is { } risk
        ? string.Create(CultureInfo.InvariantCulture, $"R_total {risk.RTotal:0.000}, {risk.Posture.ToString().ToUpperInvariant()} since {Time(risk.PostureSince)}{(risk.Binding is { } by ? $", bound by {by}" : "")}, by controller {risk.Epoch}")
        : "R_total is not known yet";

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
