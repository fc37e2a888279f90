using System.Collections.Immutable;
using System.Globalization;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;

namespace Dolphin.Domain.AutoExecution;

/// <summary>What people are told of balancer and executor. Everything is stored and counted; little of it is news.</summary>
/// <remarks>
/// Alerts are told as the balancer raises them: it throttles them itself. Of everything else one line a minute of each kind, except of what is critical; what a
/// line does not say, the next of its kind counts. The same imbalance, the same answer of a holder and the same wish are told once. It remembers what this
/// process has said and nothing that decides: the next life says it again.
/// </remarks>
public sealed class BalancerNews(string source)
{
    /// <summary>A command for the same symbol within it is about the same imbalance. Where looks come with bars of a minute, one look between two that ask has found it gone.</summary>
    private static readonly TimeSpan SameImbalance = 1.5 * BalancerCommand.Lifetime;

    private const int Named = 3; // A line of a screen.

    private readonly Dictionary<(BalancerAction, Symbol), DateTimeOffset> _asked = []; // Looked up only. Bounded, like the next, by the symbols that are traded.
    private readonly Dictionary<Symbol, string> _declined = []; // Code of the holder's last answer; without one that has taken a trim since.
    private readonly HashSet<BalancerAction> _inVain = []; // Wishes that nobody takes.
    private readonly Dictionary<string, Line> _lines = []; // By kind: one an action, one for what is declined.

    private readonly record struct Line(DateTimeOffset At, int Untold);

    /// <summary>Takes what one round decided, worth storing or not.</summary>
    /// <param name="after">The balancer's state after it; commands that have fallen out of it are not spoken of.</param>
    public ImmutableArray<NotableEvent> Hear(ImmutableArray<object> events, BalancerState after)
    {
        var news = ImmutableArray.CreateBuilder<NotableEvent>();
        var trims = new List<ExecutorEvent.CarriedOut>();
        foreach (var e in events)
        {
            switch (e)
            {
                case BalancerEvent.AlertRaised alert:
                    news.Add(new NotableEvent(alert.At, NotableKind.Warning, source, alert.Alert.Message));
                    break;
                case ExecutorEvent.CarriedOut { Trim: { } trim } carried when IsAnother(carried.Action, trim.Symbol, carried.At):
                    trims.Add(carried);
                    break;
                case BalancerEvent.CommandRejected no when IsHolders(no.Code) && after.Find(no.Id) is { Symbol: { } symbol }
                    && !string.Equals(_declined.GetValueOrDefault(symbol), no.Code, StringComparison.Ordinal):
                    _declined[symbol] = no.Code;
                    Say(news, "declined", critical: false, 1, no.At, $"command {no.Id} was declined: {no.Reason}");
                    break;
                case BalancerEvent.GrowthAnswered { No: { } no } grown when !string.Equals(_declined.GetValueOrDefault(grown.Symbol), no.Code, StringComparison.Ordinal):
                    _declined[grown.Symbol] = no.Code;
                    Say(news, "declined", critical: false, 1, grown.At, $"command {grown.Id} was declined: {no.Reason}");
                    break;
                case BalancerEvent.CommandDone done when after.Find(done.Id) is { } command:
                    if (command.Grows) _inVain.Remove(command.Action);
                    else if (command.Symbol is { } taken) _declined.Remove(taken);
                    break;
                case BalancerEvent.CommandExpired expired when after.Find(expired.Id) is { Grows: true } wish && _inVain.Add(wish.Action):
                    news.Add(new NotableEvent(expired.At, NotableKind.Info, source, InVain(wish)));
                    break;
            }
        }
        foreach (var action in trims.Select(t => t.Action).Distinct()) Say(news, action, [.. trims.Where(t => t.Action == action)]);
        return news.DrainToImmutable();
    }

    private bool IsAnother(BalancerAction action, Symbol symbol, DateTimeOffset at)
    {
        var before = _asked.TryGetValue((action, symbol), out var last) ? last : (DateTimeOffset?)null;
        _asked[(action, symbol)] = at;
        return !(at - before <= SameImbalance);
    }

    // What the executor would not do is in the statistics.
    private static bool IsHolders(string code) => !code.StartsWith("balancing.", StringComparison.Ordinal) && !code.StartsWith("executor.", StringComparison.Ordinal);

    private void Say(ImmutableArray<NotableEvent>.Builder news, BalancerAction action, List<ExecutorEvent.CarriedOut> trims)
    {
        var (first, last) = (trims[0], trims[^1]);
        var wish = first.Trim!.Wish;
        var text = trims.Count == 1
            ? $"command {first.Id} {action.Word()}: {first.Trim.Holder} is to bring {first.Trim.Symbol} to long {wish.LongAtMost} and short {wish.ShortAtMost} at most"
            : $"commands {first.Id} to {last.Id} {action.Word()}: their holders are to make {string.Join(", ", trims.Take(Named).Select(t => t.Trim!.Symbol))}"
                + $"{(trims.Count > Named ? $" and {trims.Count - Named} more" : "")} smaller";
        Say(news, action.Word(), action.Priority() == 1, trims.Count, first.At, text);
    }

    private void Say(ImmutableArray<NotableEvent>.Builder news, string kind, bool critical, int things, DateTimeOffset at, string text)
    {
        var before = _lines.TryGetValue(kind, out var line) ? line : (Line?)null;
        if (before is { } recent && !critical && at - recent.At < AlertKinds.Throttle)
        {
            _lines[kind] = recent with { Untold = recent.Untold + things };
            return;
        }
        _lines[kind] = new Line(at, Untold: 0);
        news.Add(new NotableEvent(at, NotableKind.Info, source, before is { Untold: > 0 and var untold } ? $"{text} (and {untold} more of this kind since the last line)" : text));
    }

    private static string InVain(BalancerCommand wish) => string.Create(CultureInfo.InvariantCulture,
        $"command {wish.Id} {wish.Action.Word()}: within {BalancerCommand.Lifetime.TotalSeconds:0} s {(wish.Action == BalancerAction.Expand
            ? $"nobody made it {wish.SymbolsWanted} symbols"
            : $"nobody let {wish.Symbol} grow to {wish.TargetSize} of margin")}; told once, until such a wish comes true.");
}
