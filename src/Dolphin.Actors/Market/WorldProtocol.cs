using System.Text.Json.Serialization;
using Dolphin.Data.Simulation;

namespace Dolphin.Actors.Market;

/// <summary>What the world hears and says besides what it tells venue and feed.</summary>
public static class WorldProtocol
{
    /// <summary>
    /// Go on where the market would be by now. Answered by <see cref="Open"/> when the venue has been shown what happened meanwhile and the
    /// bar of this moment forms.
    /// </summary>
    public sealed record Begin;

    /// <param name="Began">When the market began, in this life or an earlier one.</param>
    /// <param name="Missed">How much of the market nobody watched.</param>
    /// <param name="Closed">How long it was closed besides, because nobody came for longer than it goes on unwatched.</param>
    public sealed record Open(DateTimeOffset Began, TimeSpan Missed, TimeSpan Closed);

    /// <summary>From now on closed bars go to <paramref name="Feed"/>.</summary>
    /// <param name="Watcher">Is shown besides what the venue is shown as it happens, opening bars and funding, and told of the <see cref="End"/>. It knows
    /// what nobody who trades may see.</param>
    public sealed record Connect(IActorRef Feed, IActorRef? Watcher = null);

    /// <summary>The recording is over: no bar will follow.</summary>
    public sealed record End(DateTimeOffset At);

    /// <summary>Show nothing more: the process is about to end. Answered by <see cref="Resting"/>.</summary>
    public sealed record Rest;
    public sealed record Resting;
}

/// <summary>Stored for ever: add cases and optional fields; never rename, retype or reuse one.</summary>
public abstract record WorldEvent
{
    private WorldEvent() { }
    /// <param name="At">Open of the first bar.</param>
    public sealed record Began(DateTimeOffset At) : WorldEvent;
}

/// <summary>What is stored of the world.</summary>
/// <param name="Began">Open of the first bar; null before there was one.</param>
/// <param name="Place">Where a simulated market stood before the newest bar that the venue may not have seen the end of.</param>
/// <param name="Bars">Bars of one symbol each before that place.</param>
/// <param name="Recorded">The same place in a recording.</param>
public sealed record WorldMemory(
    DateTimeOffset? Began, MarketWalkState? Place, long Bars,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RecordedPlace? Recorded = null);

/// <param name="OpenTimeMs">Unix milliseconds on the wall clock: when the next bar opens.</param>
/// <param name="RecordedMs">Unix milliseconds in the recording: when it did; <see cref="long.MaxValue"/> at its end.</param>
public sealed record RecordedPlace(long OpenTimeMs, long RecordedMs);
