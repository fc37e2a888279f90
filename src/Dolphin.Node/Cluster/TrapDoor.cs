using System.Diagnostics;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Venues;

namespace Dolphin.Node.Running;

/// <summary>For drills: a door at which the process dies, as by kill -9, once an intent is stored and before its order has left.</summary>
/// <remarks>Only where <see cref="Variable"/> names a file, and only while that file is there.</remarks>
internal sealed class TrapDoor(IVenueDoor door, string trap) : IVenueDoor
{
    public const string Variable = "DOLPHIN_DRILL_TRAP";

    public static IVenueDoor Around(IVenueDoor door) => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } trap ? new TrapDoor(door, trap) : door;

    public IVenue Open(ITenure tenure, IActorRef listener) => new TrappedVenue(door.Open(tenure, listener), trap);

    private sealed class TrappedVenue(IVenue venue, string trap) : IVenue, IDisposable
    {
        public void Send(VenueCommand command)
        {
            if (command is VenueCommand.Submit && File.Exists(trap)) Process.GetCurrentProcess().Kill();
            venue.Send(command);
        }

        public void Dispose() => (venue as IDisposable)?.Dispose();
    }
}
