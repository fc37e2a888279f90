using System.Collections.Immutable;
using Dolphin.Venues.Paper;

namespace Dolphin.Actors.Venue;

/// <summary>What <see cref="PaperVenueActor"/> hears besides venue commands and opening bars. What it says are venue events.</summary>
public static class PaperVenueProtocol
{
    /// <summary>From now on events go to <paramref name="Client"/>; those that come due earlier wait, as on a stream that reconnects.</summary>
    public sealed record Connect(IActorRef Client);

    /// <summary>
    /// After a replay was rewound: what the venue's journal holds beyond the checkpoint. The venue forgets nothing, so the client
    /// is told which ids it need not send again. Sent before <see cref="Connect"/>.
    /// </summary>
    public sealed record Remember(ImmutableArray<PaperFact> Facts);

    /// <summary>Stored with every snapshot, so that each has a sequence number of its own.</summary>
    public sealed record Marked(DateTimeOffset At);
}
