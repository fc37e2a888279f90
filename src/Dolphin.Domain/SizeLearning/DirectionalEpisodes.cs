using System.Globalization;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.SizeLearning;

/// <summary>
/// Episodes of the directional strategy: one position each, from the decision to open it, which is the one that a multiplier sizes, until it is over: closed,
/// trimmed to nothing, given to another strategy, or never filled.
/// </summary>
/// <remarks>A position that was taken over was sized by somebody else: no episode.</remarks>
public static class DirectionalEpisodes
{
    /// <summary>The id of a position's episode; known before it is opened, as the number after the last.</summary>
    public static EpisodeId IdOf(Symbol symbol, int position) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{LegHolder.Directional.Name()}:{symbol.Name}:{position}"));

    /// <summary>After one stored event, in the order of storing.</summary>
    /// <param name="after">The strategy's state with the event folded.</param>
    public static Tracked After(EpisodeTracker tracker, DirectionalEvent @event, DirectionalState after)
    {
        ArgumentNullException.ThrowIfNull(tracker);
        ArgumentNullException.ThrowIfNull(@event);
        ArgumentNullException.ThrowIfNull(after);
        if (@event is DirectionalEvent.Opened opened)
        {
            // One position at a time: what is still open here belongs to a history that was cut off.
            var (closed, facts) = tracker.End(opened.At);
            var begun = closed.Begin(IdOf(tracker.Symbol, after.Positions), opened.Targets.From, opened.Targets.DecisionPrice, opened.At);
            return new Tracked(begun, facts.Add(new EpisodeFact.Opened(begun.Account!.Id, opened.At)));
        }
        var next = @event switch
        {
            DirectionalEvent.FillBooked e => tracker.Filled(e.Fill),
            DirectionalEvent.ExternalFillBooked e => tracker.FilledOutside(e.Fill, e.Applied),
            DirectionalEvent.Adopted e => tracker.Marked(e.Mark),
            { Orders: { } targets } => tracker.Marked(targets.DecisionPrice),
            _ => tracker,
        };
        return after.Side is not null ? new Tracked(next, []) : next.End(@event.At);
    }
}
