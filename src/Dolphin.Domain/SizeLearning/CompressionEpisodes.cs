using System.Globalization;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.SizeLearning;

/// <summary>
/// Episodes of hedge compression: from the lock until the structure is resolved, closed or given away. It opens with the first decision that makes the lock,
/// a top-up or a reduction, and counts what is held at the price of that moment: the loss that was locked in before is nobody's lesson here.
/// </summary>
public static class CompressionEpisodes
{
    /// <summary>The id of an incarnation's episode.</summary>
    public static EpisodeId IdOf(Symbol symbol, int incarnation) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{LegHolder.HedgeCompression.Name()}:{symbol.Name}:{incarnation}"));

    /// <summary>After one stored event, in the order of storing.</summary>
    /// <param name="after">The strategy's state with the event folded.</param>
    public static Tracked After(EpisodeTracker tracker, CompressionEvent @event, CompressionState after)
    {
        ArgumentNullException.ThrowIfNull(tracker);
        ArgumentNullException.ThrowIfNull(@event);
        ArgumentNullException.ThrowIfNull(after);
        if (@event is CompressionEvent.ToppedUp or CompressionEvent.Reduced && tracker.Account is null && @event.Orders is { } first)
        {
            var begun = tracker.Begin(IdOf(tracker.Symbol, after.Incarnation), first.From, first.DecisionPrice, @event.At);
            return new Tracked(begun, [new EpisodeFact.Opened(begun.Account!.Id, @event.At)]);
        }
        var next = @event switch
        {
            CompressionEvent.FillBooked e => tracker.Filled(e.Fill),
            CompressionEvent.ExternalFillBooked e => tracker.FilledOutside(e.Fill, e.Applied),
            CompressionEvent.Adopted e => tracker.Marked(e.Mark),
            { Orders: { } targets } => tracker.Marked(targets.DecisionPrice),
            _ => tracker,
        };
        return after.Mode == CompressionMode.Active ? new Tracked(next, []) : next.End(@event.At);
    }
}
