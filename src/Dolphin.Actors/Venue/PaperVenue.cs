using Dolphin.Venues;

namespace Dolphin.Actors.Venue;

/// <summary>The venue port over the paper venue's actor.</summary>
public sealed class PaperVenue(IActorRef venue) : IVenue
{
    public void Send(VenueCommand command) => venue.Tell(command);
    public void Reopened() => venue.Tell(PaperVenueProtocol.Reopened.Now);
}
