using Dolphin.Actors.Cluster;
using Dolphin.Venues;

namespace Dolphin.Actors.Execution;

/// <summary>How execution gets to its venue.</summary>
public interface IVenueDoor
{
    /// <summary>Opens the way for one instance of execution; it is closed with <see cref="IDisposable"/>, where the venue has that.</summary>
    /// <param name="tenure">The instance's: a way that leads out of the process asks it before anything leaves.</param>
    /// <param name="listener">Where the venue's events go, unless the venue was told otherwise; first, again, what nobody can ask for by an id.</param>
    IVenue Open(ITenure tenure, IActorRef listener);
}

/// <summary>A venue in this process, which needs no opening.</summary>
public sealed record OpenDoor(IVenue Venue) : IVenueDoor
{
    public IVenue Open(ITenure tenure, IActorRef listener)
    {
        Venue.Reopened();
        return Venue;
    }
}
