using System.Globalization;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.SizeLearning;

/// <summary>
/// Episodes of band-limited hedging: one cycle each. It opens with the decision to open the cycle, which is the one that a multiplier sizes, and is over when
/// the cycle is: closed as too small, closed by an exit, given to another strategy, or never filled.
/// </summary>
/// <remarks>A structure that was taken over was sized by somebody else: no episode, until the next cycle is opened.</remarks>
public static class HedgeEpisodes
{
    /// <summary>The id of a cycle's episode; known before the cycle is opened, as the number after the last.</summary>
    public static EpisodeId IdOf(Symbol symbol, int cycle) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{LegHolder.BandLimitedHedging.Name()}:{symbol.Name}:{cycle}"));

    /// <summary>After one stored event, in the order of storing.</summary>
    /// <param name="after">The strategy's state with the event folded.</param>
    public static Tracked After(EpisodeTracker tracker, HedgeEvent @event, HedgeState after)
    {
        ArgumentNullException.ThrowIfNull(tracker);
        ArgumentNullException.ThrowIfNull(@event);
        ArgumentNullException.ThrowIfNull(after);
        var stands = after.InCycle || after.Mode == HedgeMode.Exit || after.Pending is not null;
        if (@event is HedgeEvent.CycleOpened opened)
        {
            // One cycle at a time: what is still open here belongs to a history that was cut off.
            var (closed, facts) = tracker.End(opened.At);
            var begun = closed.Begin(IdOf(tracker.Symbol, opened.Cycle), opened.Targets.From, opened.Targets.DecisionPrice, opened.At);
            facts = facts.Add(new EpisodeFact.Opened(begun.Account!.Id, opened.At));
            if (stands) return new Tracked(begun, facts);
            var over = begun.End(opened.At);
            return new Tracked(over.Tracker, facts.AddRange(over.Facts));
        }
        var next = @event switch
        {
            HedgeEvent.FillBooked e => tracker.Filled(e.Fill),
            HedgeEvent.ExternalFillBooked e => tracker.FilledOutside(e.Fill, e.Applied),
            HedgeEvent.ReferenceMoved e => tracker.Marked(e.To),
            HedgeEvent.Adopted e => tracker.Marked(e.Mark),
            { Orders: { } targets } => tracker.Marked(targets.DecisionPrice),
            _ => tracker,
        };
        return stands ? new Tracked(next, []) : next.End(@event.At);
    }
}
