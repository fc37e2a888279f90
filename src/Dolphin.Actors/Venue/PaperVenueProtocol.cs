namespace Dolphin.Actors.Venue;

/// <summary>What <see cref="PaperVenueActor"/> hears besides venue commands and opening bars. Everything it says is a venue event.</summary>
public static class PaperVenueProtocol
{
    /// <summary>From now on events go to <paramref name="Client"/>; until then they wait.</summary>
    public sealed record Connect(IActorRef Client);
}
